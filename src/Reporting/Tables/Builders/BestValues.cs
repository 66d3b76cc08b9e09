using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>Which strategies are best in a metric.</summary>
internal static class BestValues
{
    /// <summary>The best mean of each combination, all of them when several are equal; none where the metric has no better side, fewer than two strategies have a value, or all are equal.</summary>
    /// <param name="rows">The summary rows of one metric.</param>
    public static IEnumerable<(Combination Combination, string Strategy)> Of(IReadOnlyList<SummaryRow> rows)
    {
        foreach (IGrouping<Combination, SummaryRow> group in rows.Where(row => row.Sample.Mean is not null).GroupBy(row => row.Combination))
        {
            MetricDirection better = MetricCatalog.Get(group.First().Metric).Better;
            double[] means = [.. group.Select(Mean)];
            if (better == MetricDirection.Neither || means.Length < 2 || means.Min() == means.Max()) continue;
            double best = better == MetricDirection.Higher ? means.Max() : means.Min();
            foreach (SummaryRow row in group.Where(row => Mean(row) == best)) yield return (row.Combination, row.Strategy);
        }
    }

    private static double Mean(SummaryRow row) => ResultNumber.Round(row.Sample.Mean!.Value);
}
