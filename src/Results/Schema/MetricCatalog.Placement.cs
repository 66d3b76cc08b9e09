namespace SchedBench.Results.Schema;

/// <content>How well the strategy places: allocation, fragmentation, balance, pods placed and not placed.</content>
public static partial class MetricCatalog
{
    private const string State = "all nodes; saturation: at the end of the run; timed replay: exact time integral over the window";
    private const string InUse = "nodes that are there and hold a pod that is no daemon's, from the end of the warm-up";
    private const string PlacedPods = "bound pods of each service with a selector, from the end of the warm-up; time mean, then mean over services";
    private const string ArrivedPods = "pods that arrived in the window";
    private const string AtEnd = "pods that arrived in the window, judged at its end";

    private static IEnumerable<MetricDefinition> Placement()
    {
        foreach (string resource in (string[])["gpu", "cpu", "memory"])
        {
            yield return Higher($"{resource}_allocated_percent", "%",
                $"requested {resource} of the pods on nodes / {resource} capacity; timed replay: ratio of integrals ∫Σu dt / ∫ΣC dt", State, "alloc.rate, alloc.util");
        }

        foreach (string resource in (string[])["cpu", "memory", "gpu"])
        {
            yield return Higher($"{resource}_packed_percent", "%", $"requested {resource} of the pods on nodes in use / their {resource} capacity, ratio of integrals", InUse, "nodes.active");
        }

        yield return Lower("gpu_fragmented_percent", "%", "expected fragmentation F = Σn Σm P(m)·F(n,m) / GPU capacity", State, "frag.cluster");
        yield return Lower("gpu_fragmented_of_free_percent", "%", "expected fragmentation F / free GPU; empty when no GPU is free", State, "frag.cluster");
        yield return Lower("stranded_cpu_percent", "%", "free CPU of nodes that no request of the workload fits / CPU capacity", State, "strand");
        yield return Lower("nodes_active_mean", "", "nodes that hold a pod; of Kubernetes objects: one that is no daemon's", State, "nodes.active");
        foreach (string resource in (string[])["cpu", "memory", "gpu"])
        {
            yield return Lower($"balance_{resource}_cv", "", $"σ/μ over nodes of requested / allocatable {resource}; empty when nothing is requested", State, "balance");
        }

        yield return Lower("zone_skew_mean", "", "pods of the fullest zone − pods of the emptiest one", PlacedPods, "skew(k)");
        yield return Lower("zone_worst_share_mean", "", "pods of the fullest zone / pods", PlacedPods, "skew(k)");
        yield return Lower("node_worst_share_mean", "", "pods of the fullest node / pods", PlacedPods, "skew(k)");
        yield return Neither("pods_arrived_total", "", "pods that arrived", ArrivedPods, "–");
        yield return Higher("pods_placed_total", "", "pods bound to a node at least once", ArrivedPods, "–");
        yield return Lower("pods_unplaced_total", "", "pods never bound", ArrivedPods, "pending");
        yield return Lower("unschedulable_ratio", "", "pods never bound / pods that arrived", ArrivedPods, "pending");
        yield return Higher("groups_placed_total", "", "pod groups placed as a whole", "pod groups that arrived in the window", "–");
        yield return Lower("groups_unplaced_total", "", "pod groups never placed as a whole", "pod groups that arrived in the window", "–");
        yield return Higher("pods_succeeded_total", "", "pods that ended with success", AtEnd, "–");
        yield return Lower("pods_failed_total", "", "pods that ended with failure", AtEnd, "–");
        yield return Lower("pods_rejected_total", "", "bound pods that the node's agent refused", AtEnd, "pending");
        yield return Lower("pods_pending_at_end_total", "", "pods not bound when the run ended", AtEnd, "pending");
    }
}
