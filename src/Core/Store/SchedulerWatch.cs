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

    public SchedulerWatch(EventLoop loop, TimeSpan delay)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _delay = delay;
    }

    /// <summary>The scheduler, once it is built.</summary>
    public SchedulerHost? Scheduler { get; set; }

    public void OnPodCreated(PodIndex pod)
    {
        if (_delay == TimeSpan.Zero) Scheduler!.OnPodAdded(pod);
        else _loop.Schedule(_loop.Now + _delay, new EventData(_handler, Created, pod.Value));
    }

    public void OnPodEnded(PodIndex pod, PodRemovalReason reason)
    {
        if (_delay == TimeSpan.Zero) Scheduler!.OnPodGone(pod, reason);
        else _loop.Schedule(_loop.Now + _delay, new EventData(_handler, Ended, pod.Value, (long)reason));
    }

    public void Handle(in EventData data)
    {
        var pod = new PodIndex(data.Subject);
        if (data.Kind == Created) Scheduler!.OnPodAdded(pod);
        else Scheduler!.OnPodGone(pod, (PodRemovalReason)data.Argument);
    }
}
