using System.Reflection;
using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Gpu;
using SchedBench.Schedulers.Kubernetes;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.Schedulers.Packing;
using SchedBench.Schedulers.Sampling;
using SchedBench.Schedulers.Spreading;

namespace SchedBench.Schedulers.Catalog;

/// <summary>A strategy that experiments can name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">One line.</param>
/// <param name="Options">What it can be told.</param>
/// <param name="Create">Makes a fresh object: one serves one run.</param>
public sealed record StrategyEntry(
    string Name, string Summary, IReadOnlyList<StrategyOption> Options, Func<StrategyOptionValues, SchedulingStrategy> Create)
{
    /// <summary>Assembly file it came from; empty for built-in strategies. Cells of such strategies run in a child process.</summary>
    public string Plugin { get; init; } = "";

    /// <summary>Tie-break of experiments that state none.</summary>
    public TieBreak TieBreak { get; init; }

    /// <summary>Judges the configuration file of the strategy and throws <see cref="InputException"/> with all that is wrong with it; null for strategies without one.</summary>
    public Action<StrategyFile>? CheckFile { get; init; }

    /// <summary>Whether the strategy is nothing without its configuration file.</summary>
    public bool NeedsFile { get; init; }

    /// <summary>Makes the strategy with these option values, defaults for the rest.</summary>
    /// <param name="options">Values by name.</param>
    /// <param name="file">Its configuration file; null for the default configuration.</param>
    /// <exception cref="ArgumentException">An unknown option or an impossible value, or a file for a strategy that reads none.</exception>
    public SchedulingStrategy Build(IEnumerable<KeyValuePair<string, string>>? options = null, StrategyFile? file = null) => file is null || CheckFile is not null
        ? Create(new StrategyOptionValues(Options, options ?? []) { File = file })
        : throw new ArgumentException($"The strategy {Name} reads no file.", nameof(file));
}

/// <summary>The strategies by name: the built-in ones, and those of plug-ins that were added.</summary>
public sealed class StrategyCatalog
{
    private readonly SortedDictionary<string, StrategyEntry> _entries = new(StringComparer.Ordinal);

    private PluginRegistry _schedulerPlugins = PluginRegistry.Default;

    private StrategyCatalog()
    {
    }

    /// <summary>The built-in strategies.</summary>
    /// <param name="fromScratch">Whether strategies that keep scores from one decision to the next compute all of them anew. Changes how fast decisions are, never what they are.</param>
    /// <param name="connect">Makes clients of extenders of kube-scheduler; without it configurations with extenders are refused.</param>
    public static StrategyCatalog BuiltIn(bool fromScratch = false, Func<SchedulerExtender, IExtenderClient>? connect = null)
    {
        var catalog = new StrategyCatalog();
        catalog.Add<RandomFit>(_ => new RandomFit());
        catalog.Add<RoundRobin>(_ => new RoundRobin());
        catalog.Add<FirstFit>(_ => new FirstFit());
        catalog.Add<BestFit>(_ => new BestFit());
        catalog.Add<WorstFit>(_ => new WorstFit());
        catalog.Add<PowerOfChoices>(
            values => new PowerOfChoices(new PowerOfChoicesOptions { Choices = values.Integer("choices") }),
            new StrategyOption("choices", StrategyOptionKind.Integer, "2", "nodes drawn a decision") { Min = 1, Max = 64 });
        catalog.Add<DotProduct>(_ => new DotProduct());
        catalog.Add<GpuPacking>(_ => new GpuPacking());
        catalog.Add<GpuClustering>(_ => new GpuClustering());
        catalog.Add<FragmentationGradientDescent>(_ => new FragmentationGradientDescent());
        catalog.Add<SwarmSpread>(
            values => new SwarmSpread(new SwarmSpreadOptions
            {
                MaxFailures = values.Integer("maxFailures"),
                MonitorFailures = values.Duration("monitorFailures"),
            }),
            new StrategyOption("maxFailures", StrategyOptionKind.Integer, "5", "failures of a service from which a node is avoided") { Min = 1, Max = 1000 },
            new StrategyOption("monitorFailures", StrategyOptionKind.Duration, "5m", "how long a failure is remembered"));
        catalog.Add<KubeScheduler>(
            values => new KubeScheduler(values.File is { } file ? catalog.ReadConfiguration(file, hasExtenders: connect is not null) : null, catalog._schedulerPlugins, fromScratch, connect)
            {
                ChargesAnswers = values.Choice("charge") == "measured",
            },
            file => catalog.ReadConfiguration(file, hasExtenders: connect is not null),
            new StrategyOption("charge", StrategyOptionKind.Choice, "none", "virtual time that answers of extenders take: none, or as long as they really took") { Choices = ["none", "measured"] });
        catalog.Add<LeastAllocated>(_ => new LeastAllocated());
        catalog.Add<MostAllocated>(_ => new MostAllocated());
        catalog.Add<Balanced>(_ => new Balanced());
        return catalog;
    }

