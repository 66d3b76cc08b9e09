using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Placements by the scheduler of an orchestrated run, against the plain rules: a pod goes only where taints, cordon, affinity, spread, host ports and volumes allow it (4, 6),
/// and preemption takes pods of lower priority that are all needed (35).</summary>
/// <remarks>Judged is what the scheduler could know: the books follow its watch, which may be late, and its own assumptions. Resources are counted from the specs.</remarks>
internal sealed class PlacementJudge : ObjectJudge
{
    private readonly PlainRules _rules;
    private readonly NodeBooks _room;
    private readonly Dictionary<string, ValueList<Label>> _namespaces = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, Placement> _placed = [];
    private readonly Dictionary<int, long> _inFlight = [];
    private readonly List<PlainPod> _list = [];
    private bool _readsPods;

    private PlacementJudge(OrchestratedRun run)
        : base(run)
    {
        _rules = new PlainRules(run.Fleet.Nodes) { NamespaceLabels = ns => _namespaces.GetValueOrDefault(ns) };
        _room = new NodeBooks(run.Fleet);
    }

    private readonly record struct Placement(Pod Pod, int Node, DeviceSet Devices, bool IsLeaving);

    /// <summary>Follows the scheduler of a run: its feed, its assumptions, its preemptions.</summary>
    public static PlacementJudge Attach(OrchestratedRun run)
    {
        var judge = new PlacementJudge(run);
        run.SchedulerFeed.Subscribe(judge);
        run.Scheduler.Assumed += judge.OnAssumed;
        run.Scheduler.AssumptionEnded += judge.OnAssumptionEnded;
        run.Scheduler.Preempting += judge.OnPreempting;
        return judge;
    }

    private protected override void Judge(in StoreChange change)
    {
        Judged--;
        switch (change.Object)
        {
            case Pod pod:
                OnPod(pod, isGone: change.After is null || pod.HasEnded);
                break;
            case Node node:
                _rules.SetPresent(node.Index.Value, change.After is not null);
                _room.Resize(node.Index.Value, node.Spec);
                _rules.SetLabels(node.Index.Value, node.Metadata.Labels);
                _rules.SetTaints(node.Index.Value, node.Taints);
                _rules.SetCordoned(node.Index.Value, node.IsCordoned);
                break;
            case Namespace space when change.After is not null:
                _namespaces[space.Name] = space.Metadata.Labels.ValueOf("kubernetes.io/metadata.name") is null
                    ? space.Metadata.Labels.With("kubernetes.io/metadata.name", space.Name) : space.Metadata.Labels;
                break;
            default:
                break;
        }
    }

    private void OnPod(Pod pod, bool isGone)
    {
        if (!isGone)
        {
            if (pod.Node.IsNode) Place(pod, pod.Node.Value, pod.Devices, pod.Metadata.IsDeleting);
        }
        else if (_placed.TryGetValue(pod.Uid, out Placement known) && !_inFlight.ContainsValue(pod.Uid))
        {
            // A pod that is deleted while its binding is under way keeps its room until the binding is refused.
            Remove(pod.Uid, in known);
        }
    }

    /// <summary>A binding was written or refused.</summary>
    private void OnAssumptionEnded(PodIndex slot, bool isBound)
    {
        if (_inFlight.Remove(slot.Value, out long uid) && !isBound && _placed.TryGetValue(uid, out Placement known)) Remove(uid, in known);
    }

    private void OnAssumed(PodIndex slot, NodeIndex node, DeviceSet devices)
    {
        if (Known(slot) is not { } pod) return;
        Judged++;
        if (_placed.ContainsKey(pod.Uid)) Fail(Invariant.OneBinding, pod, "a pod that is on no node", "one that is");
        NoteRules(pod);
        if (_rules.Broken(Plain(pod, node.Value), node.Value, Placed(null)) is { } broken)
            Fail(broken.Reason == InfeasibleReason.HostPortConflict ? Invariant.HostPorts : Invariant.BindingRules, pod, broken.Expected, broken.Actual);
        CheckVolumes(pod, node.Value);
        if (!_room.HasRoom(pod.Spec, node.Value)) Fail(Invariant.BindingRules, pod, $"room on node '{Run.Fleet.Nodes[node.Value].Name}'", "none");
        Place(pod, node.Value, devices, isLeaving: false);
        _inFlight.Add(slot.Value, pod.Uid);
    }

    /// <summary>A pod as the scheduler knows it: what it decides on.</summary>
    private Pod? Known(PodIndex slot) => Run.PodAt(slot) is { } pod ? Run.SchedulerFeed.View.Find(pod.Uid) as Pod ?? pod : null;

