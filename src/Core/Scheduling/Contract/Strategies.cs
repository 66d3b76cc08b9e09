using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// The smallest contract: a score of (shape, node), higher is better. The core handles feasibility, caching, ties and the bind; a policy is a dozen lines
/// and fast without effort.
/// </summary>
/// <remarks><see cref="Score"/> and <see cref="Devices"/> must be pure functions of the shape and the node's state: scores are cached until the node
/// changes, and a sampled audit fails a run whose cached score differs from a fresh one.</remarks>
public abstract class ScoringStrategy : SchedulingStrategy
{
    /// <summary>How good the node is for the pod, which fits there. Any value above <see cref="long.MinValue"/>.</summary>
    public abstract long Score(in PodShape pod, in NodeState node);

    /// <summary>The devices the pod takes on the chosen node.</summary>
    public virtual DeviceSet Devices(in PodShape pod, in NodeState node) => DeviceChoice.Tightest(in pod, in node);
}

/// <summary>A strategy whose choice depends on the whole cluster, on the pod itself or on time: it picks from the feasible nodes and keeps its own notes
/// through the hooks of <see cref="SchedulingStrategy"/>.</summary>
public abstract class ClusterStrategy : SchedulingStrategy
{
    /// <summary>A score whose best node is the choice for this pod, where the choice depends on shape and node alone: its scores are kept then, as those of a
    /// <see cref="ScoringStrategy"/> are, and <see cref="Choose"/> is not asked. Null, the default, asks it. Of few different objects: tables are kept for each.</summary>
    public virtual ScoringStrategy? LocalScore(in PodRequest pod) => null;

    /// <summary>Chooses a node for the pod, or <see cref="NodeIndex.None"/> to let it wait.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="feasible">The nodes it fits on now, at least one.</param>
    public abstract NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible);

    /// <summary>The devices the pod takes on the chosen node.</summary>
    public virtual DeviceSet Devices(in PodRequest pod, in NodeState node) => DeviceChoice.Tightest(in pod.Shape, in node);
}

/// <summary>A strategy that looks at all pending pods at once and may place many in one go (gangs, backfilling, optimisers).</summary>
public abstract class BatchStrategy : SchedulingStrategy
{
    /// <summary>Places what it wants through the plan. What is not in the plan when it returns waits for a change that can help.</summary>
    /// <param name="pending">The pods that wait for a decision, in queue order.</param>
    /// <param name="plan">Trial placements, taken over together and checked when the method returns.</param>
    public abstract void Place(PendingPods pending, PlacementPlan plan);
}
