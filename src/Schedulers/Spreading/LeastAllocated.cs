using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Packing;

namespace SchedBench.Schedulers.Spreading;

/// <summary>Prefers the node that is emptiest after placement, over CPU and memory.</summary>
/// <remarks>Score 0..100: the mean over CPU and memory of <c>100·(allocatable − requested)/allocatable</c> including the pod, integer divisions as the source does
/// them; a resource the node does not have is left out. O(1), allocation-free. Source: leastResourceScorer of kube-scheduler's NodeResourcesFit
/// (<c>pkg/scheduler/framework/plugins/noderesources/least_allocated.go</c>), with the pod's real requests instead of the non-zero defaults.</remarks>
[Strategy("least-allocated", "Emptiest node by CPU and memory (kube-scheduler's LeastAllocated)")]
public sealed class LeastAllocated : ScoringStrategy
{
    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node) => AllocationScore.Mean(
        AllocationScore.Free(node.RequestedCpuMilli + pod.CpuMilli, node.AllocatableCpuMilli),
        AllocationScore.Free(node.RequestedMemoryBytes + pod.MemoryBytes, node.AllocatableMemoryBytes));
}
