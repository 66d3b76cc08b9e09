using SchedBench.Schedulers.Kubernetes.Configuration;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The default plugins of v1.34 (<c>pkg/scheduler/apis/config/v1/default_plugins.go</c>), and the extension points that each has.</summary>
public static class DefaultPlugins
{
    private const ExtensionPoint Filters = ExtensionPoint.PreFilter | ExtensionPoint.Filter;
    private const ExtensionPoint Scores = ExtensionPoint.PreScore | ExtensionPoint.Score;

    /// <summary>Names, extension points and weights, in the order of <c>multiPoint</c>.</summary>
    public static IReadOnlyList<(string Name, ExtensionPoint Points, int Weight)> All { get; } =
    [
        ("SchedulingGates", ExtensionPoint.PreEnqueue, 0),
        ("PrioritySort", ExtensionPoint.QueueSort, 0),
        ("NodeUnschedulable", ExtensionPoint.Filter, 0),
        ("NodeName", ExtensionPoint.Filter, 0),
        ("TaintToleration", ExtensionPoint.Filter | Scores, 3),
        ("NodeAffinity", Filters | Scores, 2),
        ("NodePorts", Filters, 0),
        ("NodeResourcesFit", Filters | Scores, 1),
        ("VolumeRestrictions", Filters, 0),
        ("NodeVolumeLimits", Filters, 0),
        ("VolumeBinding", Filters | Scores | ExtensionPoint.Reserve | ExtensionPoint.PreBind, 0),
        ("VolumeZone", Filters, 0),
        ("PodTopologySpread", Filters | Scores, 2),
        ("InterPodAffinity", Filters | Scores, 2),
        ("DynamicResources", Filters | ExtensionPoint.PreEnqueue | ExtensionPoint.PostFilter | ExtensionPoint.Reserve | ExtensionPoint.PreBind, 0),
        ("DefaultPreemption", ExtensionPoint.PreEnqueue | ExtensionPoint.PostFilter, 0),
        ("NodeResourcesBalancedAllocation", Scores, 1),
        ("ImageLocality", ExtensionPoint.Score, 1),
        ("DefaultBinder", ExtensionPoint.Bind, 0),
    ];

    /// <summary>The set that every profile begins with.</summary>
    public static PluginSet MultiPoint { get; } = new([.. All.Select(plugin => new EnabledPlugin(plugin.Name, plugin.Weight))], []);
}
