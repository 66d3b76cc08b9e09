using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Spreading;

/// <summary>Prefers the node whose CPU and memory are used in the most even proportion after placement.</summary>
/// <remarks>Score 0..100: <c>100·(1 − |cpu − memory|/2)</c>, truncated, of the requested fractions including the pod (the standard deviation of two values is half
/// their distance); a node with one of the two resources only scores 100. O(1), allocation-free. Source: balancedResourceScorer of kube-scheduler's
/// NodeResourcesBalancedAllocation (<c>pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go</c>).</remarks>
[Strategy("balanced", "CPU and memory in step (kube-scheduler's BalancedAllocation)")]
public sealed class Balanced : ScoringStrategy
{
    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node)
    {
        if (node.AllocatableCpuMilli == 0 || node.AllocatableMemoryBytes == 0) return 100;
        double cpu = (double)(node.RequestedCpuMilli + pod.CpuMilli) / node.AllocatableCpuMilli;
        double memory = (double)(node.RequestedMemoryBytes + pod.MemoryBytes) / node.AllocatableMemoryBytes;
        double deviation = cpu > memory ? (cpu - memory) / 2 : (memory - cpu) / 2;
        return (long)((1 - deviation) * 100);
    }
}
