using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Packing;

/// <summary>Tetris alignment turned to packing: prefers the node whose free resources point least in the pod's direction.</summary>
/// <remarks>Score 0..100: <c>100·(1 − [(c/C)(pc/C) + (g/G)(pg/G)]/2)</c>, truncated; c, g the node's free CPU and GPU milli before placement, pc, pg the pod's,
/// C and G those of the fleet's largest node. O(1), allocation-free. Source: DotProd in Weng et al., USENIX ATC 2023, after Grandl et al., <em>Multi-resource
/// packing for cluster schedulers</em>, SIGCOMM 2014.</remarks>
[Strategy("dot-product", "Free resources least aligned with the pod's demand")]
public sealed class DotProduct : ScoringStrategy
{
    private double _cpuSquared = 1;
    private double _gpuSquared = 1;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context)
    {
        double cpu = Math.Max(1, context.View.Fleet.LargestCpuMilli), gpu = Math.Max(1, context.View.Fleet.LargestGpuMilli);
        _cpuSquared = cpu * cpu;
        _gpuSquared = gpu * gpu;
    }

    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node)
    {
        // The products of milli are exact in a double; one division each, in this order, gives the same bits everywhere.
        double cpu = (double)node.FreeCpuMilli * pod.CpuMilli / _cpuSquared;
        double gpu = (double)node.FreeGpuMilli * pod.GpuMilliTotal / _gpuSquared;
        return (long)(100 * (1 - ((cpu + gpu) / 2)));
    }
}
