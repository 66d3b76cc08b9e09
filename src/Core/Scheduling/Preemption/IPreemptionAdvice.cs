using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>A node that preemption could clear for a pod.</summary>
/// <param name="Node">The node.</param>
/// <param name="Victims">Who would leave it, most important first.</param>
/// <param name="BudgetViolations">Victims whose budget does not allow it.</param>
public sealed record PreemptionCandidate(NodeIndex Node, IReadOnlyList<PlacedPod> Victims, int BudgetViolations)
{
    /// <summary>Every pod of the node that could be a victim: of lower priority, most important first. Empty for strategies that have no say.</summary>
    public IReadOnlyList<PlacedPod> Potential { get; init; } = [];

    /// <summary>Whether rules that are not the core's had a say in who is a victim: as far as the core sees, not all of them need be needed.</summary>
    public bool IsAdvised { get; init; }

    /// <summary>Highest priority of a victim.</summary>
    public int HighestPriority => Victims[0].Priority;

    /// <summary>Sum of the victims' priorities, each counted from the lowest possible one, so that fewer victims of negative priority win.</summary>
    public long PrioritySum
    {
        get
        {
            long sum = 0;
            foreach (PlacedPod victim in Victims) sum += victim.Priority + (long)int.MaxValue + 1;
            return sum;
        }
    }

    /// <summary>Start of the victim of highest priority that started first.</summary>
    public TimeSpan EarliestStart => Victims[0].StartedAt;

    /// <summary>Which rule of <c>pickOneNodeForPreemption</c> tells two candidates apart, and for whom: less than 0 when <paramref name="left"/> is better.</summary>
    public static (PreemptionRule Rule, int Order) Compare(PreemptionCandidate left, PreemptionCandidate right)
    {
        if (left.BudgetViolations != right.BudgetViolations) return (PreemptionRule.BudgetViolations, left.BudgetViolations.CompareTo(right.BudgetViolations));
        if (left.HighestPriority != right.HighestPriority) return (PreemptionRule.HighestPriority, left.HighestPriority.CompareTo(right.HighestPriority));
        if (left.PrioritySum != right.PrioritySum) return (PreemptionRule.PrioritySum, left.PrioritySum.CompareTo(right.PrioritySum));
        if (left.Victims.Count != right.Victims.Count) return (PreemptionRule.VictimCount, left.Victims.Count.CompareTo(right.Victims.Count));
        return left.EarliestStart != right.EarliestStart ? (PreemptionRule.EarliestStart, right.EarliestStart.CompareTo(left.EarliestStart)) : (PreemptionRule.Order, 0);
    }
}

/// <summary>What makes one node the better one to clear, in the order in which it is looked at (<c>pickOneNodeForPreemption</c>, <c>pkg/scheduler/framework/preemption</c>).</summary>
public enum PreemptionRule
{
    /// <summary>Fewer victims whose budget does not allow it.</summary>
    BudgetViolations,

    /// <summary>A lower highest priority among the victims.</summary>
    HighestPriority,

    /// <summary>A lower sum of their priorities.</summary>
    PrioritySum,

    /// <summary>Fewer victims.</summary>
    VictimCount,

    /// <summary>A later earliest start among the victims of highest priority.</summary>
    EarliestStart,

    /// <summary>Nothing: the first that was tried is taken.</summary>
    Order,
}

/// <summary>What a strategy has a say in when pods are pushed out for one of its own. A strategy that implements it is asked; for others all nodes are tried.</summary>
public interface IPreemptionAdvice
{
    /// <summary>Whether the strategy's own rules, and not its wish to wait, kept the pod that it just let wait off the nodes it fits on: then pushing others out may help.</summary>
    bool TurnedAway { get; }

    /// <summary>How many candidates are enough, and with which of the nodes that may become one the search begins.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="potential">Number of nodes that the pod could go to if enough pods left.</param>
    (int Offset, int Enough) Search(in PodRequest pod, int potential);

    /// <summary>Whether a rule of the strategy's own keeps the pod off a node as the view has it now, some of its pods being gone on trial.</summary>
    bool KeepsOff(in PodRequest pod, NodeIndex node);

    /// <summary>Leaves the candidates that others outside agree to, maybe with other victims.</summary>
    void Narrow(in PodRequest pod, List<PreemptionCandidate> candidates);
}
