using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording.Invariants;

/// <content>Taints, affinity, spread, ports and preemption, judged by <see cref="PlainRules"/> over the pods in the observer's books.</content>
public sealed partial class InvariantObserver
{
    private bool? _readsPods;

    /// <summary>Whether some pod of the workload has a rule on other pods: only then the pods are listed at every decision.</summary>
    private bool ReadsPods => _readsPods ??= _run.Arrivals.Workload.HasClusterRules || HasPorts(_run.Arrivals.Workload);

    private static bool HasPorts(Workload workload)
    {
        foreach (ref readonly PodArrival pod in workload.Pods.Span)
        {
            if (pod.Spec.HostPorts.Count > 0) return true;
        }

        return false;
    }

    private void CheckRules(int slot, int node)
    {
        if (_rules.Broken(Plain(slot, node), node, Placed(without: null)) is { } broken) Fail(Invariant.BindingRules, Pod(slot), broken.Expected, broken.Actual);
    }

    /// <summary>A pod is nominated; nobody has left yet.</summary>
    private void OnPreempting(PodIndex pod, Preemption preemption)
    {
        int slot = pod.Value, node = preemption.Node.Value;
        int priority = _arrivals.Pod(_pods[slot].Uid).Spec.Priority;
        foreach (PodIndex victim in preemption.Victims)
        {
            ref PodEntry entry = ref _pods[victim.Value];
            if (entry.Spec is null || entry.AssumedNode != node) Fail(Invariant.Preemption, Pod(slot), $"victims on node '{Name(node)}'", $"{Pod(victim.Value)} on node {entry.AssumedNode}");
            int theirs = _arrivals.Pod(entry.Uid).Spec.Priority;
            if (theirs >= priority) Fail(Invariant.Preemption, Pod(slot), $"victims of a priority below {priority}", $"{Pod(victim.Value)} of priority {theirs}");
        }

        if (!FitsWithout(slot, node, preemption.Victims)) Fail(Invariant.Preemption, Pod(slot), $"room on node '{Name(node)}' without the victims", "it does not fit");
        foreach (PodIndex stays in preemption.Victims)
        {
            // Where pods attract each other, one that stays may be what lets it fit.
            if (!preemption.IsAdvised && !ReadsPods && FitsWithout(slot, node, [.. preemption.Victims.Where(victim => victim != stays)]))
                Fail(Invariant.Preemption, Pod(slot), "victims that are all needed", $"it fits when {Pod(stays.Value)} stays");
        }
    }

    private bool FitsWithout(int slot, int node, IReadOnlyList<PodIndex> victims)
    {
        foreach (PodIndex victim in victims) _view.Book(_pods[victim.Value].Spec!, node, _pods[victim.Value].AssumedDevices, -1);
        bool fits = _view.HasRoom(_pods[slot].Spec!, node) && BrokenRule(_pods[slot].Spec!, node) is null
            && _rules.Broken(Plain(slot, node), node, Placed(victims)) is null;
        foreach (PodIndex victim in victims) _view.Book(_pods[victim.Value].Spec!, node, _pods[victim.Value].AssumedDevices, 1);
        return fits;
    }

    private List<PlainPod> Placed(IReadOnlyList<PodIndex>? without)
    {
        _placed.Clear();
        if (!ReadsPods) return _placed;
        for (int slot = 0; slot < _run.Store.SlotCount; slot++)
        {
            ref PodEntry entry = ref _pods[slot];
            if (entry.Spec is not null && entry.AssumedNode >= 0 && without?.Contains(new PodIndex(slot)) != true) _placed.Add(Plain(slot, entry.AssumedNode));
        }

        return _placed;
    }

    private PlainPod Plain(int slot, int node)
    {
        ref readonly PodArrival arrival = ref _arrivals.Pod(_pods[slot].Uid);
        return new PlainPod(arrival.Spec, arrival.Labels, arrival.Namespace ?? "", node, _pods[slot].IsLeaving);
    }
}