    private void OnPreempting(PodIndex slot, Preemption preemption)
    {
        if (Known(slot) is not { } pod) return;
        Judged++;
        int node = preemption.Node.Value;
        var victims = new List<long>();
        foreach (PodIndex index in preemption.Victims)
        {
            if (Known(index) is not { } victim)
            {
                // Deleted while its binding is under way: it keeps its room until the binding is refused, and may be chosen once more until then.
                if (_inFlight.TryGetValue(index.Value, out long deleted)) victims.Add(deleted);
                continue;
            }

            victims.Add(victim.Uid);
            if (!_placed.TryGetValue(victim.Uid, out Placement placed) || placed.Node != node) Fail(Invariant.Preemption, pod, $"victims on node {node}", $"{victim.Key}");
            if (victim.Spec.Priority >= pod.Spec.Priority) Fail(Invariant.Preemption, pod, $"victims of a priority below {pod.Spec.Priority}", $"{victim.Key} of priority {victim.Spec.Priority}");
        }

        if (!FitsWithout(pod, node, victims)) Fail(Invariant.Preemption, pod, $"room on node {node} without the victims", "it does not fit");
        foreach (long stays in victims)
        {
            // Pods nominated to the node count too, and where pods attract each other one that stays may be what lets it fit: there not every victim need be needed.
            if (!preemption.IsAdvised && !_readsPods && Run.Scheduler.Nominations.Count <= 1 && FitsWithout(pod, node, [.. victims.Where(victim => victim != stays)]))
                Fail(Invariant.Preemption, pod, "victims that are all needed", $"it fits when {stays} stays");
        }
    }

    private bool FitsWithout(Pod pod, int node, List<long> victims)
    {
        foreach (long victim in victims) _room.Book(_placed[victim].Pod.Spec, node, _placed[victim].Devices, -1);
        bool fits = _room.HasRoom(pod.Spec, node) && _rules.Broken(Plain(pod, node), node, Placed(victims)) is null;
        foreach (long victim in victims) _room.Book(_placed[victim].Pod.Spec, node, _placed[victim].Devices, 1);
        return fits;
    }

    /// <summary>The volume of a bound claim can be reached from the node; a claim that waits for its first pod was not promised to another node.</summary>
    private void CheckVolumes(Pod pod, int node)
    {
        ObjectView view = Run.SchedulerFeed.View;
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            PersistentVolumeClaim? claim = view.Find<PersistentVolumeClaim>(ResourceKind.PersistentVolumeClaim, pod.Metadata.Namespace, volume.Source);
            if (claim is null) Fail(Invariant.BindingRules, pod, $"claim {volume.Source}", "none");
            string name = Run.Fleet.Nodes[node].Name;
            if (!claim.IsBound)
            {
                if (claim.SelectedNode.Length > 0 && claim.SelectedNode != name) Fail(Invariant.BindingRules, pod, $"node '{claim.SelectedNode}', where its claim was promised", $"'{name}'");
                continue;
            }

            PersistentVolume? bound = view.Find<PersistentVolume>(ResourceKind.PersistentVolume, "", claim.VolumeName);
            if (bound is null) Fail(Invariant.BindingRules, pod, $"volume {claim.VolumeName}", "none");
            ValueList<Label> labels = view.Find<Node>(ResourceKind.Node, "", name)?.Metadata.Labels ?? default;
            if (bound.NodeAffinity is { } terms && !terms.Any(term => term.Labels.All(wanted => wanted.Matches(labels)) && term.Fields.All(wanted => wanted.Matches([new Label(wanted.Key, name)]))))
                Fail(Invariant.BindingRules, pod, $"a node from which volume {bound.Name} can be reached", $"'{name}'");
        }
    }

    private void Place(Pod pod, int node, DeviceSet devices, bool isLeaving)
    {
        if (!_placed.ContainsKey(pod.Uid))
        {
            NoteRules(pod);
            _room.Book(pod.Spec, node, devices, 1);
        }

        _placed[pod.Uid] = new Placement(pod, node, devices, isLeaving);
    }

    private void Remove(long uid, in Placement known)
    {
        _room.Book(known.Pod.Spec, known.Node, known.Devices, -1);
        _placed.Remove(uid);
    }

    /// <summary>Pods are listed at every decision only when some pod has a rule on others.</summary>
    private void NoteRules(Pod pod) => _readsPods |= pod.Spec.HostPorts.Count > 0 || pod.Spec.TopologySpread.Count > 0
        || pod.Spec.Affinity is { RequiredPods.Count: > 0 } or { RequiredAnti.Count: > 0 };

    private List<PlainPod> Placed(List<long>? without)
    {
        _list.Clear();
        if (!_readsPods) return _list;
        foreach ((long uid, Placement placed) in _placed)
        {
            if (without?.Contains(uid) != true) _list.Add(Plain(placed.Pod, placed.Node) with { IsLeaving = placed.IsLeaving });
        }

        return _list;
    }

    private static PlainPod Plain(Pod pod, int node) => new(pod.Spec, pod.Metadata.Labels, pod.Metadata.Namespace, node);
}
