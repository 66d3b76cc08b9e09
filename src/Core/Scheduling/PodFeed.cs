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
    /// <summary>Label that every namespace has.</summary>
    private const string NameLabel = "kubernetes.io/metadata.name";

    private readonly ObjectStore _store;
    private readonly PodStore _mirror;
    private readonly ClusterState _view;
    private readonly Func<TimeSpan> _now;
    private readonly Dictionary<long, PodIndex> _slots = [];

    /// <summary>Labels of namespaces, those that are gone among them: their pods' shapes are still there.</summary>
    private readonly Dictionary<string, ValueList<Label>> _namespaces = new(StringComparer.Ordinal);
    private readonly SpreadDefaults _spread = new();
    private long[] _uids = new long[256];

    /// <summary>Pods whose labels, or whose wishes while they wait, are others than those they are known by.</summary>
    private readonly HashSet<long> _others = [];

    /// <summary>The pod whose binding the scheduler writes right now; 0 for none.</summary>
    private long _accepting;

    /// <summary>The pod that is to be looked at again when its binding is complete.</summary>
    private Pod? _again;

    public PodFeed(ObjectStore store, PodStore mirror, ClusterState view, Func<TimeSpan> now)
    {
        _store = store;
        _mirror = mirror;
        _view = view;
        _now = now;
        view.Shapes.SetNamespaceLabels(LabelsOf);
    }

    /// <summary>The scheduler, once it is built.</summary>
    public SchedulerHost? Scheduler { get; set; }

    /// <summary>The strategy, whose default topology spread pods get; null when it gives none.</summary>
    public SchedulingStrategy? Strategy { get; set; }

    /// <summary>What selects pods, for that.</summary>
    public DefaultSelectors? Selectors { get; set; }

    /// <summary>Whether the cluster is Docker Swarm's.</summary>
    public bool IsSwarm { get; init; }

    /// <summary>Told of a binding just before it is written; null when nobody asks.</summary>
    public Action<Pod, NodeIndex>? Binding { get; set; }

    /// <summary>Identity of the pod in a slot of the mirror.</summary>
    public long UidOf(PodIndex pod) => _uids[pod.Value];

    /// <summary>Slot of a pod in the mirror, −1 when it is not there.</summary>
    public PodIndex SlotOf(long uid) => _slots.TryGetValue(uid, out PodIndex slot) ? slot : new PodIndex(-1);

    public void OnChange(in StoreChange change)
    {
        if (IsSwarm) Scheduler!.NoteCommit();
        switch (change.Object)
        {
            case Pod pod:
                if (change.Before is Pod before && _slots.ContainsKey(pod.Uid) && IsOther(before, pod)) _others.Add(pod.Uid);
                OnPod(pod, isGone: change.After is null || pod.HasEnded || (pod.Metadata.IsDeleting && !pod.Node.IsNode));
                break;
            case Node node:
                OnNode(node, change.Before as Node, isGone: change.After is null);
                break;
            case Namespace space when change.After is not null:
                OnNamespace(space);
                break;
            case PodGroup:
                Scheduler!.OnGroupsChanged();
                break;
            case PersistentVolumeClaim or PersistentVolume or StorageClass:
                Scheduler!.OnVolumesChanged();
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    bool IBindingTarget.IsRefused => _store.Conditions.Refusal() is not null;

    /// <inheritdoc/>
    TimeSpan IBindingTarget.WriteDelay => _store.Conditions.WriteDelay;

    /// <summary>Writes the binding to the store, over whatever version the pod has by now (Kubernetes' Binding carries the identity alone).</summary>
    bool IBindingTarget.Accepts(PodIndex pod, NodeIndex node, DeviceSet devices)
    {
        long uid = UidOf(pod);
        if (_store.View.Find(uid) is not Pod { IsActive: true, Node.IsNode: false } current) return Forget(uid);
        _accepting = uid;
        ApiError? error = Write(current, node, devices);
        _accepting = 0;
        return error is null || Forget(uid);
    }

    /// <summary>Writes a binding that somebody else decided (Kubernetes <c>registry/core/pod/storage</c>, <c>BindingREST</c>): the scheduler learns of it through its watch.</summary>
    /// <returns>Null, or 409 when the pod is bound, gated or on its way out, and what admission says.</returns>
    public ApiError? Assign(Pod pod, NodeIndex node, DeviceSet devices) => Unassignable(pod) ?? Write(pod, node, devices);

    /// <summary>Says what <see cref="Assign"/> would answer; nothing is written.</summary>
    public ApiError? DryRunAssign(Pod pod, NodeIndex node, DeviceSet devices)
    {
        KubeObject bound = pod with { Node = node, Devices = devices };
        return Unassignable(pod) ?? _store.DryRunUpdate(ref bound);
    }

    private static ApiError? Unassignable(Pod pod)
    {
        if (pod.Metadata.IsDeleting) return new ApiError(ApiErrorCode.Conflict, $"pod {pod.Name} is being deleted, cannot be assigned to a host");
        if (pod.Node.IsNode) return new ApiError(ApiErrorCode.Conflict, $"pod {pod.Name} is already assigned to a node");
        if (pod.Spec.SchedulingGates.Count > 0) return new ApiError(ApiErrorCode.Conflict, $"pod {pod.Name} has non-empty .spec.schedulingGates");
        return null;
    }

    private ApiError? Write(Pod current, NodeIndex node, DeviceSet devices)
    {
        Binding?.Invoke(current, node);
        return _store.Update(current with
        {
            Node = node,
            Devices = devices,
            Status = current.Status with { ScheduledAt = _now(), Reason = "", Message = "", NominatedNode = NodeIndex.None },
        });
    }

    /// <summary>The agents learn of it from the store; here, a pod that became another while it was being bound is counted anew.</summary>
    void IBindingTarget.OnBound(PodIndex pod)
    {
        if (_again is { } bound && bound.Uid == UidOf(pod)) OnPod(bound, isGone: false);
        _again = null;
    }

    /// <summary>A try failed: the pod says so to whoever looks at it (condition PodScheduled), and which node is cleared for it.</summary>
    void IFactObserver.Observe(in Fact fact)
    {
        if (fact.Kind != FactKind.PodUnschedulable || _store.View.Find(fact.Uid) is not Pod { Node.IsNode: false } pod) return;
        var nominated = new NodeIndex(Scheduler!.Nominations.NodeOf(fact.Pod.Value));
        if (pod.Status.Reason != "Unschedulable" || pod.Status.NominatedNode != nominated)
            _ = _store.Update(pod with { Status = pod.Status with { Reason = "Unschedulable", NominatedNode = nominated } });
    }

    /// <summary>Labels of a namespace as the scheduler knows them; the name is one of them, as kube-apiserver has it.</summary>
    public ValueList<Label> LabelsOf(string name) => _namespaces.GetValueOrDefault(name);

    /// <summary>Makes a pod leave for another (kube-scheduler's <c>prepareCandidate</c>): the condition first, then the deletion with the pod's own grace.</summary>
    public void Evict(PodIndex victim, PodIndex preemptor)
    {
        if (_store.View.Find(UidOf(victim)) is not Pod { Metadata.IsDeleting: false } pod) return;
        string message = _store.View.Find(UidOf(preemptor)) is Pod other ? $"preempted by {other.Metadata.Namespace}/{other.Name}" : "";
        _ = _store.Update(pod with { Status = pod.Status with { Disruption = "PreemptionByScheduler", Message = message } });
        _ = _store.Delete(pod.Key, new DeleteOptions(pod.Uid));
    }

    private bool Forget(long uid)
    {
        _slots.Remove(uid);
        return false;
    }

    /// <summary>The pod's spec, with the topology spread that its scheduler gives it.</summary>
    private PodSpec WithDefaultSpread(Pod pod)
    {
        if (pod.Spec.TopologySpread.Count > 0 || Strategy is null) return pod.Spec;
        ValueList<TopologySpreadConstraint> constraints = Strategy.DefaultSpread(pod.Spec);
        return constraints.Count > 0 && Selectors?.SelectorOf(pod) is { } selector ? _spread.Give(pod.Spec, constraints, selector) : pod.Spec;
    }

    private void OnPod(Pod pod, bool isGone)
    {
        if (_slots.TryGetValue(pod.Uid, out PodIndex slot))
        {
            if (!isGone && !IsAnew(slot, pod))
            {
                Follow(slot, pod);
                return;
            }

            _slots.Remove(pod.Uid);
            _others.Remove(pod.Uid);
            Scheduler!.OnPodDeleted(slot, isGone ? Reason(pod) : PodRemovalReason.Deleted);
            if (isGone) return;
        }

        // A pod that is on its way out before it was bound is no longer for the scheduler; one that runs somewhere takes its room until it is gone.
        if (isGone || pod.Spec.SchedulingGates.Count > 0) return;
        ShapeIndex shape = _view.Shapes.Intern(WithDefaultSpread(pod), pod.Metadata.Labels, pod.Metadata.Namespace);
        slot = _mirror.Create(checked((int)pod.Uid), Draw.Entity(pod.Key.ToString()), shape, pod.Spec, _now());
        _slots.Add(pod.Uid, slot);
        if (slot.Value >= _uids.Length) Array.Resize(ref _uids, Math.Max(slot.Value + 1, _uids.Length * 2));
        _uids[slot.Value] = pod.Uid;
        if (!pod.Node.IsNode)
        {
            Scheduler!.OnPodAdded(slot);
            return;
        }

        Scheduler!.OnPodBoundElsewhere(slot, pod.Node, pod.Devices);
        Follow(slot, pod);
    }

    private static bool IsOther(Pod before, Pod pod) => before.Metadata.Labels != pod.Metadata.Labels || (!pod.Node.IsNode && !ReferenceEquals(before.Spec, pod.Spec));

    /// <summary>Whether it waits here no longer, as another scheduler was faster, or is another to selectors and rules: it is counted anew (kube-scheduler's cache removes and adds a pod that is updated). A binding
    /// that is under way, or has not become known here yet, comes first.</summary>
    private bool IsAnew(PodIndex slot, Pod pod)
    {
        if (_accepting == pod.Uid)
        {
            if (_others.Contains(pod.Uid)) _again = pod;
            return false;
        }

        bool isPending = _mirror[slot].Phase == PodPhase.Pending;
        if (isPending && pod.Node.IsNode) return true;
        return _others.Contains(pod.Uid) && (isPending ? !Scheduler!.IsBinding(slot) : pod.Node.IsNode);
    }

    /// <summary>What a placed pod says of itself: that its agent took it in (who started first matters to preemption), that it was asked to leave.</summary>
    private void Follow(PodIndex slot, Pod pod)
    {
        if (pod.Status.StartedAt is { } started && _mirror[slot].Phase == PodPhase.Bound) _mirror.Start(slot, started);
        if (pod.Metadata.IsDeleting) Scheduler!.OnPodLeaving(slot);
    }

    private void OnNode(Node node, Node? before, bool isGone)
    {
        int n = node.Index.Value;
        if (_view.IsPresent(n) == isGone) Scheduler!.SetPresent(node.Index, !isGone);
        if (isGone) return;
        if (before is null || before.Metadata.Labels != node.Metadata.Labels) Scheduler!.SetLabels(node.Index, node.Metadata.Labels);
        if (before is null || !ReferenceEquals(before.Spec, node.Spec)) Scheduler!.SetSize(node.Index, node.Spec);
        if (_view.TaintsOf(n) != node.Taints) Scheduler!.SetTaints(node.Index, node.Taints);
        // Under Kubernetes a node that is not ready is tainted; Swarm's scheduler looks at its state (ReadyFilter).
        bool isOpen = !node.IsCordoned && !node.IsDrained && (!IsSwarm || node.IsReady == true);
        if (_view.Schedulable[n] != isOpen) Scheduler!.SetSchedulable(node.Index, isOpen);
    }

    private void OnNamespace(Namespace space)
    {
        ValueList<Label> labels = space.Metadata.Labels;
        if (labels.ValueOf(NameLabel) is null) labels = labels.With(NameLabel, space.Name);
        bool isKnown = _namespaces.TryGetValue(space.Name, out ValueList<Label> before);
        if (isKnown && before == labels) return;
        _namespaces[space.Name] = labels;
        // A namespace that was never there has no pods yet: nothing was counted by its labels.
        if (!isKnown) return;
        _view.Shapes.SetNamespaceLabels(LabelsOf);
        Scheduler!.OnNamespacesChanged();
    }

    private static PodRemovalReason Reason(Pod pod) => pod.Swarm is { State: SwarmTaskState.Shutdown or SwarmTaskState.Orphaned } ? PodRemovalReason.Deleted : pod.Status.Phase switch
    {
        PodLifePhase.Succeeded => PodRemovalReason.Succeeded,
        PodLifePhase.Failed => pod.Status.StartedAt is null ? PodRemovalReason.Rejected : PodRemovalReason.Failed,
        _ => PodRemovalReason.Deleted,
    };
}
