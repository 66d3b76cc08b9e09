namespace SchedBench.Core.Time;

/// <content>Those who hold time until they have answered.</content>
public sealed partial class PacedClock
{
    private readonly List<ClockHold> _open = [];
    private ClockHold? _expired;
    private readonly SortedDictionary<string, HoldSummary> _holds = new(StringComparer.Ordinal);

    /// <summary>What holds cost, by the name of the holder, in the order of names.</summary>
    public IReadOnlyList<HoldSummary> Holds
    {
        get
        {
            lock (_lock) return [.. _holds.Values];
        }
    }

    /// <summary>Stops time until the hold is released, or its limit of real time is over.</summary>
    /// <param name="who">Name of the holder, for reports.</param>
    /// <param name="limit">Longest real duration; null for none.</param>
    /// <param name="onLimit">What happens then.</param>
    public ClockHold Hold(string who, TimeSpan? limit = null, HoldLapse onLimit = HoldLapse.EndsRun)
    {
        ClockHold? hold = null;
        Change(() => _open.Add(hold = new ClockHold(this, who, ElapsedLocked(), _time.GetTimestamp(), limit, onLimit)));
        return hold!;
    }

    /// <summary>Ends a hold.</summary>
    /// <returns>False when it had lapsed before, or was longer than its limit without the loop having looked: a run that it ends, ends when time is to pass.</returns>
    internal bool Release(ClockHold hold)
    {
        bool isInTime = false;
        Change(() =>
        {
            if (!_open.Remove(hold)) return;
            isInTime = LeftOf(hold) > TimeSpan.Zero;
            Note(hold, hasLapsed: !isInTime);
            if (!isInTime && hold.OnLimit == HoldLapse.EndsRun) _expired ??= hold;
        });
        return isInTime;
    }

    /// <summary>Ends the run for a hold that was released too late.</summary>
    /// <exception cref="HoldExpiredException">There was one.</exception>
    internal void ThrowIfExpired()
    {
        lock (_lock)
        {
            if (_expired is { } late) throw new HoldExpiredException(late.Who, late.At, late.Limit!.Value);
        }
    }

    /// <summary>Real time that a hold may still last.</summary>
    internal TimeSpan LeftOf(ClockHold hold) => hold.Limit is { } limit ? limit - _time.GetElapsedTime(hold.Since) : TimeSpan.MaxValue;

    /// <summary>A hold was not released in time.</summary>
    /// <exception cref="HoldExpiredException">It ends the run.</exception>
    internal void Lapse(ClockHold hold)
    {
        lock (_lock)
        {
            if (_open.Contains(hold)) LapseLocked(hold);
        }
    }

    private void LapseLocked(ClockHold hold)
    {
        Rebase();
        _open.Remove(hold);
        Note(hold, hasLapsed: true);
        if (hold.OnLimit == HoldLapse.EndsRun) throw new HoldExpiredException(hold.Who, hold.At, hold.Limit!.Value);
    }

    private void Note(ClockHold hold, bool hasLapsed)
    {
        TimeSpan real = _time.GetElapsedTime(hold.Since);
        HoldSummary sum = _holds.GetValueOrDefault(hold.Who) ?? new HoldSummary(hold.Who, 0, 0, TimeSpan.Zero, TimeSpan.Zero, null);
        _holds[hold.Who] = sum with
        {
            Count = sum.Count + 1,
            Lapsed = sum.Lapsed + (hasLapsed ? 1 : 0),
            Real = sum.Real + real,
            LongestReal = real > sum.LongestReal ? real : sum.LongestReal,
            LastLapseAt = hasLapsed ? hold.At : sum.LastLapseAt,
        };
    }
}
