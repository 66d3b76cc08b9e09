using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Samples;

/// <summary>Packs by what is left after placement; lower leftover wins.</summary>
/// <remarks>Score: minus the CPU milli that stay free on the node, so 0 is the best there is. Exact integers; O(1), allocation-free; ties go by the run's tie-break.</remarks>
[Strategy("tightest-cpu", "Leaves the least free CPU")]
public sealed class TightestCpu : ScoringStrategy
{
    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node) => -(node.FreeCpuMilli - pod.CpuMilli);
}
