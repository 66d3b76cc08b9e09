using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>The metrics that a comparison table shows unless told otherwise.</summary>
public static class HeadlineMetrics
{
    /// <summary>Most metrics that fit a page.</summary>
    public const int Most = 4;

    private static readonly string[] Saturated =
    [
        "gpu_allocated_percent", "gpu_fragmented_percent", "unschedulable_ratio", "nodes_active_mean", "cpu_allocated_percent",
        "memory_allocated_percent", "pods_unplaced_total", "balance_cpu_cv",
    ];

    private static readonly string[] Timed =
    [
        "wait_seconds_mean", "wait_seconds_p99", "bounded_slowdown_mean", "gpu_allocated_percent", "cpu_allocated_percent", "pending_pods_mean",
        "memory_allocated_percent", "bounded_slowdown_p95", "nodes_active_mean", "balance_cpu_cv", "makespan_seconds",
    ];

    private static readonly string[] Updated =
    [
        "request_failures_above_pair_per_million", "rollout_duration_seconds", "available_ratio_min", "surge_replica_seconds", "deficit_replica_seconds",
        "request_failures_per_million", "request_latency_seconds_p99", "nodes_active_mean", "cpu_allocated_percent",
    ];

    private static readonly string[] Steady =
    [
        "request_failures_per_million", "wait_seconds_mean", "bounded_slowdown_mean", "replica_availability_ratio", "replica_scale_up_lag_seconds_mean", "nodes_paid_above_needed_node_seconds",
        "scheduling_delay_seconds_p99", "nodes_active_mean", "request_latency_seconds_p99", "cpu_packed_percent", "cpu_allocated_percent",
    ];

    /// <summary>Metrics that only runs with an update have.</summary>
    private static readonly string[] OfUpdates = ["rollout_duration_seconds", "mixed_versions_seconds_mean", "request_failures_above_pair_per_million"];

    private static readonly string[] Both =
    [
        "gpu_allocated_percent", "wait_seconds_mean", "gpu_fragmented_percent", "bounded_slowdown_mean", "cpu_allocated_percent",
        "unschedulable_ratio", "memory_allocated_percent",
    ];

    /// <summary>The first four in which strategies differ: of allocation, fragmentation, pods without a place and nodes in use where nothing waits;
    /// of waits, slowdown, allocation and pending pods in timed replays; of both where both ran; of failed requests, duration, availability and surge where versions were
    /// rolled out; of failed requests, waits of Jobs and availability in workloads of Kubernetes objects without an update. Where no metric differs, the first four that have a value.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<SummaryRow> summary)
    {
        bool[] waits = [.. summary.GroupBy(row => row.Combination).Select(HasWaits)];
        bool isUpdated = summary.Any(row => OfUpdates.Contains(row.Metric, StringComparer.Ordinal) && row.Sample.Count > 0);
        bool isCluster = summary.Any(row => row.Metric == "surge_replica_seconds" && row.Sample.Count > 0);
        string[] preference = isUpdated ? Updated : isCluster ? Steady : waits.All(w => w) ? Timed : waits.Any(w => w) ? Both : Saturated;
        string[] withValue = [.. preference.Where(metric => summary.Any(row => row.Metric == metric && row.Sample.Count > 0))];
        string[] differing = [.. withValue.Where(metric => Differs(summary, metric))];
        return [.. (differing.Length > 0 ? differing : withValue).Take(Most)];
    }

    private static bool HasWaits(IEnumerable<SummaryRow> rows) => rows.Any(row => row.Metric == "wait_seconds_mean" && row.Sample.Count > 0);

    private static bool Differs(IReadOnlyList<SummaryRow> summary, string metric) => summary
        .Where(row => row.Metric == metric && row.Sample.Mean is not null)
        .GroupBy(row => row.Combination)
        .Any(group => group.Select(row => ResultNumber.Round(row.Sample.Mean!.Value)).Distinct().Count() > 1);
}
