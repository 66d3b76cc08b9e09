using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <content>How a node goes: taint, evictions, machine off (<c>core/scaledown/actuation/actuator.go</c>, <c>drain.go</c>).</content>
public sealed partial class ClusterAutoscaler
{
    /// <summary>Key of the taint of nodes that are on their way out.</summary>
    public const string ToBeDeleted = "ToBeDeletedByClusterAutoscaler";

    private readonly HashSet<int> _drained = [];

    private void Begin(Place place, bool isEmpty)
    {
        if (Find(place) is null || !Taint(place, isOn: true)) return;
        place.Life = Life.Leaving;
        place.LeavingSince = place.AskedAt = Now;
        place.Group.Leaving++;
        Resize(place.Group, place.Group.Size - 1);
        _leaving++;
        if (!isEmpty && _drained.Add(place.Node)) _draining++;
        Empty(place);
    }

    /// <summary>One step: asks what is left to leave, waits, or takes the node away.</summary>
    private void Empty(Place place)
    {
        bool isEmpty = true, isRefused = false, hasAsked = false;
        foreach (long uid in _pods.On(place.Node).ToArray())
        {
            if (_context.Store.View.Find(uid) is not Pod { HasEnded: false } pod || IsDaemon(pod)) continue;
            isEmpty = false;
            if (pod.Metadata.IsDeleting) continue;
            TimeSpan grace = pod.Spec.TerminationGrace < _options.MaxGracefulTermination ? pod.Spec.TerminationGrace : _options.MaxGracefulTermination;
            if (_context.Evictions.Evict(pod.Key, new DeleteOptions(uid, grace)) is null) hasAsked = true;
            else isRefused = true;
        }

        if (hasAsked) place.AskedAt = Now;
        TimeSpan removable = place.LeavingSince + _options.DeleteDelayAfterTaint;
        TimeSpan evictable = place.LeavingSince + _options.MaxEvictionTime, gone = place.AskedAt + _options.MaxGracefulTermination + _options.EvictionHeadroom;
        if (isEmpty && Now >= removable) Remove(place);
        else if (isEmpty) Continue(place, removable);
        else if (isRefused && Now < evictable) Continue(place, Now + _options.EvictionRetryPeriod);
        else if (!isRefused && Now < gone) Continue(place, gone);
        else KeepAfterAll(place);
    }

    private void Continue(Place place, TimeSpan at) => _context.Loop.Schedule(at, new EventData(_handler, Step, place.Node, place.LeavingSince.Ticks));

    private void Remove(Place place)
    {
        place.Life = Life.Absent;
        place.LeftAt = _shrunkAt = Now;
        if (_context.Events.IsOn && Find(place) is { } node) _context.Events.Tell(node, "ScaleDown", "node removed by cluster autoscaler", "cluster-autoscaler");
        EndLeaving(place);
        _context.Machines.Stop(new NodeIndex(place.Node));
    }

    /// <summary>Its pods could not leave in time: the node stays, and is left alone for a while.</summary>
    private void KeepAfterAll(Place place)
    {
        place.Life = Life.There;
        place.IdleSince = TimeSpan.MaxValue;
        place.NotBefore = Now + _options.UnremovableTime;
        EndLeaving(place);
        Resize(place.Group, place.Group.Size + 1);
        _ = Taint(place, isOn: false);
    }

    private void EndLeaving(Place place)
    {
        place.Group.Leaving--;
        _leaving--;
        if (_drained.Remove(place.Node)) _draining--;
        Arm(Now);
    }

    private bool Taint(Place place, bool isOn)
    {
        if (_context.Store.View.Find<Node>(ResourceKind.Node, "", _state.Layout.Nodes[place.Node].Name) is not { } node) return false;
        Taint[] others = [.. node.Taints.Where(taint => taint.Key != ToBeDeleted)];
        return _context.Store.Update(node with { Taints = isOn ? [.. others, new Taint(ToBeDeleted, "", TaintEffect.NoSchedule)] : [.. others] }) is null;
    }
}
