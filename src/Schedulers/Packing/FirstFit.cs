using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Packing;

/// <summary>Takes the first node that fits.</summary>
/// <remarks>Score 0 everywhere, so the tie-break decides alone: <c>firstInOrder</c> makes it first fit, <c>uniform</c> a random fit. O(changed nodes) a decision.</remarks>
[Strategy("first-fit", "The first node in order that fits")]
public sealed class FirstFit : ScoringStrategy
{
    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node) => 0;
}
