using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <summary>Why the host refused an answer of a strategy.</summary>
public enum RefusalReason
{
    /// <summary>The node does not exist.</summary>
    UnknownNode,

    /// <summary>The pod does not fit the node.</summary>
    DoesNotFit,

    /// <summary>The device set is not what the pod needs, or a device has no room.</summary>
    InvalidDevices,

    /// <summary>The pod is already placed in this plan.</summary>
    PlacedTwice,

    /// <summary>The pod is not among the pending ones.</summary>
    UnknownPod,

    /// <summary>Fewer members of a group were placed than it needs.</summary>
    GroupIncomplete,
}

/// <summary>The pods a batch strategy decides on, in queue order. Members of a group stand together.</summary>
public sealed class PendingPods
{
    private readonly List<int> _slots = [];
    private readonly Dictionary<int, int> _groupOf = [];
    private readonly PodStore _store;
    private readonly ShapeTable _shapes;
    private readonly SchedulingQueue _queue;
    private readonly IReadOnlyList<PodGroupSpec> _groups;

    internal PendingPods(PodStore store, ShapeTable shapes, SchedulingQueue queue, IReadOnlyList<PodGroupSpec> groups)
    {
        _groups = groups;
        _store = store;
        _shapes = shapes;
        _queue = queue;
    }

    /// <summary>Number of pods.</summary>
    public int Count => _slots.Count;

    internal List<int> Slots => _slots;

    /// <summary>The i-th pod.</summary>
    public PodRequest this[int i] => Request(_slots[i]);

    /// <summary>Group that the i-th pod has to be placed with; −1 without one, and for members of a group that is placed already: they go on alone.</summary>
    public int GroupOf(int i) => GroupOfSlot(_slots[i]);

    /// <summary>How many members of the i-th pod's group must be placed together; 1 for a pod without group.</summary>
    public int MinMemberOf(int i) => GroupOf(i) is >= 0 and int group ? _groups[group].MinMember : 1;

    internal void Clear()
    {
        _slots.Clear();
        _groupOf.Clear();
    }

    internal void Add(int slot) => _slots.Add(slot);

    internal void AddGroup(int group, List<int> members)
    {
        foreach (int slot in members)
        {
            _slots.Add(slot);
            _groupOf.Add(slot, group);
        }
    }

    internal int GroupOfSlot(int slot) => _groupOf.GetValueOrDefault(slot, -1);

    internal PodRequest Request(int slot)
    {
        ref readonly PodRecord record = ref _store[new PodIndex(slot)];
        return new PodRequest(in _shapes[record.Shape], new PodIndex(slot), record.Entity, _queue.Attempts(slot), record.Priority);
    }
}

/// <summary>Trial placements on the scheduler's view: each is checked as it is made, and all that stand at the end are bound together.
/// Rolling back restores the view bit for bit. Open until the strategy returns; afterwards nothing can be placed or taken back.</summary>
public sealed class PlacementPlan
{
    private readonly ClusterState _view;
    private readonly SchedulingStrategy _strategy;
    private readonly Action<PodIndex, NodeIndex, RefusalReason> _refused;
    private readonly PendingPods _pods;
    private readonly HashSet<int> _pending = [];
    private readonly HashSet<int> _placed = [];
    private readonly List<Placement> _placements = [];
    private bool _isOpen;

    internal PlacementPlan(ClusterState view, SchedulingStrategy strategy, PendingPods pods, Action<PodIndex, NodeIndex, RefusalReason> refused)
    {
        _view = view;
        _strategy = strategy;
        _pods = pods;
        _refused = refused;
        View = new ClusterView(view);
    }

    internal readonly record struct Placement(int Slot, int Node, DeviceSet Devices);

    /// <summary>The cluster with the plan's placements in it.</summary>
    public ClusterView View { get; }

    /// <summary>Number of placements so far: a mark to roll back to.</summary>
    public int Count => _placements.Count;

    internal IReadOnlyList<Placement> Placements => _placements;

    internal bool IsPlaced(int slot) => _placed.Contains(slot);

    /// <summary>Whether the node exists and the pod fits it now, devices aside.</summary>
    internal bool Fits(in PodRequest pod, NodeIndex node) => (uint)node.Value < (uint)_view.Count && _view.Fits(in pod.Shape, node.Value);

