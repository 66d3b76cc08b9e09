using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>Scores by what nodes offer and what is requested of them (<c>resourceAllocationScorer</c>).</summary>
/// <param name="name">Name of the plugin.</param>
/// <param name="resources">Resources of the score.</param>
/// <param name="scored">Whether requests that containers leave out count with the defaults for scores.</param>
internal abstract class ResourceScores(string name, IReadOnlyList<ResourceWeight> resources, bool scored) : PredicateFilter(name), IPreScorePlugin, IScorePlugin
{
    private readonly NodeResource[] _resources = [.. resources.Select(resource => new NodeResource(resource.Name))];
    private readonly long[] _requests = new long[resources.Count];
    private readonly long[] _allocatable = new long[resources.Count];
    private readonly long[] _requested = new long[resources.Count];

    /// <inheritdoc/>
    public override void Prepare()
    {
        foreach (NodeResource resource in _resources) resource.Prepare(View.Fleet);
    }

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes)
    {
        bool asksForNothing = true;
        for (int i = 0; i < _resources.Length; i++)
        {
            _requests[i] = _resources[i].RequestOf(in pod.Shape, scored);
            asksForNothing &= _requests[i] == 0;
        }

        return asksForNothing ? OfPodsWithoutRequests : Status.Success;
    }

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        for (int n = 0; n < nodes.Length; n++)
        {
            NodeState node = View[nodes[n]];
            for (int i = 0; i < _resources.Length; i++) (_allocatable[i], _requested[i]) = _resources[i].Of(in node, _requests[i], scored);
            scores[n] = Score(_requested, _allocatable);
        }
    }

    /// <summary>What PreScore says of pods that request none of the resources.</summary>
    protected virtual Status OfPodsWithoutRequests => Status.Success;

    /// <summary>The score of a node, 0 to 100.</summary>
    /// <param name="requested">[resource] requested with the pod.</param>
    /// <param name="allocatable">[resource] offered; 0 leaves the resource out.</param>
    protected abstract long Score(ReadOnlySpan<long> requested, ReadOnlySpan<long> allocatable);
}
