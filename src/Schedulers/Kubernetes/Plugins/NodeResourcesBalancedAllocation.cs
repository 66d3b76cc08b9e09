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
            double fraction = Fraction(requested[i], allocatable[i]);
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

    /// <summary>Over two resources, without the array of fractions: the same numbers.</summary>
    protected override void AddScores(ReadOnlySpan<long> requested, ReadOnlySpan<long> allocatable, long weight, Span<long> sums)
    {
        if (_fractions.Length != 2)
        {
            base.AddScores(requested, allocatable, weight, sums);
            return;
        }

        ReadOnlySpan<long> secondRequested = requested.Slice(Stride, sums.Length), secondAllocatable = allocatable.Slice(Stride, sums.Length);
        for (int n = 0; n < sums.Length; n++)
        {
            // With one resource, or none, nothing deviates.
            bool hasBoth = allocatable[n] != 0 && secondAllocatable[n] != 0;
            double deviation = hasBoth ? Math.Abs((Fraction(requested[n], allocatable[n]) - Fraction(secondRequested[n], secondAllocatable[n])) / 2) : 0;
            sums[n] += weight * (long)((1 - deviation) * IScorePlugin.MaxNodeScore);
        }
    }

    private static double Fraction(long requested, long allocatable)
    {
        double fraction = (double)requested / allocatable;
        return fraction > 1 ? 1 : fraction;
    }
}