    /// <summary>Places a pod on trial.</summary>
    /// <returns>False when the answer is refused: the node is unknown, the pod does not fit or is not pending, the devices are wrong. Refusals are counted.</returns>
    public bool TryPlace(in PodRequest pod, NodeIndex node, DeviceSet devices)
    {
        RefusalReason? refusal = Check(in pod, node, devices);
        if (refusal is { } reason)
        {
            _refused(pod.Pod, node, reason);
            return false;
        }

        _pending.Remove(pod.Pod.Value);
        _placed.Add(pod.Pod.Value);
        _view.Add(in pod.Shape, node.Value, devices);
        _placements.Add(new Placement(pod.Pod.Value, node.Value, devices));
        _strategy.OnPodPlaced(in pod, node);
        return true;
    }

    /// <summary>Takes back every placement after the mark, latest first.</summary>
    /// <exception cref="InvalidOperationException">The strategy has returned: the plan is bound.</exception>
    public void RollBackTo(int mark)
    {
        if (!_isOpen) throw new InvalidOperationException("The plan is bound: a strategy takes placements back before it returns from Place.");
        for (int i = _placements.Count - 1; i >= mark; i--) TakeBack(i);
    }

    /// <summary>The host's check of a proposal against its view.</summary>
    internal static RefusalReason? Check(ClusterState view, in PodShape shape, NodeIndex node, DeviceSet devices)
    {
        if ((uint)node.Value >= (uint)view.Count) return RefusalReason.UnknownNode;
        if (!view.Fits(in shape, node.Value)) return RefusalReason.DoesNotFit;
        if ((shape.GpuCount > 0 || devices != DeviceSet.Empty) && !DeviceChoice.IsValid(in shape, view.Devices(node.Value), devices)) return RefusalReason.InvalidDevices;
        return null;
    }

    internal void Begin()
    {
        _placements.Clear();
        _pending.Clear();
        _placed.Clear();
        foreach (int slot in _pods.Slots) _pending.Add(slot);
        _isOpen = true;
    }

    /// <summary>The strategy has returned: nothing is placed or taken back any more, whoever kept the plan.</summary>
    internal void Close()
    {
        _isOpen = false;
        _pending.Clear();
    }

    /// <summary>Takes back the placements of groups that have fewer members placed than they need, and those that counted on them.</summary>
    internal void DropIncompleteGroups(Func<int, int> minMember)
    {
        do
        {
            int before = _placements.Count;
            DropIncomplete(minMember);
            if (_placements.Count == before) return;
        }
        while (_view.Shapes.CountsPods && DropBroken());
    }

    /// <summary>Places again, in order, what stands: rules that count pods may be broken by those that were taken back.</summary>
    /// <returns>Whether something fell.</returns>
    private bool DropBroken()
    {
        Placement[] standing = [.. _placements];
        RollBackTo(0);
        foreach (Placement placement in standing) TryPlace(_pods.Request(placement.Slot), new NodeIndex(placement.Node), placement.Devices);
        return _placements.Count < standing.Length;
    }

    private void DropIncomplete(Func<int, int> minMember)
    {
        var placed = new Dictionary<int, int>();
        foreach (Placement placement in _placements)
        {
            int group = _pods.GroupOfSlot(placement.Slot);
            if (group >= 0) placed[group] = placed.GetValueOrDefault(group) + 1;
        }

        for (int i = _placements.Count - 1; i >= 0; i--)
        {
            int group = _pods.GroupOfSlot(_placements[i].Slot);
            if (group < 0 || placed[group] >= minMember(group)) continue;
            _refused(new PodIndex(_placements[i].Slot), new NodeIndex(_placements[i].Node), RefusalReason.GroupIncomplete);
            TakeBack(i);
        }
    }

    private RefusalReason? Check(in PodRequest pod, NodeIndex node, DeviceSet devices)
    {
        if (_pending.Contains(pod.Pod.Value)) return Check(_view, in pod.Shape, node, devices);
        return _placed.Contains(pod.Pod.Value) ? RefusalReason.PlacedTwice : RefusalReason.UnknownPod;
    }

    private void TakeBack(int i)
    {
        Placement placement = _placements[i];
        _placements.RemoveAt(i);
        _pending.Add(placement.Slot);
        _placed.Remove(placement.Slot);
        PodRequest pod = _pods.Request(placement.Slot);
        _view.Remove(in pod.Shape, placement.Node, placement.Devices);
        _strategy.OnPodRemoved(in pod, new NodeIndex(placement.Node), PodRemovalReason.RolledBack);
    }
}
