using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>What is kept of the pods of one entry where all nodes that they fit on are scored: the sum of the final scores of each node, sorted by group, with an upper bound a block of 64 nodes of
/// a group and one a group.</summary>
/// <remarks>
/// Nodes of a group differ in that sum alone, so the best node is the best of some group, and a search reads one bound a group, then blocks whose bound reaches the best. Bounds instead of maxima for the
/// reason that <c>ScoreTable</c> of the core gives: a score that falls costs one store, and a bound that turns out too high is tightened by the search that meets it. Where the pod does not fit, the sum s is
/// kept as ~s, which is below 0: a node that comes to fit, or no longer does, costs one flip. Nodes are looked at again when the ring of changes names them.
/// </remarks>
internal sealed class RankedScores(ClusterView view, FinalScores final, RankedScores.Room room)
{
    private readonly long[] _scores = new long[view.Count];
    private readonly ulong[] _fits = new ulong[(view.Count + 63) >> 6];
    private GroupLayout? _layout;
    private long[] _bounds = [];
    private long[] _tops = [];
    private int[] _sizes = [];
    private int _entry = -1;
    private long _cursor;

    /// <summary>Room for what concerns one decision, which tables share.</summary>
    internal sealed class Room(int nodes)
    {
        public readonly ulong[] Changed = new ulong[(nodes + 63) >> 6];
        public readonly NodeIndex[] Nodes = new NodeIndex[nodes];
        public readonly long[] Sums = new long[nodes];
    }

    /// <summary>Bytes of a table.</summary>
    public static long BytesFor(int nodes) => sizeof(long) * (nodes + (nodes >> 5) + 32L);

    /// <summary>[group] nodes that the pod fits on.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>Brings the table up to date.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="layout">Its groups.</param>
    /// <param name="fits">[node / 64] a bit for each node that it fits on.</param>
    public void Renew(in PodRequest pod, GroupLayout layout, ReadOnlySpan<ulong> fits)
    {
        if (_entry != pod.Shape.Entry || _layout != layout || view.Changes - _cursor > view.ChangesKept)
        {
            Fill(in pod, layout, fits);
        }
        else
        {
            Flip(layout, fits);
            Rescore(in pod, layout);
        }

        _cursor = view.Changes;
    }

    /// <summary>Marks the nodes of the highest sum.</summary>
    /// <param name="groupSums">[group] what the nodes of the group have in common.</param>
    /// <param name="tied">[node / 64] cleared; gets a bit for each such node.</param>
    public void MarkBest(ReadOnlySpan<long> groupSums, Span<ulong> tied)
    {
        long best = Highest(groupSums);
        for (int group = 0; group < groupSums.Length; group++)
        {
            if (_sizes[group] > 0 && _tops[group] + groupSums[group] == best) Mark(group, tied);
        }
    }

    /// <summary>The highest sum that a node has.</summary>
    private long Highest(ReadOnlySpan<long> groupSums)
    {
        while (true)
        {
            int highest = -1;
            long best = long.MinValue;
            for (int group = 0; group < groupSums.Length; group++)
            {
                long bound = _tops[group] + groupSums[group];
                if (_sizes[group] > 0 && bound > best) (highest, best) = (group, bound);
            }

            if (IsReached(highest)) return best;
        }
    }

    /// <summary>Whether some node of the group has the sum that bounds it; otherwise the bound is tightened.</summary>
    private bool IsReached(int group)
    {
        long top = _tops[group];
        int first = _layout!.FirstBlock[group];
        Span<long> bounds = _bounds.AsSpan(first, _layout.FirstBlock[group + 1] - first);
        for (int at; (at = bounds.IndexOf(top)) >= 0;)
        {
            ReadOnlySpan<long> scores = Block(first + at);
            if (scores.Contains(top)) return true;
            bounds[at] = TensorPrimitives.Max(scores);
        }

        _tops[group] = TensorPrimitives.Max<long>(bounds);
        return false;
    }

    private void Mark(int group, Span<ulong> tied)
    {
        long top = _tops[group];
        for (int block = _layout!.FirstBlock[group]; block < _layout.FirstBlock[group + 1]; block++)
        {
            if (_bounds[block] != top) continue;
            ReadOnlySpan<long> scores = Block(block);
            ReadOnlySpan<int> nodes = _layout.NodeAt.AsSpan(_layout.BlockStart[block], scores.Length);
            bool isReached = false;
            for (int i = 0; i < scores.Length; i++)
            {
                if (scores[i] != top) continue;
                isReached = true;
                tied[nodes[i] >> 6] |= 1UL << nodes[i];
            }

            if (!isReached) _bounds[block] = TensorPrimitives.Max(scores);
        }
    }

