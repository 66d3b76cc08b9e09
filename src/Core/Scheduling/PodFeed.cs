using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <summary>Between an object store and the scheduler host: pods and nodes that become known through the scheduler's watch go in, bindings come out.</summary>
/// <remarks>The mirror (<see cref="PodStore"/>) holds a record for every pod that waits or holds resources. A pod holds them until it has ended or is gone: one
/// that is terminating still does.</remarks>
internal sealed class PodFeed : IStoreListener, IBindingTarget, IFactObserver
{
    private readonly ObjectStore _store;
    private readonly PodStore _mirror;
    private readonly ShapeTable _shapes;
    private readonly Func<TimeSpan> _now;
    private readonly Dictionary<long, PodIndex> _slots = [];
    private long[] _uids = new long[256];

    public PodFeed(ObjectStore store, PodStore mirror, ShapeTable shapes, Func<TimeSpan> now)
    {
        _store = store;
        _mirror = mirror;
        _shapes = shapes;
        _now = now;
    }

    /// <summary>The scheduler, once it is built.</summary>
    public SchedulerHost? Scheduler { get; set; }

    /// <summary>Identity of the pod in a slot of the mirror.</summary>
    public long UidOf(PodIndex pod) => _uids[pod.Value];

    /// <summary>Slot of a pod in the mirror, −1 when it is not there.</summary>
    public PodIndex SlotOf(long uid) => _slots.TryGetValue(uid, out PodIndex slot) ? slot : new PodIndex(-1);

    public void OnChange(in StoreChange change)
    {
        if (change.Object is Pod pod) OnPod(pod, isGone: change.After is null || pod.HasEnded || (pod.Metadata.IsDeleting && !pod.Node.IsNode));
        else if (change.Object is Node node) Scheduler!.OnNodeSeen(node, isThere: change.After is not null);
    }

    /// <summary>Writes the binding to the store, over whatever version the pod has by now (Kubernetes' Binding carries the identity alone).</summary>
    bool IBindingTarget.Accepts(PodIndex pod, NodeIndex node, DeviceSet devices)
    {
        long uid = UidOf(pod);
        if (_store.View.Find(uid) is not Pod { IsActive: true, Node.IsNode: false } current) return Forget(uid);
        Pod bound = current with
        {
            Node = node,
            Devices = devices,
            Status = current.Status with { ScheduledAt = _now(), Reason = "", Message = "" },
        };
        return _store.Update(bound) is null || Forget(uid);
    }

    void IBindingTarget.OnBound(PodIndex pod)
    {
        // The agents learn of it from the store.
    }

    /// <summary>A try failed: the pod says so to whoever looks at it (condition PodScheduled).</summary>
    void IFactObserver.Observe(in Fact fact)
    {
        if (fact.Kind != FactKind.PodUnschedulable || _store.View.Find(fact.Uid) is not Pod { Node.IsNode: false } pod) return;
        if (pod.Status.Reason != "Unschedulable") _ = _store.Update(pod with { Status = pod.Status with { Reason = "Unschedulable" } });
    }

    private bool Forget(long uid)
    {
        _slots.Remove(uid);
        return false;
    }

    private void OnPod(Pod pod, bool isGone)
    {
        if (_slots.TryGetValue(pod.Uid, out PodIndex slot))
        {
            if (!isGone) return;
            _slots.Remove(pod.Uid);
            Scheduler!.OnPodDeleted(slot, Reason(pod));
            return;
        }

        // A pod that is on its way out before it was bound is no longer for the scheduler; one that runs somewhere takes its room until it is gone.
        if (isGone || pod.Spec.SchedulingGates.Count > 0) return;
        slot = _mirror.Create(checked((int)pod.Uid), Draw.Entity(pod.Key.ToString()), _shapes.Intern(pod.Spec, pod.Metadata.Labels, pod.Metadata.Namespace), pod.Spec, _now());
        _slots.Add(pod.Uid, slot);
        if (slot.Value >= _uids.Length) Array.Resize(ref _uids, Math.Max(slot.Value + 1, _uids.Length * 2));
        _uids[slot.Value] = pod.Uid;
        if (pod.Node.IsNode) Scheduler!.OnPodBoundElsewhere(slot, pod.Node, pod.Devices);
        else Scheduler!.OnPodAdded(slot);
    }

    private static PodRemovalReason Reason(Pod pod) => pod.Status.Phase switch
    {
        PodLifePhase.Succeeded => PodRemovalReason.Succeeded,
        PodLifePhase.Failed => pod.Status.StartedAt is null ? PodRemovalReason.Rejected : PodRemovalReason.Failed,
        _ => PodRemovalReason.Deleted,
    };
}
