using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Watches over nodes: marks those that are silent, taints them, zone by zone and no faster than allowed
/// (Kubernetes <c>pkg/controller/nodelifecycle/node_lifecycle_controller.go</c>).</summary>
/// <remarks>
/// Its looks at all nodes, every 5 s, are no events: a look that would find nothing is not made. A silent node is found by the instant of its last heartbeat: the
/// look that saw it, plus the grace. As in Kubernetes the NoExecute taint is asked for at the look after the one that found the node, and a node that is back is
/// untainted at the first look that sees it. The limiter hands out its first token at once.
/// Differences: looks are exactly a period apart; the first look after the start of a run knows heartbeats of before it.
/// </remarks>
public sealed partial class NodeLifecycleController : Controller, IHeartbeatListener
{
    private const long EndOfLook = 0;
    private readonly IHeartbeats _heartbeats;
    private readonly NodeLifecycleOptions _options;
    private readonly PodsByNode _pods;
    private readonly Func<long, PodIndex> _slotOf;
    private readonly Dictionary<long, Watched> _watched = [];
    private readonly Dictionary<int, Watched> _byIndex = [];

    internal NodeLifecycleController(IHeartbeats heartbeats, PodsByNode pods, NodeLifecycleOptions options, Func<long, PodIndex> slotOf)
    {
        _heartbeats = heartbeats;
        _pods = pods;
        _options = options;
        _slotOf = slotOf;
        heartbeats.Subscribe(this);
    }

    /// <summary>What the controller remembers of a node.</summary>
    private sealed class Watched(long uid, Zone zone)
    {
        public readonly long Uid = uid;
        public Zone Zone = zone;
        public bool IsHealthy;
        public bool IsQueued;
        public bool MustMarkPods;
        public TimeSpan NotBefore = TimeSpan.MinValue;
        public TimeSpan LookedAt = TimeSpan.MinValue;
    }

    /// <inheritdoc/>
    public override string Name => "node-lifecycle-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is not Node node) return;
        if (change.After is null)
        {
            Forget(node);
            return;
        }

