using SchedBench.Core.Cluster;

namespace SchedBench.Core.Recording;

/// <summary>What happened.</summary>
public enum FactKind : byte
{
    /// <summary>A pod was created.</summary>
    PodArrived,

    /// <summary>A scheduling attempt found no node; the pod waits.</summary>
    PodUnschedulable,

    /// <summary>A pod was skipped for good (replays with a single try).</summary>
    PodUnplaced,

    /// <summary>The host refused the strategy's answer; Detail is a <see cref="Scheduling.RefusalReason"/>.</summary>
    DecisionRefused,

    /// <summary>The strategy threw; the decision is refused.</summary>
    StrategyError,

    /// <summary>A pod was bound to a node.</summary>
    PodBound,

    /// <summary>The agent took the pod in: it holds its resources on the node from here on.</summary>
    PodAdmitted,

    /// <summary>The agent refused the pod; Detail is a <see cref="Scheduling.InfeasibleReason"/>.</summary>
    PodRejected,

    /// <summary>The pod started. In orchestrated runs all its containers have, and Detail is how long it waited for images and init containers on the way, in ticks.</summary>
    PodStarted,

    /// <summary>The pod completed and holds nothing any more.</summary>
    PodSucceeded,

    /// <summary>The pod ended with an error and holds nothing any more.</summary>
    PodFailed,

    /// <summary>All members of a group that fit were bound together; Detail is the group.</summary>
    GroupPlaced,

    /// <summary>A try to place a group failed and was taken back; Detail is the group.</summary>
    GroupRolledBack,

    /// <summary>A node was cordoned (Detail 0) or uncordoned (1).</summary>
    NodeSchedulableChanged,

    /// <summary>A request failed; Detail is the stream's place times 256 plus a <see cref="Networking.RequestOutcome"/>.</summary>
    RequestFailed,

    // Deployments. Uid is the Deployment's, Detail its revision.

    /// <summary>A Deployment began a rollout: its template got a ReplicaSet or an earlier one back. Detail is the revision.</summary>
    RolloutStarted,

    /// <summary>All pods of a Deployment are of its template and available, and the old ones are gone; once a revision. Detail is the revision.</summary>
    RolloutCompleted,

    /// <summary>A rollout made no progress for as long as its deadline. Detail is the revision.</summary>
    RolloutFailed,

    /// <summary>A Deployment was given the template of an earlier revision. Detail is the revision it went back to.</summary>
    RolledBack,

    // Disruption. Uid is the pod's for evictions, the budget's for budgets.

    /// <summary>An eviction was admitted and its pod is being deleted. Detail is 1 when it took from a budget, 0 when none guards the pod now.</summary>
    EvictionAdmitted,

    /// <summary>An eviction was refused. Detail is the HTTP code: 429 without budget, 500 under two budgets, 403 when the budget cannot count.</summary>
    EvictionRefused,

    /// <summary>A budget allows no disruption from now on. Detail is the number of healthy pods.</summary>
    BudgetExhausted,

    /// <summary>A budget allows disruptions again, or is gone. Detail is how many.</summary>
    BudgetRestored,

    /// <summary>The drain of a node began: Node is cordoned. Detail is the number of pods to evict.</summary>
    DrainStarted,

    /// <summary>No pod that a drain asked for is left on Node. Detail is the number of evictions that were refused on the way.</summary>
    NodeDrained,

    /// <summary>A drain was given up at its deadline. Detail is the number of pods that are left.</summary>
    DrainFailed,

    // Release methods. Uid is that of the Deployment that is released.

    /// <summary>A release began. Detail is 0 for blue/green, 1 for a canary.</summary>
    ReleaseStarted,

    /// <summary>A canary reached a step. Detail is its weight in percent.</summary>
    ReleaseStepped,

    /// <summary>Requests go to the other side from now on. Detail is 1 for the new side, 0 back to the old one.</summary>
    ReleaseSwitched,

