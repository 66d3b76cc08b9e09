using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Scheduling;

/// <content>Decisions on many pods at once: groups that go together, and strategies that plan for all pending pods.</content>
public sealed partial class SchedulerHost
{
    /// <summary>The members of the group that a unit stands for; null for a pod alone.</summary>
    private List<int>? WaitingGroup(int unit, out int group)
    {
        group = _store[new PodIndex(unit)].Group;
        return group >= 0 && _groupMembers.TryGetValue(group, out List<int>? members) && members[0] == unit ? members : null;
    }

    private void DecideGroup(int unit, int group, List<int> members)
    {
        Decisions++;
        _pending.Clear();
        _pending.AddGroup(group, members);
        if (!RunBatch())
        {
            Record(FactKind.GroupRolledBack, new PodIndex(unit), NodeIndex.None, group);
            Park(unit, AreEqual(members) ? UnschedulableKind.Group : UnschedulableKind.Unknown, _groups[group].MinMember);
            return;
        }

        _groupMembers.Remove(group);
        if (_queue.OnUnitPlaced(_view.Shapes, unit, _loop.Now)) ArmBackoff();
        Record(FactKind.GroupPlaced, new PodIndex(unit), NodeIndex.None, group);
        BindPlan();
        // Members beyond the minimum that found no node go on alone.
        foreach (int slot in _pending.Slots)
        {
            if (_store[new PodIndex(slot)].Phase == PodPhase.Pending && !_plan.IsPlaced(slot)) _queue.Add(slot, _store[new PodIndex(slot)].Priority, _loop.Now);
        }
    }

    private void DecideBatch()
    {
        _pending.Clear();
        var units = new HashSet<int>();
        while (_queue.TryPop(out int unit))
        {
            units.Add(unit);
            if (_queue.Attempts(unit) > 0) Retries++;
            if (WaitingGroup(unit, out int group) is { } members) _pending.AddGroup(group, members);
            else _pending.Add(unit);
        }

        if (units.Count == 0) return;
        Decisions += units.Count;
        RunBatch();
        var placedGroups = new HashSet<int>();
        foreach (PlacementPlan.Placement placement in _plan.Placements)
        {
            int group = _pending.GroupOfSlot(placement.Slot);
            if (group >= 0 && _groupMembers.Remove(group) && placedGroups.Add(group)) Record(FactKind.GroupPlaced, new PodIndex(placement.Slot), NodeIndex.None, group);
        }

        foreach (int slot in _pending.Slots)
        {
            if (_plan.IsPlaced(slot)) continue;
            int group = _pending.GroupOfSlot(slot);
            if (group >= 0 && placedGroups.Contains(group)) _queue.Add(slot, _store[new PodIndex(slot)].Priority, _loop.Now);
            else if (units.Contains(slot)) Park(slot, UnschedulableKind.Unknown);
        }

        BindPlan();
    }

    /// <summary>Lets the batch strategy plan for the pending pods; true when something is planned.</summary>
    private bool RunBatch()
    {
        _plan.Begin();
        try
        {
            _batch.Place(_pending, _plan);
        }
        catch (Exception error) when (IsStrategyFault(error))
        {
            _plan.RollBackTo(0);
            Fault(new PodIndex(_pending.Slots[0]), error);
        }

        _plan.DropIncompleteGroups(group => _groups[group].MinMember);
        return _plan.Count > 0;
    }

    private void BindPlan()
    {
        foreach (PlacementPlan.Placement placement in _plan.Placements)
        {
            StartBinding(placement.Slot, placement.Node, placement.Devices);
            OnPodPlaced(in _view.Shapes[_store[new PodIndex(placement.Slot)].Shape]);
        }
    }

    private bool AreEqual(List<int> members)
    {
        ShapeIndex shape = _store[new PodIndex(members[0])].Shape;
        foreach (int member in members)
        {
            if (_store[new PodIndex(member)].Shape != shape) return false;
        }

        return true;
    }
}
