using System.Numerics.Tensors;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The weighted sums of a profile's scores with what can be kept from one pod to the next: kept by pod shape, renewed by changed node, computed once a group of nodes.</summary>
/// <remarks>
/// Three kinds of scores add up to the sum of a node. Those that are final by shape and node (<see cref="ILocalScore.IsFinal"/>) are kept as one number a node until the node changes. Those that differ by a
/// few features of nodes (<see cref="IGroupedScore"/>: taints, preferred labels, zones) are computed for one node of each group that holds a node of the pod, normalised over these, which is the same as over
/// all nodes, and looked up by node. What is left (scores of a user's own, images on disks) is computed for every node. So a decision costs a look-up a node, and work a group and changed node.
/// No decision depends on what is kept: tables lie in slots by entry, and two entries that meet in a slot take it from each other, so memory is bounded.
/// </remarks>
internal sealed class KeptScores
{
    private const long Budget = 64L << 20;
    private readonly ScoredPlugin[] _scores;
    private readonly IPreScorePlugin[] _preScores;
    private readonly IGroupedScore[] _grouped;
    private readonly ClusterView _view;
    private readonly ShapeScores?[] _slots;
    private readonly ShapeScores.Stale[] _stale;
    private readonly long[] _features;
    private readonly bool[] _skipped;
    private int[] _places = [];
    private int[] _counts = [];
    private int[] _last = [];
    private NodeIndex[] _nodes = [];
    private int[] _sizes = [];
    private long[] _groupScores = [];
    private long[] _groupTotals = [];
    private long[] _sumOf = [];
    private long[] _scratch = [];

    /// <summary>Keeps nothing yet.</summary>
    /// <param name="scores">The scores of the profile.</param>
    /// <param name="preScores">Its plugins before scores.</param>
    /// <param name="view">The cluster.</param>
    public KeptScores(ScoredPlugin[] scores, IPreScorePlugin[] preScores, ClusterView view)
    {
        (_scores, _preScores, _view) = (scores, preScores, view);
        _grouped = [.. scores.Select(score => score.Plugin).OfType<IGroupedScore>()];
        _features = new long[_grouped.Length];
        _stale = new ShapeScores.Stale[view.Count];
        _skipped = new bool[preScores.Length];
        _slots = new ShapeScores?[Math.Clamp(Budget / ((long)ShapeScores.BytesOfNode * Math.Max(1, view.Count)), 1, 4096)];
    }

    /// <summary>Adds up the weighted scores of nodes.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">The nodes that it fits on.</param>
    /// <param name="totals">[node of <paramref name="nodes"/>] where the sums go.</param>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> totals)
    {
        for (int i = 0; i < _grouped.Length; i++) _features[i] = _grouped[i].FeaturesOf(in pod);
        ShapeScores table = TableOf(in pod);
        table.Renew(in pod, nodes);
        int groups = FindGroups(table, nodes);
        ReadOnlySpan<NodeIndex> standing = _nodes.AsSpan(0, groups);
        RunPreScores(in pod, nodes, groups);

        Span<long> byGroup = _groupScores.AsSpan(0, groups), sums = _groupTotals.AsSpan(0, groups);
        sums.Clear();
        bool hasRest = false;
        foreach (ref readonly ScoredPlugin score in _scores.AsSpan())
        {
            if (score.Plugin is ILocalScore { IsFinal: true } || IsSkipped(in score)) continue;
            if (!IsGrouped(score.Plugin))
            {
                hasRest = true;
                continue;
            }

            score.Plugin.Score(in pod, standing, byGroup);
            score.Plugin.NormalizeScore(in pod, standing, byGroup);
            TensorPrimitives.MultiplyAdd(byGroup, score.Weight, sums, sums);
        }

        // [group number] sum, so that a node costs two look-ups.
        Span<long> sumOf = _sumOf.AsSpan(0, table.GroupCount);
        for (int group = 0; group < sumOf.Length; group++) sumOf[group] = _counts[group] == 0 ? 0 : sums[_places[group]];
        ReadOnlySpan<long> kept = table.Sums;
        ReadOnlySpan<int> groupOf = table.Groups;
        for (int n = 0; n < nodes.Length; n++)
        {
            int node = nodes[n].Value;
            totals[n] = kept[node] + sumOf[groupOf[node]];
        }

        if (hasRest) AddRest(in pod, nodes, totals);
    }