    /// <summary>A release is done: the new side has it all.</summary>
    ReleasePromoted,

    /// <summary>A release was taken back. Detail is a <see cref="Controllers.ReleaseAbortReason"/>.</summary>
    ReleaseAborted,

    // Facts of node agents and node controllers (orchestrated runs).

    /// <summary>A container is started again; Detail is the number of restarts of its pod.</summary>
    ContainerRestarted,

    /// <summary>A liveness or startup probe failed for good and the container is stopped; Detail is its place in the pod.</summary>
    ContainerUnhealthy,

    /// <summary>A container used more memory than its limit and was killed; Detail is its place in the pod.</summary>
    OomKilled,

    /// <summary>An image was pulled for a pod; Detail is the number of bytes that came over the network.</summary>
    ImagePulled,

    /// <summary>A pull failed, or was refused by the node's own limit.</summary>
    ImagePullFailed,

    /// <summary>The condition Ready of a pod became true.</summary>
    PodReady,

    /// <summary>The condition Ready of a pod became false; Detail is 0 when its agent says so, 1 when its node was lost.</summary>
    PodNotReady,

    /// <summary>All containers of an admitted pod are known to have ended and its resources are free; Detail is why: 0 they ended by themselves, 1 deletion, 2 deadline,
    /// 3 node pressure.</summary>
    PodStopped,

    /// <summary>A pod is deleted for a NoExecute taint of its node.</summary>
    PodEvictedByTaint,

    /// <summary>A pod is ended by its agent: Detail is 0 for the node's lack of memory, 1 for its lack of disk, 2 for more on the disk than the pod's limits allow.</summary>
    PodEvictedByPressure,

    /// <summary>A terminating pod is removed without its agent, because its node is out of service.</summary>
    PodForceDeleted,

    /// <summary>Nothing was heard of a node for the grace period: its condition Ready is unknown.</summary>
    NodeNotReady,

    /// <summary>A node reports again.</summary>
    NodeReady,

    /// <summary>A node got its NoExecute taint from the limiter of its zone.</summary>
    NodeTainted,

    /// <summary>A node came under memory pressure (Detail 1) or left it (0).</summary>
    NodePressureChanged,

    /// <summary>An autoscaler changed the replicas of the object with identity Uid; Detail is the old number · 2³² + the new one.</summary>
    ReplicasScaled,

    /// <summary>A node got other taints; Detail is the number of the set.</summary>
    NodeTaintsChanged,

    /// <summary>A node of the layout left (Detail 0) or came (1).</summary>
    NodePresenceChanged,

    /// <summary>A pod that fits nowhere is nominated to a node, where pods of lower priority are asked to leave; Detail is how many.</summary>
    PodNominated,

    /// <summary>A pod has to leave its node for one of higher priority; Detail is the ordinal of that one.</summary>
    PodPreempted,

    /// <summary>The scheduler learned that a pod was asked to leave: topology spread does not count it any more.</summary>
    PodLeaving,

    /// <summary>Several requests of a stream that is sent as a fluid failed; Detail is their number times 2²⁴ plus the stream's place times 256 plus a
    /// <see cref="Networking.RequestOutcome"/>.</summary>
    RequestsFailed,

    /// <summary>The cluster autoscaler changed the size of a node group, nodes that boot among them; Uid is the group's place in the list, Detail the old size · 2³² + the new one.</summary>
    NodeGroupScaled,

    /// <summary>The scheduler learned of other labels of a node; Detail is the number of its class.</summary>
    NodeLabelsChanged,

    /// <summary>The scheduler learned of another size of a node; Detail is its CPU in milli.</summary>
    NodeResized,

    /// <summary>A node came under disk pressure (Detail 1) or left it (0).</summary>
    NodeDiskPressureChanged,

    /// <summary>An agent removed an image that no container used; Detail is the number of bytes that the disk got back.</summary>
    ImageRemoved,

