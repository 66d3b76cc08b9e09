using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Recording.Invariants;

/// <content>How the books follow the facts.</content>
public sealed partial class InvariantObserver
{
    /// <inheritdoc/>
    void IFactObserver.Observe(in Fact fact)
    {
        if (fact.At != _run.Loop.Now) Fail(Invariant.TimeOrder, $"fact {fact.Kind}", $"{_run.Loop.Now}", $"{fact.At}");
        if (_touchedGroups.Count > 0 && fact.At > _groupsTouchedAt) CheckGroups();
        switch (fact.Kind)
        {
            case FactKind.PodArrived:
                OnArrived(in fact);
                break;
            case FactKind.PodUnschedulable or FactKind.PodGated:
                Expect(in fact, PodClass.Pending);
                _refusedInEvent = true;
                break;
            case FactKind.PodUnplaced:
                Expect(in fact, PodClass.Pending);
                _refusedInEvent = true;
                _pods.Move(fact.Pod.Value, PodClass.Unplaced);
                _pods.Close(fact.Pod.Value);
                break;
            case FactKind.DecisionRefused or FactKind.StrategyError or FactKind.GroupRolledBack:
                _refusedInEvent = true;
                break;
            case FactKind.PodBound:
                OnBound(in fact);
                break;
            case FactKind.PodUnreserved:
                OnUnreserved(in fact);
                break;
            case FactKind.PodAdmitted:
                OnAdmitted(in fact);
                break;
            case FactKind.PodRejected:
                Expect(in fact, PodClass.Bound);
                End(in fact, PodClass.Rejected);
                break;
            case FactKind.PodStarted:
                Expect(in fact, PodClass.Admitted);
                _pods.Move(fact.Pod.Value, PodClass.Running);
                break;
            case FactKind.PodSucceeded or FactKind.PodFailed:
                OnFinished(in fact);
                break;
            case FactKind.NodeSchedulableChanged:
                _schedulable[fact.Node.Value] = fact.Detail == 1;
                _rules.SetCordoned(fact.Node.Value, fact.Detail == 0);
                break;
            case FactKind.PodLeaving:
                _pods[fact.Pod.Value].IsLeaving = true;
                break;
            case FactKind.NodeTaintsChanged:
                _rules.SetTaints(fact.Node.Value, _run.Shapes.Rules.Taints[(int)fact.Detail]);
                break;
            case FactKind.NodePresenceChanged:
                _rules.SetPresent(fact.Node.Value, fact.Detail == 1);
                break;
            default:
                break;
        }
    }

    private void OnArrived(in Fact fact)
    {
        if (_arrivals.Next(fact.Uid, fact.At) is { } finding) Fail(finding.Invariant, finding.What, finding.Expected, finding.Actual);
        if (_pods[fact.Pod.Value].Class != PodClass.None)
            Fail(Invariant.Conservation, $"slot {fact.Pod.Value} for pod {fact.Uid}", "a free slot", $"pod {_pods[fact.Pod.Value].Uid}, {_pods[fact.Pod.Value].Class}");
        ref readonly PodArrival arrival = ref _arrivals.Pod(fact.Uid);
        _pods.Open(fact.Pod.Value, fact.Uid, arrival.Spec, arrival.Group);
        _touchedPods.Add(fact.Pod.Value);
        if (arrival.Group < 0 || _groupBound[arrival.Group] == 0) return;
        // A saturation replay draws a group again, in the same instant: the earlier one is judged, and the new one starts from nothing.
        CheckGroups();
        _groupBound[arrival.Group] = 0;
    }

    private void OnBound(in Fact fact)
    {
        int slot = fact.Pod.Value, node = fact.Node.Value;
        ref PodEntry entry = ref _pods[slot];
        if (entry.Class != PodClass.Pending || entry.Uid != fact.Uid) Fail(Invariant.OneBinding, $"pod {fact.Uid}", "a pod that is pending", Describe(in entry));
        var devices = new DeviceSet((ulong)fact.Detail);
        if (entry.AssumedNode != node || entry.AssumedDevices != devices)
            Fail(Invariant.OneBinding, Pod(slot), $"bound as assumed, to node {entry.AssumedNode} devices [{entry.AssumedDevices}]", $"node {node} devices [{devices}]");
        if (_truth.CheckDevices(entry.Spec!, node, devices) is { } wrong) Fail(Invariant.Devices, Pod(slot), $"{entry.Spec!.GpuCount} devices of node '{Name(node)}'", wrong);
        entry.Node = node;
        entry.Devices = devices;
        _pods.InFlight--;
        _pods.Move(slot, PodClass.Bound);
        _touchedPods.Add(slot);
        if (entry.Group < 0) return;
        _groupBound[entry.Group]++;
        _touchedGroups.Add(entry.Group);
        _groupsTouchedAt = fact.At;
    }

