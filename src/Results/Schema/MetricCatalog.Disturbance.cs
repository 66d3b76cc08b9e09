namespace SchedBench.Results.Schema;

/// <content>What users of a service get, and what a new version does to them.</content>
public static partial class MetricCatalog
{
    private const string SentInWindow = "requests of all streams that were sent after the warm-up";
    private const string FromUpdate = "services with a selector, from the update to the end of the run; a run without update: from the end of the warm-up";
    private const string StoppedPods = "pods whose process stopped after the warm-up and that had been endpoints; those that clients still know at the end enter as lower bounds";
    private const string AnsweringPods = "services with a selector, from the end of the warm-up; A: pods that would answer a request";
    private const string ScaledTargets = "targets of HorizontalPodAutoscalers, after the warm-up";
    private const string NodeGroups = "node groups of the cluster autoscaler, after the warm-up";

    private static IEnumerable<MetricDefinition> Requests()
    {
        yield return Neither("requests_total", "", "requests that ended", SentInWindow, "avail.request");
        yield return Lower("requests_failed_total", "", "requests that were not answered well and in time", SentInWindow, "failed.req");
        yield return Higher("request_availability_ratio", "", "answered in time without error / all", SentInWindow, "avail.request");
        yield return Higher("request_availability_nines", "", "−log10(failed / all); log10 of all where none failed", "the same, of services with a selector", "avail.request");
        yield return Higher("replica_availability_ratio", "", "∫ min(A, D) dt / ∫ D dt, summed over services before the division", AnsweringPods, "avail.replica");
        yield return Higher("quorum_availability_ratio", "", "share of the time with A ≥ ⌊D/2⌋ + 1, summed over services before the division", AnsweringPods, "avail.replica");
        yield return Lower("request_failures_per_million", "", "failed / all × 10⁶", SentInWindow, "failed.req");
        yield return Lower("request_failures_above_pair_per_million", "", "failed / all × 10⁶ less that of the paired run without the update", SentInWindow, "failed.req");
        yield return Lower("slow_requests_per_million", "", "answered beyond the stream's latency target / all × 10⁶", SentInWindow, "slow.req");
        yield return Lower("slow_requests_above_pair_per_million", "", "slow / all × 10⁶ less that of the paired run without the update", SentInWindow, "slow.req");
        yield return Lower("failed_requests_percent", "%", "failed / all of the requests sent in a step of time, as a curve over time_seconds", SentInWindow, "failed.req");
        yield return Lower("requests_without_endpoint_total", "", "failed: the client knew of no ready endpoint", SentInWindow, "failed.req");
        yield return Lower("requests_refused_total", "", "failed: nobody listened at the endpoint", SentInWindow, "failed.req");
        yield return Lower("requests_overloaded_total", "", "failed: the pod's queue was full", SentInWindow, "failed.req");
        yield return Lower("requests_timed_out_total", "", "failed: no answer within the client's time-out", SentInWindow, "failed.req");
        yield return Lower("requests_lost_total", "", "failed: the process ended while it held the request", SentInWindow, "failed.req");
        yield return Lower("requests_answered_with_error_total", "", "failed: the application answered with an error", SentInWindow, "failed.req");
        yield return Lower("requests_denied_total", "", "failed: a NetworkPolicy keeps the client from the pod", SentInWindow, "failed.req");
        yield return Lower("request_latency_seconds_mean", "s", "mean time from sending to the answer", "answered requests that were sent after the warm-up", "–");
        yield return Lower("request_latency_seconds_p50", "s", "nearest-rank p50 of the same, at most 0.8 % too long", "answered requests that were sent after the warm-up", "–");
        yield return Lower("request_latency_seconds_p99", "s", "nearest-rank p99 of the same, at most 0.8 % too long", "answered requests that were sent after the warm-up", "–");
        yield return Lower("error_window_seconds_mean", "s", "mean of max(0, last client forgets the endpoint − process stops answering)", StoppedPods, "error window");
        yield return Lower("error_window_seconds_max", "s", "largest max(0, last client forgets the endpoint − process stops answering)", StoppedPods, "error window");
    }

