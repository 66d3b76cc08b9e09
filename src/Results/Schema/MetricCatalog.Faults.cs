namespace SchedBench.Results.Schema;

/// <content>How fast a cluster recovers from faults.</content>
public static partial class MetricCatalog
{
    private const string Calm = "the run, beside the same one without faults under the same seed";
    private const string HealedRuns = "runs whose fault set states heal";
    private const string Hits = "hits of the run's faults, one a fault and node";
    private const string LostPods = "pods of services with a selector that would have answered and stopped to in the instant of a hit on their node or on them; a pod of several services counts once in pods_lost_total, else once for each";
    private const string Replacements = "lost pods whose place a pod took that had not answered before, the oldest loss of a service first";
    private const string Dips = "pairs of a fault and a service with a selector that dipped; a dip belongs to the latest fault that began by then, a recovery has to hold for 10 s";

    private static IReadOnlyList<(string Suffix, string Words)> Figures => [("mean", "mean"), ("p50", "nearest-rank p50"), ("p95", "nearest-rank p95"), ("p99", "nearest-rank p99"), ("max", "largest")];

    private static readonly Lazy<HashSet<string>> OfFaults = new(() => Faults().Select(metric => metric.Name).ToHashSet(StringComparer.Ordinal));

    /// <summary>Whether a metric is known of cells with faults alone.</summary>
    public static bool IsOfFaults(string name) => OfFaults.Value.Contains(name);

    private static IEnumerable<MetricDefinition> Faults()
    {
        yield return Neither("faults_total", "", "faults that hit a node", WholeRun, "–");
        yield return Neither("fault_hits_total", "", "nodes hit, over all faults", WholeRun, "blast");
        foreach ((string suffix, string words) in Figures)
            yield return Lower($"time_to_detect_seconds_{suffix}", "s", $"{words} time from a hit until the control plane records the node as not ready; hits that are not detected are counted apart", Hits, "ttd");
        yield return Lower("fault_hits_undetected_total", "", "hits that ended, or lasted at the end of the run, without the node being recorded as not ready", Hits, "ttd");
        yield return Neither("pods_lost_total", "", "pods that a hit took from their service", LostPods, "blast");
        foreach ((string suffix, string words) in Figures)
            yield return Lower($"time_to_replace_seconds_{suffix}", "s", $"{words} time from the loss of a pod until a pod of its service begins to answer, the oldest loss first", LostPods, "ttreplace");
        yield return Lower("pods_unreplaced_total", "", "lost pods that nothing had replaced at the end of the run", LostPods, "ttreplace");
        yield return Neither("replacements_total", "", "lost pods that a new pod replaced: those whose time divides into phases, from detect to ready", Replacements, "ttreplace");
        yield return Neither("replacements_by_return_total", "", "lost pods whose place a pod took that had answered before: its node returned, or its container was started again", LostPods, "ttreplace");
        foreach (MetricDefinition phase in RecoveryPhases()) yield return phase;
        foreach ((string suffix, string words) in Figures)
            yield return Lower($"time_to_recover_seconds_{suffix}", "s", $"{words} time from a fault until the end of the last dip that belongs to it", Dips, "ttr");
        yield return Lower("recoveries_censored_total", "", "dips that lasted at the end of the run", Dips, "ttr");
        yield return Neither("services_unaffected_total", "", "pairs of a fault and a service that did not dip", "all pairs of a fault and a service with a selector", "ttr");
        yield return Lower("lost_capacity_replica_seconds", "replica·s", "∫ max(0, D − A) dt during dips", Dips, "lost.capacity");
        yield return Higher("available_ratio", "", "∫ Σ min(A, D) dt / ∫ Σ D dt over a step, Σ over services, A by ground truth; as a curve over time_seconds, at the beginning of the step", "services with a selector, from the end of the warm-up", "lost.capacity");
        foreach (MetricDefinition reach in Reach()) yield return reach;
        yield return Lower("workloads_not_restored_total", "", "workloads that were whole (as many ready pods as wanted) when the first fault began, and are not at the end of the run", HealedRuns, "–");
        yield return Lower("time_to_converge_seconds", "s", "time from the instant at which all faults were healed until the last of those workloads was whole for good; empty when one is not at the end", HealedRuns, "–");
        yield return Lower("pods_placed_above_calm_total", "", "pods placed, less those of the same cell without faults", Calm, "secondary");
        yield return Lower("container_restarts_above_calm_total", "", "containers that were started again, less those of the same cell without faults", Calm, "secondary");
        yield return Lower("preemptions_above_calm_total", "", "pods that had to leave for one of higher priority, less those of the same cell without faults", Calm, "secondary");
        yield return Lower("request_failures_above_calm_per_million", "", "failed requests per million, less those of the same cell without faults", Calm, "secondary");
        yield return Lower("false_evictions_total", "", "pods deleted for a taint of a node that was neither off nor standing still in truth", WholeRun, "false.evict");
    }

