using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <summary>
/// The agents (kubelets) of a whole fleet: one object, a row a pod. It sees pods bound to its nodes, takes them in or refuses them, runs their containers through a
/// runtime, stops them, and writes what became of them.
/// </summary>
/// <remarks>
/// <code>
/// New ── admitted ──▶ Waiting ── volumes, mounts ──▶ Running ── deletion, deadline, pressure, all ended ──▶ Stopping ──▶ Ended
///  └── refused ─────────────────────────────────────────────────────────────────────────────────────────────────────────▲
/// </code>
/// Nothing periodic is an event: PLEG relists, probes, heartbeats and retries are instants computed from a phase and a period. A watch gives notes only; work is done
/// in events of the agent. When a machine stands still its agent's events wait; when it crashes they are void.
/// Source: <c>pkg/kubelet</c> (kubelet.go, pod_workers.go, kuberuntime, prober, status, eviction).
/// Differences: CrashLoopBackOff ends exactly at its instant (the kubelet's next sync comes up to 10 s later); the first status of a pod is written when it starts
/// or fails, not when it is taken in.
/// </remarks>
public sealed partial class NodeAgent : IStoreListener, IEventHandler, IRuntimeEvents, INodeHealthListener, IVolumeObserver
{
    private const ushort Work = 0;
    private const ushort Notice = 1;
    private const ushort Retry = 2;
    private const ushort ProbeDue = 3;
    private const ushort SignalDue = 4;
    private const ushort KillDue = 5;
    private const ushort DeadlineDue = 6;
    private const ushort WaitDue = 7;
    private const ushort WriteDue = 8;
    private const ushort NodeStatusDue = 9;
    private const ushort PressureDue = 10;
    private const ushort DiskDue = 11;
    private const ushort ImageGcDue = 12;
    private const ushort BatchDue = 13;
    private const ushort NewsDue = 14;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly ObjectStore _store;
    private readonly NodeAdmission _admission;
    private readonly FactStream _facts;
    private readonly IContainerRuntime _runtime;
    private readonly NodeHealth _health;
    private readonly IAgentHeartbeats _heartbeats;
    private readonly AgentOptions _options;
    private readonly FleetLayout _fleet;
    private readonly Func<long, PodIndex> _slotOf;
    private readonly EventRecorder _events;
    private readonly TimeSpan[] _relistPhase;
    private readonly List<AgentPod>?[] _onNode;
    private readonly Dictionary<long, AgentPod> _byUid = [];
    private readonly Queue<AgentPod> _work = new();
    private readonly Stack<int> _free = new();
    private readonly Dictionary<int, List<EventData>> _held = [];
    private AgentPod?[] _pods = new AgentPod?[256];
    private int[] _lives = new int[256];
    private int _used;
    private bool _isArmed;

    internal NodeAgent(NodeAgentContext context, AgentOptions options)
    {
        _loop = context.Loop;
        _handler = _loop.Register(this);
        _store = context.Store;
        _admission = new NodeAdmission(context.Truth);
        _facts = context.Facts;
        _runtime = context.Runtime;
        _runtime.Events = this;
        _health = context.Health;
        _heartbeats = context.Heartbeats;
        _options = options;
        _swarm = options.Swarm;
        _fleet = context.Truth.Layout;
        _slotOf = context.SlotOf;
        _events = context.Events;
        _onNode = new List<AgentPod>?[_fleet.Count];
        _hasBatch = new bool[_fleet.Count];
        _relistPhase = new TimeSpan[_fleet.Count];
        _pullTokens = new TimeSpan[_fleet.Count];
        _writeTokens = new TimeSpan[_fleet.Count];
        _pressure = new NodePressure[_fleet.Count];
        _disks = new NodeDisk[_fleet.Count];
        _memoryOverRequest = pod => MemoryOf(pod) - pod.Pod.Spec.MemoryBytes;
        _diskOverRequest = pod => DiskBytesOf(pod) - pod.Pod.Spec.EphemeralStorageBytes;
        var phases = Draw.Stream(context.Seed, "node/relist-phase");
        _gcPhases = Draw.Stream(context.Seed, "node/image-gc-phase");
        _comparePhases = Draw.Stream(context.Seed, "node/status-compare-phase");
        for (int n = 0; n < _fleet.Count; n++)
        {
            if (options.RelistPeriod > TimeSpan.Zero)
                _relistPhase[n] = TimeSpan.FromTicks((long)phases.Below(Draw.Entity(_fleet.Nodes[n].Name), 0, (ulong)options.RelistPeriod.Ticks)) - options.RelistPeriod;
        }

        _configs = new MountedConfigs(options);
        _health.Subscribe(this);
        options.Volumes?.Subscribe(this);
        ObjectFeed feed = DelayedFeed.Behind(_store, _loop, options.WatchDelay);
        feed.Subscribe(this);
        Watch = feed as DelayedFeed;
    }

