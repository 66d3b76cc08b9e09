using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;

namespace SchedBench.Core.Store;

/// <summary>The scheduler's watch on the store: what it carries becomes known to the scheduler after a delay that may be zero.
/// A zero delay costs no event.</summary>
internal sealed class SchedulerWatch : IPodWatch
{
    private readonly DelayLine<(PodIndex Pod, PodRemovalReason? Gone)>? _line;

    public SchedulerWatch(EventLoop loop, TimeSpan delay) => _line = delay == TimeSpan.Zero ? null : new DelayLine<(PodIndex Pod, PodRemovalReason? Gone)>(loop, delay, Publish);

    /// <summary>The scheduler, once it is built.</summary>
    public SchedulerHost? Scheduler { get; set; }

    public void OnPodCreated(PodIndex pod) => Carry((pod, null));

    public void OnPodEnded(PodIndex pod, PodRemovalReason reason) => Carry((pod, reason));

    /// <summary>Everything that is under way becomes known now: a scheduler that follows another one begins with a list.</summary>
    public void CatchUp() => _line?.CatchUp();

    private void Carry((PodIndex Pod, PodRemovalReason? Gone) change)
    {
        if (_line is null) Publish(change);
        else _line.Add(in change);
    }

    private void Publish((PodIndex Pod, PodRemovalReason? Gone) change)
    {
        if (change.Gone is { } reason) Scheduler!.OnPodGone(change.Pod, reason);
        else Scheduler!.OnPodAdded(change.Pod);
    }
}
