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
    public const int BytesOfNode = (3 * sizeof(long)) + sizeof(int);

    private readonly ILocalScore[] _final;
    private readonly long[] _weights;
    private readonly IGroupedScore[] _grouped;
    private readonly ClusterView _view;
    private readonly long[] _features;
    private readonly Seen[] _seen;
    private readonly long[] _sums;
    private readonly int[] _groups;
    private readonly Stale[] _stale;
    private FeatureChain _chain = new();
    private int _entry = -1;
    private bool _knowsAll;
    private bool _followsPods;
    private long _cursor;

    /// <summary>An empty table.</summary>
    /// <param name="scores">The scores of the profile.</param>
    /// <param name="grouped">Those of groups.</param>
    /// <param name="view">The cluster.</param>
    /// <param name="stale">Room for a note a node, which tables may share.</param>
    public ShapeScores(ScoredPlugin[] scores, IGroupedScore[] grouped, ClusterView view, Stale[] stale)
    {
        _stale = stale;
        ScoredPlugin[] final = [.. scores.Where(score => score.Plugin is ILocalScore { IsFinal: true })];
        _final = [.. final.Select(score => (ILocalScore)score.Plugin)];
        _weights = [.. final.Select(score => (long)score.Weight)];
        _grouped = grouped;
        _view = view;
        _features = new long[grouped.Length];
        _seen = new Seen[view.Count];
        _sums = new long[view.Count];
        _groups = new int[view.Count];
    }

    /// <summary>The node as it was when it was computed.</summary>
    /// <param name="Version">Its version, plus one; 0 when it never was.</param>
    /// <param name="Kind">Its kind.</param>
    private record struct Seen(ulong Version, long Kind);

    /// <summary>A node to compute again, with what was kept of it.</summary>
    internal readonly record struct Stale(NodeIndex Node, long Kind, long Sum);

    /// <summary>[node] weighted sum of the scores that are final.</summary>
    public ReadOnlySpan<long> Sums => _sums;

    /// <summary>[node] group.</summary>
    public ReadOnlySpan<int> Groups => _groups;

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
        Array.Fill(_seen, new Seen(0, -1));
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
        ref Seen seen = ref _seen[index.Value];
        ulong version = _view[index].Version + 1UL;
        if (seen.Version == version) return stale;
        seen.Version = version;
        _stale[stale] = new Stale(index, seen.Kind, _sums[index.Value]);
        return stale + 1;
    }

    private void RenewStale(in PodRequest pod, int count)
    {
        foreach (ref readonly Stale stale in _stale.AsSpan(0, count))
        {
            NodeState node = _view[stale.Node];
            long sum = 0, kind = node.Kind;
            for (int i = 0; i < _final.Length; i++) sum += _weights[i] * _final[i].LocalScore(in pod.Shape, in node);
            _sums[stale.Node.Value] = sum;
            if (!_followsPods && stale.Kind == kind) continue;
            _groups[stale.Node.Value] = GroupOf(in pod, stale.Node);
            _seen[stale.Node.Value].Kind = kind;
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
