using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Recording.Invariants;

/// <content>Taints no faster than a zone allows, and no pod deleted for a taint or for pressure that is not there.</content>
public sealed partial class NodeInvariants
{
    private readonly NodeNotes[] _nodes;
    private readonly Dictionary<string, ZoneNotes> _zones = new(StringComparer.Ordinal);
    private readonly List<int> _newlyTainted = [];
    private readonly List<long> _deletedForTaint = [];
    private readonly Dictionary<long, long> _markedForTaint = [];
    private readonly List<long> _endedByPressure = [];
    private readonly HashSet<long> _told = [];
    private readonly HashSet<int> _toldNodes = [];
    private TimeSpan _allDownSince = TimeSpan.MaxValue;

    private struct NodeNotes
    {
        public Dictionary<Taint, (TimeSpan Since, TimeSpan Until)> TaintedSince;
        public bool HasPressure;
        public bool HasDiskPressure;
    }

    private sealed class ZoneNotes
    {
        public int Nodes;
        public int Ready;
        public TimeSpan LastTaint = TimeSpan.MinValue;

        /// <summary>Since when the zone is partly down; the largest span while it is not.</summary>
        public TimeSpan PartlySince = TimeSpan.MaxValue;
    }

    private NodeLifecycleOptions Lifecycle => _run.NodeLifecycle;

    private ZoneNotes ZoneOf(Node node)
    {
        string key = (node.Metadata.Labels.ValueOf("topology.kubernetes.io/region") ?? "") + ":" + (node.Metadata.Labels.ValueOf("topology.kubernetes.io/zone") ?? "");
        if (!_zones.TryGetValue(key, out ZoneNotes? zone)) _zones.Add(key, zone = new ZoneNotes());
        return zone;
    }

    private void OnNodeChange(Node node, Node? before, bool isGone)
    {
        ZoneNotes zone = ZoneOf(node);
        if (before is not null && !isGone && ZoneOf(before) is var left && left != zone)
        {
            left.Nodes--;
            left.Ready -= before.IsReady == true ? 1 : 0;
            NoteZones(left);
            zone.Nodes++;
            zone.Ready += before.IsReady == true ? 1 : 0;
        }

        zone.Nodes += before is null ? 1 : isGone ? -1 : 0;
        zone.Ready += (isGone || node.IsReady != true ? 0 : 1) - (before?.IsReady == true ? 1 : 0);
        NoteZones(zone);
        Dictionary<Taint, (TimeSpan Since, TimeSpan Until)> since = _nodes[node.Index.Value].TaintedSince;
        bool wasTainted = before is not null && IsLostTaint(before);
        foreach (Taint taint in since.Keys.ToArray())
        {
            bool isThere = !isGone && node.Taints.AsSpan().Contains(taint);
            if (!isThere && since[taint].Until == TimeSpan.MaxValue) since[taint] = (since[taint].Since, _run.Loop.Now);
            else if (isThere && since[taint].Until < TimeSpan.MaxValue) since.Remove(taint);
        }

        if (isGone) return;
        foreach (ref readonly Taint taint in node.Taints.AsSpan())
        {
            if (taint.Effect == TaintEffect.NoExecute) since.TryAdd(taint, (_run.Loop.Now, TimeSpan.MaxValue));
        }

        if (IsLostTaint(node) && !wasTainted && !_run.Store.IsRestoring) _newlyTainted.Add(node.Index.Value);
    }

    private void NoteZones(ZoneNotes changed)
    {
        int lost = changed.Nodes - changed.Ready;
        bool isPartly = changed.Ready > 0 && lost > 2 && (double)lost / changed.Nodes >= Lifecycle.UnhealthyThreshold;
        if (!isPartly) changed.PartlySince = TimeSpan.MaxValue;
        else if (changed.PartlySince == TimeSpan.MaxValue) changed.PartlySince = _run.Loop.Now;
        bool all = _zones.Values.All(zone => zone.Ready == 0);
        if (!all) _allDownSince = TimeSpan.MaxValue;
        else if (_allDownSince == TimeSpan.MaxValue) _allDownSince = _run.Loop.Now;
    }

    private static bool IsLostTaint(Node node) =>
        NodeTaints.Has(node, NodeTaints.NotReady, TaintEffect.NoExecute) || NodeTaints.Has(node, NodeTaints.Unreachable, TaintEffect.NoExecute);

