using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Lag, oscillation and cost of a cluster autoscaler (our definitions; REFERENCE has none).</summary>
/// <remarks>
/// Lag: for every pod that found no node and was then bound to a node that came later: from its first failed try until that node was ready. Paid are the nodes of the groups from the request for
/// a machine until the machine is off, those that boot or leave among them. Needed of a group at an instant are as many nodes as its pods' requests fill if they could be packed without loss, daemons
/// aside: max over resources ⌈Σ requests / what a node offers⌉, and no fewer than the group's minimum; of pods without requests one node in all.
/// A reversal is a change of a group's size in the direction opposite to the last one; a flap is a scale-out within the time that a node must have been idle for (<c>--scale-down-unneeded-time</c>) after a scale-in.
/// </remarks>
public sealed class NodeScalingObserver : IMetricObserver, IStoreListener
{
    private readonly Func<TimeSpan> _now;
    private readonly TimeSpan _from;
    private readonly TimeSpan _window;
    private readonly Group[] _groups;
    private readonly Dictionary<int, Group> _groupOf = [];
    private readonly Dictionary<int, TimeSpan> _readyAt = [];
    private readonly HashSet<int> _leaving = [];
    private readonly Dictionary<long, TimeSpan> _unschedulable = [];
    private readonly List<long> _lags = [];
    private readonly ScalingDirections _directions = new();
    private TimeSpan _since;
    private Int128 _paid;
    private Int128 _above;

    /// <summary>Observes a run; subscribe it to the store and the facts before the run starts.</summary>
    /// <param name="fleet">The fleet, with all nodes that the groups may have.</param>
    /// <param name="options">The autoscaler's groups and times.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="from">End of the warm-up: earlier changes and costs do not count.</param>
    public NodeScalingObserver(FleetLayout fleet, ClusterAutoscalerOptions options, Func<TimeSpan> now, TimeSpan from)
    {
        _now = now;
        _from = from;
        _window = options.UnneededTime;
        _groups = [.. options.Groups.Select(group => new Group(group))];
        foreach (Group group in _groups)
        {
            for (int i = 0; i < group.Spec.Max; i++) _groupOf[fleet.IndexOf(group.Spec.Node(i).Name)] = group;
        }
    }

    private sealed class Group(NodeGroup spec)
    {
        public readonly NodeGroup Spec = spec;
        public int Size = spec.Initial ?? spec.Min;
        public int Leaving;
        public int Pods;
        public long CpuMilli;
        public long MemoryBytes;
        public long GpuMilli;

        public int Needed
        {
            get
            {
                NodeSpec node = Spec.Template;
                long most = Math.Max(Nodes(CpuMilli, node.CpuMilli), Math.Max(Nodes(MemoryBytes, node.MemoryBytes), Nodes(GpuMilli, (long)node.GpuCount * PodSpec.WholeGpuMilli)));
                return (int)Math.Max(Spec.Min, Math.Max(most, Math.Min(Pods, 1)));
            }
        }

        private static long Nodes(long requested, long offered) => offered == 0 ? 0 : (requested + offered - 1) / offered;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Node node) OnNode(node, isThere: change.After is not null);
        else if (change.Object is Pod pod) OnPod(pod, change.Before as Pod, change.After as Pod);
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        if (fact.Kind == FactKind.PodUnschedulable)
        {
            _unschedulable.TryAdd(fact.Uid, fact.At);
        }
        else if (fact.Kind == FactKind.NodeGroupScaled)
        {
            Advance(fact.At);
            int before = (int)(fact.Detail >> 32), after = (int)fact.Detail;
            _groups[fact.Uid].Size = after;
            _directions.Add(fact.Uid, before, after, fact.At, _window, fact.At >= _from);
        }
    }

    /// <inheritdoc/>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Advance(end);
        sink.Add("node_group_scalings_total", _directions.Changes);
        SampleFigures.Seconds("node_scale_out_lag_seconds", _lags, sink, withLargest: true);
        sink.AddRatio("node_scaling_reversals_per_hour", (Int128)_directions.Reversals * TimeSpan.TicksPerHour, Math.Max(0, (end - _from).Ticks));
        sink.Add("node_scaling_flaps_total", _directions.Flaps);
        sink.Add("nodes_paid_node_seconds", (double)_paid / TimeSpan.TicksPerSecond);
        sink.Add("nodes_paid_above_needed_node_seconds", (double)_above / TimeSpan.TicksPerSecond);
    }

    private void OnNode(Node node, bool isThere)
    {
        int n = node.Index.Value;
        if (!_groupOf.TryGetValue(n, out Group? group)) return;
        if (!isThere || node.IsReady != true) _readyAt.Remove(n);
        else _readyAt.TryAdd(n, _now());
        bool isLeaving = isThere && NodeTaints.Has(node, ClusterAutoscaler.ToBeDeleted, TaintEffect.NoSchedule);
        if (isLeaving ? !_leaving.Add(n) : !_leaving.Remove(n)) return;
        Advance(_now());
        group.Leaving += isLeaving ? 1 : -1;
    }

    private void OnPod(Pod pod, Pod? before, Pod? after)
    {
        if (after is null) _unschedulable.Remove(pod.Uid);
        bool held = Holds(before), holds = Holds(after);
        if (held == holds || !_groupOf.TryGetValue(pod.Node.Value, out Group? group)) return;
        Advance(_now());
        int by = holds ? 1 : -1;
        group.Pods += by;
        group.CpuMilli += by * pod.Spec.CpuMilli;
        group.MemoryBytes += by * pod.Spec.MemoryBytes;
        group.GpuMilli += by * pod.Spec.GpuMilliTotal;
        if (!holds || !_unschedulable.Remove(pod.Uid, out TimeSpan since) || since < _from) return;
        if (_readyAt.TryGetValue(pod.Node.Value, out TimeSpan ready) && ready > since) _lags.Add((ready - since).Ticks);
    }

    private static bool Holds(Pod? pod) => pod is { Node.IsNode: true, HasEnded: false } && pod.Metadata.Controller is not { Kind: ResourceKind.DaemonSet };

    private void Advance(TimeSpan to)
    {
        TimeSpan since = _since > _from ? _since : _from;
        if (to <= since) return;
        Int128 ticks = (to - since).Ticks;
        _since = to;
        foreach (Group group in _groups)
        {
            int paid = group.Size + group.Leaving;
            _paid += ticks * paid;
            _above += ticks * Math.Max(0, paid - group.Needed);
        }
    }
}
