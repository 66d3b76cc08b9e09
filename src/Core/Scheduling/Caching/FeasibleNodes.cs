using System.Numerics;
using SchedBench.Core.Cluster;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Scheduling;

/// <summary>The nodes a pod fits on now, in the run's node order. Kept as one bit a node and shape; only changed nodes are looked at again.</summary>
/// <remarks>Valid until the strategy returns. Counting is free, the k-th node costs a pass over nodes/64 words.</remarks>
public sealed class FeasibleNodes
{
    private const long BudgetBytes = 64L << 20;
    private readonly ClusterState _state;
    private readonly TieOrder _order;
    private readonly TieBreak _tieBreak;
    private readonly Draw _ties;
    private readonly ShapeCache<BitTable> _tables;
    private readonly Func<BitTable> _create;
    private readonly BitTable _scratch;
    private BitTable _current;
    private BitTable? _narrowed;

    internal FeasibleNodes(ClusterState state, TieBreak tieBreak, ulong seed, long? budgetBytes = null)
    {
        _state = state;
        _tieBreak = tieBreak;
        _order = new TieOrder(state.Layout, tieBreak);
        _ties = Draw.Stream(seed, "scheduler/tie-break");
        _tables = new ShapeCache<BitTable>(state, (state.Count / 8) + 64, budgetBytes ?? BudgetBytes);
        _create = () => new BitTable(state.Count);
        _scratch = _create();
        _current = _scratch;
    }

    private sealed class BitTable(int nodes)
    {
        public readonly ulong[] Words = new ulong[(nodes + 63) >> 6];
        public int Count;

        public void Set(int node, bool fits)
        {
            ref ulong word = ref Words[node >> 6];
            ulong bit = 1UL << node;
            if ((word & bit) != 0 == fits) return;
            word ^= bit;
            Count += fits ? 1 : -1;
        }
    }

    /// <summary>Number of feasible nodes.</summary>
    public int Count => _current.Count;

    /// <summary>[node / 64] a bit for each node, set where it is feasible.</summary>
    public ReadOnlySpan<ulong> Bits => _current.Words;

    /// <summary>The cluster.</summary>
    public ClusterView View => new(_state);

    /// <summary>Nodes whose feasibility was looked at so far in the run.</summary>
    internal long NodesExamined { get; private set; }

    /// <summary>Whether the node is feasible.</summary>
    public bool Contains(NodeIndex node) => (_current.Words[node.Value >> 6] >> node.Value & 1) != 0;

    /// <summary>A node's state.</summary>
    public NodeState State(NodeIndex node) => new(_state, node.Value);

