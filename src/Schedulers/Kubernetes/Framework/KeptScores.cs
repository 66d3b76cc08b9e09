using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The weighted sums of a profile's scores for a list of nodes, with what can be kept from one pod to the next: kept by pod shape, renewed by changed node, computed once a group of nodes.</summary>
/// <remarks>
/// Three kinds of scores add up to the sum of a node. Those that are final by shape and node (<see cref="FinalScores"/>) are kept as one number a node until the node changes. Those that differ by a
/// few features of nodes (<see cref="IGroupedScore"/>: taints, preferred labels, zones) are computed for one node of each group that holds a node of the pod (<see cref="GroupScoring"/>) and looked up by
/// node. What is left (scores of a user's own, images on disks) is computed for every node. So a decision costs a look-up a node, and work a group and changed node; where all nodes are scored,
/// <see cref="KeptRanking"/> does without the look-ups for most pods.
/// No decision depends on what is kept: tables lie in slots by entry, and two entries that meet in a slot take it from each other, so memory is bounded.
/// </remarks>
internal sealed class KeptScores
{
    private const long Budget = 64L << 20;
    private readonly FinalScores _final;
    private readonly GroupScoring _scoring;
    private readonly ClusterView _view;
    private readonly ShapeScores?[] _slots;
    private readonly ShapeScores.Room _room;
    private int[] _places = [];
    private int[] _counts = [];
    private int[] _last = [];
    private NodeIndex[] _nodes = [];
    private int[] _sizes = [];
    private long[] _groupScores = [];
    private long[] _groupTotals = [];
    private long[] _sumOf = [];

    /// <summary>Keeps nothing yet.</summary>
    /// <param name="scores">The scores of the profile.</param>
    /// <param name="preScores">Its plugins before scores.</param>
    /// <param name="view">The cluster.</param>
    public KeptScores(ScoredPlugin[] scores, IPreScorePlugin[] preScores, ClusterView view)
    {
        (_final, _view) = (new FinalScores(scores, view), view);
        _scoring = new GroupScoring(scores, preScores);
        _room = new ShapeScores.Room(view.Count);
        _slots = new ShapeScores?[Math.Clamp(Budget / ((long)ShapeScores.BytesOfNode * Math.Max(1, view.Count)), 1, 4096)];
    }

    /// <summary>Adds up the weighted scores of nodes.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">The nodes that it fits on.</param>
    /// <param name="totals">[node of <paramref name="nodes"/>] where the sums go.</param>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> totals)
    {
        _scoring.ReadFeatures(in pod);
        ShapeScores table = TableOf(in pod);
        table.Renew(in pod, nodes);
        int groups = FindGroups(table, nodes);
        Span<long> sums = _groupTotals.AsSpan(0, groups);
        bool hasRest = _scoring.Sum(in pod, nodes, _nodes.AsSpan(0, groups), _sizes.AsSpan(0, groups), _groupScores.AsSpan(0, groups), sums);

        // [group number] sum, so that a node costs two look-ups.
        Span<long> sumOf = _sumOf.AsSpan(0, table.GroupCount);
        for (int group = 0; group < sumOf.Length; group++) sumOf[group] = _counts[group] == 0 ? 0 : sums[_places[group]];
        ReadOnlySpan<ShapeScores.Kept> kept = table.Nodes;
        for (int n = 0; n < nodes.Length; n++)
        {
            ref readonly ShapeScores.Kept node = ref kept[nodes[n].Value];
            totals[n] = node.Sum + sumOf[node.Group];
        }

        if (hasRest) _scoring.AddRest(in pod, nodes, totals);
    }

    /// <summary>Finds the groups of the nodes: one node of each, in order of their numbers, and how many there are.</summary>
    private int FindGroups(ShapeScores table, ReadOnlySpan<NodeIndex> nodes)
    {
        if (_places.Length < table.GroupCount) Grow(2 * table.GroupCount);
        Span<int> counts = _counts.AsSpan(0, table.GroupCount), last = _last.AsSpan(0, table.GroupCount);
        counts.Clear();
        ReadOnlySpan<ShapeScores.Kept> kept = table.Nodes;
        foreach (NodeIndex node in nodes)
        {
            int group = kept[node.Value].Group;
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

    private ShapeScores TableOf(in PodRequest pod)
    {
        ref ShapeScores? slot = ref _slots[pod.Shape.Entry % _slots.Length];
        slot ??= new ShapeScores(_final, _scoring.Grouped, _view, _room);
        slot.Begin(pod.Shape.Entry, _scoring.Features);
        return slot;
    }
}
