using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Time;

namespace SchedBench.Core.Scheduling;

/// <content>From the assumption of a pod to its binding.</content>
public sealed partial class SchedulerHost
{
    /// <summary>Assumes the pod on the node; its binding begins unless the strategy takes part in it.</summary>
    /// <returns>Whether the strategy takes part: then <see cref="ReserveAndPermit"/> is next.</returns>
    private bool StartBinding(int slot, int node, DeviceSet devices)
    {
        if (_nominations.Count > 0) EndNomination(slot, node);
        _placedPods?.OnPlaced(slot, node);
        Assumed?.Invoke(new PodIndex(slot), new NodeIndex(node), devices);
        if (TakesPart(new PodIndex(slot)))
        {
            BindsInFlight++;
            _inFlight[slot] = (node, devices);
            return true;
        }

        TimeSpan latency = BusyFor() + BindLatency;
        if (latency == TimeSpan.Zero)
        {
            Bind(new PodIndex(slot), new NodeIndex(node), devices);
            return false;
        }

        BindsInFlight++;
        _inFlight[slot] = (node, devices);
        ScheduleBinding(slot, node, latency);
        return false;
    }

    private void ScheduleBinding(int slot, int node, TimeSpan latency) => _loop.Schedule(_loop.Now + latency, new EventData(_handler, BindDone, slot, ((long)node << 32) | (uint)_life));

    private void FinishBinding(PodIndex pod, NodeIndex node)
    {
        bool passes = TakesPart(pod);
        if (passes && !_deletedInFlight.Contains(pod.Value) && !PassesBinding(pod, node)) return;
        BindsInFlight--;
        if (Bind(pod, node, TakePendingDevices(pod.Value)) && passes) AfterBinding(pod, node);
    }

    private TimeSpan BindLatency => _options.BindLatency + _target.WriteDelay;

    /// <summary>The API refused a binding because it is not well: the pod is free again, and tried again after its back-off (kube-scheduler's <c>handleBindingCycleError</c>).</summary>
    private void AfterRefusal(PodIndex pod, NodeIndex node, DeviceSet devices)
    {
        if (TakesPart(pod)) Tell(_pending.Request(pod.Value), node, static (cycle, in asked, on) => cycle.Unreserve(in asked, on));
        Record(FactKind.PodUnreserved, pod, node, (long)UnreserveReason.Bind);
        AssumptionEnded?.Invoke(pod, false);
        PodRequest request = _pending.Request(pod.Value);
        _view.Remove(in request.Shape, node.Value, devices);
        _placedPods?.OnGone(pod.Value, node.Value);
        _strategy.OnPodRemoved(in request, node, PodRemovalReason.RolledBack);
        OnRoomMade(node.Value, ClusterEvents.PodGone);
        _queue.BackOff(pod.Value, _loop.Now);
        ArmBackoff();
    }

    private DeviceSet TakePendingDevices(int slot) => _inFlight.Remove(slot, out (int Node, DeviceSet Devices) assumed) ? assumed.Devices : DeviceSet.Empty;

    private bool Bind(PodIndex pod, NodeIndex node, DeviceSet devices)
    {
        if (!_deletedInFlight.Contains(pod.Value) && _target.IsRefused)
        {
            AfterRefusal(pod, node, devices);
            return false;
        }

        if (_deletedInFlight.Remove(pod.Value) || !_target.Accepts(pod, node, devices))
        {
            if (TakesPart(pod)) Unreserve(pod, node, UnreserveReason.Deleted);
            ForgetAssumed(pod, node, devices);
            return false;
        }

        _store.Bind(pod, node, devices, _loop.Now);
        AssumptionEnded?.Invoke(pod, true);
        Record(FactKind.PodBound, pod, node, (long)devices.Bits);
        _target.OnBound(pod);
        return true;
    }
}
