using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>What a box shows of its samples; the rules are documented at <see cref="BoxChart"/>. <c>Beyond</c> holds the samples outside the whiskers, ascending.</summary>
internal sealed record BoxSummary(double LowWhisker, double LowerQuartile, double Median, double UpperQuartile, double HighWhisker, double Mean, double[] Beyond)
{
    private const double WhiskerReach = 1.5;

    /// <summary>The summary, or <see langword="null"/> without samples.</summary>
    public static BoxSummary? Of(IReadOnlyList<double> samples)
    {
        if (samples.Count == 0) return null;
        double[] sorted = [.. samples];
        Array.Sort(sorted);
        double lower = Quantile(sorted, 0.25), upper = Quantile(sorted, 0.75), reach = WhiskerReach * (upper - lower);
        double[] within = [.. sorted.Where(x => x >= lower - reach && x <= upper + reach)];
        double[] beyond = [.. sorted.Where(x => x < lower - reach || x > upper + reach)];

        // Between few and far samples a quartile may lie outside all that are within reach; a whisker then has no length.
        return new BoxSummary(
            Math.Min(within.DefaultIfEmpty(lower).First(), lower), lower, Quantile(sorted, 0.5), upper,
            Math.Max(within.DefaultIfEmpty(upper).Last(), upper), Sample.Mean(sorted)!.Value, beyond);
    }

    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
