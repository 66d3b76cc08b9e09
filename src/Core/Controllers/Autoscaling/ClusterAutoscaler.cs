using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>Where a cluster autoscaler works.</summary>
/// <param name="Loop">The event loop.</param>
/// <param name="Store">API truth: where it writes.</param>
/// <param name="Feed">The objects as it knows them.</param>
/// <param name="Facts">The run's facts.</param>
/// <param name="Evictions">How pods are asked to leave.</param>
/// <param name="Machines">Turns machines on and off.</param>
/// <param name="Events">Events about objects.</param>
/// <param name="State">A cluster state of its own, empty.</param>
/// <param name="Seed">Seed of all draws.</param>
internal sealed record ClusterAutoscalerContext(
    EventLoop Loop, ObjectStore Store, ObjectFeed Feed, FactStream Facts, EvictionApi Evictions, INodeMachines Machines, EventRecorder Events, ClusterState State, ulong Seed);

/// <summary>Adds nodes for pods that fit nowhere, and takes nodes away whose pods fit elsewhere (kubernetes/autoscaler <c>cluster-autoscaler/core/static_autoscaler.go</c>).</summary>
/// <remarks>
/// A place of a group goes round:
/// <code>
/// Absent ── scale-out ──▶ Booting ── boot time ──▶ There ── idle for 10 min ──▶ Leaving ── empty ──▶ Absent
///    ▲── given up after 15 min ──┘                   ▲── budgets, time-outs ──────┘
/// </code>
/// A look that could find nothing new is no event: looks stay on the grid of the scan period, and are made after changes and at instants at which a time is over.
/// Judgement is the scheduler's own predicates, on a state that follows the feed and is given back as it was after every trial. Differences: a node is ready when it
/// registers; soft taints, balancing of similar groups and the priority, price and most-pods expanders are left out; daemons are not evicted, they end with their machine;
/// a pod that preemption found a node for brings none; nodes outside groups are never touched.
/// </remarks>
public sealed partial class ClusterAutoscaler : IEventHandler, IStoreListener
{
    private const ushort Scan = 0;
    private const ushort Booted = 1;
    private const ushort GivenUp = 2;
    private const ushort Step = 3;
    private readonly ClusterAutoscalerContext _context;
    private readonly ClusterAutoscalerOptions _options;
    private readonly ushort _handler;
    private readonly ClusterState _state;
    private readonly PodsByNode _pods;
    private readonly Group[] _groups;
    private readonly Place?[] _places;
    private readonly SortedSet<long> _pending = [];
    private readonly Dictionary<long, (ShapeIndex Shape, NodeIndex Node, DeviceSet Devices)> _placed = [];
    private readonly Draw _boots;
    private TimeSpan _armed = TimeSpan.MaxValue;
    private TimeSpan _scanned;

    internal ClusterAutoscaler(ClusterAutoscalerContext context, ClusterAutoscalerOptions options)
    {
        _context = context;
        _options = options;
        _handler = context.Loop.Register(this);
        _state = context.State;
        _boots = Draw.Stream(context.Seed, "autoscaler/boot");
        _choices = Draw.Stream(context.Seed, "autoscaler/expander");
        FleetLayout fleet = _state.Layout;
        _places = new Place?[fleet.Count];
        _groups = [.. options.Groups.Select((group, number) => new Group(group, number))];
        foreach (Group group in _groups) AddPlaces(group, fleet);
        for (int n = 0; n < fleet.Count; n++) _state.SetPresent(n, present: false);
        _pods = new PodsByNode(fleet.Count);
        context.Feed.Subscribe(_pods);
        context.Feed.Subscribe(this);
    }

    private enum Life : byte
    {
        Absent,
        Booting,
        There,
        Leaving,
    }

    private sealed class Group(NodeGroup spec, int number)
    {
        public readonly NodeGroup Spec = spec;
        public readonly int Number = number;
        public readonly List<Place> Places = [];
        public int Size;
        public int Leaving;
        public TimeSpan BackedOffUntil = TimeSpan.MinValue;
        public TimeSpan Backoff;
    }

    private sealed class Place(Group group, int node)
    {
        public readonly Group Group = group;
        public readonly int Node = node;
        public Life Life;
        public ulong Boots;
        public TimeSpan LeftAt = TimeSpan.MinValue;
        public TimeSpan IdleSince = TimeSpan.MaxValue;
        public TimeSpan NotBefore = TimeSpan.MinValue;
        public TimeSpan LeavingSince;
        public TimeSpan AskedAt;
    }

    /// <summary>Looks made so far.</summary>
    public long Scans { get; private set; }

    /// <summary>Nodes that a group has or waits for.</summary>
    /// <param name="group">Name of the group.</param>
    public int SizeOf(string group) => Array.Find(_groups, known => known.Spec.Name == group)?.Size ?? throw new ArgumentException($"There is no node group '{group}'.", nameof(group));

