using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>A pod on a node, as far as preemption cares.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Shape">Its entry in the shape table.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="StartedAt">When it started; of equals, the one that started earlier matters more.</param>
/// <param name="IsTerminating">Whether it has been asked to leave.</param>
public readonly record struct PlacedPod(PodIndex Pod, ShapeIndex Shape, DeviceSet Devices, int Priority, TimeSpan StartedAt, bool IsTerminating = false);

/// <summary>The pods that the scheduler's view holds, and the way to make one leave.</summary>
public interface IPlacedPods
{
    /// <summary>No placed pod has a lower priority; a bound that need not be tight.</summary>
    int LowestPriority => int.MinValue;

    /// <summary>Adds the pods of a node, exactly those that the view counts there, in a fixed order.</summary>
    void List(NodeIndex node, List<PlacedPod> into);

    /// <summary>Makes a pod leave, at once or after its grace.</summary>
    /// <param name="victim">The pod that leaves.</param>
    /// <param name="preemptor">The pod that needs its room.</param>
    void Evict(PodIndex victim, PodIndex preemptor);
}

/// <summary>Budgets of disruption (Kubernetes <c>policy/v1.PodDisruptionBudget</c>) as preemption looks at them: it prefers not to overspend them, and does so when nothing else helps.</summary>
public interface IDisruptionBudgets
{
    /// <summary>Number of budgets.</summary>
    int Count { get; }

    /// <summary>Disruptions that the budget allows now.</summary>
    int Allowed(int budget);

    /// <summary>Whether the budget covers the pod: same namespace, a selector that is not empty and matches, and the pod is not counted as disrupted already.</summary>
    bool Covers(int budget, PodIndex pod);
}

/// <summary>Asked when a pod fits nowhere: may others be pushed out for it?</summary>
public interface IPreemptor
{
    /// <summary>The nodes that the last answer was chosen from; empty where it keeps none.</summary>
    IReadOnlyList<PreemptionCandidate> Candidates => [];

    /// <summary>The node to nominate the pod to and who has to leave it; null when nothing helps.</summary>
    Preemption? Preempt(in PreemptionRequest request);

    /// <summary>Makes a victim leave. Called once the pod is nominated.</summary>
    void Evict(PodIndex victim, PodIndex preemptor);
}

/// <summary>A pod that fits nowhere.</summary>
public readonly ref struct PreemptionRequest
{
    private readonly PodRequest _pod;

    internal PreemptionRequest(in PodRequest pod, int priority, NodeIndex nominated, ClusterView view, Nominations nominations, IPreemptionAdvice? advice = null)
    {
        _pod = pod;
        Priority = priority;
        Nominated = nominated;
        View = view;
        Nominations = nominations;
        Advice = advice;
    }

    /// <summary>The pod.</summary>
    public PodRequest Pod => _pod;

    /// <summary>Its priority.</summary>
    public int Priority { get; }

    /// <summary>The node it is nominated to by an earlier attempt, or none.</summary>
    public NodeIndex Nominated { get; }

    /// <summary>The cluster.</summary>
    public ClusterView View { get; }

    /// <summary>What the pod's strategy has a say in; null when it has none.</summary>
    public IPreemptionAdvice? Advice { get; }

    internal Nominations Nominations { get; }
}

/// <summary>What preemption decided. Immutable.</summary>
/// <param name="Node">The node to nominate the pod to.</param>
/// <param name="Victims">Who has to leave, most important first.</param>
/// <param name="BudgetViolations">Victims whose budget does not allow it.</param>
public sealed record Preemption(NodeIndex Node, IReadOnlyList<PodIndex> Victims, int BudgetViolations)
{
    /// <summary>Whether rules that are not the core's had a say in who is a victim.</summary>
    public bool IsAdvised { get; init; }

    /// <summary>The answer while the victims of an earlier attempt have not left yet: wait.</summary>
    public static Preemption UnderWay { get; } = new(NodeIndex.None, [], 0);

    /// <summary>Whether the pod waits for victims of an earlier attempt.</summary>
    public bool IsUnderWay => ReferenceEquals(this, UnderWay);
}