    /// <summary>The k-th feasible node in the run's order.</summary>
    /// <param name="k">0-based rank, below <see cref="Count"/>.</param>
    public NodeIndex Nth(int k)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)k, (uint)Count);
        return NthOf(_current.Words, k);
    }

    /// <summary>The first feasible node at or after <paramref name="start"/>, going round past the last node.</summary>
    /// <param name="start">Where to begin; an index beyond the last node means the first.</param>
    public NodeIndex FirstFrom(NodeIndex start)
    {
        if (Count == 0) return NodeIndex.None;
        int from = start.Value < _state.Count ? Math.Max(start.Value, 0) : 0;
        int node = Next(from);
        return new NodeIndex(node >= 0 ? node : Next(0));
    }

    /// <summary>Writes down the feasible nodes in the run's order.</summary>
    /// <param name="nodes">Where they go: room for <see cref="Count"/>.</param>
    /// <returns>How many there are.</returns>
    public int CopyTo(Span<NodeIndex> nodes)
    {
        int count = 0;
        for (int w = 0; w < _current.Words.Length; w++)
        {
            ulong word = _current.Words[w];
            int first = w << 6;
            if (word == ulong.MaxValue)
            {
                Span<NodeIndex> all = nodes.Slice(count, 64);
                for (int i = 0; i < all.Length; i++) all[i] = new NodeIndex(first + i);
                count += 64;
                continue;
            }

            for (; word != 0; word &= word - 1) nodes[count++] = new NodeIndex(first + BitOperations.TrailingZeroCount(word));
        }

        return count;
    }

    /// <summary>Goes through the feasible nodes in the run's order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Starts a search for the best node under the run's tie-break.</summary>
    public BestNode Best(in PodRequest pod) => new(_order, _tieBreak, _ties, pod.Entity, pod.Attempt);

    /// <summary>The node of the highest score, with ties settled as those of a <see cref="ScoringStrategy"/> are.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">Nodes in the run's order, at least one.</param>
    /// <param name="scores">[node of <paramref name="nodes"/>] scores.</param>
    public NodeIndex BestOf(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, ReadOnlySpan<long> scores)
    {
        long best = System.Numerics.Tensors.TensorPrimitives.Max(scores);
        int first = -1, rank = 0;
        if (_tieBreak == TieBreak.Uniform) rank = (int)_ties.Below(pod.Entity, (ulong)pod.Attempt, (ulong)scores.Count(best));
        for (int n = 0; n < nodes.Length; n++)
        {
            if (scores[n] != best || rank-- > 0) continue;
            if (_tieBreak != TieBreak.LowestName) return nodes[n];
            if (first < 0 || _order.Position(nodes[n].Value) < _order.Position(nodes[first].Value)) first = n;
        }

        return nodes[first];
    }

    /// <summary>One of equals, as ties of a <see cref="ScoringStrategy"/> are settled.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="tied">[node / 64] a bit for each node that is as good as the others, at least one.</param>
    public NodeIndex OneOf(in PodRequest pod, ReadOnlySpan<ulong> tied)
    {
        if (_tieBreak == TieBreak.LowestName) return LowestNameOf(tied);
        int count = 0;
        foreach (ulong word in tied) count += BitOperations.PopCount(word);
        return NthOf(tied, _tieBreak == TieBreak.Uniform ? (int)_ties.Below(pod.Entity, (ulong)pod.Attempt, (ulong)count) : 0);
    }

    internal void Load(in PodShape shape)
    {
        BitTable? table = _tables.Visit(shape.Index, _create, out ReadOnlySpan<int> stale, out bool refill);
        _current = table ?? _scratch;
        if (table is null || refill)
        {
            NodesExamined += _state.Count;
            for (int n = 0; n < _state.Count; n++) _current.Set(n, _state.FitsLocally(in shape, n));
        }
        else
        {
            NodesExamined += stale.Length;
            foreach (int n in stale) _current.Set(n, _state.FitsLocally(in shape, n));
        }

        if (table is not null) _tables.Synced(shape.Index);
        if (shape.ClusterRules is not null) Narrow(in shape);
    }

    /// <summary>Leaves those that the rules allow which depend on other nodes' pods: these are judged anew for each decision, on a copy.</summary>
    private void Narrow(in PodShape shape)
    {
        ClusterFilter filter = _state.Filter(in shape);
        BitTable local = _current;
        _narrowed ??= _create();
        _narrowed.Count = 0;
        for (int w = 0; w < local.Words.Length; w++)
        {
            ulong left = local.Words[w], allowed = 0;
            for (; left != 0; left &= left - 1)
            {
                if (filter.Allows((w << 6) + BitOperations.TrailingZeroCount(left))) allowed |= left & (~left + 1);
            }

            _narrowed.Words[w] = allowed;
            _narrowed.Count += BitOperations.PopCount(allowed);
        }

        _current = _narrowed;
    }

    private static NodeIndex NthOf(ReadOnlySpan<ulong> words, int k)
    {
        for (int w = 0; ; w++)
        {
            ulong word = words[w];
            int here = BitOperations.PopCount(word);
            if (k >= here)
            {
                k -= here;
                continue;
            }

            while (k-- > 0) word &= word - 1;
            return new NodeIndex((w << 6) + BitOperations.TrailingZeroCount(word));
        }
    }

    private NodeIndex LowestNameOf(ReadOnlySpan<ulong> words)
    {
        int lowest = int.MaxValue;
        for (int w = 0; w < words.Length; w++)
        {
            for (ulong word = words[w]; word != 0; word &= word - 1) lowest = Math.Min(lowest, _order.Position((w << 6) + BitOperations.TrailingZeroCount(word)));
        }

        return new NodeIndex(_order.Node(lowest));
    }

    private int Next(int from)
    {
        ulong[] words = _current.Words;
        int w = from >> 6;
        if (w >= words.Length) return -1;
        ulong word = words[w] & (ulong.MaxValue << from);
        while (word == 0)
        {
            if (++w == words.Length) return -1;
            word = words[w];
        }

        return (w << 6) + BitOperations.TrailingZeroCount(word);
    }

    /// <summary>Enumerates feasible nodes.</summary>
    public struct Enumerator
    {
        private readonly FeasibleNodes _nodes;
        private int _node;

        internal Enumerator(FeasibleNodes nodes)
        {
            _nodes = nodes;
            _node = -1;
        }

        /// <summary>The node reached.</summary>
        public readonly NodeIndex Current => new(_node);

        /// <summary>Goes to the next feasible node.</summary>
        public bool MoveNext()
        {
            _node = _nodes.Next(_node + 1);
            return _node >= 0;
        }
    }
}
