using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Sees each decision as it is made: the source of explanations.</summary>
public interface IDecisionObserver
{
    /// <summary>A pod is about to be decided on.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="uid">Its ordinal.</param>
    /// <param name="view">The view the decision is made on.</param>
    /// <param name="score">Score of a node where the strategy has one, null otherwise.</param>
    void OnDeciding(in PodRequest pod, int uid, ClusterView view, Func<int, long?> score);

    /// <summary>Preemption was tried for the pod of the last decision, which fits nowhere.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="candidates">Nodes that could be cleared for it.</param>
    /// <param name="answer">The node that is, that one is being cleared already, or null.</param>
    void OnPreempted(PodIndex pod, IReadOnlyList<PreemptionCandidate> candidates, Preemption? answer)
    {
    }

    /// <summary>The decision: a node, or none.</summary>
    void OnDecided(int uid, NodeIndex node, DeviceSet devices);
}
