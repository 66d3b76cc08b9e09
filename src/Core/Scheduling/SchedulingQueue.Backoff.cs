namespace SchedBench.Core.Scheduling;

/// <content>Back-off, of units whose attempt failed and of those whose attempt ended with an error.</content>
internal sealed partial class SchedulingQueue
{
    /// <summary>When the next back-off ends.</summary>
    public TimeSpan? NextBackoffEnd
    {
        get
        {
            TimeSpan? end = _backoff.TryPeek(out _, out (TimeSpan Until, int Rank, ulong Order) key) ? key.Until : null;
            return _errors.TryPeek(out _, out (TimeSpan Until, ulong Order) error) && !(error.Until > end) ? error.Until : end;
        }
    }

    /// <summary>Moves units whose back-off is over to active.</summary>
    public void ReleaseBackoff(TimeSpan now)
    {
        while (_backoff.TryPeek(out int unit, out (TimeSpan Until, int Rank, ulong Order) key) && key.Until <= now)
        {
            _backoff.Dequeue();
            Activate(unit);
        }

        while (_errors.TryPeek(out int unit, out (TimeSpan Until, ulong Order) key) && key.Until <= now)
        {
            _errors.Dequeue();
            Activate(unit);
        }
    }

    /// <summary>Brings a unit that lies in back-off or unschedulable to active, whatever its back-off (kube-scheduler's <c>Activate</c>). One that failed in this very instant is only
    /// brought to back-off: decisions take no time here, and two that ask for one another after each failure would never end.</summary>
    public void Hurry(int unit, TimeSpan now)
    {
        if (unit >= _entries.Length) return;
        ref Entry entry = ref _entries[unit];
        bool hasJustFailed = entry.Attempts > 0 && entry.FailedAt == now;
        if (entry.ParkedIn is var index && index != None)
        {
            int line = LineOf(in entry);
            Unlink(_buckets[index], unit);
            SendOn(unit, _buckets[index], hasJustFailed ? now + _backoffs[line] : now, now);
        }
        else if (!hasJustFailed && entry.IsInBackoff)
        {
            LeaveBackoff(unit);
            Activate(unit);
        }
    }

    /// <summary>The attempt ended with an error: the unit is tried again when its back-off is over, and not before (kube-scheduler's <c>podErrorBackoffQ</c>).</summary>
    public void BackOff(int unit, TimeSpan now)
    {
        Arrive(unit);
        ref Entry entry = ref _entries[unit];
        entry.Attempts++;
        entry.FailedAt = now;
        entry.Order = _order++;
        entry.IsInBackoff = true;
        _errors.Enqueue(unit, (now + _backoffs[LineOf(in entry)], entry.Order));
    }

    private void LeaveBackoff(int unit)
    {
        if (!_backoff.Remove(unit, out _, out _)) _errors.Remove(unit, out _, out _);
    }

    /// <summary>A unit that was taken out of its bucket waits for the end of its back-off, or is active at once.</summary>
    private void SendOn(int unit, Bucket bucket, TimeSpan until, TimeSpan now)
    {
        ref Entry entry = ref _entries[unit];
        bucket.OnTheWay++;
        entry.WokenFrom = bucket.Index;
        entry.ParkedIn = None;
        if (_popsFromBackoff) until = TimeSpan.FromTicks(until.Ticks / Window.Ticks * Window.Ticks);
        entry.IsInBackoff = until > now;
        if (entry.IsInBackoff) _backoff.Enqueue(unit, (until, _popsFromBackoff ? -entry.Priority : 0, entry.Order));
        else Activate(unit);
    }

    /// <summary>A unit that was never tried has no back-off to wait for: it was kept out as it came, before the first length would have begun.</summary>
    private int LineOf(in Entry entry) => Math.Max(0, Math.Min(entry.Attempts, _backoffs.Length) - 1);

    /// <summary>[failed attempts − 1] back-off; the last one holds from there on.</summary>
    private static TimeSpan[] Backoffs(QueueOptions options)
    {
        var backoffs = new List<TimeSpan>();
        TimeSpan backoff = options.InitialBackoff < options.MaxBackoff ? options.InitialBackoff : options.MaxBackoff;
        for (; backoff > TimeSpan.Zero && backoff < options.MaxBackoff; backoff = backoff < options.MaxBackoff / 2 ? backoff * 2 : options.MaxBackoff) backoffs.Add(backoff);
        return [.. backoffs, backoff];
    }
}
