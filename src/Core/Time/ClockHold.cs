namespace SchedBench.Core.Time;

/// <summary>What becomes of a run when a hold is not released in time.</summary>
public enum HoldLapse : byte
{
    /// <summary>The run fails with <see cref="HoldExpiredException"/>: a result without the answer would be another experiment. The default.</summary>
    EndsRun,

    /// <summary>Time goes on without the answer, as a caller with a timeout does; counted in <see cref="HoldSummary.Lapsed"/>.</summary>
    GoesOn,
}

/// <summary>What the holds of one holder cost: real time, never part of a run's results.</summary>
/// <param name="Who">Name of the holder.</param>
/// <param name="Count">Holds that ended.</param>
/// <param name="Lapsed">Those that were not released in time.</param>
/// <param name="Real">Real duration of all.</param>
/// <param name="LongestReal">Real duration of the longest.</param>
/// <param name="LastLapseAt">Instant of the run at which the last one that lapsed was taken; null when none did.</param>
public sealed record HoldSummary(string Who, long Count, long Lapsed, TimeSpan Real, TimeSpan LongestReal, TimeSpan? LastLapseAt);

/// <summary>Time stands as long as this is not released. Thread-safe.</summary>
public sealed class ClockHold : IDisposable
{
    private readonly PacedClock _clock;

    internal ClockHold(PacedClock clock, string who, TimeSpan at, long since, TimeSpan? limit, HoldLapse onLimit)
    {
        _clock = clock;
        Who = who;
        At = at;
        Since = since;
        Limit = limit;
        OnLimit = onLimit;
    }

    /// <summary>Name of the holder.</summary>
    public string Who { get; }

    /// <summary>Instant of the run at which it was taken.</summary>
    public TimeSpan At { get; }

    /// <summary>Longest real duration; null for none.</summary>
    public TimeSpan? Limit { get; }

    /// <summary>What happens after that.</summary>
    public HoldLapse OnLimit { get; }

    internal long Since { get; }

    /// <summary>Lets time go on.</summary>
    /// <returns>False when it had lapsed, or was released, before.</returns>
    public bool Release() => _clock.Release(this);

    /// <inheritdoc/>
    public void Dispose() => Release();
}

/// <summary>Somebody held the time of a run for longer than he may.</summary>
public sealed class HoldExpiredException : Exception
{
    /// <summary>Says who, when and for how long.</summary>
    public HoldExpiredException(string who, TimeSpan at, TimeSpan limit)
        : base($"'{who}' holds the run at {at} and has not answered within {limit} of real time. Raise its limit, or let the run go on without the answer.")
    {
    }
}
