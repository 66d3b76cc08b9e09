using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Nodes;

namespace SchedBench.Core.Recording;

/// <summary>Facts in the words of a timeline; null for those that a write of the store tells already.</summary>
internal static class FactText
{
    public static string? Of(in Fact fact, FleetLayout fleet) => fact.Kind switch
    {
        FactKind.RolloutStarted => $"rollout of revision {fact.Detail} started",
        FactKind.RolloutCompleted => $"rollout of revision {fact.Detail} is complete",
        FactKind.RolloutFailed => $"rollout of revision {fact.Detail} made no progress within its deadline",
        FactKind.RolledBack => $"rolled back to revision {fact.Detail}",
        FactKind.EvictionAdmitted => fact.Detail == 1 ? "eviction admitted, at the cost of its disruption budget" : "eviction admitted",
        FactKind.EvictionRefused => $"eviction refused ({fact.Detail}): {(fact.Detail == 429 ? "its disruption budget allows none now" : "its disruption budgets cannot judge it")}",
        FactKind.BudgetExhausted => $"allows no disruption from now on: {fact.Detail} healthy pods",
        FactKind.BudgetRestored => $"allows {fact.Detail} disruptions again",
        FactKind.ReleaseStarted => fact.Detail == 0 ? "blue/green release started" : "canary release started",
        FactKind.ReleaseStepped => $"canary has {fact.Detail} % of the requests",
        FactKind.ReleaseSwitched => fact.Detail == 1 ? "requests go to the new side" : "requests go back to the old side",
        FactKind.ReleasePromoted => "release promoted: the new side has it all",
        FactKind.ReleaseAborted => $"release taken back: {(Controllers.ReleaseAbortReason)fact.Detail}",
        FactKind.PodRejected => $"refused by the agent of {NodeOf(in fact, fleet)}: {(Scheduling.InfeasibleReason)fact.Detail}",
        FactKind.ContainerRestarted => $"container restarted (restart {fact.Detail})",
        FactKind.OomKilled => "container killed: out of memory",
        FactKind.ImagePullFailed => "image could not be pulled",
        FactKind.PodEvictedByPressure when fact.Detail == 2 => "evicted: it wrote more to the disk than its limits allow",
        FactKind.PodEvictedByPressure => $"evicted: {NodeOf(in fact, fleet)} was short of {(fact.Detail == 1 ? "disk" : "memory")}",
        FactKind.NodeDiskPressureChanged => fact.Detail == 1 ? "short of disk: images and dead containers go, then pods one after another" : "no longer short of disk",
        FactKind.VolumeMultiAttach => "waits for a volume that is still attached to another node (Multi-Attach error)",
        FactKind.VolumeForceDetached => $"detached by force from {NodeOf(in fact, fleet)} after {fact.Detail / 1000.0:0.###} s",
        FactKind.PodForceDeleted => "removed by force: its node is out of service",
        FactKind.PodNominated when fact.Detail == 0 => $"room is kept for it on {NodeOf(in fact, fleet)}",
        FactKind.PodNominated => $"{NodeOf(in fact, fleet)} is being cleared for it of {Counted(fact.Detail, "pod", "pods")} of lower priority",
        FactKind.FaultBegan => $"fault {fact.Uid}: {(fact.Detail < 256 ? (NodeTrouble)fact.Detail : (WorldEffectKind)(fact.Detail >> 8))}",
        FactKind.FaultHitPod => $"hit by fault {fact.Detail}",
        FactKind.PodKilled => $"killed by fault {fact.Detail}",
        FactKind.StoreRestored => $"the store goes back by {TimeSpan.FromTicks(fact.Detail).TotalSeconds:0.###} s",
        FactKind.FaultEnded => $"fault {fact.Uid} is over",
        FactKind.PodGated => "kept out of the scheduling queue by a plugin",
        FactKind.PodWaitsOnPermit => $"holds room on {NodeOf(in fact, fleet)} and waits there to be permitted, at most {TimeSpan.FromTicks(fact.Detail).TotalSeconds:0.###} s",
        FactKind.PodUnreserved => $"its room on {NodeOf(in fact, fleet)} is given back: {Reason((Scheduling.UnreserveReason)fact.Detail)}",
        FactKind.PodNotReady => fact.Detail == 1 ? $"called not ready: nothing is heard of {NodeOf(in fact, fleet)}" : null,
        FactKind.ReplicasScaled => $"its autoscaler asks for {(int)fact.Detail} replicas instead of {(int)(fact.Detail >> 32)}",
        FactKind.NodeTainted => "tainted by the node lifecycle controller: its pods have to leave when their tolerations end",
        FactKind.NodePressureChanged => fact.Detail == 1 ? "short of memory: pods are ended one after another" : "no longer short of memory",
        FactKind.NodeNotReady => "node is not ready",
        FactKind.NodeReady => "node is ready",
        FactKind.DrainStarted => $"drain started: {Counted(fact.Detail, "pod", "pods")} to evict",
        FactKind.NodeDrained => $"drained; {Counted(fact.Detail, "eviction was", "evictions were")} refused on the way",
        FactKind.DrainFailed => $"drain given up with {Counted(fact.Detail, "pod", "pods")} left",
        _ => null,
    };

    private static string Reason(Scheduling.UnreserveReason reason) => reason switch
    {
        Scheduling.UnreserveReason.Reserve => "a plugin could not reserve what it needs",
        Scheduling.UnreserveReason.Permit => "a plugin did not permit it",
        Scheduling.UnreserveReason.TimedOut => "it waited too long",
        Scheduling.UnreserveReason.PreBind or Scheduling.UnreserveReason.Bind => "a plugin hindered the binding",
        Scheduling.UnreserveReason.Preempted => "a pod of higher priority needs it",
        Scheduling.UnreserveReason.SchedulerLost => "the scheduler ended before the binding was written",
        _ => "it was deleted",
    };

    /// <summary>Whether a fact is about its node, not about a pod or another object.</summary>
    public static bool IsOfNode(FactKind kind) =>
        kind is FactKind.NodeNotReady or FactKind.NodeReady or FactKind.DrainStarted or FactKind.NodeDrained or FactKind.DrainFailed or FactKind.NodeTainted or FactKind.NodePressureChanged
            or FactKind.NodeDiskPressureChanged or FactKind.FaultBegan or FactKind.FaultEnded;

    /// <summary>What the true state of a machine became, which nobody in the cluster is told.</summary>
    public static IEnumerable<string> OfMachine(NodeTrouble before, NodeTrouble after)
    {
        foreach ((NodeTrouble trouble, string begins, string ends) in Troubles)
        {
            bool was = before.HasFlag(trouble), @is = after.HasFlag(trouble);
            if (was != @is) yield return @is ? begins : ends;
        }
    }

    private static readonly (NodeTrouble Trouble, string Begins, string Ends)[] Troubles =
    [
        (NodeTrouble.Down, "the machine loses its power", "the machine has power again"),
        (NodeTrouble.AgentHung, "the agent hangs", "the agent works again"),
        (NodeTrouble.ProcessesHung, "its processes hang", "its processes work again"),
        (NodeTrouble.CutOff, "the control plane cannot be reached", "the control plane can be reached again"),
    ];

    private static string Counted(long count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    private static string NodeOf(in Fact fact, FleetLayout fleet) => fact.Node.IsNode ? fleet.Nodes[fact.Node.Value].Name : "its node";
}
