namespace SchedBench.Results.Statistics;

/// <summary>Location and spread of one sample of finite numbers. Every function leaves its input as it was.</summary>
public static class Sample
{
    /// <summary>Arithmetic mean <c>Σx / n</c>, or <see langword="null"/> for an empty sample.</summary>
    /// <remarks>
    /// Summed as compensated (Neumaier) differences from the first value, so equal values have exactly their own value as mean and do not grow a standard deviation.
    /// A mean that lies below the rounding error of its own summands is 0: {0.1, 0.2, −0.3} has mean 0, not 2·10⁻¹⁷.
    /// </remarks>
    public static double? Mean(ReadOnlySpan<double> values)
    {
        RequireFinite(values);
        if (values.IsEmpty) return null;
        double first = values[0], sum = 0, lost = 0, largest = 0;
        foreach (double value in values)
        {
            double term = value - first;
            double next = sum + term;
            lost += Math.Abs(sum) >= Math.Abs(term) ? sum - next + term : term - next + sum;
            sum = next;
            largest = Math.Max(largest, Math.Abs(value));
        }

        double mean = first + ((sum + lost) / values.Length);
        return Math.Abs(mean) <= largest * RoundingNoise ? 0 : mean;
    }

    /// <summary>Sample standard deviation <c>√(Σ(x − mean)² / (n − 1))</c>, or <see langword="null"/> below two values.</summary>
    public static double? StandardDeviation(ReadOnlySpan<double> values)
    {
        if (Mean(values) is not { } mean || values.Length < 2) return null;
        double squares = 0;
        foreach (double value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / (values.Length - 1));
    }

    /// <summary>Nearest-rank percentile: the <c>⌈p·n⌉</c>-th smallest value (the smallest for p = 0), or <see langword="null"/> for an empty sample.
    /// Always a value of the sample.</summary>
    /// <param name="values">The sample, in any order.</param>
    /// <param name="share">The share p, 0..1.</param>
    public static double? NearestRank(ReadOnlySpan<double> values, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        RequireFinite(values);
        return values.IsEmpty ? null : NearestRankOfSorted(Sorted(values), share);
    }

    /// <summary>The middle value, or the mean of the two middle ones; <see langword="null"/> for an empty sample.
    /// This is the median of differences; tables of one sample print <see cref="NearestRank"/> instead.</summary>
    public static double? Median(ReadOnlySpan<double> values)
    {
        RequireFinite(values);
        return values.IsEmpty ? null : MedianOfSorted(Sorted(values));
    }

    /// <summary>The median of an ascending, non-empty sample.</summary>
    internal static double MedianOfSorted(ReadOnlySpan<double> sorted)
    {
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// <summary>The nearest-rank percentile of an ascending, non-empty sample.</summary>
    internal static double NearestRankOfSorted(ReadOnlySpan<double> sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length), 1, sorted.Length) - 1];

    /// <summary>An ascending copy.</summary>
    internal static double[] Sorted(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>Refuses NaN and infinity: no statistic of ours has a meaning for them.</summary>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    internal static void RequireFinite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
        {
            if (!double.IsFinite(value)) throw new ArgumentException($"A sample holds finite numbers, not {value}.", nameof(values));
        }
    }

    /// <summary>The relative error that a compensated sum of differences can carry: a few units in the last place.</summary>
    private const double RoundingNoise = 8.0 / (1L << 53);
}
