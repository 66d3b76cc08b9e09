using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Chooses a node and devices for one pod: the two pod-by-pod contracts behind one door.</summary>
internal abstract class NodeSelector
{
    /// <summary>Nodes whose feasibility was looked at.</summary>
    public abstract long NodesExamined { get; }

    /// <summary>Scores asked of the strategy.</summary>
    public abstract long ScoresComputed { get; }

    /// <summary>The proposed node, or −1.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="waits">True when nodes were feasible but the strategy chose none.</param>
    public abstract int Select(in PodRequest pod, out bool waits);

    /// <summary>The proposed devices on that node.</summary>
    public abstract DeviceSet Devices(in PodRequest pod, int node);

    /// <summary>The score of a node, where the strategy has one and the pod fits.</summary>
    public abstract long? Explain(in PodShape shape, int node);

    /// <summary>The selector that serves a strategy.</summary>
    public static NodeSelector? For(SchedulingStrategy strategy, ClusterState view, TieBreak tieBreak, ulong seed, long? cacheBudgetBytes) => strategy switch
    {
        ScoringStrategy scoring => new Scoring(scoring, view, tieBreak, seed, cacheBudgetBytes),
        ClusterStrategy cluster => new Choosing(cluster, view, tieBreak, seed, cacheBudgetBytes),
        BatchStrategy => null,
        _ => throw new StrategyFaultException($"{strategy.GetType().Name} derives from none of ScoringStrategy, ClusterStrategy, BatchStrategy"),
    };

    private sealed class Scoring(ScoringStrategy strategy, ClusterState view, TieBreak tieBreak, ulong seed, long? cacheBudgetBytes) : NodeSelector
    {
        private readonly ScoreCache _cache = new(strategy, view, tieBreak, seed, cacheBudgetBytes);

        public override long NodesExamined => _cache.NodesExamined;

        public override long ScoresComputed => _cache.ScoresComputed;

        public override int Select(in PodRequest pod, out bool waits)
        {
            waits = false;
            return _cache.Select(in pod);
        }

        public override DeviceSet Devices(in PodRequest pod, int node) => strategy.Devices(in pod.Shape, new NodeState(view, node));

        public override long? Explain(in PodShape shape, int node) => _cache.Explain(in shape, node);
    }

    private sealed class Choosing(ClusterStrategy strategy, ClusterState view, TieBreak tieBreak, ulong seed, long? cacheBudgetBytes) : NodeSelector
    {
        private readonly FeasibleNodes _feasible = new(view, tieBreak, seed, cacheBudgetBytes);
        private readonly List<(ScoringStrategy Score, ScoreCache Cache)> _local = [];

        public override long NodesExamined => _feasible.NodesExamined + _local.Sum(local => local.Cache.NodesExamined);

        public override long ScoresComputed => _local.Sum(local => local.Cache.ScoresComputed);

        public override int Select(in PodRequest pod, out bool waits)
        {
            waits = false;
            if (strategy.LocalScore(in pod) is { } score) return CacheOf(score).Select(in pod);
            _feasible.Load(in pod.Shape);
            if (_feasible.Count == 0) return -1;
            NodeIndex node = strategy.Choose(in pod, _feasible);
            waits = !node.IsNode;
            return node.Value;
        }

        public override DeviceSet Devices(in PodRequest pod, int node) => strategy.Devices(in pod, new NodeState(view, node));

        public override long? Explain(in PodShape shape, int node) => null;

        private ScoreCache CacheOf(ScoringStrategy score)
        {
            foreach ((ScoringStrategy known, ScoreCache kept) in _local)
            {
                if (ReferenceEquals(known, score)) return kept;
            }

            var cache = new ScoreCache(score, view, tieBreak, seed, cacheBudgetBytes);
            _local.Add((score, cache));
            return cache;
        }
    }
}