    /// <summary>How far faults reached, whom they misled, and how often nodes failed.</summary>
    private static IEnumerable<MetricDefinition> Reach()
    {
        const string Exposed = "pods that were bound to a node when the first fault began, or later; each counts once";
        const string Dead = "lost pods that clients sent to: ready endpoints in the store";
        const string Nodes = "all nodes that are there, the whole run";
        yield return Neither("blast_pods_total", "", "pods that a fault killed, that were on a machine when it went off, or that were deleted for a NoExecute taint of their node", Exposed, "blast");
        yield return Neither("blast_pods_percent", "%", "those pods / all pods", Exposed, "blast");
        yield return Neither("blast_namespaces_total", "", "namespaces of those pods", Exposed, "blast");
        yield return Lower("services_down_total", "", "services of which nothing answered at some time of a dip", "services with a selector", "blast");
        foreach ((string suffix, string words) in Figures)
            yield return Lower($"dead_endpoint_seconds_{suffix}", "s", $"{words} max(0, last client knows that the endpoint is gone − loss)", Dead, "tte");
        yield return Neither("dead_endpoints_returned_total", "", "lost pods that answered again before their endpoint was taken away", Dead, "tte");
        yield return Lower("dead_endpoints_at_end_total", "", "lost pods that did not answer and were endpoints at the end of the run", Dead, "tte");
        yield return Lower("stale_runs_total", "", "processes that answered after their pod was gone from the store, or replaced there under its name", "processes of pods that serve, the whole run", "stale.run");
        yield return Lower("stale_run_seconds", "s", "time during which they did, summed over them", "processes of pods that serve, the whole run", "stale.run");
        yield return Neither("node_failures_total", "", "times that a node went off or began to stand still, whatever the control plane knew", Nodes, "mttf");
        yield return Neither("node_time_to_failure_seconds_mean", "s", "up time of all nodes / their failures", Nodes, "mttf");
        yield return Neither("node_time_between_failures_seconds_mean", "s", "time between the beginnings of consecutive failures: (last − first) / (failures − 1)", Nodes, "mtbf");
    }

    /// <summary>What the time to replace a lost pod is spent on, in order; for one replacement the six add up to it exactly.</summary>
    private static IEnumerable<MetricDefinition> RecoveryPhases()
    {
        (string Phase, string What)[] phases =
        [
            ("detect", "from the loss until the node is recorded as not ready, at most until the replacement is created; 0 where the pod alone was hit"),
            ("evict", "from there until the object of the replacement is created"),
            ("place", "from there until it is bound to a node"),
            ("pull", "from there until the last of its images is on the node; 0 where none had to be pulled"),
            ("start", "from there until its process accepts connections"),
            ("ready", "from there until it would answer well"),
        ];
        yield return Lower("recovery_seconds_mean", "s", "mean time from the loss of a pod until a new one would answer well: the sum of the six phases", Replacements, "ttreplace");
        yield return Lower("recovery_seconds_p95", "s", "nearest-rank p95 time from the loss of a pod until a new one would answer well", Replacements, "ttreplace");
        foreach ((string phase, string what) in phases)
        {
            yield return Lower($"recovery_{phase}_seconds_mean", "s", $"mean time {what}", Replacements, "ttreplace");
            yield return Lower($"recovery_{phase}_seconds_p95", "s", $"nearest-rank p95 time {what}", Replacements, "ttreplace");
        }
    }
}
