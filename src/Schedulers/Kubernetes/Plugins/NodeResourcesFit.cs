using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>NodeResourcesFit (<c>plugins/noderesources/fit.go</c>): nodes with enough left, scored by one of three strategies (<c>least_allocated.go</c>, <c>most_allocated.go</c>,
/// <c>requested_to_capacity_ratio.go</c>), all in whole numbers but the last rounding.</summary>
/// <param name="args">Arguments.</param>
internal sealed class NodeResourcesFit(NodeResourcesFitArgs args) : ResourceScores("NodeResourcesFit", args.Resources, scored: true), IPreFilterPlugin
{
    /// <summary>Scores of the points are 0 to 10.</summary>
    private const long ScoresPerPoint = IScorePlugin.MaxNodeScore / 10;

    private const long FullUtilization = 100;
    private readonly ScoringStrategyType _type = args.Type;
    private readonly long[] _weights = [.. args.Resources.Select(resource => resource.Weight)];
    private readonly UtilizationPoint[] _shape = [.. args.Shape];

    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod) => PreFilterResult.Success;

    /// <inheritdoc/>
    protected override long Score(ReadOnlySpan<long> requested, ReadOnlySpan<long> allocatable)
    {
        long sum = 0, weights = 0;
        for (int i = 0; i < requested.Length; i++)
        {
            if (allocatable[i] == 0) continue;
            long score = _type switch
            {
                ScoringStrategyType.LeastAllocated => LeastAllocated(requested[i], allocatable[i]),
                ScoringStrategyType.MostAllocated => Math.Min(requested[i], allocatable[i]) * IScorePlugin.MaxNodeScore / allocatable[i],
                _ => OnLine(requested[i] > allocatable[i] ? FullUtilization : requested[i] * FullUtilization / allocatable[i]),
            };
            // By ratio, resources of score 0 take no part in the mean.
            if (_type == ScoringStrategyType.RequestedToCapacityRatio && score <= 0) continue;
            sum += score * _weights[i];
            weights += _weights[i];
        }

        if (weights == 0) return 0;
        return _type == ScoringStrategyType.RequestedToCapacityRatio ? (long)Math.Round((double)sum / weights, MidpointRounding.AwayFromZero) : sum / weights;
    }

    /// <summary>The default strategy over two resources of weight 1, without a branch on the strategy: the same numbers.</summary>
    protected override void AddScores(ReadOnlySpan<long> requested, ReadOnlySpan<long> allocatable, long weight, Span<long> sums)
    {
        if (_type != ScoringStrategyType.LeastAllocated || _weights is not [1, 1])
        {
            base.AddScores(requested, allocatable, weight, sums);
            return;
        }

        ReadOnlySpan<long> secondRequested = requested.Slice(Stride, sums.Length), secondAllocatable = allocatable.Slice(Stride, sums.Length);
        for (int n = 0; n < sums.Length; n++)
        {
            long first = LeastAllocated(requested[n], allocatable[n]), second = LeastAllocated(secondRequested[n], secondAllocatable[n]);
            // A resource that the node does not offer takes no part in the mean.
            sums[n] += weight * (allocatable[n] == 0 || secondAllocatable[n] == 0 ? first + second : (first + second) / 2);
        }
    }

    private static long LeastAllocated(long requested, long allocatable) =>
        allocatable == 0 || requested > allocatable ? 0 : (allocatable - requested) * IScorePlugin.MaxNodeScore / allocatable;

    /// <summary>The broken line through the points (<c>BuildBrokenLinearFunction</c>).</summary>
    private long OnLine(long utilization)
    {
        for (int i = 0; i < _shape.Length; i++)
        {
            if (utilization > _shape[i].Utilization) continue;
            long right = _shape[i].Score * ScoresPerPoint;
            if (i == 0) return right;
            long left = _shape[i - 1].Score * ScoresPerPoint;
            return left + ((right - left) * (utilization - _shape[i - 1].Utilization) / (_shape[i].Utilization - _shape[i - 1].Utilization));
        }

        return _shape[^1].Score * ScoresPerPoint;
    }
}