    private void ObserveCause(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.NodeTainted:
                _toldNodes.Add(fact.Node.Value);
                break;
            case FactKind.NodePressureChanged:
                _nodes[fact.Node.Value].HasPressure = fact.Detail == 1;
                break;
            case FactKind.NodeDiskPressureChanged:
                _nodes[fact.Node.Value].HasDiskPressure = fact.Detail == 1;
                break;
            case FactKind.PodEvictedByPressure when fact.Detail == 1 ? !_nodes[fact.Node.Value].HasDiskPressure : fact.Detail == 0 && !_nodes[fact.Node.Value].HasPressure:
                Fail(Invariant.DeletionCauses, $"pod {fact.Uid}", $"pressure on node '{Name(fact.Node.Value)}'", "none");
                break;
            case FactKind.PodEvictedByTaint or FactKind.PodEvictedByPressure or FactKind.PodRejected:
                _told.Add(fact.Uid);
                break;
            default:
                break;
        }
    }

    private void NoteDeletion(Pod pod, Pod before)
    {
        const string byTaint = "DeletionByTaintManager";
        if (pod.Status.Disruption == byTaint && before.Status.Disruption != byTaint) _markedForTaint[pod.Uid] = _run.Loop.EventsHandled;
        if (!pod.Metadata.IsDeleting || before.Metadata.IsDeleting || !_markedForTaint.Remove(pod.Uid, out long marked)) return;
        // The mark and the deletion are one act, in one event; a mark whose deletion the API refused may be followed by somebody else's.
        if (marked == _run.Loop.EventsHandled) _deletedForTaint.Add(pod.Uid);
    }

    private void NoteEnd(Pod pod, Pod before)
    {
        if (pod.Status.Phase == PodLifePhase.Failed && before.Status.Phase != PodLifePhase.Failed && pod.Status.Reason == "Evicted") _endedByPressure.Add(pod.Uid);
    }

    private void CheckCauses()
    {
        foreach (int node in _newlyTainted) CheckRate(node);
        _newlyTainted.Clear();
        _toldNodes.Clear();
        foreach (long uid in _deletedForTaint) CheckTaint(uid);
        _deletedForTaint.Clear();
        foreach (long uid in _endedByPressure)
        {
            if (!_told.Contains(uid)) Fail(Invariant.DeletionCauses, $"pod {uid}", "an eviction or a refusal that was recorded", "none");
        }

        _endedByPressure.Clear();
        if (_told.Count > 4096) _told.RemoveWhere(uid => !_pods.ContainsKey(uid));
    }

    private void CheckRate(int index)
    {
        string name = Name(index);
        if (!_toldNodes.Contains(index)) Fail(Invariant.EvictionRate, $"NoExecute taint of node '{name}'", "given by the limiter of its zone", "set past it");
        if (_run.Store.View.Find<Node>(ResourceKind.Node, "", name) is not { } node) return;
        ZoneNotes zone = ZoneOf(node);
        TimeSpan now = _run.Loop.Now, look = Lifecycle.MonitorPeriod + _run.ControllerDelay;
        double rate = Lifecycle.EvictionRate;
        // The controller learns at its looks how a zone is.
        if (_allDownSince < TimeSpan.MaxValue && now - _allDownSince > look) rate = 0;
        else if (zone.PartlySince < TimeSpan.MaxValue && now - zone.PartlySince > look) rate = zone.Nodes > Lifecycle.LargeZone ? Lifecycle.SecondaryEvictionRate : 0;
        // Where writes were refused, or nobody was there to look, what the API says of a zone is not what the controller knows.
        if (rate <= 0 && !_run.HaveControllersWorkedSince(now - look)) rate = Lifecycle.EvictionRate;
        if (rate <= 0) Fail(Invariant.EvictionRate, $"NoExecute taint of node '{name}'", "none while so many nodes of its zone, or all zones, are lost", "one");
        TimeSpan distance = TimeSpan.FromSeconds(1 / Lifecycle.EvictionRate);
        // The limiter lives in the controller's memory: a new process begins with a token.
        if (zone.LastTaint > TimeSpan.MinValue && zone.LastTaint >= _run.Controllers.StartedAt && now - zone.LastTaint < distance)
            Fail(Invariant.EvictionRate, $"NoExecute taint of node '{name}'", $"{distance} after the last of its zone", $"{now - zone.LastTaint}");
        zone.LastTaint = now;
    }

    private void CheckTaint(long uid)
    {
        if (!_told.Contains(uid)) Fail(Invariant.DeletionCauses, $"pod {uid}", "a recorded eviction for a taint", "none");
        if (!_pods.TryGetValue(uid, out Booked? booked)) return;
        TimeSpan now = _run.Loop.Now;
        foreach ((Taint taint, (TimeSpan since, TimeSpan until)) in _nodes[booked.Node.Value].TaintedSince)
        {
            // The controller may see late that it is gone.
            if (until < now - _run.ControllerDelay) continue;
            TimeSpan? stays = TimeSpan.Zero;
            bool isTolerated = false;
            foreach (ref readonly Toleration toleration in booked.Spec.Tolerations.AsSpan())
            {
                if (!toleration.Tolerates(in taint)) continue;
                stays = !isTolerated ? toleration.Duration : stays is null ? toleration.Duration : toleration.Duration is null || stays < toleration.Duration ? stays : toleration.Duration;
                isTolerated = true;
            }

            if (stays is { } span && since + span <= now) return;
        }

        Fail(Invariant.DeletionCauses, $"pod {uid} on node '{Name(booked.Node.Value)}'", "a NoExecute taint that it does not tolerate any longer", "none");
    }
}
