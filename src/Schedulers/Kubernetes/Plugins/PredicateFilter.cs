using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>A filter whose rule is one of Core's: it is judged there and only told here.</summary>
/// <param name="name">Kubernetes' name of the plugin.</param>
internal class PredicateFilter(string name) : SchedulerPlugin(name), IFilterPlugin
{
    /// <inheritdoc/>
    public Status Filter(in PodRequest pod, NodeIndex node) => FilterReasons.Of(Name, View, in pod.Shape, node);
}

/// <summary>NodePorts: host ports that are free (<c>plugins/nodeports</c>).</summary>
internal sealed class NodePorts() : PredicateFilter("NodePorts"), IPreFilterPlugin
{
    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod) => pod.Shape.Spec.HostPorts.Count == 0 ? PreFilterResult.Skip : PreFilterResult.Success;
}

/// <summary>DynamicResources: known by name. Pods here have no resource claims (manifests with them are refused), so it never has anything to do.</summary>
internal sealed class DynamicResources() : SchedulerPlugin("DynamicResources"), IPreFilterPlugin, IFilterPlugin
{
    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod) => PreFilterResult.Skip;

    /// <inheritdoc/>
    public Status Filter(in PodRequest pod, NodeIndex node) => Status.Success;
}
