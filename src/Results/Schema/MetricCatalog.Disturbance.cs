namespace SchedBench.Results.Schema;

/// <content>What users of a service get, and what a new version does to them.</content>
public static partial class MetricCatalog
{
    private const string SentInWindow = "requests of all streams that were sent after the warm-up";
    private const string FromUpdate = "services with a selector, from the update to the end of the run; a run without update: from the end of the warm-up";
    private const string StoppedPods = "pods whose process stopped after the warm-up and that had been endpoints";

    private static IEnumerable<MetricDefinition> Requests()
    {
        yield return Neither("requests_total", "", "requests that ended", SentInWindow, "avail.request");
        yield return Lower("requests_failed_total", "", "requests that were not answered well and in time", SentInWindow, "failed.req");
        yield return Higher("request_availability_ratio", "", "answered in time without error / all", SentInWindow, "avail.request");
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
        yield return Higher("available_ratio_min", "", "least min(A, D) / D of any service", FromUpdate, "deficit");
        yield return Lower("surge_replica_seconds", "replica·s", "∫ max(0, non-terminating − D) dt, summed over services", FromUpdate, "surge");
        yield return Lower("surge_held_replica_seconds", "replica·s", "∫ max(0, non-terminating + terminating − D) dt, summed over services", FromUpdate, "surge.held");
        yield return Lower("mixed_versions_seconds_mean", "s", "time during which pods of both versions serve, mean over services", FromUpdate, "mixed");
        yield return Lower("pods_created_per_replica_ratio", "", "pods created / replicas updated; 1 is ideal", FromUpdate, "churn");
        yield return Neither("pods_removed_total", "", "pods that are gone", FromUpdate, "churn");
        yield return Neither("ready_old_pods", "", "ready pods of the old version, as a curve over time_seconds", "pods of services", "–");
        yield return Neither("ready_new_pods", "", "ready pods of the new version, as a curve over time_seconds", "pods of services", "mixed");
        yield return Lower("evictions_refused_total", "", "evictions that a disruption budget refused", "the run, from the update on", "budget");
        yield return Lower("budget_exhausted_seconds", "s", "time during which a disruption budget allows no disruption, summed over budgets", "the run, from the update on", "budget");
        yield return Lower("container_restarts_total", "", "containers that were started again", "the run, from the update on", "–");
        yield return Lower("image_pulled_bytes_total", "B", "bytes of layers that nodes pulled", "the run, from the update on", "churn");
    }
}
