using SchedBench.Core.Cluster;

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
        FactKind.PodEvictedByTaint => $"evicted for a taint of {NodeOf(in fact, fleet)}",
        FactKind.PodEvictedByPressure when fact.Detail == 2 => "evicted: it wrote more to the disk than its limits allow",
        FactKind.PodEvictedByPressure => $"evicted: {NodeOf(in fact, fleet)} was short of {(fact.Detail == 1 ? "disk" : "memory")}",
        FactKind.NodeDiskPressureChanged => fact.Detail == 1 ? "node is short of disk" : "node has disk again",
        FactKind.VolumeMultiAttach => "waits for a volume that is still attached to another node (Multi-Attach error)",
        FactKind.VolumeForceDetached => $"detached by force from {NodeOf(in fact, fleet)} after {fact.Detail / 1000.0:0.###} s",
        FactKind.PodForceDeleted => "removed by force: its node is out of service",
        FactKind.PodNominated => $"{NodeOf(in fact, fleet)} is being cleared for it",
        FactKind.PodPreempted => "preempted by a pod of higher priority",
        FactKind.NodeNotReady => "node is not ready",
        FactKind.NodeReady => "node is ready",
        FactKind.DrainStarted => $"drain started: {fact.Detail} pods to evict",
        FactKind.NodeDrained => $"drained; {fact.Detail} evictions were refused on the way",
        FactKind.DrainFailed => $"drain given up with {fact.Detail} pods left",
        _ => null,
    };

    private static string NodeOf(in Fact fact, FleetLayout fleet) => fact.Node.IsNode ? fleet.Nodes[fact.Node.Value].Name : "its node";
}
