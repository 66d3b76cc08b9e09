using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How full and how even the nodes of an orchestrated run are: exact time integrals over the window of what bound pods request (REFERENCE §1.1 alloc.util, nodes.active, packed.util, balance).</summary>
/// <remarks>A node is there while its object is and says Ready: others offer nothing; one that changes its size offers the new one. A pod holds its requests from its binding until it has ended or is gone.
/// A node is in use when it holds a pod that is no daemon's.</remarks>
public sealed class PlacementObserver : IStoreListener
{
    private const int Resources = 3;
    private static readonly string[] Names = ["cpu", "memory", "gpu"];
    private readonly NodeSpec[] _sizes;
    private readonly Func<TimeSpan> _now;
    private readonly TimeSpan _from;
    private readonly Load[] _loads = [new(), new(), new()];
    private readonly LoadSpread[] _spreads;
    private readonly long[][] _used;
    private readonly int[] _pods;
    private readonly bool[] _isThere;
    private TimeSpan _since;
    private Int128 _activeTicks;
    private int _active;

    /// <summary>Observes a run; subscribe it to the store before the run starts.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="from">Begin of the window.</param>
    public PlacementObserver(FleetLayout fleet, Func<TimeSpan> now, TimeSpan from)
    {
        _sizes = fleet.Nodes.ToArray();
        _now = now;
        _from = from;
        _pods = new int[fleet.Count];
        _isThere = new bool[fleet.Count];
        _used = [new long[fleet.Count], new long[fleet.Count], new long[fleet.Count]];
        _spreads = [.. Enumerable.Range(0, Resources).Select(r => new LoadSpread(_sizes, node => OfferOf(node, r)))];
        foreach (NodeSpec size in _sizes)
        {
            for (int r = 0; r < Resources; r++) _spreads[r].SetPresent(OfferOf(size, r), -1);
        }
    }

    /// <summary>One resource: what is requested and offered now, and the integrals; each over all nodes and over those in use.</summary>
    private sealed class Load
    {
        public long Requested;
        public long Offered;
        public long RequestedInUse;
        public long OfferedInUse;
        public Int128 RequestedTicks;
        public Int128 OfferedTicks;
        public Int128 RequestedInUseTicks;
        public Int128 OfferedInUseTicks;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Node node)
        {
            int n = node.Index.Value;
            bool isThere = change.After is Node { IsReady: true };
            if (!ReferenceEquals(_sizes[n], node.Spec))
            {
                if (_isThere[n]) SetThere(n, false);
                _sizes[n] = node.Spec;
            }

            if (_isThere[n] != isThere) SetThere(n, isThere);
            return;
        }

        if (change.Object is not Pod) return;
        Pod? before = Holds(change.Before), after = Holds(change.After);
        if (before is null == after is null) return;
        Advance(_now());
        if (before is not null) Count(before, -1);
        else Count(after!, 1);
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Advance(end);
        var window = TimeSpan.FromTicks(Math.Max(0, (end - _from).Ticks));
        for (int r = 0; r < Resources; r++)
        {
            Load load = _loads[r];
            if (load.OfferedTicks == 0) continue;
            sink.AddRatio($"{Names[r]}_allocated_percent", load.RequestedTicks, load.OfferedTicks, 100);
            sink.AddRatio($"{Names[r]}_packed_percent", load.RequestedInUseTicks, load.OfferedInUseTicks, 100);
            sink.Add($"balance_{Names[r]}_cv", _spreads[r].TimeMean(window));
        }

        sink.AddRatio("nodes_active_mean", _activeTicks, window.Ticks);
    }

    private static long OfferOf(NodeSpec node, int resource) => resource switch
    {
        0 => node.CpuMilli,
        1 => node.MemoryBytes,
        _ => (long)node.GpuCount * PodSpec.WholeGpuMilli,
    };

    private static long RequestOf(PodSpec spec, int resource) => resource switch
    {
        0 => spec.CpuMilli,
        1 => spec.MemoryBytes,
        _ => spec.GpuMilliTotal,
    };

    private static Pod? Holds(KubeObject? item) => item is Pod { Node.IsNode: true, HasEnded: false } pod ? pod : null;

    private static bool IsDaemon(Pod pod) => pod.Metadata.Controller is { Kind: ResourceKind.DaemonSet };

    private void SetThere(int node, bool isThere)
    {
        Advance(_now());
        CountNode(node, -1);
        _isThere[node] = isThere;
        CountNode(node, 1);
        for (int r = 0; r < Resources; r++)
        {
            _spreads[r].SetPresent(OfferOf(_sizes[node], r), isThere ? 1 : -1);
            Spread(node, r);
        }
    }

    private void Count(Pod pod, int by)
    {
        int node = pod.Node.Value;
        CountNode(node, -1);
        if (!IsDaemon(pod)) _pods[node] += by;
        for (int r = 0; r < Resources; r++)
        {
            _used[r][node] += by * RequestOf(pod.Spec, r);
            Spread(node, r);
        }

        CountNode(node, 1);
    }

    /// <summary>Takes a node out of the sums (−1) or into them.</summary>
    private void CountNode(int node, int by)
    {
        if (!_isThere[node]) return;
        bool isInUse = _pods[node] > 0;
        if (isInUse) _active += by;
        for (int r = 0; r < Resources; r++)
        {
            Load load = _loads[r];
            long offer = OfferOf(_sizes[node], r);
            load.Requested += by * _used[r][node];
            load.Offered += by * offer;
            if (!isInUse) continue;
            load.RequestedInUse += by * _used[r][node];
            load.OfferedInUse += by * offer;
        }
    }

    private void Spread(int node, int resource) => _spreads[resource].Set(node, _isThere[node] ? _used[resource][node] : 0, OfferOf(_sizes[node], resource));

    private void Advance(TimeSpan to)
    {
        TimeSpan since = _since > _from ? _since : _from;
        if (to <= since) return;
        long ticks = (to - since).Ticks;
        _since = to;
        _activeTicks += (Int128)ticks * _active;
        for (int r = 0; r < Resources; r++)
        {
            Load load = _loads[r];
            load.RequestedTicks += (Int128)ticks * load.Requested;
            load.OfferedTicks += (Int128)ticks * load.Offered;
            load.RequestedInUseTicks += (Int128)ticks * load.RequestedInUse;
            load.OfferedInUseTicks += (Int128)ticks * load.OfferedInUse;
            _spreads[r].Advance(ticks);
        }
    }
}