    /// <summary>A pod waits for a volume that is still attached to another node; Detail is the volume's identity.</summary>
    VolumeMultiAttach,

    /// <summary>A volume is detached from a node that did not say that it unmounted it. Uid is the volume's, Detail the milliseconds waited.</summary>
    VolumeForceDetached,

    /// <summary>The strategy keeps a pod out of the queue until something changes; no attempt of it is counted.</summary>
    PodGated,

    /// <summary>A pod is assumed on Node and waits there to be permitted; Detail is for how long at most, in ticks.</summary>
    PodWaitsOnPermit,

    /// <summary>A fault began on Node, or on the cluster where there is none; Uid is the number of the fault, Detail a <see cref="Nodes.NodeTrouble"/>, or a <see cref="Faults.WorldEffectKind"/> times 256.</summary>
    FaultBegan,

    /// <summary>It is over there.</summary>
    FaultEnded,

    /// <summary>A fault kills a pod; Detail is the number of the fault.</summary>
    PodKilled,

    /// <summary>A fault hits a pod that lives on; Detail is the number of the fault.</summary>
    FaultHitPod,

    /// <summary>A pod that was assumed on Node is taken back before it was bound; Detail is a <see cref="Scheduling.UnreserveReason"/>.</summary>
    PodUnreserved,

    /// <summary>The store went back to an older snapshot: another epoch. Uid is the number of the fault, Detail how far it went back, in ticks.</summary>
    StoreRestored,
}

/// <summary>One fact: the only thing metrics, invariants and fingerprints are made of.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="Pod">Slot of the pod concerned; meaningless for facts about nodes.</param>
/// <param name="Uid">Ordinal of the pod, −1 without one.</param>
/// <param name="Node">Node concerned, or none.</param>
/// <param name="Detail">Meaning by kind.</param>
public readonly record struct Fact(FactKind Kind, TimeSpan At, PodIndex Pod, int Uid, NodeIndex Node, long Detail);

/// <summary>Listens to the stream of facts. Called on the loop's thread, in order, with the state already changed.</summary>
public interface IFactObserver
{
    /// <summary>A fact was recorded.</summary>
    void Observe(in Fact fact);
}

/// <summary>The one stream of facts of a run. Keeps none of them: observers do what they need.</summary>
public sealed class FactStream
{
    private IFactObserver[] _observers = [];

    /// <summary>Facts recorded so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds an observer; it sees the facts from now on, after the observers before it.</summary>
    public void Subscribe(IFactObserver observer) => _observers = [.. _observers, observer];

    /// <summary>Records what somebody outside the core did to the run: a fault began or ended.</summary>
    /// <exception cref="ArgumentException">The fact is one of the core's own.</exception>
    public void Mark(in Fact fact)
    {
        if (fact.Kind is not (FactKind.FaultBegan or FactKind.FaultEnded or FactKind.PodKilled or FactKind.FaultHitPod)) throw new ArgumentException($"{fact.Kind} is a fact of the core's own.", nameof(fact));
        Record(in fact);
    }

    internal void Record(in Fact fact)
    {
        Count++;
        foreach (IFactObserver observer in _observers) observer.Observe(in fact);
    }
}

/// <summary>A 64-bit hash over all facts in order: equal runs have equal fingerprints.</summary>
public sealed class FingerprintObserver : IFactObserver
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;

    /// <summary>The hash so far.</summary>
    public ulong Value { get; private set; } = 0x27D4EB2F165667C5;

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        ulong hash = Value;
        hash = Round(hash, (ulong)fact.At.Ticks);
        hash = Round(hash, ((ulong)fact.Kind << 56) ^ ((ulong)(uint)fact.Uid << 24) ^ (uint)fact.Node.Value);
        Value = Round(hash, (ulong)fact.Detail);
    }

    private static ulong Round(ulong hash, ulong input) => (System.Numerics.BitOperations.RotateLeft(hash ^ (input * Prime2), 31) * Prime1) + Prime2;
}
