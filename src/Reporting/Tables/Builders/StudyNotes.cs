using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>What must stand below a table for its numbers to be read rightly.</summary>
internal static class StudyNotes
{
    public static IEnumerable<string> Of(Study study, IReadOnlyList<string> metrics, FactorColumns factors)
    {
        yield return "Mean over the seeds ± half of its 95 % interval (Student's t).";
        if (study.Baseline is { } baseline)
        {
            yield return $"Δ: mean difference to {baseline}, paired by seed; exact two-sided Wilcoxon signed-rank test, Holm-adjusted over the strategies: * p ≤ 0.05, ** p ≤ 0.01, *** p ≤ 0.001.";
            if (Power([.. study.Comparisons.Where(row => metrics.Contains(row.Metric))]) is { } power) yield return power;
        }

        if (OfferedLoad(study, factors) is { } load) yield return load;
        if (Censored(study) is { } censored) yield return censored;
        int bad = study.Cells.Count(cell => cell.Status != CellStatus.Ok);
        if (bad > 0) yield return $"Left out: {bad} of {study.Cells.Count} cells, which failed or are void.";
    }

    /// <summary>The smallest p that can come out, before and after adjustment: with few seeds nothing can be significant, and the table says so.</summary>
    private static string? Power(IReadOnlyList<ComparisonRow> comparisons)
    {
        ComparisonRow[] judged = [.. comparisons.Where(row => row.Figures.SmallestP is not null)];
        if (judged.Length == 0) return null;
        ComparisonRow weakest = judged.MaxBy(row => row.Figures.SmallestP)!;
        double raw = weakest.Figures.SmallestP!.Value;
        int family = comparisons.Count(row => row.Combination == weakest.Combination && row.Metric == weakest.Metric);
        double adjusted = Math.Min(1, raw * family);
        string text = $"With {weakest.Figures.Pairs} {(weakest.Figures.Pairs == 1 ? "pair" : "pairs")} the smallest attainable p is {HumanNumber.Probability(raw)}";
        if (family > 1) text += $", for the clearest of {family} comparisons {HumanNumber.Probability(adjusted)} after adjustment";
        return adjusted > 0.05 ? text + ": too few seeds for any significance at 0.05." : text + ".";
    }

    /// <summary>Stands beside every utilisation: an allocation says little without the load that was offered.</summary>
    private static string? OfferedLoad(Study study, FactorColumns factors)
    {
        var parts = new List<string>();
        foreach (IGrouping<Combination, SummaryRow> rows in study.Summary.Where(row => IsOfferedLoad(row) && row.Sample.Mean is not null).GroupBy(row => row.Combination))
        {
            // The load is the workload's, so it is the same under every strategy: the first speaks for all.
            IEnumerable<string> loads = rows.DistinctBy(row => row.Metric).Select(row => $"{ResourceOf(row.Metric)} {HumanNumber.Fixed(row.Sample.Mean!.Value, 3)}");
            parts.Add((factors.IsOne ? "" : factors.NameOf(rows.Key) + ": ") + string.Join(", ", loads));
        }

        return parts.Count == 0 ? null : $"Offered load as a share of capacity: {string.Join("; ", parts)}.";
    }

    private static string? Censored(Study study)
    {
        double[] shares = [.. study.Summary.Where(row => row.Metric == "censored_ratio").Select(row => row.Sample.Maximum).OfType<double>()];
        return shares.Length == 0 || shares.Max() == 0
            ? null
            : study.Summary.Any(row => row.Metric == "jobs_arrived_total")
                ? $"Up to {HumanNumber.Fixed(100 * shares.Max(), 2)} % of a cell's Jobs had not finished at the end; their waits and turnarounds enter as lower bounds."
                : $"Up to {HumanNumber.Fixed(100 * shares.Max(), 2)} % of a cell's pods had not finished at the end; their waits and slowdowns enter as lower bounds.";
    }

    private static string ResourceOf(string metric) => MetricLabel.Of(metric["offered_load_".Length..^"_ratio".Length]);

    private static bool IsOfferedLoad(SummaryRow row) => row.Metric.StartsWith("offered_load_", StringComparison.Ordinal);
}
