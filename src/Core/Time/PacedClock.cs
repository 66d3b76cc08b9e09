namespace SchedBench.Core.Time;

/// <summary>A clock that can be told, while it runs, how fast time passes: as fast as the events can be handled, at a pace of real time, not at all, or not before somebody outside has answered.</summary>
/// <remarks>
/// <para>Time stands while it is paused or while somebody holds it (<see cref="Hold"/>): events of the instant that was reached are still handled, calls from outside among them, and the next instant is
/// not reached. Whoever posts calls and then releases a hold has them handled at the instant of the hold.</para>
/// <para>How long holds took in real time is kept by name (<see cref="Holds"/>), outside of anything that a run computes. All members but <see cref="WaitUntil"/> are thread-safe.</para>
/// </remarks>
public sealed partial class PacedClock : IClock, IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Mailbox _own = new();
    private Mailbox? _door;
    private double? _pace;
    private bool _isPaused;
    private bool _isIdle;
    private TimeSpan _base;
    private long _since;
    private TimeSpan _reached;
    private TimeSpan _lateness;

    /// <summary>Starts now, at instant 0.</summary>
    /// <param name="time">Source of real time.</param>
    /// <param name="pace">Seconds of the run per real second, &gt; 0; null for as fast as possible.</param>
    public PacedClock(TimeProvider time, double? pace = null)
    {
        _time = time;
        _since = time.GetTimestamp();
        _pace = Checked(pace);
    }

    /// <summary>Seconds of the run per real second; null for as fast as possible. Setting it takes effect at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number above 0.</exception>
    public double? Pace
    {
        get
        {
            lock (_lock) return _pace;
        }

        set
        {
            double? pace = Checked(value);
            Change(() => _pace = pace);
        }
    }

    /// <summary>Whether <see cref="Pause"/> holds time.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_lock) return _isPaused;
        }
    }

    /// <summary>Whether somebody holds time.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_lock) return _open.Count > 0;
        }
    }

    /// <inheritdoc/>
    public bool IsReal
    {
        get
        {
            lock (_lock) return _pace is not null || _isPaused || _open.Count > 0;
        }
    }

    /// <summary>The instant that the run has reached or, at a pace, that real time has: the stamp for calls from outside.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock) return ElapsedLocked();
        }
    }

    /// <summary>Largest real delay between an event's due instant and the moment the loop reached it, at a pace.</summary>
    public TimeSpan WorstLateness
    {
        get
        {
            lock (_lock) return _lateness;
        }
    }

    /// <summary>Time stops where it is.</summary>
    public void Pause() => Change(() => _isPaused = true);

    /// <summary>Time goes on.</summary>
    public void Resume() => Change(() => _isPaused = false);

    /// <summary>Somebody drives the run from here on: real time counts from now.</summary>
    internal void Start()
    {
        lock (_lock)
        {
            _base = _reached;
            _since = _time.GetTimestamp();
            _isIdle = false;
        }
    }

    /// <summary>Nobody drives the run: time stands at the instant that was reached.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _base = _reached;
            _isIdle = true;
        }
    }

    /// <summary>The run was stopped at an instant, without an event there: later calls are stamped with it.</summary>
    internal void Reach(TimeSpan instant)
    {
        lock (_lock)
        {
            if (instant > _reached && instant < TimeSpan.MaxValue) _reached = instant;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="HoldExpiredException">A hold was not released in time.</exception>
    public bool WaitUntil(TimeSpan due, Mailbox? mailbox, CancellationToken cancellation)
    {
        Mailbox door = mailbox ?? _own;
        bool wasOpen = !door.IsClosed;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            ThrowIfExpired();
            TimeSpan block;
            lock (_lock)
            {
                _door = door;
                bool isStopped = IsStopped(out block);
                // Whoever released a hold posted before: that comes first.
                if (door.HasMessages) return false;
                // Where real time had got to when time was stopped is reached still.
                if (isStopped ? due <= ElapsedLocked() : Passes(due, out block))
                {
                    _reached = due;
                    return true;
                }
            }

            if (block <= TimeSpan.Zero) Thread.SpinWait(20);
            else if (door.WaitForMessage(block, cancellation) || (wasOpen && door.IsClosed)) return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _own.Dispose();

    /// <summary>Whether time stands; holds whose limit is over lapse.</summary>
    private bool IsStopped(out TimeSpan block)
    {
        block = TimeSpan.FromMinutes(1);
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            TimeSpan left = LeftOf(_open[i]);
            if (left <= TimeSpan.Zero) LapseLocked(_open[i]);
            else if (left < block) block = left;
        }

        return _isPaused || _open.Count > 0;
    }

    private bool Passes(TimeSpan due, out TimeSpan block)
    {
        block = TimeSpan.Zero;
        if (_pace is { } pace)
        {
            TimeSpan left = WallClock.Scale(due - ElapsedLocked(), 1 / pace);
            if (left > TimeSpan.Zero)
            {
                if (left <= WallClock.SpinBelow) return false;
                block = left - WallClock.SpinBelow;
                if (block > TimeSpan.FromMinutes(1)) block = TimeSpan.FromMinutes(1);
                return false;
            }

            if (-left > _lateness) _lateness = -left;
        }

        return true;
    }

    /// <summary>Changes how time passes from here on, and lets the loop look again.</summary>
    private void Change(Action change)
    {
        lock (_lock)
        {
            Rebase();
            change();
            _door?.Wake();
        }
    }

    private void Rebase()
    {
        _base = ElapsedLocked();
        _since = _time.GetTimestamp();
    }

    private TimeSpan ElapsedLocked()
    {
        TimeSpan at = _pace is not { } pace ? _reached : _isPaused || _isIdle || _open.Count > 0 ? _base : Sum(_base, WallClock.Scale(_time.GetElapsedTime(_since), pace));
        return at > _reached ? at : _reached;
    }

    private static TimeSpan Sum(TimeSpan left, TimeSpan right) => left > TimeSpan.MaxValue - right ? TimeSpan.MaxValue : left + right;

    private static double? Checked(double? pace) => pace is null or (> 0 and < double.PositiveInfinity)
        ? pace
        : throw new ArgumentOutOfRangeException(nameof(pace), pace, "The pace is a finite number above 0, or null for as fast as possible.");
}
