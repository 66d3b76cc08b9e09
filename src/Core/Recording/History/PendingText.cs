using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording;

/// <summary>Why a pod is pending, in the way of kube-scheduler's FailedScheduling: how many nodes are against it for which reason.</summary>
internal static class PendingText
{
    public static string Of(OrchestratedRun run, Pod pod)
    {
        PodIndex slot = run.SlotOf(pod.Uid);
        if (slot.Value < 0) return "no node was found for it";
        ref readonly PodShape shape = ref run.Shapes[run.Mirror[slot].Shape];
        var counts = new SortedDictionary<InfeasibleReason, int>();
        int free = 0, there = 0;
        for (int n = 0; n < run.Fleet.Count; n++)
        {
            // Machines that an autoscaler may still add are no nodes yet.
            if (run.Store.View.Find<Node>(ResourceKind.Node, "", run.Fleet.Nodes[n].Name) is null) continue;
            there++;
            IReadOnlyList<Infeasibility> reasons = Predicates.Check(run.View, in shape, new NodeIndex(n));
            if (reasons.Count == 0) free++;
            // A node counts for each of its reasons once.
            foreach (InfeasibleReason reason in reasons.Select(reason => reason.Reason).Distinct()) counts[reason] = counts.GetValueOrDefault(reason) + 1;
        }

        string why = string.Join(", ", counts.OrderByDescending(entry => entry.Value).Select(entry => $"{entry.Value} {entry.Key}"));
        return $"pending: {free}/{there} nodes fit{(why.Length > 0 ? ": " + why : "")}";
    }
}