    /// <summary>All entries by name.</summary>
    public IReadOnlyCollection<StrategyEntry> Entries => _entries.Values;

    /// <summary>Looks a strategy up.</summary>
    public StrategyEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>The nearest name to a mistyped one.</summary>
    public string? Nearest(string name) => NearestName.Find(name, _entries.Keys);

    /// <summary>Adds the strategies of a plug-in.</summary>
    /// <exception cref="InputException">A name is taken.</exception>
    public void Add(StrategyEntry entry)
    {
        if (_entries.TryGetValue(entry.Name, out StrategyEntry? existing))
        {
            throw new InputException(new InputProblem(
                entry.Plugin, 0, 0, "Strategy", entry.Name, $"expected a name that is not taken (by {(existing.Plugin.Length == 0 ? "a built-in strategy" : existing.Plugin)})"));
        }

        _entries.Add(entry.Name, entry);
    }

    /// <summary>Adds a plugin of kube-scheduler's framework, which its configurations may name from then on. Its cells run in a child process, as those of other plug-ins do.</summary>
    /// <param name="assembly">Assembly file that it came from.</param>
    /// <param name="create">Makes it for a profile.</param>
    /// <exception cref="InputException">The name is taken, or it has no extension point.</exception>
    public void Add(string assembly, Func<SchedulerProfile, SchedulerPlugin> create)
    {
        try
        {
            _schedulerPlugins = _schedulerPlugins.With(create);
        }
        catch (ArgumentException exception)
        {
            throw new InputException(new InputProblem(assembly, 0, 0, "SchedulerPlugin", null, $"expected a plugin that can be registered: {exception.Message}"));
        }

        string name = typeof(KubeScheduler).GetCustomAttribute<StrategyAttribute>()!.Name;
        _entries[name] = _entries[name] with { Plugin = assembly };
    }

    /// <summary>Reads a configuration of kube-scheduler that a run can follow.</summary>
    private KubeSchedulerConfiguration ReadConfiguration(StrategyFile file, bool hasExtenders)
    {
        KubeSchedulerConfiguration configuration = ConfigurationReader.Read(file.Text, file.Name, _schedulerPlugins);
        InputProblem[] refused = [.. HostLimits.Refusals(configuration, _schedulerPlugins, hasExtenders).Select(refusal => new InputProblem(file.Name, 0, 0, refusal.Field, null, refusal.Expected))];
        return refused.Length == 0 ? configuration : throw new InputException(refused);
    }

    private void Add<T>(Func<StrategyOptionValues, SchedulingStrategy> create, params StrategyOption[] options)
        where T : SchedulingStrategy => Add<T>(create, null, options);

    private void Add<T>(Func<StrategyOptionValues, SchedulingStrategy> create, Action<StrategyFile>? checkFile, params StrategyOption[] options)
        where T : SchedulingStrategy
    {
        StrategyAttribute attribute = typeof(T).GetCustomAttribute<StrategyAttribute>()!;
        Add(new StrategyEntry(attribute.Name, attribute.Summary, options, create) { TieBreak = attribute.TieBreak, CheckFile = checkFile });
    }
}
