using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>A plugin of the scheduling framework. Derive from it, implement the extension points it takes part in (<see cref="IPreFilterPlugin"/>, <see cref="IFilterPlugin"/>,
/// <see cref="IPreScorePlugin"/>, <see cref="IScorePlugin"/>, <see cref="IPostFilterPlugin"/>, <see cref="IReservePlugin"/>, <see cref="IPermitPlugin"/>, <see cref="IPreBindPlugin"/>,
/// <see cref="IBindPlugin"/>, <see cref="IPostBindPlugin"/>) and register it in a <see cref="PluginRegistry"/>; a configuration enables it by its name.</summary>
/// <remarks>One object serves one profile of one run, on one thread. What a plugin computes before filters or scores it keeps in its own fields: it is asked about one pod at a time.
/// What it answers must be a function of the pod and the view.</remarks>
/// <param name="name">Name, as configurations state it.</param>
public abstract class SchedulerPlugin(string name)
{
    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>The cluster and what else a strategy gets; set before the first pod.</summary>
    protected internal StrategyContext Context { get; internal set; } = null!;

    /// <summary>What the plugin can do to pods that wait; set before the first pod.</summary>
    protected internal PluginHandle Handle { get; internal set; } = null!;

    /// <summary>The cluster.</summary>
    protected ClusterView View => Context.View;

    /// <summary>Called once, before the first pod: <see cref="Context"/> is there.</summary>
    public virtual void Prepare()
    {
    }
}

/// <summary>Keeps pods out of the queue.</summary>
public interface IPreEnqueuePlugin
{
    /// <summary>Asked whenever the pod is about to be tried. Anything but success keeps it aside, no attempt counted, until a change of <see cref="IEnqueueExtensions"/>, or any without them.</summary>
    Status PreEnqueue(in PodRequest pod);
}

/// <summary>Orders the queue.</summary>
public interface IQueueSortPlugin
{
    /// <summary>Whether the left one comes first. Must not change while both wait.</summary>
    bool Less(in QueuedPod left, in QueuedPod right);
}

/// <summary>Says which changes may help pods that the plugin turned away. Without it every change may.</summary>
public interface IEnqueueExtensions
{
    /// <summary>The changes.</summary>
    ClusterEvents EventsToRegister { get; }
}

/// <summary>Takes part before filters.</summary>
public interface IPreFilterPlugin
{
    /// <summary>Called once a pod. <see cref="StatusCode.Skip"/> leaves out the plugin's filter for the pod; a rejection ends the try.</summary>
    PreFilterResult PreFilter(in PodRequest pod);
}

/// <summary>What a plugin says before filters.</summary>
/// <param name="Status">Success, Skip, or why the pod fits nowhere.</param>
/// <param name="Nodes">Names of the nodes that are left; null for all.</param>
public readonly record struct PreFilterResult(Status Status, IReadOnlyCollection<string>? Nodes = null)
{
    /// <summary>It goes on, on all nodes.</summary>
    public static PreFilterResult Success => new(Status.Success);

    /// <summary>The filter has nothing to do.</summary>
    public static PreFilterResult Skip => new(Status.Skip);
}

/// <summary>Filters nodes.</summary>
public interface IFilterPlugin
{
    /// <summary>Whether the pod may go to the node, or why not.</summary>
    Status Filter(in PodRequest pod, NodeIndex node);
}

/// <summary>Takes part before scores.</summary>
public interface IPreScorePlugin
{
    /// <summary>Called once a pod that fits two or more nodes. <see cref="StatusCode.Skip"/> leaves out the plugin's score for the pod: it counts 0.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">The nodes that it fits on, in the run's order.</param>
    Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes);
}

/// <summary>Scores nodes.</summary>
public interface IScorePlugin
{
    /// <summary>The largest score after normalisation.</summary>
    const long MaxNodeScore = 100;

    /// <summary>Scores nodes, all in one call.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">The nodes that it fits on, in the run's order.</param>
    /// <param name="scores">[node of <paramref name="nodes"/>] where the scores go: 0 to 100, or anything that <see cref="NormalizeScore"/> brings there.</param>
    void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores);

    /// <summary>Brings the scores to 0 to 100. Does nothing unless the plugin says otherwise.</summary>
    void NormalizeScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
    }
}
