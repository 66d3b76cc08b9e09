using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Packing;

/// <summary>Prefers the node with the least CPU and GPU left after placement, each as a share of the fleet's largest node.</summary>
/// <remarks>Score 0..100, higher is fuller: <c>100·(1 − [½·(c − pc)/C + ½·(g − pg)/G])</c>, truncated, with c, g the node's free CPU and GPU milli, pc, pg the
/// pod's, C and G those of the largest node (128,000 and 8,000 on openb). A fleet without GPUs drops the second term. Exact integer arithmetic; memory counts for
/// feasibility only. O(1), allocation-free. Source: BestFit in Weng et al., USENIX ATC 2023 (papers: FGD23).</remarks>
[Strategy("best-fit", "Least CPU and GPU left after placement")]
public sealed class BestFit : ScoringStrategy
{
    private LeftoverScale _scale;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context) => _scale = new LeftoverScale(context.View.Fleet);

    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node) => _scale.HundredMinusLeftover(in pod, in node);
}

/// <summary>Prefers the node with the most CPU and GPU left after placement: best fit turned round.</summary>
/// <remarks>Score 0..100, higher is emptier: <c>100·[½·(c − pc)/C + ½·(g − pg)/G]</c>, truncated; symbols as for <see cref="BestFit"/>. O(1), allocation-free.</remarks>
[Strategy("worst-fit", "Most CPU and GPU left after placement")]
public sealed class WorstFit : ScoringStrategy
{
    private LeftoverScale _scale;

    /// <inheritdoc/>
    public override void Prepare(StrategyContext context) => _scale = new LeftoverScale(context.View.Fleet);

    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node) => _scale.Leftover(in pod, in node);
}

/// <summary>What a node has left after placement, as exact hundredths of the fleet's largest node.</summary>
internal readonly struct LeftoverScale
{
    private readonly long _cpuWeight;
    private readonly long _gpuWeight;
    private readonly long _whole;

    public LeftoverScale(FleetLayout fleet)
    {
        // 50·(c − pc)/C + 50·(g − pg)/G over the common denominator C·G, both reduced to keep the products small.
        long cpu = Math.Max(1, fleet.LargestCpuMilli), gpu = Math.Max(1, fleet.LargestGpuMilli);
        long divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(cpu, gpu);
        _cpuWeight = checked(50 * (gpu / divisor));
        _gpuWeight = fleet.LargestGpuMilli == 0 ? 0 : checked(50 * (cpu / divisor));
        _whole = checked(cpu / divisor * gpu);
        _ = checked(100 * _whole);
    }

    /// <summary>⌊100 − leftover⌋.</summary>
    public long HundredMinusLeftover(in PodShape pod, in NodeState node) => ((100 * _whole) - Weighted(in pod, in node)) / _whole;

    /// <summary>⌊leftover⌋.</summary>
    public long Leftover(in PodShape pod, in NodeState node) => Weighted(in pod, in node) / _whole;

    private long Weighted(in PodShape pod, in NodeState node) =>
        (_cpuWeight * (node.FreeCpuMilli - pod.CpuMilli)) + (_gpuWeight * (node.FreeGpuMilli - pod.GpuMilliTotal));
}
