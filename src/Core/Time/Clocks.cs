namespace SchedBench.Core.Time;

/// <summary>How the loop gets from one instant to the next.</summary>
public interface IClock
{
    /// <summary>Returns true when <paramref name="due"/> is reached, false when a message from outside arrived before, or none can come any more.</summary>
    bool WaitUntil(TimeSpan due, Mailbox? mailbox, CancellationToken cancellation);

    /// <summary>Whether time passes, or stands, by itself: a run with an open mailbox waits for its end then, also when nothing happens.</summary>
    bool IsReal => false;
}

/// <summary>Virtual time: the next instant is reached at once.</summary>
public sealed class VirtualClock : IClock
{
    /// <inheritdoc/>
    public bool WaitUntil(TimeSpan due, Mailbox? mailbox, CancellationToken cancellation) => true;
}

/// <summary>Real time at any pace: instant t of the run is reached t / pace after the start. Blocks until about 2 ms before and spins the rest.</summary>
/// <remarks>How late the loop ran is a metric of the clock (<see cref="WorstLateness"/>), never of the run: the events and their order are those of virtual time.</remarks>
public sealed class WallClock : IClock
{
    internal static readonly TimeSpan SpinBelow = TimeSpan.FromMilliseconds(2);
    private readonly TimeProvider _time;
    private readonly double _pace;
    private long _start;

    /// <summary>Whether the last of a wait is spun, so that events are not late by up to a millisecond: it takes a processor of its own, which others on the machine may need.</summary>
    public bool Spins { get; init; } = true;

    /// <summary>Starts now.</summary>
    /// <param name="time">Source of real time.</param>
    /// <param name="pace">Seconds of the run per real second, &gt; 0.</param>
    public WallClock(TimeProvider time, double pace)
    {
        if (!(pace > 0) || !double.IsFinite(pace)) throw new ArgumentOutOfRangeException(nameof(pace), pace, "The pace is a finite number above 0.");
        _time = time;
        _pace = pace;
        _start = time.GetTimestamp();
    }

    /// <summary>Instant 0 is now: a run that took time to be wired begins here.</summary>
    public void Restart() => _start = _time.GetTimestamp();

    /// <summary>The instant of the run that real time has reached: the stamp for events from outside.</summary>
    public TimeSpan Elapsed => Scale(_time.GetElapsedTime(_start), _pace);

    /// <summary>Largest real delay between an event's due instant and the moment the loop reached it.</summary>
    public TimeSpan WorstLateness { get; private set; }

    /// <inheritdoc/>
    public bool IsReal => true;

    /// <inheritdoc/>
    public bool WaitUntil(TimeSpan due, Mailbox? mailbox, CancellationToken cancellation)
    {
        bool wasOpen = mailbox is { IsClosed: false };
        while (true)
        {
            TimeSpan left = Scale(due - Elapsed, 1 / _pace);
            if (left <= TimeSpan.Zero)
            {
                if (-left > WorstLateness) WorstLateness = -left;
                return true;
            }

            cancellation.ThrowIfCancellationRequested();
            if (Spins && left <= SpinBelow)
            {
                Thread.SpinWait(20);
                continue;
            }

            // Waits are whole milliseconds: rounded up, so that none is made again and again for what is left of one.
            TimeSpan block = Spins ? left - SpinBelow : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            if (block > TimeSpan.FromMinutes(1)) block = TimeSpan.FromMinutes(1);
            if (mailbox is null) cancellation.WaitHandle.WaitOne(block);
            else if (mailbox.WaitForMessage(block, cancellation) || (wasOpen && mailbox.IsClosed)) return false;
        }
    }

    /// <summary>A multiple that ends at the largest span instead of overflowing.</summary>
    internal static TimeSpan Scale(TimeSpan span, double factor)
    {
        double ticks = span.Ticks * factor;
        return ticks >= long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)ticks);
    }
}
