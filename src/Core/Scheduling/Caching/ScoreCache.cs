using SchedBench.Core.Cluster;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Scheduling;

/// <summary>Answers a scoring strategy's question "which node?" from cached scores, re-scoring only what changed since the shape was asked for last.</summary>
internal sealed class ScoreCache
{
    private const long BudgetBytes = 256L << 20;
    private const long AuditEvery = 1024;
    private readonly ScoringStrategy _strategy;
    private readonly ClusterState _state;
    private readonly TieOrder _order;
    private readonly bool _uniform;
    private readonly Draw _ties;
    private readonly ShapeCache<ScoreTable> _tables;
    private readonly Func<ScoreTable> _create;
    private readonly int[] _tied;
    private long _decisions;

    public ScoreCache(ScoringStrategy strategy, ClusterState state, TieBreak tieBreak, ulong seed, long? budgetBytes = null)
    {
        _strategy = strategy;
        _state = state;
        _order = new TieOrder(state.Layout, tieBreak);
        _uniform = tieBreak == TieBreak.Uniform;
        _ties = Draw.Stream(seed, "scheduler/tie-break");
        _tables = new ShapeCache<ScoreTable>(state, ScoreTable.BytesFor(state.Count), budgetBytes ?? BudgetBytes);
        _create = () => new ScoreTable(state.Count);
        _tied = _uniform ? new int[state.Count] : [];
    }

    /// <summary>Scores asked of the strategy.</summary>
    public long ScoresComputed { get; private set; }

    /// <summary>Nodes whose feasibility was looked at.</summary>
    public long NodesExamined { get; private set; }

    /// <summary>The best feasible node, or −1.</summary>
    public int Select(in PodRequest pod)
    {
        ref readonly PodShape shape = ref pod.Shape;
        _decisions++;
        ScoreTable? table = _tables.Visit(shape.Index, _create, out ReadOnlySpan<int> stale, out bool refill);
        if (table is null) return Scan(in pod);
        if (refill) Refill(table, in shape);
        else Refresh(table, in shape, stale);
        _tables.Synced(shape.Index);
        if (IsAudited(_decisions) && _state.Count > 0) Audit(table, in shape);
        if (shape.ClusterRules is not null) return SelectAllowed(in pod, table);
        if (!_uniform)
        {
            int position = table.FirstBest();
            return position < 0 ? -1 : _order.Node(position);
        }

        int tied = table.CountBest();
        return tied == 0 ? -1 : _order.Node(table.NthBest(DrawRank(in pod, tied)));
    }

    /// <summary>The score of one node now, or null when the pod does not fit. For explanations.</summary>
    public long? Explain(in PodShape shape, int node) =>
        _state.Fits(in shape, node) ? _strategy.Score(in shape, new NodeState(_state, node)) : null;

    private void Refill(ScoreTable table, in PodShape shape)
    {
        Span<long> scores = table.Raw;
        for (int position = 0; position < scores.Length; position++) scores[position] = ScoreOf(in shape, _order.Node(position));
        table.Index();
    }

    private void Refresh(ScoreTable table, in PodShape shape, ReadOnlySpan<int> stale)
    {
        foreach (int node in stale) table.Set(_order.Position(node), ScoreOf(in shape, node));
    }

    private long ScoreOf(in PodShape shape, int node)
    {
        NodesExamined++;
        if (!_state.FitsLocally(in shape, node)) return ScoreTable.Infeasible;
        ScoresComputed++;
        long score = _strategy.Score(in shape, new NodeState(_state, node));
        if (score == ScoreTable.Infeasible) throw new StrategyFaultException($"score {score} is reserved: a score lies above it");
        return score;
    }

    /// <summary>Without a table: one pass over the nodes. Gives the same answer as the table would.</summary>
    private int Scan(in PodRequest pod)
    {
        ref readonly PodShape shape = ref pod.Shape;
        ClusterFilter? filter = shape.ClusterRules is null ? null : _state.Filter(in shape);
        long best = ScoreTable.Infeasible;
        int first = -1, tied = 0;
        for (int position = 0; position < _state.Count; position++)
        {
            long score = ScoreOf(in shape, _order.Node(position));
            if (score < best || score == ScoreTable.Infeasible || (filter is not null && !filter.Allows(_order.Node(position)))) continue;
            if (score > best) (best, first, tied) = (score, position, 0);
            if (_uniform) _tied[tied++] = position;
        }

        if (first < 0) return -1;
        return _order.Node(_uniform ? _tied[DrawRank(in pod, tied)] : first);
    }

    /// <summary>The best of the cached scores among the nodes that the rules allow which depend on other nodes' pods: these are judged anew for each decision.</summary>
    private int SelectAllowed(in PodRequest pod, ScoreTable table)
    {
        ClusterFilter filter = _state.Filter(in pod.Shape);
        long best = ScoreTable.Infeasible;
        int first = -1, tied = 0;
        for (int position = 0; position < _state.Count; position++)
        {
            long score = table[position];
            if (score < best || score == ScoreTable.Infeasible || (score == best && !_uniform) || !filter.Allows(_order.Node(position))) continue;
            if (score > best) (best, first, tied) = (score, position, 0);
            if (_uniform) _tied[tied++] = position;
        }

        if (first < 0) return -1;
        return _order.Node(_uniform ? _tied[DrawRank(in pod, tied)] : first);
    }

    private int DrawRank(in PodRequest pod, int tied) => (int)_ties.Below(pod.Entity, (ulong)pod.Attempt, (ulong)tied);

    /// <summary>Often in the beginning (decisions 1, 2, 4, 8, …), so that a short run is audited too, and then every 1,024th.</summary>
    private static bool IsAudited(long decision) => decision % AuditEvery == 0 || long.IsPow2(decision);

    /// <summary>Re-scores one cached node; a difference means that the score depends on more than shape and node, and the run would depend on the cache.</summary>
    private void Audit(ScoreTable table, in PodShape shape)
    {
        int position = (int)((_decisions + (_decisions / AuditEvery)) % _state.Count);
        int node = _order.Node(position);
        long fresh = ScoreOf(in shape, node);
        if (fresh == table[position]) return;
        throw new ImpureScoreException(
            $"the score of node '{_state.Layout.Nodes[node].Name}' was {table[position]} when it was cached and is {fresh} now although the node did not change: "
            + "Score must depend on the shape and the node alone; derive from ClusterStrategy otherwise");
    }
}
