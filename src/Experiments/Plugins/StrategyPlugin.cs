using System.Reflection;
using System.Runtime.Loader;
using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Experiments.Plugins;

/// <summary>Loads strategies from an assembly: every public, non-abstract <see cref="SchedulingStrategy"/> with a <see cref="StrategyAttribute"/> and a public
/// constructor without parameters; and plugins of kube-scheduler's framework, which its configurations can name then: every public, non-abstract <see cref="SchedulerPlugin"/> with such a
/// constructor.</summary>
/// <remarks>Loading runs the assembly's code only where .NET has to (module initialisers), and the constructors of scheduler plugins, which say their names; cells of such strategies run in
/// a child process with limits.</remarks>
public static class StrategyPlugin
{
    /// <summary>Adds the strategies of an assembly to a catalog.</summary>
    /// <param name="path">Path of the assembly, as the user gave it.</param>
    /// <param name="catalog">The catalog.</param>
    /// <exception cref="InputException">There is no such file, it is no assembly, it has no strategies, or a name is taken.</exception>
    public static void AddTo(string path, StrategyCatalog catalog)
    {
        string fullPath = Path.GetFullPath(path);
        if (!File.Exists(fullPath)) throw Problem(path, null, Directory.Exists(fullPath) ? "expected an assembly (.dll), found a folder" : "expected an existing assembly (.dll)");
        // Opening a pipe would wait for its writer. Pipes and devices have length 0 as well.
        if (new FileInfo(fullPath).Length == 0) throw Problem(path, null, "expected a .NET assembly; this is empty, a pipe or a device");
        (StrategyEntry[] entries, Func<SchedulerProfile, SchedulerPlugin>[] schedulerPlugins) = Load(path, fullPath);
        if (entries.Length + schedulerPlugins.Length == 0) throw Problem(path, null, "expected at least one public strategy: a class derived from ScoringStrategy, ClusterStrategy or BatchStrategy with [Strategy(name, summary)], or a scheduler plugin");
        foreach (StrategyEntry entry in entries) catalog.Add(entry);
        foreach (Func<SchedulerProfile, SchedulerPlugin> create in schedulerPlugins) catalog.Add(path, create);
    }

    private static (StrategyEntry[] Strategies, Func<SchedulerProfile, SchedulerPlugin>[] SchedulerPlugins) Load(string path, string fullPath)
    {
        try
        {
            Assembly assembly = new PluginContext(fullPath).LoadFromAssemblyPath(fullPath);
            Type[] types = assembly.GetTypes();
            return ([.. types.Where(IsUsable<SchedulingStrategy>).Select(type => EntryOf(path, type)).OfType<StrategyEntry>()],
                [.. types.Where(IsUsable<SchedulerPlugin>).Select(type => MakerOf(path, type))]);
        }
        catch (BadImageFormatException)
        {
            throw Problem(path, null, "expected a .NET assembly");
        }
        catch (ReflectionTypeLoadException error)
        {
            throw Problem(path, null, $"expected an assembly built against this version: {error.LoaderExceptions.FirstOrDefault()?.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or TypeLoadException or CustomAttributeFormatException)
        {
            // An assembly that it needs is not beside it (a FileNotFoundException), or is another one than it was built with.
            throw Problem(path, null, $"expected an assembly that can be loaded: {error.Message}");
        }
    }

    private static bool IsUsable<T>(Type type) => type is { IsAbstract: false, IsVisible: true, ContainsGenericParameters: false } && typeof(T).IsAssignableFrom(type);

    /// <summary>How a plugin of kube-scheduler's framework is made.</summary>
    private static Func<SchedulerProfile, SchedulerPlugin> MakerOf(string path, Type type)
    {
        ConstructorInfo constructor = type.GetConstructor(Type.EmptyTypes)
            ?? throw Problem(path, type.FullName, "expected a scheduler plugin with a public constructor without parameters");
        return _ =>
        {
            try
            {
                return (SchedulerPlugin)constructor.Invoke(null);
            }
            catch (TargetInvocationException exception)
            {
                throw Problem(path, type.FullName, $"expected a scheduler plugin whose constructor does not fail: {exception.InnerException!.Message}");
            }
        };
    }

    /// <summary>The strategy's entry; null for a class without the attribute, which is nobody's strategy yet.</summary>
    private static StrategyEntry? EntryOf(string path, Type type)
    {
        if (type.GetCustomAttribute<StrategyAttribute>() is not { } attribute) return null;
        if (string.IsNullOrEmpty(attribute.Name) || !attribute.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw Problem(path, attribute.Name ?? "", $"expected a name of lower-case letters, digits and dashes for the strategy {type.FullName}");
        ConstructorInfo constructor = type.GetConstructor(Type.EmptyTypes)
            ?? throw Problem(path, type.FullName, "expected a strategy with a public constructor without parameters");
        return new StrategyEntry(attribute.Name, attribute.Summary ?? "", [], _ => (SchedulingStrategy)constructor.Invoke(null)) { Plugin = path, TieBreak = attribute.TieBreak };
    }

    private static InputException Problem(string path, string? value, string expected) => new(new InputProblem(path, 0, 0, "--plugin", value, expected));

    /// <summary>Finds the plug-in's own dependencies beside it; what the program already has is shared, so that its types are the plug-in's types.</summary>
    private sealed class PluginContext(string path) : AssemblyLoadContext
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (Default.Assemblies.Any(shared => shared.GetName().Name == assemblyName.Name)) return null;
            return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
        }
    }
}