    /// <summary>Whether a node of the fleet exists at the start of the run.</summary>
    internal bool IsThereAtStart(int node) => _places[node] is not { Life: not Life.There };

    private TimeSpan Now => _context.Loop.Now;

    private ObjectView View => _context.Feed.View;

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case Pod pod:
                OnPod(pod, isThere: change.After is not null && !pod.HasEnded);
                break;
            case Node node:
                OnNode(node, isThere: change.After is not null);
                Arm(Now);
                break;
            case PodDisruptionBudget or DaemonSet:
                Arm(Now);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        switch (data.Kind)
        {
            case Scan when data.Argument == _armed.Ticks:
                _armed = TimeSpan.MaxValue;
                _scanned = Now;
                Scans++;
                bool hasGrown = ScaleOut();
                if (_options.ScalesIn) ScaleIn(mayBegin: !hasGrown);
                break;
            case Booted:
                Register(_places[data.Subject]!);
                break;
            case GivenUp:
                GiveUp(_places[data.Subject]!);
                break;
            case Step when _places[data.Subject] is { Life: Life.Leaving } place && place.LeavingSince.Ticks == data.Argument:
                Empty(place);
                break;
            default:
                break;
        }
    }

    private void AddPlaces(Group group, FleetLayout fleet)
    {
        NodeGroup spec = group.Spec;
        int initial = spec.Initial ?? spec.Min;
        if (spec.Min < 0 || spec.Min > initial || initial > spec.Max)
            throw new ArgumentException($"Node group '{spec.Name}' has from {spec.Min} to {spec.Max} nodes and begins with {initial}.");
        for (int i = 0; i < spec.Max; i++)
        {
            NodeSpec wanted = spec.Node(i);
            int node = fleet.IndexOf(wanted.Name);
            // The fleet of a run may have more labels.
            if (node < 0 || fleet.Nodes[node] != wanted with { Labels = fleet.Nodes[node].Labels }) throw new ArgumentException($"The fleet does not have node '{wanted.Name}' of node group '{spec.Name}' as its template says.");
            var place = new Place(group, node) { Life = i < initial ? Life.There : Life.Absent };
            group.Places.Add(place);
            _places[node] = place;
        }

        group.Size = initial;
    }

    /// <summary>The next look on the grid that is not over.</summary>
    private void Arm(TimeSpan at)
    {
        long period = _options.ScanPeriod.Ticks;
        TimeSpan due = TimeSpan.FromTicks((at.Ticks + period - 1) / period * period);
        if (due <= _scanned) due = _scanned + _options.ScanPeriod;
        if (due >= _armed) return;
        _armed = due;
        _context.Loop.Schedule(due, new EventData(_handler, Scan, 0, due.Ticks));
    }

    private void OnPod(Pod pod, bool isThere)
    {
        bool waits = isThere && pod is { IsActive: true, Node.IsNode: false, Status: { Reason: "Unschedulable", NominatedNode.IsNode: false } };
        if (waits ? _pending.Add(pod.Uid) : _pending.Remove(pod.Uid)) Arm(Now);
        if (isThere && pod.Node.IsNode)
        {
            if (_placed.ContainsKey(pod.Uid)) return;
            ShapeIndex shape = ShapeOf(pod);
            _placed.Add(pod.Uid, (shape, pod.Node, pod.Devices));
            _state.Add(in _state.Shapes[shape], pod.Node.Value, pod.Devices);
            Arm(Now);
        }
        else if (_placed.Remove(pod.Uid, out (ShapeIndex Shape, NodeIndex Node, DeviceSet Devices) placed))
        {
            _state.Remove(in _state.Shapes[placed.Shape], placed.Node.Value, placed.Devices);
            Arm(Now);
            if (_places[placed.Node.Value] is { Life: Life.Leaving } place) _context.Loop.Schedule(Now, new EventData(_handler, Step, place.Node, place.LeavingSince.Ticks));
        }
    }

    private void OnNode(Node node, bool isThere)
    {
        int n = node.Index.Value;
        _state.SetPresent(n, isThere);
        _state.SetSchedulable(n, !isThere || !node.IsCordoned);
        _state.SetTaints(n, isThere ? node.Taints : node.Spec.Taints);
        _state.SetSize(n, isThere ? node.Spec : _state.Layout.Nodes[n]);
        _state.SetLabels(n, isThere ? node.Metadata.Labels : FleetLayout.LabelsOf(_state.Layout.Nodes[n]));
    }

    private ShapeIndex ShapeOf(Pod pod) => _state.Shapes.Intern(pod.Spec, pod.Metadata.Labels, pod.Metadata.Namespace);

    private void Resize(Group group, int size)
    {
        _context.Facts.Record(new Fact(FactKind.NodeGroupScaled, Now, default, group.Number, NodeIndex.None, ((long)group.Size << 32) | (uint)size));
        group.Size = size;
    }
}
