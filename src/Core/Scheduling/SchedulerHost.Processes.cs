using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Scheduling;

/// <content>The scheduler as a process that stands still, ends, and is followed by another one.</content>
/// <remarks>
/// A process that ends takes its queue, back-offs, assumptions, nominations and the strategy's memory with it. A binding that was decided and not written by then never arrives: kube-scheduler
/// binds in a goroutine of the process (<c>pkg/scheduler/schedule_one.go</c>, <c>bindingCycle</c>). The view follows the store meanwhile: the process that follows begins with a list, and that is what it
/// would find there.
/// </remarks>
public sealed partial class SchedulerHost
{
    private readonly List<EventData> _heldBindings = [];
    private long _examinedBefore;
    private long _scoredBefore;

    /// <summary>Number of the process: events of an earlier one are void.</summary>
    private int _life;

    /// <summary>Whether a process is there.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Whether it cannot write: it decides on nothing, and bindings wait.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>It cannot write until <see cref="Resume"/>: decisions and bindings wait, what it knows stays.</summary>
    internal void Pause() => IsPaused = true;

    /// <summary>It can write again.</summary>
    internal void Resume()
    {
        IsPaused = false;
        foreach (EventData binding in _heldBindings) _loop.Schedule(_loop.Now, in binding);
        _heldBindings.Clear();
        ArmCycle();
    }

    /// <summary>The process ends.</summary>
    internal void Stop()
    {
        if (!IsUp) return;
        IsUp = IsPaused = false;
        _life++;
        foreach (int slot in _inFlight.Keys.Order().ToArray()) Abandon(new PodIndex(slot));
        _heldBindings.Clear();
        _deletedInFlight.Clear();
        _waiting.Clear();
        _settled.Clear();
        _groupMembers.Clear();
        _nominations.Clear();
        _examinedBefore = NodesExamined;
        _scoredBefore = ScoresComputed;
        _selector = null;
        _queue = new SchedulingQueue(_options.Queue);
        _pending = new PendingPods(_store, _view.Shapes, _queue, _groups);
        (_cycleArmed, _flushArmed, _backoffArmed, _isTicking) = (false, false, TimeSpan.MaxValue, false);
        (_idleFlushes, _errorsAlone, _fruitless, _busyUntil, _spent) = (0, 0, 0, TimeSpan.Zero, TimeSpan.Zero);
    }

    /// <summary>Another process takes over: it lists pods, knows those that are bound, and decides on those that wait in the order of their creation.</summary>
    /// <param name="strategy">A fresh strategy, prepared.</param>
    /// <param name="nominatedTo">The node that the API says a waiting pod is nominated to (<c>status.nominatedNodeName</c>).</param>
    /// <param name="tieBreak">Who wins among equals from now on.</param>
    internal void Restart(SchedulingStrategy strategy, Func<PodIndex, NodeIndex> nominatedTo, TieBreak tieBreak)
    {
        if (IsUp) throw new InvalidOperationException("The scheduler is there: only one that is gone is followed by another.");
        Take(strategy, tieBreak);
        IsUp = true;
        PodIndex[] pods =
        [
            .. Enumerable.Range(0, _store.SlotCount).Select(slot => new PodIndex(slot))
                .Where(pod => _store[pod].Phase is PodPhase.Pending or PodPhase.Bound or PodPhase.Running).OrderBy(pod => _store[pod].Uid),
        ];
        // Of a group that has its place the others come one by one.
        var placed = new HashSet<int>();
        foreach (PodIndex pod in pods)
        {
            if (_store[pod].Phase == PodPhase.Pending) continue;
            placed.Add(_store[pod].Group);
            _queue.Register(pod.Value, _store[pod].Priority);
            _strategy.OnPodPlaced(_pending.Request(pod.Value), _store[pod].Node);
        }

        foreach (PodIndex pod in pods)
        {
            if (_store[pod].Phase != PodPhase.Pending) continue;
            if (nominatedTo(pod) is { IsNode: true } node) _nominations.Add(pod.Value, node.Value, _store[pod].Priority);
            if (_store[pod].Group >= 0 && placed.Contains(_store[pod].Group)) _queue.Add(pod.Value, _store[pod].Priority, _loop.Now);
            else Enter(pod);
        }

        ArmCycle();
    }

    /// <summary>An assumed pod whose binding will not be written: it is pending as before, or gone.</summary>
    private void Abandon(PodIndex pod)
    {
        (int node, DeviceSet devices) = _inFlight[pod.Value];
        _inFlight.Remove(pod.Value);
        BindsInFlight--;
        AssumptionEnded?.Invoke(pod, false);
        _view.Remove(in _view.Shapes[_store[pod].Shape], node, devices);
        _placedPods?.OnGone(pod.Value, node);
        Record(FactKind.PodUnreserved, pod, new NodeIndex(node), (long)UnreserveReason.SchedulerLost);
        if (!_deletedInFlight.Remove(pod.Value)) return;
        _store.End(pod);
        _store.Release(pod);
    }
}
