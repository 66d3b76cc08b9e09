using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Sampling;

/// <summary>The next feasible node after the one chosen last, going round the fleet.</summary>
/// <remarks>No tie can arise. O(nodes/64) a decision in the worst case.</remarks>
[Strategy("round-robin", "The next feasible node after the last one chosen")]
public sealed class RoundRobin : ClusterStrategy
{
    private int _next;

    /// <inheritdoc/>
    public override void Rebuild(ClusterView view) => _next = 0;

    /// <inheritdoc/>
    public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
    {
        NodeIndex node = feasible.FirstFrom(new NodeIndex(_next));
        _next = node.Value + 1;
        return node;
    }
}
