namespace SchedBench.Results.Schema;

/// <content>How long pods wait and take: wait, turnaround, slowdown, makespan, and the load that was offered.</content>
public static partial class MetricCatalog
{
    private const string WithCensored =
        "pods that arrived in the window, weight one each; unfinished ones enter as lower bounds and are counted in censored_ratio; of Kubernetes objects: Jobs created after the warm-up, p and w by whether a pod of theirs runs";

    private const string WithCensoredSlowdown = WithCensored + ", slowdowns of finished ones alone";
    private const string CreatedPods = "pods of Kubernetes objects that were created after the warm-up, weight one each";
    private const string CreatedJobs = "Jobs that were created after the warm-up";
    private const string JobPods = "pods of Jobs that were created after the warm-up; those that still run take no part";

    private static IEnumerable<MetricDefinition> Queueing()
    {
        (string Suffix, string Words)[] figures = [("mean", "mean"), ("p50", "nearest-rank p50"), ("p95", "nearest-rank p95"), ("p99", "nearest-rank p99")];
        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"wait_seconds_{suffix}", "s", $"{words} of w = first start − arrival", WithCensored, "wait");
        }

        yield return Lower("wait_seconds", "s", "nearest-rank quantile of w = first start − arrival, as a curve over pods_percent", WithCensored, "wait");
        yield return Lower("wait_seconds_max", "s", "largest w = first start − arrival", WithCensored, "wait");
        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"turnaround_seconds_{suffix}", "s", $"{words} of finish − arrival", WithCensored, "turnaround");
        }

        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"slowdown_{suffix}", "", $"{words} of (finish − arrival) / service time", WithCensoredSlowdown, "slowdown");
        }

        foreach ((string suffix, string words) in figures)
        {
            yield return Lower($"bounded_slowdown_{suffix}", "", $"{words} of max(1, (w + p) / max(p, 10 s)), p = service time", WithCensoredSlowdown, "bsld");
        }

        yield return Lower("makespan_seconds", "s", "last finish − first arrival; empty unless every pod finished", "all pods of a closed batch; of Kubernetes objects: all Jobs, unless a CronJob makes some", "makespan");
        (string Suffix, string Words)[] delays = [.. figures, ("max", "largest")];
        foreach ((string suffix, string words) in delays)
        {
            yield return Lower($"scheduling_delay_seconds_{suffix}", "s", $"{words} of binding − creation; unbound pods enter as lower bounds", CreatedPods, "sched.delay");
        }

        foreach ((string suffix, string words) in delays)
        {
            yield return Lower($"start_delay_seconds_{suffix}", "s", $"{words} of (all containers started) − creation; pods that did not start enter as lower bounds", CreatedPods, "sched.delay");
        }

        foreach ((string suffix, string words) in ((string Suffix, string Words)[])[figures[1], figures[3]])
        {
            yield return Lower($"pod_startup_seconds_{suffix}", "s", $"{words} of (all containers started) − creation − time for images and init containers", CreatedPods + ", that started and found a node at their first try", "sched.delay");
        }

        yield return Lower("preemptions_total", "", "pods that had to leave for one of higher priority", "the run, after the warm-up", "preempt");
        yield return Lower("preemptions_per_pod_ratio", "", "preempted / created pods", CreatedPods, "preempt");
        yield return Lower("preemptions_per_hour", "1/h", "preempted pods / length of the window", "the run, after the warm-up", "preempt");
        yield return Neither("jobs_arrived_total", "", "Jobs that were created", CreatedJobs, "–");
        yield return Higher("jobs_succeeded_total", "", "Jobs that completed", CreatedJobs, "–");
        yield return Lower("jobs_failed_total", "", "Jobs that failed", CreatedJobs, "–");
        yield return Higher("jobs_finished_per_hour", "1/h", "finished Jobs / length of the window", CreatedJobs, "throughput / goodput");
        yield return Higher("effective_time_ratio_mean", "", "mean over Jobs of run time of pods that succeeded, since the last start of their containers, or, where work is saved, the work done / ((f − a) × pods at once)", "Jobs that succeeded", "ettr");
        yield return Lower("slo_miss_ratio", "", "Jobs that did not succeed within their deadline / all", "finished Jobs that state activeDeadlineSeconds", "slo.miss");
        foreach (string resource in (string[])["cpu", "memory", "gpu"])
        {
            yield return Higher($"goodput_{resource}_ratio", "", $"Σ {resource} request·time held of pods that succeeded, and saved work of others / request·time held of all", JobPods, "throughput / goodput");
        }

        foreach (string resource in (string[])["cpu", "memory", "gpu"])
        {
            yield return Lower($"wasted_work_{resource}_ratio", "", $"Σ {resource} request·run time that was ended from outside, less saved work / the same of all run time", JobPods, "preempt");
        }

        yield return Lower("pending_pods", "", "mean number of pending pods in a hundredth of the window, as a curve over time_seconds", "the window", "pending");
        yield return Lower("pending_pods_mean", "", "time mean of the number of pending pods", "the window", "pending");
        yield return Lower("pending_pods_max", "", "largest number of pending pods", "the window", "pending");
        foreach (string resource in (string[])["cpu", "memory", "gpu"])
        {
            yield return Neither($"offered_load_{resource}_ratio", "", $"Σ request·service time / ∫ {resource} capacity dt", ArrivedPods + "; of Kubernetes objects: pods that run on, from creation to end, placed or not, and others while on a node", "offered.load");
        }

        yield return Neither("censored_ratio", "", "pods unfinished at the end / pods that arrived", ArrivedPods + "; of Kubernetes objects: Jobs", "–");
    }
}
