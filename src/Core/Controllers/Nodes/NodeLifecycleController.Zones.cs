using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Controllers;

/// <content>Zones: how many of their nodes are well, and how fast the others are tainted (<c>handleDisruption</c>, <c>RateLimitedTimedQueue</c>).</content>
public sealed partial class NodeLifecycleController
{
    private readonly List<Zone> _zones = [];
    private readonly Dictionary<string, Zone> _zonesByKey = new(StringComparer.Ordinal);

    private enum ZoneState : byte
    {
        Initial,
        Normal,
        PartialDisruption,
        FullDisruption,
    }

    private sealed class Zone(int index, double rate)
    {
        public readonly int Index = index;
        public readonly Queue<Watched> Queue = new();
        public int Ready;
        public int NotReady;
        public ZoneState State;
        public double Rate = rate;
        public TimeSpan NextToken = TimeSpan.MinValue;

        public int Nodes => Ready + NotReady;

        public void Count(bool isHealthy, int by)
        {
            if (isHealthy) Ready += by;
            else NotReady += by;
        }
    }

    private Zone ZoneOf(Node node)
    {
        string zone = node.Metadata.Labels.ValueOf("topology.kubernetes.io/zone") ?? "", region = node.Metadata.Labels.ValueOf("topology.kubernetes.io/region") ?? "";
        string key = region + ":" + zone;
        if (_zonesByKey.TryGetValue(key, out Zone? known)) return known;
        var added = new Zone(_zones.Count, _options.EvictionRate);
        _zones.Add(added);
        _zonesByKey.Add(key, added);
        return added;
    }

    /// <summary>A node has other labels: it may belong to another zone, and waits for its taint there.</summary>
    private void Move(Node node, Watched watched)
    {
        Zone zone = ZoneOf(node);
        if (zone == watched.Zone) return;
        watched.Zone.Count(watched.IsHealthy, -1);
        zone.Count(watched.IsHealthy, 1);
        watched.Zone = zone;
        Enqueue(EndOfLook);
        if (!watched.IsQueued) return;
        watched.IsQueued = false;
        QueueForTaint(watched);
    }

    /// <summary>What <c>ComputeZoneState</c> says of a zone.</summary>
    private ZoneState StateOf(Zone zone)
    {
        if (zone.Ready == 0 && zone.NotReady > 0) return ZoneState.FullDisruption;
        return zone.NotReady > 2 && (double)zone.NotReady / zone.Nodes >= _options.UnhealthyThreshold ? ZoneState.PartialDisruption : ZoneState.Normal;
    }

    private void HandleDisruption()
    {
        bool allAre = true, allWere = true;
        foreach (Zone zone in _zones)
        {
            if (zone.Nodes == 0) continue;
            allAre &= StateOf(zone) == ZoneState.FullDisruption;
            allWere &= zone.State == ZoneState.FullDisruption;
        }

        if (allAre && allWere) return;
        if (allAre) StopEvictions();
        else if (allWere) LeaveFullDisruption();
        else
        {
            foreach (Zone zone in _zones)
            {
                ZoneState state = StateOf(zone);
                if (state == zone.State) continue;
                zone.State = state;
                SetLimiter(zone, state);
            }
        }
    }

    /// <summary>Nothing is heard of any node: the fault is likelier here. Taints go, evictions stop.</summary>
    private void StopEvictions()
    {
        foreach (Zone zone in _zones)
        {
            zone.State = ZoneState.FullDisruption;
            SwapLimiter(zone, 0);
        }

        foreach (Watched watched in _watched.Values.OrderBy(watched => watched.Uid))
        {
            watched.IsQueued = false;
            if (View.Find(watched.Uid) is not Node node) continue;
            Node next = node with { Taints = Without(Without(node.Taints, NodeTaints.NotReady, TaintEffect.NoExecute), NodeTaints.Unreachable, TaintEffect.NoExecute) };
            if (next != node) _ = Api.Update(next);
            Enqueue(watched.Uid);
        }
    }

    /// <summary>Some node is heard of again: all others get the grace anew.</summary>
    private void LeaveFullDisruption()
    {
        foreach (Watched watched in _watched.Values.OrderBy(watched => watched.Uid))
        {
            watched.NotBefore = Now;
            Enqueue(watched.Uid);
        }

        foreach (Zone zone in _zones)
        {
            zone.State = StateOf(zone);
            SetLimiter(zone, zone.State);
        }
    }

    private void SetLimiter(Zone zone, ZoneState state)
    {
        double rate = _options.EvictionRate;
        if (state == ZoneState.PartialDisruption) rate = zone.Nodes > _options.LargeZone ? _options.SecondaryEvictionRate : 0;
        SwapLimiter(zone, rate);
    }

    /// <summary>A new limiter starts with a token when the old one had one.</summary>
    private void SwapLimiter(Zone zone, double rate)
    {
        bool hasToken = zone.Rate > 0 && zone.NextToken <= Now;
        zone.Rate = rate;
        if (rate <= 0) return;
        zone.NextToken = hasToken ? TimeSpan.MinValue : Now + TimeSpan.FromSeconds(1 / rate);
        if (zone.Queue.Count > 0) Enqueue(-zone.Index - 1);
    }

    private void QueueForTaint(Watched watched)
    {
        if (watched.IsQueued) return;
        watched.IsQueued = true;
        watched.Zone.Queue.Enqueue(watched);
        Enqueue(-watched.Zone.Index - 1);
    }

    private void TaintQueued(Zone zone)
    {
        while (zone.Queue.TryPeek(out Watched? watched))
        {
            if (!watched.IsQueued || watched.Zone != zone || View.Find(watched.Uid) is not Node node)
            {
                zone.Queue.Dequeue();
                continue;
            }

            if (zone.Rate <= 0) return;
            if (zone.NextToken > Now)
            {
                EnqueueAfter(-zone.Index - 1, zone.NextToken - Now);
                return;
            }

            zone.NextToken = Now + TimeSpan.FromSeconds(1 / zone.Rate);
            zone.Queue.Dequeue();
            watched.IsQueued = false;
            if (node.IsReady == true) continue;
            string key = node.IsReady is null ? NodeTaints.Unreachable : NodeTaints.NotReady;
            if (NodeTaints.Has(node, key, TaintEffect.NoExecute)) continue;
            if (Api.Update(node with { Taints = With(node.Taints, key, TaintEffect.NoExecute) }) is null)
                Context.Facts.Record(new Fact(FactKind.NodeTainted, Now, default, -1, node.Index, 0));
            else QueueForTaint(watched);
        }
    }
}
