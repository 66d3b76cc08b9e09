using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;

namespace SchedBench.Core.Store;

/// <summary>The scheduler's watch on the store: what it carries becomes known to the scheduler after a delay that may be zero.
/// A zero delay costs no event.</summary>
internal sealed class SchedulerWatch : IEventHandler, IPodWatch
{
    private const ushort Created = 0;
    private const ushort Ended = 1;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly TimeSpan _delay;
    private readonly Queue<(ushort Kind, PodIndex Pod, PodRemovalReason Reason)> _underway = new();

    /// <summary>Grows when everything becomes known early: events of what was under way then do nothing.</summary>
    private long _generation;

    public SchedulerWatch(EventLoop loop, TimeSpan delay)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _delay = delay;
    }

    /// <summary>The scheduler, once it is built.</summary>
    public SchedulerHost? Scheduler { get; set; }

    public void OnPodCreated(PodIndex pod) => Carry(Created, pod, default);

    public void OnPodEnded(PodIndex pod, PodRemovalReason reason) => Carry(Ended, pod, reason);

    public void Handle(in EventData data)
    {
        if (data.Argument == _generation) Publish(_underway.Dequeue());
    }

    /// <summary>Everything that is under way becomes known now: a scheduler that follows another one begins with a list.</summary>
    public void CatchUp()
    {
        _generation++;
        while (_underway.TryDequeue(out (ushort Kind, PodIndex Pod, PodRemovalReason Reason) change)) Publish(change);
    }

    private void Carry(ushort kind, PodIndex pod, PodRemovalReason reason)
    {
        if (_delay == TimeSpan.Zero)
        {
            Publish((kind, pod, reason));
            return;
        }

        _underway.Enqueue((kind, pod, reason));
        _loop.Schedule(_loop.Now + _delay, new EventData(_handler, kind, pod.Value, _generation));
    }

    private void Publish((ushort Kind, PodIndex Pod, PodRemovalReason Reason) change)
    {
        if (change.Kind == Created) Scheduler!.OnPodAdded(change.Pod);
        else Scheduler!.OnPodGone(change.Pod, change.Reason);
    }
}
