using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;

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
        foreach (int _ in members) Spend(-1);
        _pending.Clear();
        _pending.AddGroup(group, members);
        if (!RunBatch())
        {
            Record(FactKind.GroupRolledBack, new PodIndex(unit), NodeIndex.None, group);
            bool waitsForRoom = _batch is GangPlacement { LacksRoom: true } && AreEqual(members);
            Park(unit, waitsForRoom ? UnschedulableKind.Group : UnschedulableKind.Unknown, _groups[group].MinMember);
            return;
        }

        _groupMembers.Remove(group);
        if (_queue.OnUnitPlaced(_view.Shapes, unit, _loop.Now)) ArmBackoff();
        Record(FactKind.GroupPlaced, new PodIndex(unit), NodeIndex.None, group);
        BindPlan();
        foreach (int slot in _pending.Slots)
        {
            if (!_plan.IsPlaced(slot)) GoOnAlone(new PodIndex(slot));
        }
    }

    private void DecideBatch()
    {
        _pending.Clear();
        var units = new HashSet<int>();
        while (_queue.TryPop(out int unit))
        {
            units.Add(unit);
            Spend(_strategy.NodesLookedAt);
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
            if (group >= 0 && placedGroups.Contains(group)) GoOnAlone(new PodIndex(slot));
            else if (units.Contains(slot)) Park(slot, UnschedulableKind.Unknown);
        }

        BindPlan();
    }

    /// <summary>Lets the batch strategy plan for the pending pods; true when something is planned.</summary>
    private bool RunBatch()
    {
        if (DecisionObserver is not null) ShowPending(DecisionObserver);
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
        _plan.Close();
        if (DecisionObserver is not null) ShowPlan(DecisionObserver);
        return _plan.Count > 0;
    }

    private void ShowPending(IDecisionObserver observer)
    {
        foreach (int slot in _pending.Slots) observer.OnPlanning(_pending.Request(slot), _store[new PodIndex(slot)].Uid, _plan.View);
    }

    private void ShowPlan(IDecisionObserver observer)
    {
        var planned = _plan.Placements.ToDictionary(placement => placement.Slot);
        foreach (int slot in _pending.Slots)
        {
            bool isPlanned = planned.TryGetValue(slot, out PlacementPlan.Placement placement);
            observer.OnPlanned(_pending.Request(slot), _store[new PodIndex(slot)].Uid, isPlanned ? new NodeIndex(placement.Node) : NodeIndex.None, placement.Devices);
        }
    }

    /// <summary>A member beyond the minimum that found no node; where pods are tried once, this was its try.</summary>
    private void GoOnAlone(PodIndex pod)
    {
        if (_options.RetryUnschedulable) _queue.Add(pod.Value, _store[pod].Priority);
        else GiveUp(pod);
    }

    private void BindPlan()
    {
        foreach (PlacementPlan.Placement placement in _plan.Placements)
        {
            PodRequest request = _pending.Request(placement.Slot);
            bool passes = StartBinding(placement.Slot, placement.Node, placement.Devices);
            OnPodPlaced(in request.Shape);
            if (passes) ReserveAndPermit(in request, new NodeIndex(placement.Node), placement.Devices);
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
