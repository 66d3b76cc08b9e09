using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Packing;

/// <summary>Prefers the node that is fullest after placement, over CPU and memory.</summary>
/// <remarks>Score 0..100: the mean over CPU and memory of <c>100·requested/allocatable</c> including the pod, integer divisions as the source does them; a resource
/// the node does not have is left out. O(1), allocation-free. Source: mostResourceScorer of kube-scheduler's NodeResourcesFit
/// (<c>pkg/scheduler/framework/plugins/noderesources/most_allocated.go</c>), with the pod's real requests instead of the non-zero defaults.</remarks>
[Strategy("most-allocated", "Fullest node by CPU and memory (kube-scheduler's MostAllocated)")]
public sealed class MostAllocated : ScoringStrategy
{
    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node) => AllocationScore.Mean(
        AllocationScore.Used(node.RequestedCpuMilli + pod.CpuMilli, node.AllocatableCpuMilli),
        AllocationScore.Used(node.RequestedMemoryBytes + pod.MemoryBytes, node.AllocatableMemoryBytes));
}

/// <summary>The resource scores of kube-scheduler's NodeResourcesFit.</summary>
internal static class AllocationScore
{
    private const long MaxScore = 100;

    /// <summary>Share in use, 0..100; −1 for a resource the node does not have.</summary>
    public static long Used(long requested, long allocatable) => allocatable == 0 ? -1 : Scaled(requested, allocatable);

    /// <summary>Share left, 0..100; −1 for a resource the node does not have.</summary>
    public static long Free(long requested, long allocatable) => allocatable == 0 ? -1 : Scaled(allocatable - requested, allocatable);

    /// <summary>Mean of those that count, truncated; 0 when none does.</summary>
    public static long Mean(long cpu, long memory) => (cpu, memory) switch
    {
        ( < 0, < 0) => 0,
        ( < 0, _) => memory,
        (_, < 0) => cpu,
        _ => (cpu + memory) / 2,
    };

    /// <summary>100·part/whole; beyond 2^56 (72 PB) the product would not fit, so both are halved until it does.</summary>
    private static long Scaled(long part, long whole)
    {
        while (whole >= 1L << 56)
        {
            part >>= 1;
            whole >>= 1;
        }

        return part * MaxScore / whole;
    }
}
