using SchedBench.Core.Randomness;

namespace SchedBench.Core.Nodes;

/// <summary>What containers draw from the behaviour of their image: a function of (seed, container, attempt), so that a simulated container and a real one that behaves alike meet the same times.</summary>
internal sealed class ImageDraws(ulong seed, RuntimeDelays? delays = null)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly Draw _starts = Draw.Stream(seed, "runtime/start");
    private readonly Draw _fits = Draw.Stream(seed, "runtime/ready");
    private readonly Draw _runs = Draw.Stream(seed, "runtime/run");
    private readonly Draw _crashes = Draw.Stream(seed, "runtime/crash");
    private readonly Draw _stops = Draw.Stream(seed, "runtime/stop");

    private readonly Draw _overStart = Draw.Stream(seed, "runtime/start-delay");
    private readonly Draw _overStop = Draw.Stream(seed, "runtime/stop-delay");
    private readonly Draw _overKill = Draw.Stream(seed, "runtime/kill-delay");

    /// <summary>Whether a start takes longer when others are under way.</summary>
    public bool StartsShare => delays is { StartForEachOther: > 0 };

    /// <summary>Identity of a container for draws.</summary>
    public static ulong EntityOf(in ContainerStart start) => start.Entity + ((ulong)start.Id.Container * Golden);

    /// <summary>From the start until it listens.</summary>
    /// <param name="behavior">Its image.</param>
    /// <param name="entity">Its identity.</param>
    /// <param name="attempt">Which start of it.</param>
    /// <param name="others">Other starts that are under way.</param>
    public TimeSpan Start(ImageBehavior behavior, ulong entity, int attempt, int others = 0) =>
        Sample(behavior.StartSeconds, in _starts, entity, attempt) + Over(delays?.Start, in _overStart, entity, attempt) + SimulatedRuntime.Span((delays?.StartForEachOther ?? 0) * others);

    /// <summary>From then until it is fit.</summary>
    public TimeSpan Ready(ImageBehavior behavior, ulong entity, int attempt) => Sample(behavior.ReadySeconds, in _fits, entity, attempt);

    /// <summary>Work of one that ends by itself.</summary>
    public TimeSpan Run(Distribution seconds, ulong entity, int attempt) => Sample(seconds, in _runs, entity, attempt);

    /// <summary>From the start until it crashes.</summary>
    public TimeSpan Crash(Distribution seconds, ulong entity, int attempt) => Sample(seconds, in _crashes, entity, attempt);

    /// <summary>From the stop signal until it ends.</summary>
    public TimeSpan Stop(ImageBehavior behavior, ulong entity, int attempt) => Sample(behavior.StopSeconds, in _stops, entity, attempt) + Over(delays?.Stop, in _overStop, entity, attempt);

    /// <summary>From the kill until its end is known.</summary>
    public TimeSpan Kill(ulong entity, int attempt) => Over(delays?.Kill, in _overKill, entity, attempt);

    private static TimeSpan Over(Distribution? delay, in Draw draw, ulong entity, int attempt) => delay is null ? TimeSpan.Zero : Sample(delay, in draw, entity, attempt);

    private static TimeSpan Sample(Distribution distribution, in Draw draw, ulong entity, int attempt) =>
        SimulatedRuntime.Span(distribution is ConstantDistribution constant ? constant.Mean : distribution.Sample(in draw, entity, (ulong)attempt));
}
