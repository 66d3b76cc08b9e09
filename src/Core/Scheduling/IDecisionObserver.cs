using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>What a decision came to.</summary>
public enum DecisionOutcome : byte
{
    /// <summary>A node.</summary>
    Placed,

    /// <summary>No node can take the pod.</summary>
    NoNodeFits,

    /// <summary>The strategy lets the pod wait.</summary>
    Waits,

    /// <summary>The host refused the strategy's answer (<see cref="RefusalReason"/>).</summary>
    Refused,

    /// <summary>The strategy failed.</summary>
    StrategyError,

    /// <summary>Pods were planned for together, and the plan has no node for this one.</summary>
    NotPlanned,
}

/// <summary>Sees each decision as it is made: the source of explanations.</summary>
/// <remarks><code>
/// a pod alone:    OnDeciding ─► OnDecided (node) | OnTurnedAway, OnDecided (none) ─► OnPreempted, where preemption is tried
/// pods together:  OnPlanning for each ─► OnPlanned for each, in the same order
/// </code></remarks>
public interface IDecisionObserver
{
    /// <summary>A pod is about to be decided on.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="uid">Its ordinal.</param>
    /// <param name="view">The view the decision is made on.</param>
    /// <param name="score">Score of a node where the strategy has one, null otherwise.</param>
    void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score);

    /// <summary>The pod that is decided on gets no node; <see cref="OnDecided"/> follows.</summary>
    /// <param name="why">Why.</param>
    /// <param name="refusal">Why the host refused the answer; null when it did not.</param>
    void OnTurnedAway(DecisionOutcome why, RefusalReason? refusal)
    {
    }

    /// <summary>Preemption was tried for the pod of the last decision, which fits nowhere.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="candidates">Nodes that could be cleared for it.</param>
    /// <param name="answer">The node that is, that one is being cleared already, or null.</param>
    void OnPreempted(PodIndex pod, IReadOnlyList<PreemptionCandidate> candidates, Preemption? answer)
    {
    }

    /// <summary>The decision: a node, or none.</summary>
    void OnDecided(int uid, NodeIndex node, DeviceSet devices);

    /// <summary>A pod is about to be planned for together with others: a member of a group, or a pending pod of a batch strategy.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="uid">Its ordinal.</param>
    /// <param name="view">The view before anything is planned.</param>
    void OnPlanning(in PodRequest pod, int uid, ClusterView view)
    {
    }

    /// <summary>What the plan has for a pod: a node, or none.</summary>
    void OnPlanned(in PodRequest pod, int uid, NodeIndex node, DeviceSet devices)
    {
    }
}
