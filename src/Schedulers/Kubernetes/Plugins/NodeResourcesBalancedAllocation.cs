using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>NodeResourcesBalancedAllocation (<c>plugins/noderesources/balanced_allocation.go</c>): the closer the requested fractions of the resources are to each other, the better:
/// <c>100·(1 − standard deviation)</c>, truncated. Pods that request none of them are left out.</summary>
/// <param name="resources">Resources.</param>
internal sealed class NodeResourcesBalancedAllocation(IReadOnlyList<ResourceWeight> resources)
    : ResourceScores("NodeResourcesBalancedAllocation", resources, scored: false)
{
    private readonly double[] _fractions = new double[resources.Count];

    /// <inheritdoc/>
    protected override Status OfPodsWithoutRequests => Status.Skip;

    /// <inheritdoc/>
    protected override long Score(ReadOnlySpan<long> requested, ReadOnlySpan<long> allocatable)
    {
        int count = 0;
        double total = 0;
        for (int i = 0; i < requested.Length; i++)
        {
            if (allocatable[i] == 0) continue;
            double fraction = (double)requested[i] / allocatable[i];
            if (fraction > 1) fraction = 1;
            total += fraction;
            _fractions[count++] = fraction;
        }

        double deviation = 0;
        if (count == 2)
        {
            deviation = Math.Abs((_fractions[0] - _fractions[1]) / 2);
        }
        else if (count > 2)
        {
            double mean = total / count, sum = 0;
            for (int i = 0; i < count; i++) sum += (_fractions[i] - mean) * (_fractions[i] - mean);
            deviation = Math.Sqrt(sum / count);
        }

        return (long)((1 - deviation) * IScorePlugin.MaxNodeScore);
    }
}
