using SchedBench.Core.Randomness;

namespace SchedBench.Core.Arrivals;

/// <summary>Input shaking (Tsafrir, Ouaknine, Feitelson, MASCOTS 2007): the same trace with arrivals and service times jittered by a few per cent,
/// so that seeds are replications of a timed replay and an effect that hangs on one coincidence of the trace disappears.</summary>
public static class InputShaking
{
    private const string Stream = "replay/shake";

    /// <summary>A shaken copy: every gap between arrivals and every service time is multiplied by a factor uniform in [1 − share, 1 + share].</summary>
    /// <param name="workload">The trace. Pods of one instant stay together, so groups stay whole; the order of arrivals stays.</param>
    /// <param name="share">Jitter, 0 to below 1.</param>
    /// <param name="seed">Seed of the run: every strategy meets the same shaken trace.</param>
    public static Workload Shake(Workload workload, double share, ulong seed)
    {
        Draw draw = Draw.Stream(seed, Stream);
        ReadOnlySpan<PodArrival> recorded = workload.Pods.Span;
        var shaken = new PodArrival[recorded.Length];
        TimeSpan before = TimeSpan.Zero, now = TimeSpan.Zero;
        for (int i = 0; i < recorded.Length; i++)
        {
            ref readonly PodArrival pod = ref recorded[i];
            now += Jitter(pod.Arrival - before, Factor(draw, i, 0));
            before = pod.Arrival;
            TimeSpan? duration = pod.Duration is { } length ? Positive(Jitter(length, Factor(draw, i, 1))) : null;
            shaken[i] = pod with { Arrival = now, Duration = duration };
        }

        return new Workload(shaken, [.. workload.Groups]);

        double Factor(Draw stream, int pod, ulong n) => 1 + (share * ((2 * stream.Uniform((ulong)pod, n)) - 1));
    }

    private static TimeSpan Jitter(TimeSpan value, double factor) => TimeSpan.FromTicks((long)(value.Ticks * factor));

    private static TimeSpan Positive(TimeSpan value) => value > TimeSpan.Zero ? value : TimeSpan.FromTicks(1);
}
