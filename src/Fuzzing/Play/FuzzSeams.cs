using SchedBench.Chaos.Plans;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Fuzzing.Cases;

namespace SchedBench.Fuzzing.Play;

/// <summary>Where tests plant bugs, to prove that they are found, made small and repeated. Nobody else sets any of it.</summary>
public sealed record FuzzSeams
{
    /// <summary>Nothing planted.</summary>
    public static FuzzSeams None { get; } = new();

    /// <summary>Takes the place of the strategy.</summary>
    public Func<SchedulingStrategy, SchedulingStrategy>? Strategy { get; init; }

    /// <summary>More steps of a play.</summary>
    public Func<FuzzPlay, IEnumerable<RunStep>>? Steps { get; init; }
}

/// <summary>One play of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Plan">Its faults.</param>
/// <param name="Number">0 for the first play, 1 for the second that has to be the same.</param>
/// <param name="HasFaults">Whether the faults are played; without them the start has to be the same.</param>
public sealed record FuzzPlay(FuzzCase Case, FaultPlan Plan, int Number, bool HasFaults);
