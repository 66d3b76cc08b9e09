using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Plugins;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The plugins that a configuration may name, with the way to make them. Immutable.</summary>
public sealed class PluginRegistry
{
    private readonly SortedDictionary<string, Entry> _entries;

    private PluginRegistry(SortedDictionary<string, Entry> entries) => _entries = entries;

    /// <summary>How a plugin is made, and where it takes part.</summary>
    private sealed record Entry(ExtensionPoint Points, Func<SchedulerProfile, SchedulerPlugin>? Create);

    /// <summary>The default plugins, and Coscheduling, which no profile has by itself. Those without filter and score are the scheduler host's own work: SchedulingGates and PrioritySort its queue, DefaultPreemption and DefaultBinder what it does
    /// after a decision.</summary>
    public static PluginRegistry Default { get; } = MakeDefault();

    /// <summary>Names, sorted.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>The extension points of a plugin, or null when there is none of that name.</summary>
    public ExtensionPoint? PointsOf(string name) => _entries.TryGetValue(name, out Entry? entry) ? entry.Points : null;

    /// <summary>These plugins and one more.</summary>
    /// <param name="create">Makes it for a profile.</param>
    /// <exception cref="ArgumentException">The name is taken, or the plugin has no extension point.</exception>
    public PluginRegistry With(Func<SchedulerProfile, SchedulerPlugin> create)
    {
        SchedulerPlugin sample = create(new SchedulerProfile());
        var points = ExtensionPoint.None;
        if (sample is IPreEnqueuePlugin) points |= ExtensionPoint.PreEnqueue;
        if (sample is IQueueSortPlugin) points |= ExtensionPoint.QueueSort;
        if (sample is IPreFilterPlugin) points |= ExtensionPoint.PreFilter;
        if (sample is IFilterPlugin) points |= ExtensionPoint.Filter;
        if (sample is IPreScorePlugin) points |= ExtensionPoint.PreScore;
        if (sample is IScorePlugin) points |= ExtensionPoint.Score;
        if (sample is IPostFilterPlugin) points |= ExtensionPoint.PostFilter;
        if (sample is IReservePlugin) points |= ExtensionPoint.Reserve;
        if (sample is IPermitPlugin) points |= ExtensionPoint.Permit;
        if (sample is IPreBindPlugin) points |= ExtensionPoint.PreBind;
        if (sample is IBindPlugin) points |= ExtensionPoint.Bind;
        if (sample is IPostBindPlugin) points |= ExtensionPoint.PostBind;
        if (points == ExtensionPoint.None) throw new ArgumentException($"The plugin {sample.Name} has no extension point.", nameof(create));
        if (_entries.ContainsKey(sample.Name)) throw new ArgumentException($"There is a plugin {sample.Name} already.", nameof(create));
        return new PluginRegistry(new SortedDictionary<string, Entry>(_entries, StringComparer.Ordinal) { [sample.Name] = new Entry(points, create) });
    }

    /// <summary>Makes a plugin for a profile; null for those that are the host's own work.</summary>
    internal SchedulerPlugin? Create(string name, SchedulerProfile profile) => _entries[name].Create?.Invoke(profile);

    private static PluginRegistry MakeDefault()
    {
        var makers = new Dictionary<string, Func<SchedulerProfile, SchedulerPlugin>>(StringComparer.Ordinal)
        {
            ["NodeUnschedulable"] = _ => new PredicateFilter("NodeUnschedulable"),
            ["NodeName"] = _ => new PredicateFilter("NodeName"),
            ["TaintToleration"] = _ => new TaintToleration(),
            ["NodeAffinity"] = profile => new NodeAffinity(profile.Args.AddedAffinity),
            ["NodePorts"] = _ => new NodePorts(),
            ["NodeResourcesFit"] = profile => new NodeResourcesFit(profile.Args.Fit),
            ["VolumeRestrictions"] = _ => new VolumeRestrictions(),
            ["NodeVolumeLimits"] = _ => new NodeVolumeLimits(),
            ["VolumeBinding"] = _ => new VolumeBinding(),
            ["VolumeZone"] = _ => new VolumeZone(),
            ["PodTopologySpread"] = profile => new PodTopologySpread(profile.Args.Spread),
            ["InterPodAffinity"] = profile => new InterPodAffinity(profile.Args.Affinity),
            ["DynamicResources"] = _ => new DynamicResources(),
            ["NodeResourcesBalancedAllocation"] = profile => new NodeResourcesBalancedAllocation(profile.Args.BalancedResources),
            ["ImageLocality"] = _ => new ImageLocality(),
        };
        var entries = new SortedDictionary<string, Entry>(StringComparer.Ordinal);
        foreach ((string name, ExtensionPoint points, _) in DefaultPlugins.All) entries.Add(name, new Entry(points, makers.GetValueOrDefault(name)));
        return new PluginRegistry(entries).With(profile => new Coscheduling(profile.Args.Coscheduling));
    }
}
