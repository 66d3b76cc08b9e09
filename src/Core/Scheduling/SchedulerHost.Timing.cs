using SchedBench.Core.Time;

namespace SchedBench.Core.Scheduling;

/// <content>When the host acts: its own events, and how long decisions take.</content>
public sealed partial class SchedulerHost
{
    private void ArmCycle()
    {
        if (_cycleArmed || IsPaused || !IsUp) return;
        if (_queue.ActiveCount == 0)
        {
            _isTicking = false;
            return;
        }

        _cycleArmed = true;
        ScheduleOwn(_loop.Now + BusyFor(), Cycle);
    }

    /// <summary>How long the scheduler is busy yet with decisions that took time.</summary>
    private TimeSpan BusyFor()
    {
        if (_external is null && _options.Cost.IsNothing) return TimeSpan.Zero;
        if (_busyUntil < _loop.Now) _busyUntil = _loop.Now;
        _busyUntil += _spent + (_external?.TakeDecisionTime() ?? TimeSpan.Zero);
        _spent = TimeSpan.Zero;
        return _busyUntil - _loop.Now;
    }

    /// <summary>Whether nothing but events of the host itself is to come: nothing from outside can help any more. A binding is followed by others.</summary>
    private bool IsAlone => _loop.Pending <= _ownEvents;

    private void ScheduleOwn(TimeSpan at, ushort kind, int slot = 0)
    {
        _ownEvents++;
        _loop.Schedule(at, new EventData(_handler, kind, slot, (uint)_life));
    }

    /// <summary>Notes what the decision that was just made took.</summary>
    /// <param name="nodes">Nodes that it looked at; below 0 for all.</param>
    private void Spend(int nodes)
    {
        if (!_options.Cost.IsNothing) _spent += _options.Cost.Of(nodes < 0 ? _view.Count : nodes, _strategy.Workers);
    }

    private void ArmBackoff()
    {
        if (_queue.NextBackoffEnd is not { } end || end >= _backoffArmed) return;
        _backoffArmed = end;
        ScheduleOwn(end, BackoffTimer);
    }

    /// <summary>The flush can only change something when the strategy's answer depends on time; after the last other event every pod is tried twice more and then left.</summary>
    private void ArmFlush()
    {
        if (_flushArmed || !_strategy.DependsOnTime || _queue.UnschedulableCount == 0) return;
        if (_idleFlushes > FlushesAfterLastEvent * (int)(_options.Queue.UnschedulableTimeout / _options.Queue.FlushPeriod)) return;
        _flushArmed = true;
        long periods = (_loop.Now.Ticks / _options.Queue.FlushPeriod.Ticks) + 1;
        ScheduleOwn(_options.Queue.FlushPeriod * periods, FlushTimer);
    }
}
