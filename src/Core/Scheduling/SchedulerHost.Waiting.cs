using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Scheduling;

/// <content>Pods that were not placed, and what wakes them.</content>
public sealed partial class SchedulerHost
{
    private void Park(int unit, UnschedulableKind kind, int pods = 1)
    {
        var pod = new PodIndex(unit);
        List<int>? members = WaitingGroup(unit, out int group);
        if (!_options.RetryUnschedulable)
        {
            if (members is not null) _groupMembers.Remove(group);
            foreach (int slot in members ?? [unit]) GiveUp(new PodIndex(slot));
            return;
        }

        for (int i = 1; i < members?.Count; i++) _queue.CountAttempt(members[i]);

        Record(FactKind.PodUnschedulable, pod, NodeIndex.None, _queue.Attempts(unit));
        ClusterEvents helpedBy = kind == UnschedulableKind.Unknown && members is null ? _strategy.HelpedBy(_pending.Request(unit)) : ClusterEvents.All;
        _queue.Park(unit, ShapeToWatch(pod, members), kind, _loop.Now, pods, helpedBy);
        ArmFlush();
    }

    /// <summary>The strategy keeps a pod out of the queue.</summary>
    private void Gate(PodIndex pod)
    {
        Record(FactKind.PodGated, pod, NodeIndex.None, 0);
        _queue.Gate(pod.Value, ShapeToWatch(pod, members: null), _strategy.HelpedBy(_pending.Request(pod.Value)));
        ArmFlush();
    }

    private void GiveUp(PodIndex pod)
    {
        _store.GiveUp(pod);
        Record(FactKind.PodUnplaced, pod, NodeIndex.None, 0);
        Arrived?.OnGone(pod);
        _store.Release(pod);
    }

    private void OnRoomMade(int node, ClusterEvents what)
    {
        _idleFlushes = 0;
        WakeFor(node, what);
    }

    private void WakeFor(int node, ClusterEvents what)
    {
        if (_queue.UnschedulableCount == 0 || _queue.OnNodeChanged(_view, node, _loop.Now, what) == 0) return;
        ArmBackoff();
        ArmCycle();
    }

    /// <summary>A decision failed: the pod waits for a change, or for no more than its back-off where the strategy wants it so. Where nothing from outside is to come, an error that
    /// comes again and again is left.</summary>
    private void AfterError(int slot)
    {
        _errorsAlone = IsAlone ? _errorsAlone + 1 : 0;
        if (!_strategy.RetriesErrors || !_options.RetryUnschedulable || _errorsAlone > FlushesAfterLastEvent * (_queue.Count + 1))
        {
            Park(slot, UnschedulableKind.Unknown);
            return;
        }

        Record(FactKind.PodUnschedulable, new PodIndex(slot), NodeIndex.None, _queue.Attempts(slot));
        _queue.BackOff(slot, _loop.Now);
        ArmBackoff();
    }
}
