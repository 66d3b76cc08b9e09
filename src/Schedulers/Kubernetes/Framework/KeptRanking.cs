using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>Finds the best of all the nodes that a pod fits on without a look at each of them: the fast path of decisions that score every node.</summary>
/// <remarks>
/// <code>
/// sum of a node = sum of final scores (kept by shape, renewed by changed node)  + sum of the other scores (computed once a group of nodes, each time)
/// best node     = best over groups of: highest kept sum of the group            + sum of the group
/// </code>
/// A decision costs the nodes that changed since the last pod of the entry, the scores of one node a group, and a search over bounds (<see cref="RankedScores"/>). It serves profiles and pods whose groups
/// change with labels and taints alone; <see cref="KeptScores"/> serves the others, with the same answers. No decision depends on what is kept: tables lie in slots by entry, and two entries that
/// meet in a slot take it from each other, so memory is bounded.
/// </remarks>
internal sealed class KeptRanking
{
    private const long Budget = 64L << 20;
    private readonly GroupScoring _scoring;
    private readonly ClusterView _view;
    private readonly NodeKinds _kinds;
    private readonly GroupLayouts _layouts;
    private readonly FinalScores _final;
    private readonly RankedScores.Room _room;
    private readonly Slot[] _slots;
    private readonly ulong[] _tied;
    private NodeIndex[] _standing = [];
    private int[] _groups = [];
    private int[] _sizes = [];
    private long[] _scratch = [];
    private long[] _sums = [];
    private long[] _sumOf = [];

    /// <summary>Keeps nothing yet.</summary>
    /// <param name="scores">The scores of the profile.</param>
    /// <param name="preScores">Its plugins before scores.</param>
    /// <param name="view">The cluster.</param>
    public KeptRanking(ScoredPlugin[] scores, IPreScorePlugin[] preScores, ClusterView view)
    {
        _scoring = new GroupScoring(scores, preScores);
        _view = view;
        _kinds = new NodeKinds(view);
        _layouts = new GroupLayouts(view, _kinds, _scoring.Grouped);
        _final = new FinalScores(scores, view);
        _room = new RankedScores.Room(view.Count);
        _slots = new Slot[Math.Clamp(Budget / RankedScores.BytesFor(view.Count), 1, 4096)];
        _tied = new ulong[(view.Count + 63) >> 6];
    }

    /// <summary>What is kept of one entry, and what its layout was found for.</summary>
    private struct Slot
    {
        public RankedScores? Table;
        public GroupLayout? Layout;
        public long[]? Features;
        public int Entry;
        public int Kinds;
    }

    /// <summary>Marks the nodes of the highest sum.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="fits">[node / 64] a bit for each node that it fits on, at least one.</param>
    /// <param name="tied">[node / 64] a bit for each node of the highest sum; valid until the next call.</param>
    /// <returns>False when groups do not serve this pod.</returns>
    public bool TryMarkBest(in PodRequest pod, ReadOnlySpan<ulong> fits, out ReadOnlySpan<ulong> tied)
    {
        tied = _tied;
        if (!_scoring.ReadFeatures(in pod)) return false;
        ref Slot slot = ref _slots[pod.Shape.Entry % _slots.Length];
        GroupLayout layout = LayoutOf(in pod, ref slot);
        RankedScores table = slot.Table ??= new RankedScores(_view, _final, _room);
        table.Renew(in pod, layout, fits);
        ReadOnlySpan<long> sums = SumGroups(in pod, layout, table.Sizes);
        _tied.AsSpan().Clear();
        table.MarkBest(sums, _tied);
        return true;
    }

    private GroupLayout LayoutOf(in PodRequest pod, ref Slot slot)
    {
        _kinds.Follow();
        if (slot.Layout is { } known && slot.Entry == pod.Shape.Entry && slot.Kinds == _kinds.Version && _scoring.Features.SequenceEqual(slot.Features)) return known;
        (slot.Entry, slot.Kinds) = (pod.Shape.Entry, _kinds.Version);
        slot.Features ??= new long[_scoring.Features.Length];
        _scoring.Features.CopyTo(slot.Features);
        return slot.Layout = _layouts.Of(in pod);
    }

    /// <summary>[group] sum of the scores that its nodes have in common; groups without a node that the pod fits on take no part.</summary>
    private ReadOnlySpan<long> SumGroups(in PodRequest pod, GroupLayout layout, ReadOnlySpan<int> sizes)
    {
        if (_sums.Length < layout.Groups) Grow(2 * layout.Groups);
        int count = 0;
        for (int group = 0; group < sizes.Length; group++)
        {
            if (sizes[group] == 0) continue;
            (_groups[count], _standing[count], _sizes[count]) = (group, new NodeIndex(layout.NodeAt[layout.FirstPosition[group]]), sizes[group]);
            count++;
        }

        // All plugins know groups, so none asks for the list of nodes.
        _scoring.Sum(in pod, [], _standing.AsSpan(0, count), _sizes.AsSpan(0, count), _scratch.AsSpan(0, count), _sums.AsSpan(0, count));
        for (int i = 0; i < count; i++) _sumOf[_groups[i]] = _sums[i];
        return _sumOf.AsSpan(0, layout.Groups);
    }

    private void Grow(int groups)
    {
        (_groups, _sizes) = (new int[groups], new int[groups]);
        _standing = new NodeIndex[groups];
        (_scratch, _sums, _sumOf) = (new long[groups], new long[groups], new long[groups]);
    }
}
