namespace SchedBench.Workloads.Inspection;

/// <summary>Counts of values: a bucket for each distinct value, or, when there are more than twenty, ranges: of times, the ones people count in;
/// of amounts, powers of two.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="P50">Nearest rank: the value at place ⌈0.5·n⌉ of the sorted ones.</param>
/// <param name="P90">Nearest rank.</param>
/// <param name="P99">Nearest rank.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Mean">Mean, from the exact sum.</param>
/// <param name="Buckets">Buckets in rising order, empty ones between them left out.</param>
public sealed record Histogram(long Count, long Min, long P50, long P90, long P99, long Max, double Mean, IReadOnlyList<HistogramBucket> Buckets)
{
    /// <summary>Most distinct values that get a bucket each.</summary>
    public const int MostDistinct = 20;

    /// <summary>Where ranges of times begin, in ticks: 0, 1 µs, 1 ms, 10 ms, 100 ms, 1 s, 10 s, 1 min, 10 min, 1 h, 6 h, 1 d, 7 d, 30 d, 365 d.</summary>
    private static readonly long[] TimeBounds =
    [
        0, 10, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 600_000_000, 6_000_000_000, 36_000_000_000, 216_000_000_000, 864_000_000_000, 6_048_000_000_000,
        25_920_000_000_000, 315_360_000_000_000,
    ];

    /// <summary>Where ranges of amounts begin: 0 and the powers of two.</summary>
    private static readonly long[] AmountBounds = [0, .. Enumerable.Range(0, 63).Select(power => 1L << power)];

    /// <summary>The histogram of amounts ≥ 0; nothing for none. Sorts the list.</summary>
    internal static Histogram? OfAmounts(List<long> values) => Of(values, AmountBounds);

    /// <summary>The histogram of times ≥ 0 in ticks; nothing for none. Sorts the list.</summary>
    internal static Histogram? OfTimes(List<long> values) => Of(values, TimeBounds);

    private static Histogram? Of(List<long> values, long[] bounds)
    {
        if (values.Count == 0) return null;
        values.Sort();
        Int128 sum = 0;
        foreach (long value in values) sum += value;
        return new Histogram(
            values.Count, values[0], Rank(values, 50), Rank(values, 90), Rank(values, 99), values[^1], (double)sum / values.Count, Distinct(values) ?? Ranges(values, bounds));
    }

    private static long Rank(List<long> sorted, int percent) => sorted[(int)((((long)sorted.Count * percent) + 99) / 100) - 1];

    private static List<HistogramBucket>? Distinct(List<long> sorted)
    {
        var buckets = new List<HistogramBucket>();
        foreach (long value in sorted)
        {
            if (buckets.Count > 0 && buckets[^1].From == value) buckets[^1] = buckets[^1] with { Count = buckets[^1].Count + 1 };
            else if (buckets.Count == MostDistinct) return null;
            else buckets.Add(new HistogramBucket(value, null, 1));
        }

        return buckets;
    }

    private static List<HistogramBucket> Ranges(List<long> sorted, long[] bounds)
    {
        var buckets = new List<HistogramBucket>();
        int at = 0;
        foreach (long value in sorted)
        {
            while (at + 1 < bounds.Length && bounds[at + 1] <= value) at++;
            if (buckets.Count > 0 && buckets[^1].From == bounds[at]) buckets[^1] = buckets[^1] with { Count = buckets[^1].Count + 1 };
            else buckets.Add(new HistogramBucket(bounds[at], at + 1 < bounds.Length ? bounds[at + 1] : long.MaxValue, 1));
        }

        return buckets;
    }
}

/// <summary>Values that are equal, or lie in a range.</summary>
/// <param name="From">The value, or the smallest of the range.</param>
/// <param name="Below">The end of the range, not included (2⁶³−1 for the last range, and there included); nothing for a single value.</param>
/// <param name="Count">Number of values.</param>
public readonly record struct HistogramBucket(long From, long? Below, long Count);
