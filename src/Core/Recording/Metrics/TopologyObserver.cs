using SchedBench.Core.Cluster;
using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How evenly the pods of each service stand over zones and nodes (REFERENCE §1.1 skew(k) and worst-domain share): exact time means over the window, averaged over services.</summary>
/// <remarks>Counted are bound pods that neither ended nor are being deleted. Zones are those of the fleet, empty ones among them; the fewest pods of a node are 0 in any fleet of
/// more nodes than pods, so of nodes only the worst share is reported. Time during which a service has no such pod counts for neither; a service that never had one takes no part, nor does one that a release makes for itself.</remarks>
public sealed class TopologyObserver : IStoreListener
{
    private readonly Func<TimeSpan> _now;
    private readonly ObjectView _view;
    private readonly TimeSpan _from;
    private readonly TimeSpan _updateAt;
    private readonly int[] _zoneOf;
    private readonly int _zones;
    private readonly ServiceIndex _services = new();
    private readonly Dictionary<long, Book> _books = [];
    private readonly List<Book> _order = [];

    /// <summary>Observes a run; subscribe it to the store before the run starts.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="view">The store's objects.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="from">End of the warm-up.</param>
    /// <param name="updateAt">Instant of the update, or null.</param>
    public TopologyObserver(FleetLayout fleet, ObjectView view, Func<TimeSpan> now, TimeSpan from, TimeSpan? updateAt = null)
    {
        _updateAt = updateAt ?? TimeSpan.MaxValue;
        _now = now;
        _view = view;
        _from = from;
        string[] zones = [.. fleet.Nodes.ToArray().Select(node => node.Zone).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _zones = zones.Length;
        _zoneOf = [.. fleet.Nodes.ToArray().Select(node => Array.BinarySearch(zones, node.Zone, StringComparer.Ordinal))];
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Service service) OnService(change.Before as Service, change.After as Service, service);
        else if (change.Object is Pod pod && Counts(change.Before) != Counts(change.After)) Count(pod, Counts(change.After) ? 1 : -1);
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        double skew = 0, zoneShare = 0, nodeShare = 0;
        int services = 0;
        foreach (Book book in _order)
        {
            book.Advance(end);
            if (book.Ticks == 0) continue;
            services++;
            skew += (double)book.SkewTicks / (double)book.Ticks;
            zoneShare += book.ZoneShareTicks / (double)book.Ticks;
            nodeShare += book.NodeShareTicks / (double)book.Ticks;
        }

        if (_zones > 1) sink.Add("zone_skew_mean", services == 0 ? null : skew / services);
        if (_zones > 1) sink.Add("zone_worst_share_mean", services == 0 ? null : zoneShare / services);
        sink.Add("node_worst_share_mean", services == 0 ? null : nodeShare / services);
    }

    private static bool Counts(KubeObject? item) => item is Pod { Node.IsNode: true, IsActive: true };

    private void OnService(Service? before, Service? after, Service service)
    {
        _services.Update(before, after);
        if (service.Selector is null || Equals(before?.Selector, after?.Selector)) return;
        if (!_books.TryGetValue(service.Uid, out Book? book))
        {
            _books.Add(service.Uid, book = new Book(_zones, _from));
            if (_now() < _updateAt) _order.Add(book);
        }

        book.Advance(_now());
        book.Clear();
        if (after is null) return;
        IReadOnlyList<KubeObject> pods = _view.All(ResourceKind.Pod);
        for (int i = 0; i < pods.Count; i++)
        {
            if (pods[i] is Pod pod && Counts(pod) && pod.Metadata.Namespace == after.Metadata.Namespace && after.Selector!.Matches(pod.Metadata.Labels)) book.Add(pod.Node.Value, _zoneOf[pod.Node.Value], 1);
        }
    }

    private void Count(Pod pod, int by)
    {
        foreach (Service service in _services.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
        {
            Book book = _books[service.Uid];
            book.Advance(_now());
            book.Add(pod.Node.Value, _zoneOf[pod.Node.Value], by);
        }
    }

    private sealed class Book(int zones, TimeSpan from)
    {
        private readonly int[] _byZone = new int[zones];
        private readonly Dictionary<int, int> _byNode = [];

        /// <summary>Nodes by the number of pods on them: the fullest is found without a look at all of them.</summary>
        private readonly List<int> _nodesWith = [0];
        private TimeSpan _since = from;
        private int _pods;

        public Int128 Ticks { get; private set; }

        public Int128 SkewTicks { get; private set; }

        public double ZoneShareTicks { get; private set; }

        public double NodeShareTicks { get; private set; }

        public void Add(int node, int zone, int by)
        {
            _pods += by;
            _byZone[zone] += by;
            int before = _byNode.GetValueOrDefault(node), after = before + by;
            if (after == 0) _byNode.Remove(node);
            else _byNode[node] = after;
            while (_nodesWith.Count <= after) _nodesWith.Add(0);
            if (before > 0) _nodesWith[before]--;
            if (after > 0) _nodesWith[after]++;
        }

        public void Clear()
        {
            Array.Clear(_byZone);
            _byNode.Clear();
            _nodesWith.Clear();
            _nodesWith.Add(0);
            _pods = 0;
        }

        public void Advance(TimeSpan now)
        {
            if (now <= _since) return;
            long ticks = (now - _since).Ticks;
            _since = now;
            if (_pods == 0) return;
            int most = 0, least = int.MaxValue;
            foreach (int count in _byZone) (most, least) = (Math.Max(most, count), Math.Min(least, count));
            int fullest = _nodesWith.Count - 1;
            while (fullest > 0 && _nodesWith[fullest] == 0) fullest--;
            Ticks += ticks;
            SkewTicks += (Int128)ticks * (most - least);
            ZoneShareTicks += (double)ticks * most / _pods;
            NodeShareTicks += (double)ticks * fullest / _pods;
        }
    }
}