        if (!_watched.TryGetValue(node.Uid, out Watched? watched)) Watch(node);
        else if (change.Before is Node old && old.Metadata.Labels != node.Metadata.Labels) Move(node, watched);
        if (change.Before is Node before && before.IsReady == node.IsReady && before.IsCordoned == node.IsCordoned && before.Taints == node.Taints
            && before.HasMemoryPressure == node.HasMemoryPressure && before.HasDiskPressure == node.HasDiskPressure) return;
        Enqueue(node.Uid);
    }

    /// <inheritdoc/>
    void IHeartbeatListener.OnHeartbeatsChanged(int node)
    {
        if (_byIndex.TryGetValue(node, out Watched? watched)) Enqueue(watched.Uid);
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _watched.Clear();
        _byIndex.Clear();
        _zones.Clear();
        _zonesByKey.Clear();
        base.Restart();
        // A controller that knows nothing of a node takes now for the last sign of it ("Missing timestamp for Node. Assuming now as a timestamp"): after an outage of the API nobody is lost at once.
        TimeSpan firstLook = _options.MonitorPeriod * ((Now.Ticks + _options.MonitorPeriod.Ticks - 1) / _options.MonitorPeriod.Ticks);
        foreach (Watched watched in _watched.Values) watched.NotBefore = firstLook;
        // How the zones are is known before the first taint is given.
        if (_zones.Count > 0) Enqueue(EndOfLook);
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (uid == EndOfLook) HandleDisruption();
        else if (uid < 0) TaintQueued(_zones[(int)(-uid - 1)]);
        else if (View.Find(uid) is Node node && _watched.TryGetValue(uid, out Watched? watched)) Reconcile(node, watched);
    }

    private void Watch(Node node)
    {
        var watched = new Watched(node.Uid, ZoneOf(node)) { IsHealthy = node.IsReady == true };
        _watched.Add(node.Uid, watched);
        _byIndex[node.Index.Value] = watched;
        watched.Zone.Count(watched.IsHealthy, 1);
    }

    private void Forget(Node node)
    {
        if (!_watched.Remove(node.Uid, out Watched? watched)) return;
        _byIndex.Remove(node.Index.Value);
        watched.IsQueued = false;
        watched.Zone.Count(watched.IsHealthy, -1);
    }

    private void Reconcile(Node node, Watched watched)
    {
        bool isLook = Now.Ticks % _options.MonitorPeriod.Ticks == 0 && watched.LookedAt != Now;
        Node next = isLook ? Look(node, watched) : node;
        next = next with { Taints = WithNoScheduleTaints(next) };
        if (next != node && Api.Update(next) is not null)
        {
            EnqueueAfter(node.Uid, Context.RetryDelay);
            return;
        }

        if (isLook && node.IsReady is not null && next.IsReady is null) OnLost(next, watched);
        if (watched.MustMarkPods) MarkPodsNotReady(next, watched);
        ScheduleLook(next, watched);
    }

    /// <summary>One look at one node (<c>monitorNodeHealth</c>): taints follow what was observed before the look changed it.</summary>
    private Node Look(Node node, Watched watched)
    {
        watched.LookedAt = Now;
        Node next = node;
        if (node.IsReady is not null && _heartbeats.AreLost(node.Index.Value) && Now >= LostAt(node, watched)) next = node with { IsReady = null, ReadySince = Now };
        if (IsStarting(node) && _heartbeats.AreLost(node.Index.Value) && Now >= node.Metadata.CreatedAt + _options.StartupGracePeriod) next = node with { ReadySince = Now };
        bool isHealthy = next.IsReady == true;
        if (isHealthy != watched.IsHealthy)
        {
            watched.Zone.Count(watched.IsHealthy, -1);
            watched.Zone.Count(isHealthy, 1);
            watched.IsHealthy = isHealthy;
            Enqueue(EndOfLook);
        }

        if (node.IsReady == true)
        {
            watched.IsQueued = false;
            return next with { Taints = Without(Without(next.Taints, NodeTaints.NotReady, TaintEffect.NoExecute), NodeTaints.Unreachable, TaintEffect.NoExecute) };
        }

        if (IsStarting(node)) return next;
        (string key, string opposite) = node.IsReady is null ? (NodeTaints.Unreachable, NodeTaints.NotReady) : (NodeTaints.NotReady, NodeTaints.Unreachable);
        if (NodeTaints.Has(node, opposite, TaintEffect.NoExecute)) return next with { Taints = With(Without(next.Taints, opposite, TaintEffect.NoExecute), key, TaintEffect.NoExecute) };
        if (!NodeTaints.Has(node, key, TaintEffect.NoExecute)) QueueForTaint(watched);
        return next;
    }

    /// <summary>A node that was made and has not reported yet: it has a grace of its own.</summary>
    private static bool IsStarting(Node node) => node.IsReady is null && node.ReadySince <= node.Metadata.CreatedAt;

    private void OnLost(Node node, Watched watched)
    {
        Context.Facts.Record(new Fact(FactKind.NodeNotReady, Now, default, -1, node.Index, 0));
        Context.Events.Tell(node, "NodeNotReady", $"Node {node.Name} status is now: NodeNotReady", Name);
        watched.MustMarkPods = true;
    }

    /// <summary>The look that finds the node silent: the one that saw its last heartbeat, plus the grace.</summary>
    private TimeSpan LostAt(Node node, Watched watched)
    {
        TimeSpan last = _heartbeats.LastHeartbeatAt(node.Index.Value, Now);
        TimeSpan period = _options.MonitorPeriod;
        TimeSpan seen = period * (last.Ticks <= 0 ? last.Ticks / period.Ticks : (last.Ticks + period.Ticks - 1) / period.Ticks);
        if (seen < watched.NotBefore) seen = watched.NotBefore;
        TimeSpan due = seen + _options.GracePeriod;
        // A grace that is no multiple of the period ends at the look after it.
        return period * ((due.Ticks + period.Ticks - 1) / period.Ticks);
    }

    /// <summary>Asks for the next look that will find something.</summary>
    private void ScheduleLook(Node node, Watched watched)
    {
        TimeSpan next = _options.MonitorPeriod * ((Now.Ticks / _options.MonitorPeriod.Ticks) + 1);
        bool isTainted = NodeTaints.Has(node, NodeTaints.NotReady, TaintEffect.NoExecute) || NodeTaints.Has(node, NodeTaints.Unreachable, TaintEffect.NoExecute);
        if (IsStarting(node))
        {
            // One that renews its lease is taken to be well, although it has not said so.
            if (!_heartbeats.AreLost(node.Index.Value)) return;
            TimeSpan given = node.Metadata.CreatedAt + _options.StartupGracePeriod;
            EnqueueAfter(node.Uid, given > next ? ProbeTrack.TickAt(TimeSpan.Zero, given, _options.MonitorPeriod) - Now : next - Now);
            return;
        }

        bool findsSomething = (node.IsReady == true) != watched.IsHealthy || watched.MustMarkPods
            || (node.IsReady == true ? isTainted : !watched.IsQueued && !NodeTaints.Has(node, node.IsReady is null ? NodeTaints.Unreachable : NodeTaints.NotReady, TaintEffect.NoExecute));
        if (findsSomething) EnqueueAfter(node.Uid, next - Now);
        if (node.IsReady is null || !_heartbeats.AreLost(node.Index.Value)) return;
        TimeSpan lost = LostAt(node, watched);
        EnqueueAfter(node.Uid, (lost > Now ? lost : next) - Now);
    }

    /// <summary>Pods of a node that is lost leave their services (<c>MarkPodsNotReady</c>).</summary>
    private void MarkPodsNotReady(Node node, Watched watched)
    {
        watched.MustMarkPods = false;
        IReadOnlyList<long> pods = _pods.On(node.Index.Value);
        for (int i = 0; i < pods.Count; i++)
        {
            if (View.Find(pods[i]) is not Pod { Status.IsReady: true } pod) continue;
            if (Api.Update(pod with { Status = pod.Status with { IsReady = false, ReadySince = Now } }) is { } error)
                watched.MustMarkPods |= error.Code == ApiErrorCode.Conflict;
            else Context.Facts.Record(new Fact(FactKind.PodNotReady, Now, _slotOf(pod.Uid), (int)pod.Uid, pod.Node, 1));
        }
    }

    /// <summary>Taints that say what the node's conditions say (<c>doNoScheduleTaintingPass</c>).</summary>
    private static ValueList<Taint> WithNoScheduleTaints(Node node)
    {
        ValueList<Taint> taints = node.Taints;
        Set(NodeTaints.NotReady, node.IsReady == false || IsStarting(node));
        Set(NodeTaints.Unreachable, node.IsReady is null && !IsStarting(node));
        Set(NodeTaints.MemoryPressureKey, node.HasMemoryPressure);
        Set(NodeTaints.DiskPressureKey, node.HasDiskPressure);
        Set(NodeTaints.Unschedulable, node.IsCordoned);
        return taints;

        void Set(string key, bool isWanted)
        {
            bool has = NodeTaints.Has(node, key, TaintEffect.NoSchedule);
            if (isWanted && !has) taints = With(taints, key, TaintEffect.NoSchedule);
            else if (!isWanted && has) taints = Without(taints, key, TaintEffect.NoSchedule);
        }
    }

    private static ValueList<Taint> With(ValueList<Taint> taints, string key, TaintEffect effect) => [.. taints, new Taint(key, "", effect)];

    private static ValueList<Taint> Without(ValueList<Taint> taints, string key, TaintEffect effect)
    {
        foreach (ref readonly Taint taint in taints.AsSpan())
        {
            if (taint.Key == key && taint.Effect == effect) return [.. taints.Where(kept => kept.Key != key || kept.Effect != effect)];
        }

        return taints;
    }
}
