using System.Reflection;
using System.Reflection.Emit;
using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Plugins;
using SchedBench.Schedulers.Catalog;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Experiments.Tests.Plugins;

/// <summary>What may not be loaded with <c>--plugin</c>. The assemblies are written by the tests.</summary>
public sealed class StrategyPluginTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("schedbench-plugins-");
    private readonly StrategyCatalog _catalog = StrategyCatalog.BuiltIn();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_strategy_is_added_with_where_it_came_from()
    {
        string path = Assembly("good", module => Strategy(module, "Mine", "mine"));
        StrategyPlugin.AddTo(path, _catalog);
        StrategyEntry entry = _catalog.Find("mine")!;
        Assert.Equal((path, "What mine prefers"), (entry.Plugin, entry.Summary));
        Assert.IsAssignableFrom<BatchStrategy>(entry.Build());
        Assert.NotSame(entry.Build(), entry.Build());
    }

    [Fact]
    public void A_scheduler_plugin_can_be_named_by_configurations_of_kube_scheduler()
    {
        const string Text = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: [{ plugins: { score: { enabled: [{ name: Mine, weight: 3 }] } } }]\n";
        var file = new StrategyFile("c.yaml", Text);
        Assert.Throws<InputException>(() => _catalog.Find("kube-scheduler")!.CheckFile!(file));
        string path = Assembly("scheduler-plugin", module => ScorePlugin(module, "Mine"));
        StrategyPlugin.AddTo(path, _catalog);
        StrategyEntry entry = _catalog.Find("kube-scheduler")!;
        entry.CheckFile!(file);
        Assert.IsType<KubeScheduler>(entry.Build(null, file));
        // Its cells run in a process of their own, as those of other plug-ins.
        Assert.Equal(path, entry.Plugin);
    }

    [Fact]
    public void A_scheduler_plugin_with_the_name_of_a_default_one_is_rejected() =>
        Rejects(Assembly("taken-plugin", module => ScorePlugin(module, "ImageLocality")), null, "expected a plugin that can be registered: There is a plugin ImageLocality already.", field: "SchedulerPlugin");

    [Fact]
    public void A_file_that_does_not_exist_is_rejected() => Rejects(Path.Combine(_folder.FullName, "missing.dll"), null, "expected an existing assembly (.dll)");

    [Fact]
    public void A_folder_is_rejected() => Rejects(_folder.FullName, null, "expected an assembly (.dll), found a folder");

    [Theory]
    [InlineData("")]
    [InlineData("apiVersion: schedbench/v1\n")]
    [InlineData("MZ and then nothing of the kind")]
    public void A_file_that_is_no_assembly_is_rejected(string content)
    {
        string path = Path.Combine(_folder.FullName, "text.dll");
        File.WriteAllText(path, content);
        Rejects(path, null, "expected a .NET assembly");
    }

    [Fact]
    public void Half_an_assembly_is_rejected()
    {
        string path = Assembly("whole", module => Strategy(module, "Mine", "mine"));
        byte[] bytes = File.ReadAllBytes(path);
        string half = Path.Combine(_folder.FullName, "half.dll");
        File.WriteAllBytes(half, bytes[..(bytes.Length / 2)]);
        Rejects(half, null, "expected a .NET assembly");
    }

    [Fact]
    public void An_assembly_without_strategies_is_rejected() =>
        Rejects(Assembly("empty", module => module.DefineType("Something", TypeAttributes.Public).CreateType()), null, "expected at least one public strategy");

    [Fact]
    public void Classes_that_nobody_can_build_are_no_strategies() => Rejects(
        Assembly("unusable", module =>
        {
            Strategy(module, "Hidden", "hidden", TypeAttributes.NotPublic);
            Strategy(module, "Half", "half", TypeAttributes.Public | TypeAttributes.Abstract);
            Strategy(module, "WithoutName", null);
        }),
        null, "expected at least one public strategy");

    [Fact]
    public void A_strategy_without_a_plain_constructor_is_rejected() => Rejects(
        Assembly("constructor", module => Strategy(module, "Picky", "picky", constructorTakes: [typeof(int)])), "Picky", "expected a strategy with a public constructor without parameters");

    [Theory]
    [InlineData("")]
    [InlineData("Mine")]
    [InlineData("my strategy")]
    [InlineData("mine[tieBreak=uniform]")]
    [InlineData("mine,yours")]
    public void A_name_that_no_experiment_could_say_is_rejected(string name) =>
        Rejects(Assembly("name", module => Strategy(module, "Named", name)), name, "expected a name of lower-case letters, digits and dashes for the strategy Named");

    [Fact]
    public void A_name_of_a_built_in_strategy_is_rejected() =>
        Rejects(Assembly("taken", module => Strategy(module, "Best", "best-fit")), "best-fit", "expected a name that is not taken (by a built-in strategy)", field: "Strategy");

    [Fact]
    public void The_same_name_in_two_plug_ins_is_rejected()
    {
        string first = Assembly("first", module => Strategy(module, "Mine", "mine")), second = Assembly("second", module => Strategy(module, "Mine", "mine"));
        StrategyPlugin.AddTo(first, _catalog);
        Rejects(second, "mine", $"expected a name that is not taken (by {first})", field: "Strategy");
    }

    [Fact]
    public void An_assembly_built_against_another_contract_is_rejected() =>
        Rejects(Assembly("other-contract", module => Strategy(module, "Old", "old", answers: false)), null, "expected an assembly built against this version: ");

    [Fact]
    public void An_assembly_that_lacks_what_it_needs_is_rejected()
    {
        AssemblyBuilder needed = new PersistedAssemblyBuilder(new AssemblyName("needed"), typeof(object).Assembly);
        Type absent = needed.DefineDynamicModule("needed").DefineType("Absent", TypeAttributes.Public).CreateType();
        Rejects(
            Assembly("needs", module => module.DefineType("Needy", TypeAttributes.Public, absent).CreateType()), null,
            "expected an assembly built against this version: Could not load file or assembly 'needed");
    }

    private void Rejects(string path, string? value, string expected, string field = "--plugin")
    {
        string[] before = [.. _catalog.Entries.Select(entry => entry.Name)];
        InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => StrategyPlugin.AddTo(path, _catalog)).Problems);
        Assert.Equal((path, field, value), (problem.File, problem.Field, problem.Value));
        Assert.StartsWith(expected, problem.Expected, StringComparison.Ordinal);
        Assert.Equal(before, _catalog.Entries.Select(entry => entry.Name));
    }

    private string Assembly(string name, Action<ModuleBuilder> fill)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        fill(assembly.DefineDynamicModule(name));
        string path = Path.Combine(_folder.FullName, $"{name}.dll");
        assembly.Save(path);
        return path;
    }

    /// <summary>A plugin of kube-scheduler's framework that scores nothing.</summary>
    private static void ScorePlugin(ModuleBuilder module, string name)
    {
        TypeBuilder plugin = module.DefineType(name, TypeAttributes.Public | TypeAttributes.Class, typeof(SchedulerPlugin), [typeof(IScorePlugin)]);
        ILGenerator construct = plugin.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        construct.Emit(OpCodes.Ldarg_0);
        construct.Emit(OpCodes.Ldstr, name);
        construct.Emit(OpCodes.Call, typeof(SchedulerPlugin).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(string)])!);
        construct.Emit(OpCodes.Ret);
        MethodInfo contract = typeof(IScorePlugin).GetMethod(nameof(IScorePlugin.Score))!;
        ParameterInfo[] parameters = contract.GetParameters();
        MethodBuilder score = plugin.DefineMethod(
            contract.Name, MethodAttributes.Public | MethodAttributes.Virtual, CallingConventions.HasThis, typeof(void), null, null,
            [.. parameters.Select(parameter => parameter.ParameterType)], [.. parameters.Select(parameter => parameter.GetRequiredCustomModifiers())], null);
        score.GetILGenerator().Emit(OpCodes.Ret);
        plugin.CreateType();
    }

    /// <summary>A batch strategy that places nothing.</summary>
    /// <param name="module">Where it is defined.</param>
    /// <param name="type">Its class.</param>
    /// <param name="name">Its name, or null for a class without the attribute.</param>
    /// <param name="attributes">Who sees it.</param>
    /// <param name="constructorTakes">Parameters of its constructor.</param>
    /// <param name="answers">Whether it has the method that the contract asks for.</param>
    private static void Strategy(
        ModuleBuilder module, string type, string? name, TypeAttributes attributes = TypeAttributes.Public, Type[]? constructorTakes = null, bool answers = true)
    {
        TypeBuilder strategy = module.DefineType(type, attributes | TypeAttributes.Class, typeof(BatchStrategy));
        ConstructorInfo named = typeof(StrategyAttribute).GetConstructor([typeof(string), typeof(string)])!;
        if (name is not null) strategy.SetCustomAttribute(new CustomAttributeBuilder(named, [name, $"What {name} prefers"]));
        ILGenerator construct = strategy.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, constructorTakes ?? []).GetILGenerator();
        construct.Emit(OpCodes.Ldarg_0);
        construct.Emit(OpCodes.Call, typeof(BatchStrategy).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [])!);
        construct.Emit(OpCodes.Ret);
        if (answers)
        {
            MethodBuilder place = strategy.DefineMethod(
                nameof(BatchStrategy.Place), MethodAttributes.Public | MethodAttributes.Virtual, typeof(void), [typeof(PendingPods), typeof(PlacementPlan)]);
            place.GetILGenerator().Emit(OpCodes.Ret);
        }

        strategy.CreateType();
    }
}
