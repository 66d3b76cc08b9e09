using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// Which shapes have a table of their own, and which nodes a table has to look at again. The shared upkeep of <see cref="ScoreCache"/> and
/// <see cref="FeasibleNodes"/>.
/// </summary>
/// <remarks>
/// A table gains about nodes/shapes and loses when shapes outnumber nodes: a shape gets one on its second visit within <see cref="VisitWindow"/> node
/// changes, as long as the byte budget lasts; then CLOCK takes the table of a shape not used lately. All of it depends on counts, never on time.
/// </remarks>
/// <typeparam name="TTable">The table.</typeparam>
internal sealed class ShapeCache<TTable>(ClusterState state, long bytesPerTable, long budgetBytes)
    where TTable : class
{
    private readonly int[] _seen = new int[state.Count];
    private readonly int[] _changed = new int[state.Count];
    private readonly List<int> _cached = [];
    private readonly int _maxTables = (int)Math.Clamp(budgetBytes / bytesPerTable, 1, int.MaxValue);
    private Slot[] _slots = new Slot[16];
    private int _seenMark;
    private int _hand;

    private struct Slot
    {
        public TTable? Table;
        public long Cursor;
        public long LastVisit;
        public bool Visited;
        public bool Used;
    }

    /// <summary>Changes within which a second visit earns a table. Wide, because a re-score costs more than a comparison of two integers.</summary>
    private long VisitWindow => 2L * state.Count;

    /// <summary>The shape's table, or null when it has none and deserves none.</summary>
    /// <param name="shape">Shape in question.</param>
    /// <param name="create">Makes an empty table.</param>
    /// <param name="stale">Nodes to look at again; all nodes when <paramref name="refill"/>.</param>
    /// <param name="refill">Whether the table knows nothing that is still true.</param>
    public TTable? Visit(ShapeIndex shape, Func<TTable> create, out ReadOnlySpan<int> stale, out bool refill)
    {
        if (shape.Value >= _slots.Length) Array.Resize(ref _slots, Math.Max(shape.Value + 1, _slots.Length * 2));
        ref Slot slot = ref _slots[shape.Value];
        long now = state.Changes;
        stale = default;
        refill = false;
        if (slot.Table is null)
        {
            bool deserves = slot.Visited && now - slot.LastVisit <= VisitWindow;
            slot.Visited = true;
            slot.LastVisit = now;
            if (!deserves) return null;
            slot.Table = create();
            slot.Used = true;
            // Until it is synced the table knows nothing: a strategy that throws in mid-fill must not leave a table that looks filled.
            slot.Cursor = now - state.RingLength - 1;
            refill = true;
            Keep(shape.Value);
            return _slots[shape.Value].Table;
        }

        slot.Used = true;
        slot.LastVisit = now;
        if (now - slot.Cursor > state.RingLength) refill = true;
        else stale = Distinct(slot.Cursor, now);
        return slot.Table;
    }

    /// <summary>The table of the shape is current as of now.</summary>
    public void Synced(ShapeIndex shape) => _slots[shape.Value].Cursor = state.Changes;

    /// <summary>The changed nodes, each once, latest first.</summary>
    private ReadOnlySpan<int> Distinct(long from, long to)
    {
        if (to - from == 1)
        {
            _changed[0] = state.ChangedNode(from);
            return _changed.AsSpan(0, 1);
        }

        int mark = ++_seenMark, count = 0;
        for (long change = to - 1; change >= from; change--)
        {
            int node = state.ChangedNode(change);
            if (_seen[node] == mark) continue;
            _seen[node] = mark;
            _changed[count++] = node;
        }

        return _changed.AsSpan(0, count);
    }

    private void Keep(int shape)
    {
        if (_cached.Count < _maxTables)
        {
            _cached.Add(shape);
            return;
        }

        while (true)
        {
            _hand = (_hand + 1) % _cached.Count;
            ref Slot candidate = ref _slots[_cached[_hand]];
            if (candidate.Used)
            {
                candidate.Used = false;
                continue;
            }

            candidate.Table = null;
            _cached[_hand] = shape;
            return;
        }
    }
}