    /// <summary>What was assumed is taken back: the pod is pending as before its decision.</summary>
    private void OnUnreserved(in Fact fact)
    {
        ref PodEntry entry = ref Expect(in fact, PodClass.Pending);
        if (entry.AssumedNode != fact.Node.Value) Fail(Invariant.OneBinding, Pod(fact.Pod.Value), $"taken back from node {entry.AssumedNode}", $"{fact.Node.Value}");
        _view.Book(entry.Spec!, entry.AssumedNode, entry.AssumedDevices, -1);
        entry.AssumedNode = -1;
        entry.AssumedDevices = DeviceSet.Empty;
        _pods.InFlight--;
        _refusedInEvent = true;
    }

    private void OnAdmitted(in Fact fact)
    {
        int slot = fact.Pod.Value, node = fact.Node.Value;
        ref PodEntry entry = ref Expect(in fact, PodClass.Bound);
        PodSpec spec = entry.Spec!;
        if (entry.Node != node) Fail(Invariant.OneBinding, Pod(slot), $"admitted by node {entry.Node}", $"{node}");
        if (spec.MaxPerNode > 0 && spec.App.Length > 0 && _truth.PodsOf(spec.App, node) >= spec.MaxPerNode)
            Fail(Invariant.BindingRules, Pod(slot), $"at most {spec.MaxPerNode} pods of '{spec.App}' on node '{Name(node)}'", $"{_truth.PodsOf(spec.App, node) + 1}");
        if (_truth.TakenPort(spec, node) is { } port) Fail(Invariant.HostPorts, Pod(slot), $"port {port} free on node '{Name(node)}'", "taken by a pod that is there");
        entry.AdmittedAt = fact.At;
        _pods.Move(slot, PodClass.Admitted);
        _truth.Book(spec, node, entry.Devices, 1);
        _time.NodeChanged(node, fact.At);
        CheckTruth(node);
        _touchedNodes.Add(node);
    }

    private void OnFinished(in Fact fact)
    {
        ref PodEntry entry = ref Expect(in fact, PodClass.Running);
        if (entry.Node != fact.Node.Value) Fail(Invariant.OneBinding, Pod(fact.Pod.Value), $"ended on node {entry.Node}", $"{fact.Node.Value}");
        _time.Held(entry.Spec!, fact.At - entry.AdmittedAt);
        _truth.Book(entry.Spec!, entry.Node, entry.Devices, -1);
        _time.NodeChanged(entry.Node, fact.At);
        _touchedNodes.Add(entry.Node);
        End(in fact, fact.Kind == FactKind.PodSucceeded ? PodClass.Succeeded : PodClass.Failed);
    }

    private void End(in Fact fact, PodClass podClass)
    {
        int slot = fact.Pod.Value;
        _pods.Move(slot, podClass);
        _pods[slot].EndedAt = fact.At;
        _ended.Enqueue((slot, fact.Uid));
    }

    private ref PodEntry Expect(in Fact fact, PodClass expected)
    {
        ref PodEntry entry = ref _pods[fact.Pod.Value];
        if (entry.Class != expected || entry.Uid != fact.Uid)
            Fail(Invariant.Conservation, $"pod {fact.Uid} before {fact.Kind}", $"{expected}", $"slot {fact.Pod.Value} holds pod {entry.Uid}, {entry.Class}");
        _touchedPods.Add(fact.Pod.Value);
        return ref entry;
    }

    /// <summary>The first rule of the pod that the node breaks, or null.</summary>
    private (string Expected, string Actual)? BrokenRule(PodSpec pod, int node)
    {
        if ((uint)node >= (uint)_run.Fleet.Count) return ($"a node from 0 to {_run.Fleet.Count - 1}", $"{node}");
        NodeSpec spec = _run.Fleet.Nodes[node];
        if (pod.GpuCount > 0 && pod.GpuModels.Count > 0 && !pod.GpuModels.Contains(spec.GpuModel, StringComparer.Ordinal))
            return ($"a GPU of model {string.Join(" or ", pod.GpuModels)}", $"'{spec.GpuModel}' of node '{spec.Name}'");
        foreach (Label wanted in pod.NodeSelector)
        {
            bool isZone = wanted.Key == "topology.kubernetes.io/zone" && wanted.Value == spec.Zone && spec.Zone.Length > 0;
            if (!isZone && !spec.Labels.Contains(wanted)) return ($"label {wanted.Key}={wanted.Value}", $"none on node '{spec.Name}'");
        }

        foreach (ResourceAmount wanted in pod.Extended)
        {
            if (wanted.Amount > 0 && !spec.Extended.Any(offered => offered.Name == wanted.Name))
                return ($"{wanted.Amount} of {wanted.Name}", $"none on node '{spec.Name}'");
        }

        return null;
    }
}