    /// <summary>Finds the groups of the nodes: one node of each, in order of their numbers, and how many there are.</summary>
    private int FindGroups(ShapeScores table, ReadOnlySpan<NodeIndex> nodes)
    {
        if (_places.Length < table.GroupCount) Grow(2 * table.GroupCount);
        Span<int> counts = _counts.AsSpan(0, table.GroupCount), last = _last.AsSpan(0, table.GroupCount);
        counts.Clear();
        ReadOnlySpan<int> groupOf = table.Groups;
        foreach (NodeIndex node in nodes)
        {
            int group = groupOf[node.Value];
            counts[group]++;
            last[group] = node.Value;
        }

        int groups = 0;
        for (int group = 0; group < counts.Length; group++)
        {
            if (counts[group] == 0) continue;
            (_places[group], _nodes[groups], _sizes[groups]) = (groups, new NodeIndex(last[group]), counts[group]);
            groups++;
        }

        return groups;
    }

    private void Grow(int groups)
    {
        (_places, _counts, _last, _sizes) = (new int[groups], new int[groups], new int[groups], new int[groups]);
        _nodes = new NodeIndex[groups];
        _groupScores = new long[groups];
        _groupTotals = new long[groups];
        _sumOf = new long[groups];
    }

    private void RunPreScores(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, int groups)
    {
        ReadOnlySpan<NodeIndex> standing = _nodes.AsSpan(0, groups);
        ReadOnlySpan<int> sizes = _sizes.AsSpan(0, groups);
        for (int i = 0; i < _preScores.Length; i++)
            _skipped[i] = PreScore(in pod, _preScores[i], nodes, standing, sizes).Code == StatusCode.Skip;
        // What a plugin computes before scores it needs also where the profile leaves that extension point out.
        foreach (ref readonly ScoredPlugin score in _scores.AsSpan())
        {
            if (score.PreScore < 0 && score.Plugin is IPreScorePlugin before) PreScore(in pod, before, nodes, standing, sizes);
        }
    }

    private Status PreScore(in PodRequest pod, IPreScorePlugin plugin, ReadOnlySpan<NodeIndex> nodes, ReadOnlySpan<NodeIndex> standing, ReadOnlySpan<int> sizes)
    {
        // What is final needs nothing computed before.
        if (plugin is ILocalScore { IsFinal: true }) return Status.Success;
        return plugin is IGroupedScore grouped && IsGrouped(grouped) ? grouped.PreScoreGroups(in pod, standing, sizes) : plugin.PreScore(in pod, nodes);
    }

    private void AddRest(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> totals)
    {
        if (_scratch.Length < nodes.Length) _scratch = new long[Math.Max(nodes.Length, 2 * _scratch.Length)];
        Span<long> scores = _scratch.AsSpan(0, nodes.Length);
        foreach (ref readonly ScoredPlugin score in _scores.AsSpan())
        {
            if (score.Plugin is ILocalScore { IsFinal: true } || IsSkipped(in score) || IsGrouped(score.Plugin)) continue;
            score.Plugin.Score(in pod, nodes, scores);
            score.Plugin.NormalizeScore(in pod, nodes, scores);
            score.Check(scores);
            TensorPrimitives.MultiplyAdd(scores, score.Weight, totals[..nodes.Length], totals);
        }
    }

    private bool IsSkipped(in ScoredPlugin score) => score.PreScore >= 0 && _skipped[score.PreScore];

    private bool IsGrouped(IScorePlugin plugin)
    {
        for (int i = 0; i < _grouped.Length; i++)
        {
            if (ReferenceEquals(_grouped[i], plugin)) return _features[i] >= 0;
        }

        return false;
    }

    private ShapeScores TableOf(in PodRequest pod)
    {
        ref ShapeScores? slot = ref _slots[pod.Shape.Entry % _slots.Length];
        slot ??= new ShapeScores(_scores, _grouped, _view, _stale);
        slot.Begin(pod.Shape.Entry, _features);
        return slot;
    }
}
