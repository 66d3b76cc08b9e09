using SchedBench.Chaos.Effects;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Plans;

/// <summary>A fault with its exact instant and victims.</summary>
/// <param name="Number">Place in the plan.</param>
/// <param name="At">When it begins; with <see cref="After"/> the earliest instant that it can begin at.</param>
/// <param name="Duration">How long it lasts; null for the rest of the run.</param>
/// <param name="Effect">What it does.</param>
/// <param name="Nodes">Names of the nodes that it hits, in the fleet's order; empty for faults on pods and on the cluster.</param>
/// <param name="Cause">The source in the fault set that it comes from, in a few words.</param>
public sealed record PlannedFault(int Number, TimeSpan At, TimeSpan? Duration, FaultEffect Effect, IReadOnlyList<string> Nodes, string Cause)
{
    /// <summary>Of faults on pods: which, of those that are there at that instant; null otherwise.</summary>
    public PodTarget? Pods { get; init; }

    /// <summary>Name that the draws of the pods go by; with <see cref="At"/> it says which are hit.</summary>
    public string Draws { get; init; } = Cause;

    /// <summary>When it begins, where that depends upon when guards are over; null for <see cref="At"/>. It does not begin when <see cref="By"/> is no later.</summary>
    public Moment? After { get; init; }

    /// <summary>When it is over, where that depends upon guards; known as soon as it has begun. Null for what <see cref="Duration"/> says.</summary>
    public Moment? By { get; init; }

    /// <summary>What calls it off, and whatever else <see cref="After"/> and <see cref="By"/> depend upon; empty for nothing.</summary>
    public ValueList<ServiceGuard> Guards { get; init; } = [];
}

/// <summary>The exact schedule of the faults of one run: a function of the fault set, the fleet, the seed and the length of the run. Immutable.</summary>
/// <param name="Faults">By instant; equal instants in the order of their sources.</param>
/// <param name="Spared">Hits that were left out because too few nodes would have survived.</param>
public sealed record FaultPlan(IReadOnlyList<PlannedFault> Faults, int Spared);