    private static IEnumerable<MetricDefinition> Rollouts()
    {
        yield return Lower("rollout_duration_seconds", "s", "from the update until all wanted pods are new and serve and no old one is left; empty when that was not reached", FromUpdate, "duration");
        yield return Lower("rollouts_failed_total", "", "rollouts that passed their progress deadline", "Deployments, from the update on", "duration");
        yield return Lower("rollbacks_total", "", "rollouts that were undone", "Deployments, from the update on", "duration");
        yield return Lower("rollback_seconds_max", "s", "longest time from an undoing until the old template is complete again", "Deployments that were rolled back", "duration");
        yield return Higher("releases_promoted_total", "", "blue/green and canary releases that were completed", "releases", "–");
        yield return Lower("releases_aborted_total", "", "blue/green and canary releases that were taken back", "releases", "–");
        yield return Lower("deficit_replica_seconds", "replica·s", "∫ max(0, D − A) dt, summed over services", FromUpdate, "deficit");
        yield return Lower("deficit_by_update_replica_seconds", "replica·s", "the part of the deficit that the update took away", FromUpdate, "deficit");
        yield return Lower("deficit_by_node_fault_replica_seconds", "replica·s", "the part of the deficit that failed machines took away", FromUpdate, "deficit");
        yield return Lower("deficit_by_eviction_replica_seconds", "replica·s", "the part of the deficit that evictions, preemptions, node pressure and taints of working nodes took away", FromUpdate, "deficit");
        yield return Lower("deficit_by_other_replica_seconds", "replica·s", "the rest of the deficit: crashes, failed probes, deletions by users, replicas that were wanted and never there", FromUpdate, "deficit");
        yield return Higher("available_ratio_min", "", "least min(A, D) / D of any service", FromUpdate, "deficit");
        yield return Lower("surge_replica_seconds", "replica·s", "∫ max(0, non-terminating − D) dt, summed over services", FromUpdate, "surge");
        yield return Lower("surge_held_replica_seconds", "replica·s", "∫ max(0, non-terminating + terminating − D) dt, summed over services", FromUpdate, "surge.held");
        yield return Lower("mixed_versions_seconds_mean", "s", "time during which pods of both versions serve, mean over services", FromUpdate, "mixed");
        yield return Lower("pods_created_per_replica_ratio", "", "pods created / replicas wanted, of services that got a pod of the new version; 1 is ideal", FromUpdate, "churn");
        yield return Lower("pods_moved_total", "", "Σ over services of min(Σn max(0, after − before), Σn max(0, before − after)): replicas on another node at the end than at the update", FromUpdate, "churn");
        yield return Neither("pods_removed_total", "", "pods that are gone", FromUpdate, "churn");
        yield return Neither("ready_old_pods", "", "ready pods of the old version, as a curve over time_seconds", "pods of services", "–");
        yield return Neither("ready_new_pods", "", "ready pods of the new version, as a curve over time_seconds", "pods of services", "mixed");
        yield return Lower("evictions_refused_total", "", "evictions that a disruption budget refused (429)", "the run, from the update on", "budget");
        yield return Lower("budget_exhausted_seconds", "s", "time during which a disruption budget allows no disruption, summed over budgets", "the run, from the update on", "budget");
        yield return Lower("budget_overspent_seconds", "s", "time during which a disruption budget has fewer healthy pods than must stay, whoever took them, summed over budgets", "the run, from the end of the warm-up", "budget");
        yield return Lower("container_restarts_total", "", "containers that were started again", "the run, from the update on", "–");
        yield return Lower("image_pulled_bytes_total", "B", "bytes of layers that nodes pulled", "the run, from the update on", "churn");
    }

    private static IEnumerable<MetricDefinition> Autoscaling()
    {
        (string Suffix, string Words)[] figures = [("mean", "mean"), ("p50", "nearest-rank p50"), ("p95", "nearest-rank p95"), ("p99", "nearest-rank p99"), ("max", "largest")];
        yield return Neither("replica_scalings_total", "", "changes of replicas", ScaledTargets, "–");
        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"replica_scale_up_lag_seconds_{suffix}", "s", $"{words} time from the demand for more replicas than there are until as many are ready; unmet demands enter as lower bounds", ScaledTargets, "–");
        }

        yield return Lower("replica_scaling_reversals_per_hour", "1/h", "changes against the direction of the last one of the same target / length of the window", ScaledTargets, "–");
        yield return Lower("replica_scaling_flaps_total", "", "changes up within the stabilisation window after a change down", ScaledTargets, "–");
        yield return Neither("node_group_scalings_total", "", "changes of sizes", NodeGroups, "–");
        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"node_scale_out_lag_seconds_{suffix}", "s", $"{words} time from a pod's first failed try until the node that it was bound to, which came later, was ready", NodeGroups, "–");
        }

        yield return Lower("node_scaling_reversals_per_hour", "1/h", "changes against the direction of the last one of the same group / length of the window", NodeGroups, "–");
        yield return Lower("node_scaling_flaps_total", "", "scale-outs within the unneeded time after a scale-in", NodeGroups, "–");
        yield return Lower("nodes_paid_node_seconds", "node·s", "∫ nodes that boot, are there or leave dt", NodeGroups, "–");
        yield return Lower("nodes_paid_above_needed_node_seconds", "node·s", "∫ max(0, paid − max(minimum, max over r ⌈Σ requests / offer of a node⌉)) dt, daemons aside", NodeGroups, "–");
    }
}
