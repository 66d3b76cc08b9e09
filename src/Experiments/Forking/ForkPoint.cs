using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Forking;

/// <summary>Where a run is at an instant: everything that is due by then has happened.</summary>
/// <param name="At">The instant.</param>
/// <param name="Events">Events handled by then.</param>
/// <param name="Facts">Fingerprint of the facts by then.</param>
public readonly record struct SavedPoint(TimeSpan At, long Events, ulong Facts);

/// <summary>What is otherwise from an instant on.</summary>
/// <param name="At">The instant.</param>
/// <param name="Reached">Told where the run is then, before anything is otherwise.</param>
internal sealed record ForkPoint(TimeSpan At, Action<SavedPoint> Reached)
{
    /// <summary>The strategy of the scheduler that takes over; null to keep the one that is there.</summary>
    public StrategySpec? Strategy { get; init; }

    /// <summary>The faults that begin later; null for those of the cell. Faults that hold then end as they were planned.</summary>
    public Chaos.Plans.FaultSet? Faults { get; init; }
}
