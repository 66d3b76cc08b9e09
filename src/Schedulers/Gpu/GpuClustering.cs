using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Gpu;

/// <summary>Keeps pods of one GPU class together: sharing pods with sharing pods, pods of k devices with pods of k devices.</summary>
/// <remarks>
/// Score 0..100; pods without GPU score 0 everywhere. With <c>b = ⌊25·(G − g)/G⌋</c> (g the node's free GPU milli, G that of the fleet's largest node): the node
/// has pods of the class and of no other: b + 75; that class among others: b + 50; no GPU pod: b + 25; other classes only: b. O(devices), allocation-free.
/// Source: GpuClustering in Weng et al., USENIX ATC 2023, after Xiao et al., <em>Gandiva</em>, OSDI 2018.
/// </remarks>
[Strategy("gpu-clustering", "Pods of one GPU class together on a node")]
public sealed class GpuClustering : ScoringStrategy
{
    private long _largestGpuMilli = 1;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context) => _largestGpuMilli = Math.Max(1, context.View.Fleet.LargestGpuMilli);

    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node)
    {
        if (pod.GpuCount == 0) return 0;
        long fullness = 25 * (_largestGpuMilli - node.FreeGpuMilli) / _largestGpuMilli;
        ReadOnlySpan<int> counts = node.GpuPodCounts;
        int own = pod.IsGpuShare ? 0 : pod.GpuCount;
        bool others = false;
        for (int k = 0; k < counts.Length; k++) others |= k != own && counts[k] > 0;
        return (counts[own] > 0, others) switch
        {
            (true, false) => fullness + 75,
            (true, true) => fullness + 50,
            (false, false) => fullness + 25,
            (false, true) => fullness,
        };
    }
}
