using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Runs;

/// <summary>The strategy of schedulers that take over from now on.</summary>
/// <param name="Fresh">Makes one; null where none ever takes over.</param>
/// <param name="TieBreak">Who wins among equals.</param>
public readonly record struct NextStrategy(Func<SchedulingStrategy>? Fresh, TieBreak TieBreak);
