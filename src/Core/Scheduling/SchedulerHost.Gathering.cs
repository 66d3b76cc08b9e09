
namespace SchedBench.Core.Scheduling;

/// <content>Changes are gathered before pods are decided on, where the options say so: a tick decides on all of them (swarmkit <c>manager/scheduler/scheduler.go</c>, <c>Run</c>).</content>
public sealed partial class SchedulerHost
{
    private TimeSpan _gatheredSince;
    private TimeSpan _lastCommit = TimeSpan.MinValue;
    private bool _isTicking;

    /// <summary>Something was written: a tick that is due waits a little longer, up to a limit since the first write that was gathered.</summary>
    internal void NoteCommit()
    {
        TimeSpan now = _loop.Now;
        if (_lastCommit == TimeSpan.MinValue || now > TickAt) _gatheredSince = now;
        _lastCommit = now;
    }

    private TimeSpan TickAt
    {
        get
        {
            TimeSpan quiet = _lastCommit + _options.GatherGap, latest = _gatheredSince + _options.GatherMax;
            return quiet < latest ? quiet : latest;
        }
    }

    /// <summary>Whether the tick is not due yet; then the cycle comes again when it may be. A tick that began goes on until nobody waits.</summary>
    private bool MustGather()
    {
        if (_options.GatherGap == TimeSpan.Zero || _isTicking) return false;
        TimeSpan due = _lastCommit == TimeSpan.MinValue ? _loop.Now : TickAt;
        if (due <= _loop.Now)
        {
            _isTicking = true;
            return false;
        }

        ScheduleOwn(due, Cycle);
        return true;
    }
}