    /// <summary>What really runs on the nodes, counted from pods that were taken in and not yet stopped.</summary>
    internal ClusterState Truth => _admission.Truth;

    /// <summary>A node as its agent sees it.</summary>
    public NodeState StateOf(NodeIndex node) => new(Truth, node.Value);

    /// <summary>What agents see the store through; null when they see it at once.</summary>
    internal DelayedFeed? Watch { get; }

    /// <summary>Pods that agents know.</summary>
    public int Count => _byUid.Count;

    /// <summary>Writes of status and removals so far.</summary>
    public long Writes { get; private set; }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case Pod pod:
                Hear(pod, change.After is null);
                break;
            case Node node when change.After is not null:
                FollowNode(node, change.Before as Node);
                break;
            case ConfigMap or Secret:
                _configs.OnChange(in change, _loop.Now);
                if (change.Before is null) WakeThoseThatMiss(change.Object.Key);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void OnVolumesChanged(NodeIndex node)
    {
        foreach (AgentPod pod in _onNode[node.Value] ?? [])
        {
            if (pod.Stage == PodStage.Waiting) Enqueue(pod);
        }
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Kind == Work)
        {
            _isArmed = false;
            while (_work.TryDequeue(out AgentPod? next))
            {
                next.IsQueued = false;
                Sync(next);
            }

            return;
        }

        if (data.Kind == BatchDue)
        {
            OnBatchDue(data.Subject);
            return;
        }

        if (data.Kind == NewsDue)
        {
            OnNewsDue(data.Subject);
            return;
        }

        int node = data.Kind >= NodeStatusDue ? data.Subject : _pods[data.Subject] is { } known && known.Life == LifeOf(data.Argument) ? known.Node : -1;
        if (node < 0) return;
        if (!_health.HasAgent(node))
        {
            if ((_health[node] & NodeTrouble.Down) == NodeTrouble.None) Hold(node, in data);
            return;
        }

