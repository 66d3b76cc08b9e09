using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Workloads.Readers;

namespace SchedBench.Experiments.Files;

/// <summary>One workload: a recorded or generated trace, and how it is replayed.</summary>
/// <param name="Name">Name, a level of the factor <c>workload</c>.</param>
/// <param name="Replay">How it is replayed: <see cref="SaturateReplay"/> or <see cref="TimedReplay"/>.</param>
public sealed record WorkloadSpec(string Name, ReplaySpec Replay)
{
    /// <summary>The recorded trace.</summary>
    public TraceFile? Trace { get; init; }

    /// <summary>Where <c>compress</c> stands, for a problem that only the trace brings to light: times drawn out further than instants reach.</summary>
    public InputProblem? CompressPlace { get; init; }
}

/// <summary>A recorded trace.</summary>
/// <param name="Format">Name of its reader in <see cref="TraceReaderCatalog"/>.</param>
/// <param name="Path">The file.</param>
/// <param name="Settings">Settings of the format that the file states, by name in ordinal order, as written.</param>
/// <param name="Options">How it is to be read: the settings, strictness, and whether times matter to the replay.</param>
public sealed record TraceFile(string Format, InputPath Path, IReadOnlyList<KeyValuePair<string, string>> Settings, TraceReadOptions Options);

/// <summary>How a trace is replayed.</summary>
public abstract record ReplaySpec;

/// <summary>Pods arrive one after another, each after the one before was decided on, and none leaves: the protocol of allocation studies.</summary>
/// <param name="Order">Order of the pods.</param>
/// <param name="Until">How much is offered, or <see langword="null"/> for the trace as it is.</param>
public sealed record SaturateReplay(RecordOrder Order, SaturationLimit? Until) : ReplaySpec;

/// <summary>The offer of a saturation replay.</summary>
/// <param name="Resource">Resource it is measured in.</param>
/// <param name="OfCapacity">Multiple of the fleet's capacity, above 0.</param>
public sealed record SaturationLimit(SaturationResource Resource, decimal OfCapacity);

/// <summary>Pods arrive and leave at their recorded times.</summary>
public sealed record TimedReplay : ReplaySpec
{
    /// <summary>First instant of the trace that is replayed; it becomes instant 0.</summary>
    public TimeSpan From { get; init; }

    /// <summary>Pods that arrive at or after this instant of the trace are left out; <see langword="null"/> for none.</summary>
    public TimeSpan? To { get; init; }

    /// <summary>Divisor of inter-arrival times, above 0; 1 leaves them alone. Anything else is labelled in every output.</summary>
    public decimal Compress { get; init; } = 1;

    /// <summary>Input shaking: gaps between arrivals and service times are jittered by up to this share, drawn from the seed; 0 replays the trace as it is.</summary>
    public decimal Shake { get; init; }

    /// <summary>Time from admission on the node to the start of a pod.</summary>
    public TimeSpan StartLatency { get; init; }

    /// <summary>Delay with which the scheduler's view follows the store.</summary>
    public TimeSpan CacheDelay { get; init; }

    /// <summary>Time from decision to binding.</summary>
    public TimeSpan BindLatency { get; init; }

    /// <summary>Whether the part of the trace up to an instant would be drawn out beyond <see cref="TraceReadOptions.LongestSpan"/>.</summary>
    public bool IsDrawnOutTooFar(TimeSpan end) => (end - From).Ticks > TraceReadOptions.LongestSpan.Ticks * Compress;

    /// <summary>What is expected of <see cref="Compress"/> when it draws a part of a trace out too far.</summary>
    internal string ExpectedCompress(TimeSpan end) =>
        $"expected a divisor with which {DurationText.Format(end - From)} of the trace take at most {DurationText.Format(TraceReadOptions.LongestSpan)}";
}
