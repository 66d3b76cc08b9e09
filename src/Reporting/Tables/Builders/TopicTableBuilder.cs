using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>A question that several metrics answer together.</summary>
/// <param name="Name">Name of the table's files.</param>
/// <param name="Caption">Its caption.</param>
/// <param name="Metrics">Its metrics, in order.</param>
public sealed record TableTopic(string Name, string Caption, IReadOnlyList<string> Metrics);

/// <summary>Tables by topic of studies of Kubernetes objects: what users got, what an update cost, how Jobs fared. A row a strategy within each fleet, workload and fault set.</summary>
public static class TopicTableBuilder
{
    /// <summary>The phases of a recovery, in order.</summary>
    internal static IReadOnlyList<string> RecoveryPhases => ["detect", "evict", "place", "pull", "start", "ready"];

    /// <summary>The topics, in the order in which a report shows them.</summary>
    public static IReadOnlyList<TableTopic> Topics { get; } =
    [
        new("users", "What users got",
        [
            "request_availability_ratio", "request_availability_nines", "request_failures_above_pair_per_million", "slow_requests_above_pair_per_million", "request_latency_seconds_p99",
            "error_window_seconds_mean", "error_window_seconds_max",
        ]),
        new("faults", "How the cluster recovered from faults",
        [
            "faults_total", "fault_hits_total", "time_to_detect_seconds_p50", "time_to_replace_seconds_p50", "time_to_replace_seconds_p95", "time_to_recover_seconds_p50", "time_to_recover_seconds_p95", "recoveries_censored_total",
            "lost_capacity_replica_seconds", "false_evictions_total", "pods_placed_above_calm_total", "container_restarts_above_calm_total", "preemptions_above_calm_total", "request_failures_above_calm_per_million",
        ]),
        new("reach", "How far the faults reached",
        [
            "blast_pods_percent", "blast_namespaces_total", "services_down_total", "dead_endpoint_seconds_mean", "dead_endpoint_seconds_max", "dead_endpoints_returned_total", "dead_endpoints_at_end_total", "stale_runs_total",
            "stale_run_seconds", "node_failures_total", "node_time_to_failure_seconds_mean", "node_time_between_failures_seconds_mean",
        ]),
        new("recovery", "What the time to replace a lost pod was spent on",
        [
            "pods_lost_total", "replacements_total", "replacements_by_return_total", "pods_unreplaced_total", .. RecoveryPhases.Select(phase => $"recovery_{phase}_seconds_mean"), "recovery_seconds_mean", "recovery_seconds_p95",
        ]),
        new("rollouts", "What the update did",
        [
            "rollout_duration_seconds", "rollouts_failed_total", "rollback_seconds_max", "releases_aborted_total", "mixed_versions_seconds_mean", "surge_replica_seconds", "surge_held_replica_seconds",
        ]),
        new("churn", "What the update moved, and what budgets held back",
        [
            "pods_created_per_replica_ratio", "pods_moved_total", "image_pulled_bytes_total", "evictions_refused_total", "budget_exhausted_seconds", "budget_overspent_seconds",
        ]),
        new("deficits", "Which pods were missing, and why",
        [
            "replica_availability_ratio", "quorum_availability_ratio", "available_ratio_min", "deficit_replica_seconds", "deficit_by_update_replica_seconds", "deficit_by_node_fault_replica_seconds", "deficit_by_eviction_replica_seconds",
            "deficit_by_other_replica_seconds",
        ]),
        new("pods", "How pods were placed and started",
        [
            "scheduling_delay_seconds_p99", "start_delay_seconds_p99", "pod_startup_seconds_p99", "pending_pods_mean", "unschedulable_ratio", "preemptions_total", "cpu_allocated_percent",
            "cpu_packed_percent", "balance_cpu_cv", "zone_skew_mean", "node_worst_share_mean",
        ]),
        new("jobs", "How Jobs fared",
        [
            "wait_seconds_mean", "wait_seconds_p99", "turnaround_seconds_mean", "bounded_slowdown_mean", "makespan_seconds", "jobs_finished_per_hour", "jobs_failed_total", "slo_miss_ratio", "effective_time_ratio_mean", "goodput_cpu_ratio",
            "wasted_work_cpu_ratio", "censored_ratio",
        ]),
        new("autoscaling", "How replicas and nodes followed the load",
        [
            "replica_scale_up_lag_seconds_mean", "replica_scale_up_lag_seconds_max", "replica_scaling_reversals_per_hour", "replica_scaling_flaps_total", "node_scale_out_lag_seconds_mean",
            "node_scale_out_lag_seconds_max", "node_scaling_reversals_per_hour", "node_scaling_flaps_total", "nodes_paid_node_seconds", "nodes_paid_above_needed_node_seconds",
        ]),
    ];

    /// <summary>The tables that a study has something to say in; none for studies of traces.</summary>
    public static IReadOnlyList<Table> Of(Study study)
    {
        if (!study.Summary.Any(row => row.Metric == "surge_replica_seconds" && row.Sample.Count > 0)) return [];
        return [.. Topics.Select(topic => Of(study, topic)).OfType<Table>()];
    }

    private static Table? Of(Study study, TableTopic topic)
    {
        bool hasLives = topic.Name != "jobs" || study.Summary.Any(row => row.Metric == "jobs_arrived_total" && row.Sample.Count > 0);
        string[] metrics = [.. topic.Metrics.Where(metric => study.Summary.Any(row => row.Metric == metric && row.Sample.Maximum is { } most && (most != 0 || row.Sample.Minimum != 0)))];
        if (!hasLives || metrics.Length == 0) return null;
        // Cells that the topic says nothing of, such as those without faults, have no row.
        (Combination Combination, string Strategy)[] keys =
            [.. study.Summary.Where(row => row.Sample.Count > 0 && metrics.Contains(row.Metric)).Select(row => (row.Combination, row.Strategy)).Distinct()];
        var factors = new FactorColumns(keys.Select(key => key.Combination));
        var columns = new List<TableColumn>(factors.Columns) { new("strategy", ["strategy"], ColumnAlignment.Left) };
        var cells = new List<Func<(Combination, string), TableCell>>();
        bool hasBest = false;
        foreach (string metric in metrics)
        {
            SummaryRow[] rows = [.. study.Summary.Where(row => row.Metric == metric)];
            Dictionary<(Combination, string), SummaryRow> byKey = rows.ToDictionary(row => (row.Combination, row.Strategy));
            HashSet<(Combination, string)> best = [.. BestValues.Of(rows)];
            int decimals = FigureText.Decimals([.. rows.Select(row => row.Sample)]);
            hasBest |= best.Count > 0;
            columns.Add(new TableColumn(MetricLabel.Of(metric), FigureText.MeanFields(metric), Unit: MetricLabel.UnitOf(metric)));
            cells.Add(key => FigureText.MeanCell(byKey[key].Sample, decimals, best.Contains(key)));
        }

        bool isWhole = metrics.Length == topic.Metrics.Count;
        return new Table(topic.Name, columns, [.. keys.Select((key, k) => new TableRow(
            [.. factors.Cells(key.Combination), TableCell.Words(key.Strategy), .. cells.Select(cell => cell(key))], k > 0 && keys[k - 1].Combination != key.Combination))])
        {
            Caption = factors.Caption(topic.Caption),
            Notes = ["Mean over the seeds ± half of its 95 % interval (Student's t).", .. isWhole ? (string[])[] : ["Metrics that are 0 or empty throughout have no column."]],
            BestMeans = hasBest ? (factors.IsOne ? "best mean" : "best mean of its group") : "",
        };
    }
}