    private void Fill(in PodRequest pod, GroupLayout layout, ReadOnlySpan<ulong> fits)
    {
        // A plugin that throws leaves a table that knows nothing.
        _entry = -1;
        for (int n = 0; n < view.Count; n++) room.Nodes[n] = new NodeIndex(n);
        Sum(in pod, view.Count);
        if (_bounds.Length != layout.Blocks) _bounds = new long[layout.Blocks];
        if (_tops.Length != layout.Groups) (_tops, _sizes) = (new long[layout.Groups], new int[layout.Groups]);
        _sizes.AsSpan().Clear();
        fits.CopyTo(_fits);
        for (int n = 0; n < view.Count; n++)
        {
            bool isFit = Fits(n);
            _scores[layout.PositionOf[n]] = isFit ? room.Sums[n] : ~room.Sums[n];
            if (isFit) _sizes[layout.GroupOf[n]]++;
        }

        (_entry, _layout) = (pod.Shape.Entry, layout);
        for (int block = 0; block < _bounds.Length; block++) _bounds[block] = TensorPrimitives.Max(Block(block));
        for (int group = 0; group < _tops.Length; group++) _tops[group] = TensorPrimitives.Max<long>(_bounds.AsSpan(layout.FirstBlock[group]..layout.FirstBlock[group + 1]));
    }

    /// <summary>Nodes that the pod comes to fit on, and those that it no longer fits on.</summary>
    private void Flip(GroupLayout layout, ReadOnlySpan<ulong> fits)
    {
        for (int w = 0; w < fits.Length; w++)
        {
            for (ulong flipped = fits[w] ^ _fits[w]; flipped != 0; flipped &= flipped - 1)
            {
                int node = (w << 6) + BitOperations.TrailingZeroCount(flipped);
                ref long score = ref _scores[layout.PositionOf[node]];
                score = ~score;
                _sizes[layout.GroupOf[node]] += score < 0 ? -1 : 1;
                Raise(layout, node, score);
            }

            _fits[w] = fits[w];
        }
    }

    /// <summary>Nodes that the ring names.</summary>
    private void Rescore(in PodRequest pod, GroupLayout layout)
    {
        ulong[] changed = room.Changed;
        for (long change = _cursor; change < view.Changes; change++)
        {
            int node = view.ChangedNode(change).Value;
            changed[node >> 6] |= 1UL << node;
        }

        int count = 0;
        for (int w = 0; w < changed.Length; w++)
        {
            for (ulong word = changed[w]; word != 0; word &= word - 1) room.Nodes[count++] = new NodeIndex((w << 6) + BitOperations.TrailingZeroCount(word));
            changed[w] = 0;
        }

        // Apart from the storing: stores into many lines of memory do not wait for each other, and the scores need a pass over columns that many shapes share.
        Sum(in pod, count);
        for (int i = 0; i < count; i++)
        {
            int node = room.Nodes[i].Value;
            long score = Fits(node) ? room.Sums[i] : ~room.Sums[i];
            _scores[layout.PositionOf[node]] = score;
            Raise(layout, node, score);
        }
    }

    private void Sum(in PodRequest pod, int count)
    {
        Span<long> sums = room.Sums.AsSpan(0, count);
        final.Sum(in pod.Shape, room.Nodes.AsSpan(0, count), sums);
        if (count > 0 && TensorPrimitives.Min<long>(sums) < 0) throw new StrategyFaultException($"a plugin returns an invalid score, it should in the range of [0, {IScorePlugin.MaxNodeScore}]");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Raise(GroupLayout layout, int node, long score)
    {
        ref long bound = ref _bounds[layout.BlockOf[node]];
        if (score <= bound) return;
        bound = score;
        ref long top = ref _tops[layout.GroupOf[node]];
        if (score > top) top = score;
    }

    private bool Fits(int node) => (_fits[node >> 6] >> node & 1) != 0;

    private ReadOnlySpan<long> Block(int block) => _scores.AsSpan(_layout!.BlockStart[block].._layout.BlockStart[block + 1]);
}
