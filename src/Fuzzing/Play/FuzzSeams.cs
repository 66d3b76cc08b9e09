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

    /// <summary>More steps: of a case, its plan, and the number of the play (0 for the first).</summary>
    public Func<FuzzCase, FaultPlan, int, IEnumerable<RunStep>>? Steps { get; init; }
}
