using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>What is kept of the pods of one entry: of each node the weighted sum of the scores that are final, and the group that it belongs to.</summary>
/// <remarks>
/// A node is computed again when its version is another. While the table knows all nodes it looks at those alone that the ring of changes names; where pods are tried on few nodes of many
/// (<c>percentageOfNodesToScore</c>) it knows some, and looks at the version of each that is asked for.
/// </remarks>
internal sealed class ShapeScores
{
    /// <summary>Bytes of a node.</summary>
    public const int BytesOfNode = 4 * sizeof(long);

    private readonly FinalScores _final;
    private readonly IGroupedScore[] _grouped;
    private readonly ClusterView _view;
    private readonly long[] _features;
    private readonly Kept[] _kept;
    private readonly Room _room;
    private FeatureChain _chain = new();
    private int _entry = -1;
    private bool _knowsAll;
    private bool _followsPods;
    private long _cursor;

    /// <summary>An empty table.</summary>
    /// <param name="final">The final scores of the profile.</param>
    /// <param name="grouped">Those of groups.</param>
    /// <param name="view">The cluster.</param>
    /// <param name="room">Room for what concerns one decision, which tables may share.</param>
    public ShapeScores(FinalScores final, IGroupedScore[] grouped, ClusterView view, Room room)
    {
        (_final, _grouped, _view, _room) = (final, grouped, view, room);
        _features = new long[grouped.Length];
        _kept = new Kept[view.Count];
    }

    /// <summary>What is kept of a node, in one line of memory.</summary>
    internal struct Kept
    {
        /// <summary>Version of the node when it was computed, plus one; 0 when it never was.</summary>
        public ulong Version;

        /// <summary>Its kind then.</summary>
        public long Kind;

        /// <summary>Weighted sum of the scores that are final.</summary>
        public long Sum;

        /// <summary>Its group.</summary>
        public int Group;
    }

    /// <summary>Nodes to compute again, and their sums.</summary>
    internal sealed class Room(int nodes)
    {
        public readonly NodeIndex[] Nodes = new NodeIndex[nodes];
        public readonly long[] Sums = new long[nodes];
    }

    /// <summary>[node] what is kept.</summary>
    public ReadOnlySpan<Kept> Nodes => _kept;

    /// <summary>Groups are below this.</summary>
    public int GroupCount => _chain.Count;

    /// <summary>Serves the pods of an entry, whose nodes have these features; what was kept of others is lost.</summary>
    public void Begin(int entry, ReadOnlySpan<long> features)
    {
        if (_entry == entry && features.SequenceEqual(_features)) return;
        (_entry, _knowsAll) = (entry, false);
        features.CopyTo(_features);
        _followsPods = false;
        for (int i = 0; i < _grouped.Length; i++) _followsPods |= features[i] >= 0 && _grouped[i].FollowsPods;
        Array.Fill(_kept, new Kept { Kind = -1 });
        _chain = new FeatureChain();
    }

    /// <summary>Computes what changed of the nodes.</summary>
    public void Renew(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes)
    {
        int stale = 0;
        if (!_knowsAll && nodes.Length < _view.Count / 2)
        {
            foreach (NodeIndex node in nodes) stale = Note(node, stale);
            RenewStale(in pod, stale);
            return;
        }

        if (_knowsAll && _view.Changes - _cursor <= _view.ChangesKept)
        {
            for (long change = _cursor; change < _view.Changes; change++) stale = Note(_view.ChangedNode(change), stale);
        }
        else
        {
            for (int n = 0; n < _view.Count; n++) stale = Note(new NodeIndex(n), stale);
        }

        RenewStale(in pod, stale);
        (_knowsAll, _cursor) = (true, _view.Changes);
    }

    /// <summary>Notes a node that is another by now, once. Apart from the computing, so that the processor waits for many lines of memory at a time: one after the other they were the
    /// largest part of a decision.</summary>
    private int Note(NodeIndex index, int stale)
    {
        ref Kept kept = ref _kept[index.Value];
        ulong version = _view[index].Version + 1UL;
        if (kept.Version == version) return stale;
        kept.Version = version;
        _room.Nodes[stale] = index;
        return stale + 1;
    }

    private void RenewStale(in PodRequest pod, int count)
    {
        ReadOnlySpan<NodeIndex> nodes = _room.Nodes.AsSpan(0, count);
        _final.Sum(in pod.Shape, nodes, _room.Sums.AsSpan(0, count));
        for (int i = 0; i < count; i++)
        {
            ref Kept kept = ref _kept[nodes[i].Value];
            kept.Sum = _room.Sums[i];
            long kind = _view[nodes[i]].Kind;
            if (!_followsPods && kept.Kind == kind) continue;
            kept.Group = GroupOf(in pod, nodes[i]);
            kept.Kind = kind;
        }
    }

    private int GroupOf(in PodRequest pod, NodeIndex node)
    {
        int group = 0;
        for (int i = 0; i < _grouped.Length; i++)
        {
            if (_features[i] >= 0) group = _grouped[i].Describe(in pod, node, group, _chain);
        }

        return group;
    }
}
