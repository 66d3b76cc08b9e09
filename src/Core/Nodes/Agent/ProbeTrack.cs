using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <summary>One probe of one container without an event per probe: it knows when the next one would decide something, if what it looks at stays as it is
/// (Kubernetes <c>pkg/kubelet/prober/worker.go</c>).</summary>
/// <remarks>
/// Probes are made at <c>origin + k·period</c>, the first at or after the initial delay. Equal results in a row are counted; at the threshold the result is
/// taken over. One that hangs fails after the timeout; when what it looks at changes before, it finds the new answer at that instant, and the probes that would
/// have begun meanwhile are left out. At equal instants a change comes before the probe.
/// </remarks>
internal struct ProbeTrack
{
    private readonly Probe _probe;
    private TimeSpan _next;
    private ProbeAnswer _answer;
    private bool _last;
    private int _run;
    private bool _inFlight;
    private bool _pending;
    private TimeSpan _begun;

    /// <summary>A track that has not probed yet.</summary>
    /// <param name="probe">Thresholds and times.</param>
    /// <param name="origin">Phase: an instant of a probe.</param>
    /// <param name="from">No probe before.</param>
    /// <param name="initial">Result before the first decision; null when there is none, so that a failure decides too (a startup probe).</param>
    /// <param name="answer">What a probe would find now.</param>
    public ProbeTrack(Probe probe, TimeSpan origin, TimeSpan from, bool? initial, ProbeAnswer answer)
    {
        _probe = probe;
        _next = TickAt(origin, from, probe.Period);
        Result = initial ?? false;
        HasDecided = initial is not null;
        _answer = answer;
        IsOn = true;
    }

    /// <summary>Whether it probes.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Result in force.</summary>
    public bool Result { get; private set; }

    /// <summary>Whether the result says anything yet.</summary>
    public bool HasDecided { get; private set; }

    /// <summary>Instant at which the next decision that changes something falls, or null while none can.</summary>
    public readonly TimeSpan? DecidesAt
    {
        get
        {
            if (!IsOn) return null;
            bool passes = _answer == ProbeAnswer.Passes;
            if (passes == Result && HasDecided) return null;
            int missing = Threshold(passes) - (passes == _last ? _run : 0);
            if (missing < 1) missing = 1;
            TimeSpan at = _next + (Interval * (missing - 1));
            return _answer == ProbeAnswer.Hangs ? at + _probe.Timeout : at;
        }
    }

    /// <summary>No more probes.</summary>
    public void Stop() => IsOn = false;

    /// <summary>What probes find changes now. Afterwards <see cref="DecidesAt"/> is another, maybe now.</summary>
    public void Change(ProbeAnswer answer, TimeSpan now)
    {
        if (!IsOn || answer == _answer) return;
        if (_answer == ProbeAnswer.Hangs)
        {
            Count(passes: false, ProbesOver(now));
            // The probe under way is answered now; the caller decides at once when that is what was missing.
            if (_next < now)
            {
                _inFlight = true;
                _next = now;
            }
        }
        else if (now > _next)
        {
            long probes = (((now - _next).Ticks - 1) / _probe.Period.Ticks) + 1;
            Count(_answer == ProbeAnswer.Passes, probes);
            _next += _probe.Period * probes;
        }

        _answer = answer;
        if (!_inFlight) return;
        _inFlight = false;
        TimeSpan begun = _begun;
        if (answer != ProbeAnswer.Hangs)
        {
            bool decided = CountOne(answer == ProbeAnswer.Passes);
            if (decided) _pending = true;
        }

        _next = TickAt(begun, now + TimeSpan.FromTicks(1), _probe.Period);
    }

    /// <summary>Whether the change just told completed a decision: the caller acts on <see cref="Result"/>.</summary>
    public bool TakePending()
    {
        bool pending = _pending;
        _pending = false;
        return pending;
    }

    /// <summary>The instant <see cref="DecidesAt"/> is reached: the result is taken over.</summary>
    public void Decide()
    {
        bool passes = _answer == ProbeAnswer.Passes;
        TimeSpan at = DecidesAt!.Value;
        if (_answer == ProbeAnswer.Hangs) at -= _probe.Timeout;
        _next = at + Interval;
        _last = passes;
        _run = Threshold(passes);
        Result = passes;
        HasDecided = true;
    }

    /// <summary>Probes before an instant were not made (nobody was there to make them).</summary>
    public void Skip(TimeSpan now, ProbeAnswer answer)
    {
        if (_next < now) _next = TickAt(_next, now, _probe.Period);
        _answer = answer;
    }

    /// <summary>The first instant of a phase at or after another.</summary>
    public static TimeSpan TickAt(TimeSpan origin, TimeSpan from, TimeSpan period)
    {
        if (from <= origin) return origin;
        long behind = (from - origin).Ticks;
        return origin + (period * ((behind + period.Ticks - 1) / period.Ticks));
    }

    /// <summary>Time between two probes: a probe that hangs longer than a period leaves out those that would have begun meanwhile.</summary>
    private readonly TimeSpan Interval => _answer == ProbeAnswer.Hangs && _probe.Timeout > _probe.Period
        ? _probe.Period * ((_probe.Timeout.Ticks + _probe.Period.Ticks - 1) / _probe.Period.Ticks)
        : _probe.Period;

    private readonly int Threshold(bool passes) => passes ? _probe.SuccessThreshold : _probe.FailureThreshold;

    /// <summary>Hanging probes that were over before an instant; what is left begins at <c>_next</c>, or is under way since then.</summary>
    private long ProbesOver(TimeSpan now)
    {
        long over = 0;
        if (now > _next + _probe.Timeout) over = (((now - _next - _probe.Timeout).Ticks - 1) / Interval.Ticks) + 1;
        _next += Interval * over;
        _begun = _next;
        return over;
    }

    private void Count(bool passes, long probes)
    {
        if (probes <= 0) return;
        long run = (passes == _last ? _run : 0) + probes;
        _run = (int)Math.Min(run, int.MaxValue);
        _last = passes;
    }

    private bool CountOne(bool passes)
    {
        Count(passes, 1);
        if (_run < Threshold(passes) || (passes == Result && HasDecided)) return false;
        Result = passes;
        HasDecided = true;
        return true;
    }
}
