using SchedBench.Core.Randomness;

namespace SchedBench.Core.Networking;

/// <summary>When an observer learns of a change of endpoints: kube-proxy on a node, an ingress, a client. A function of time, not an event.</summary>
/// <remarks>
/// An observer looks at what its watch brought on a grid of its own, every <see cref="NetworkOptions.ProxySyncPeriod"/> (kube-proxy's minSyncPeriod, 1 s), and what it
/// programs is in force a little later: a change at t is known from the first grid instant at or after t + watch delay, plus the programming delay. The phase of the
/// grid is drawn for each observer. (kube-proxy itself syncs at once after a pause; the grid is the worst of that, and right for a rollout, in which changes follow each other.)
/// </remarks>
public sealed class ProxyTiming
{
    private readonly NetworkOptions _options;
    private readonly Draw _phases;

    /// <summary>Timing of all observers of a run.</summary>
    public ProxyTiming(NetworkOptions options, ulong seed)
    {
        _options = options;
        _phases = Draw.Stream(seed, "network/proxy-phase");
    }

    /// <summary>Longest time from a change until everybody knows it.</summary>
    public TimeSpan Longest => _options.WatchDelay + _options.ProxySyncPeriod + _options.ProgrammingDelay;

    /// <summary>Changes up to this instant are known to the observer now.</summary>
    public TimeSpan KnownUntil(int observer, TimeSpan now)
    {
        long period = _options.ProxySyncPeriod.Ticks, at = now.Ticks - _options.ProgrammingDelay.Ticks;
        if (period > 0)
        {
            long phase = Phase(observer);
            long periods = (at - phase) / period;
            if (at < phase && (at - phase) % period != 0) periods--;
            at = phase + (periods * period);
        }

        return TimeSpan.FromTicks(at) - _options.WatchDelay;
    }

    /// <summary>When the observer knows of a change.</summary>
    public TimeSpan KnownFrom(int observer, TimeSpan change)
    {
        long period = _options.ProxySyncPeriod.Ticks, at = change.Ticks + _options.WatchDelay.Ticks;
        if (period > 0)
        {
            long phase = Phase(observer);
            long periods = at <= phase ? 0 : (at - phase + period - 1) / period;
            at = phase + (periods * period);
        }

        return TimeSpan.FromTicks(at) + _options.ProgrammingDelay;
    }

    private long Phase(int observer) => (long)_phases.Below((ulong)observer, 0, (ulong)_options.ProxySyncPeriod.Ticks);
}

/// <summary>Timing and sizes of the network.</summary>
public sealed record NetworkOptions
{
    /// <summary>Defaults of Kubernetes.</summary>
    public static NetworkOptions Default { get; } = new();

    /// <summary>From a write of the API until watchers see it.</summary>
    public TimeSpan WatchDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Least time between two syncs of a proxy.</summary>
    public TimeSpan ProxySyncPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From a sync until what it programmed is in force.</summary>
    public TimeSpan ProgrammingDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time over which curves of requests are summed.</summary>
    public TimeSpan CurveStep { get; init; } = TimeSpan.FromSeconds(1);
}
