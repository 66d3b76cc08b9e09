using SchedBench.Core.Cluster;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <content>What an object store tells the scheduler beyond arrivals and ends: pods that are deleted while they wait, and pods that somebody else bound.</content>
public sealed partial class SchedulerHost
{
    private readonly HashSet<int> _deletedInFlight = [];

    /// <summary>The watch shows that a pod is gone, bound or not; its slot is released.</summary>
    internal void OnPodDeleted(PodIndex pod, PodRemovalReason reason)
    {
        if (_store[pod].Phase is PodPhase.Bound or PodPhase.Running)
        {
            _store.End(pod);
            OnPodGone(pod, reason);
        }
        else if (_inFlight.ContainsKey(pod.Value))
        {
            // Its binding is under way: what it was assumed to take comes back when the binding is refused, or at once when it waits to be permitted.
            _deletedInFlight.Add(pod.Value);
            Say(pod, Word.Rejected, UnreserveReason.Deleted);
            Settle();
        }
        else
        {
            DropNomination(pod);
            bool woke = IsUp && _queue.Forget(_view.Shapes, pod.Value, _loop.Now);
            _store.End(pod);
            _store.Release(pod);
            if (!woke) return;
            ArmBackoff();
            ArmCycle();
        }
    }

    /// <summary>The watch shows a pod that is bound already: it takes its place in the view, whether there is room or not.</summary>
    internal void OnPodBoundElsewhere(PodIndex pod, NodeIndex node, DeviceSet devices)
    {
        _queue.Register(pod.Value, _store[pod].Priority);
        PodRequest request = _pending.Request(pod.Value);
        _view.Add(in request.Shape, node.Value, devices);
        _store.Bind(pod, node, devices, _loop.Now);
        _placedPods?.OnPlaced(pod.Value, node.Value);
        if (!IsUp) return;
        _strategy.OnPodPlaced(in request, node);
        OnPodPlaced(in request.Shape);
    }

    /// <summary>Whether the binding of a pod was decided and is not written yet.</summary>
    internal bool IsBinding(PodIndex pod) => _inFlight.ContainsKey(pod.Value);

    /// <summary>Claims, volumes or classes of storage are others: pods with claims that wait may fit now.</summary>
    internal void OnVolumesChanged() => OnRoomMade(0, ClusterEvents.Volume);

    /// <summary>A group of pods came, became another or went: its pods may be permitted now.</summary>
    internal void OnGroupsChanged() => OnRoomMade(0, ClusterEvents.PodGroup);

    /// <summary>Labels of a namespace are others: selectors may mean other pods, so whoever waits tries again.</summary>
    internal void OnNamespacesChanged() => OnRoomMade(0, ClusterEvents.Namespace);

    /// <summary>Takes back what a pod was assumed to take: its binding was refused because it is gone.</summary>
    private void ForgetAssumed(PodIndex pod, NodeIndex node, DeviceSet devices)
    {
        AssumptionEnded?.Invoke(pod, false);
        PodRequest request = _pending.Request(pod.Value);
        _view.Remove(in request.Shape, node.Value, devices);
        _placedPods?.OnGone(pod.Value, node.Value);
        _strategy.OnPodRemoved(in request, node, PodRemovalReason.Deleted);
        _store.End(pod);
        _store.Release(pod);
        OnRoomMade(node.Value, ClusterEvents.PodGone);
    }
}