        if (data.Kind == NodeStatusDue) WriteNodeReady(node);
        else if (data.Kind == PressureDue) OnPressureDue(node);
        else if (data.Kind == DiskDue) OnDiskDue(node);
        else if (data.Kind == ImageGcDue) OnImageGcDue(node);
        else HandlePod(_pods[data.Subject]!, in data);
    }

    private void OnPodChange(Pod pod, bool isGone)
    {
        if (!pod.Node.IsNode) return;
        if (!_byUid.TryGetValue(pod.Uid, out AgentPod? known))
        {
            if (isGone || pod.HasEnded) return;
            known = Open(pod);
        }
        else if (!isGone && known.Known is { } before && before.Metadata.DeletionAt == pod.Metadata.DeletionAt && before.Swarm?.Desired == pod.Swarm?.Desired)
        {
            // What the agent wrote itself, or what others say of the pod: at most it is contradicted later.
            known.Known = pod;
            ContradictLater(known);
            return;
        }

        known.Known = isGone ? null : pod;
        if (_swarm is null) Enqueue(known);
        else EnqueueBatched(known);
    }

    private AgentPod Open(Pod pod)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == _pods.Length)
            {
                Array.Resize(ref _pods, _used * 2);
                Array.Resize(ref _lives, _used * 2);
            }

            slot = _used++;
        }

        var known = new AgentPod { Slot = slot, Life = ++_lives[slot], Uid = pod.Uid, Known = pod, Pod = pod, Node = pod.Node.Value, WriteAt = TimeSpan.MinValue };
        _pods[slot] = known;
        _byUid.Add(pod.Uid, known);
        (_onNode[known.Node] ??= []).Add(known);
        return known;
    }

    private void Forget(AgentPod pod)
    {
        _byUid.Remove(pod.Uid);
        _exchangeLater.Remove(pod.Uid);
        _onNode[pod.Node]!.Remove(pod);
        Discard(pod);
        _pods[pod.Slot] = null;
        _lives[pod.Slot] = pod.Life;
        _free.Push(pod.Slot);
    }

    private void Enqueue(AgentPod pod)
    {
        if (pod.IsQueued) return;
        pod.IsQueued = true;
        _work.Enqueue(pod);
        if (_isArmed) return;
        _isArmed = true;
        _loop.Schedule(_loop.Now, new EventData(_handler, Work));
    }

    /// <summary>Compares what the watch says with what is done on the node.</summary>
    private void Sync(AgentPod pod)
    {
        if (_pods[pod.Slot] != pod || !_health.IsConnected(pod.Node)) return;
        if (pod.Known is not { } known)
        {
            if (pod.Stage is PodStage.New or PodStage.Ended) Forget(pod);
            else BeginStop(pod, StopCause.Deleted, pod.Pod.Metadata.DeletionGrace ?? pod.Pod.Spec.TerminationGrace);
            return;
        }

        pod.Pod = known;
        if (pod.Stage == PodStage.New)
        {
            if (known.Metadata.IsDeleting)
            {
                pod.Cause = StopCause.Deleted;
                FinishStop(pod);
            }
            else
            {
                Admit(pod);
            }
        }
        else if (known.Metadata.IsDeleting && pod.Stage == PodStage.Ended)
        {
            WriteEnd(pod);
        }
        else if (known.Metadata.IsDeleting)
        {
            BeginStop(pod, StopCause.Deleted, known.Metadata.DeletionGrace ?? known.Spec.TerminationGrace);
        }
        else if (pod.Stage == PodStage.Waiting)
        {
            TryStart(pod);
        }
        else if (pod.Stage == PodStage.Running && _swarm is not null)
        {
            // What was held back may be wanted now.
            Advance(pod);
            UpdateStatus(pod);
        }

        if (pod.IsUnwritten && pod.WriteAt == TimeSpan.MinValue && _pods[pod.Slot] == pod) Write(pod);
    }

    private void Record(FactKind kind, AgentPod pod, long detail) =>
        _facts.Record(new Fact(kind, _loop.Now, _slotOf(pod.Uid), (int)pod.Uid, new NodeIndex(pod.Node), detail));

    /// <summary>Tells people about a pod, when the control plane can be reached.</summary>
    private void Warn(AgentPod pod, string reason, string message)
    {
        if (pod.Known is { } known && _health.IsConnected(pod.Node)) _events.Warn(known, reason, message, "kubelet");
    }
}

/// <summary>Where agents work.</summary>
internal sealed record NodeAgentContext(
    EventLoop Loop,
    ObjectStore Store,
    ClusterState Truth,
    FactStream Facts,
    IContainerRuntime Runtime,
    NodeHealth Health,
    IAgentHeartbeats Heartbeats,
    Func<long, PodIndex> SlotOf,
    EventRecorder Events,
    ulong Seed);
