using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>The metrics that a comparison table shows unless told otherwise.</summary>
public static class HeadlineMetrics
{
    /// <summary>Most metrics that fit a page.</summary>
    public const int Most = 4;

    private static readonly string[] Preference =
    [
        "gpu_allocated_percent", "gpu_fragmented_percent", "wait_seconds_mean", "bounded_slowdown_p95", "cpu_allocated_percent", "memory_allocated_percent",
        "pods_unplaced_total", "makespan_seconds", "nodes_active_mean",
    ];

    /// <summary>The first four, in the order GPU allocation and fragmentation, wait, bounded slowdown, CPU and memory allocation, unplaced pods, makespan, nodes in use,
    /// in which strategies differ; where none differs, the first four that have a value.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<SummaryRow> summary)
    {
        string[] withValue = [.. Preference.Where(metric => summary.Any(row => row.Metric == metric && row.Sample.Count > 0))];
        string[] differing = [.. withValue.Where(metric => Differs(summary, metric))];
        return [.. (differing.Length > 0 ? differing : withValue).Take(Most)];
    }

    private static bool Differs(IReadOnlyList<SummaryRow> summary, string metric) => summary
        .Where(row => row.Metric == metric && row.Sample.Mean is not null)
        .GroupBy(row => row.Combination)
        .Any(group => group.Select(row => ResultNumber.Round(row.Sample.Mean!.Value)).Distinct().Count() > 1);
}
