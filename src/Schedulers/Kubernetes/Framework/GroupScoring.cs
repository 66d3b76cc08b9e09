using System.Numerics.Tensors;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The scores of a profile that are not final: computed for one node of each group (<see cref="IGroupedScore"/>), normalised over these, which is the same as over all nodes; and the
/// rest, which no group has in common, for every node.</summary>
internal sealed class GroupScoring
{
    private readonly ScoredPlugin[] _scores;
    private readonly IPreScorePlugin[] _preScores;
    private readonly long[] _features;
    private readonly bool[] _skipped;
    private readonly bool _isForeign;
    private long[] _scratch = [];

    /// <summary>Takes the scores of a profile.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="preScores">Its plugins before scores.</param>
    public GroupScoring(ScoredPlugin[] scores, IPreScorePlugin[] preScores)
    {
        (_scores, _preScores) = (scores, preScores);
        Grouped = [.. scores.Select(score => score.Plugin).OfType<IGroupedScore>()];
        _features = new long[Grouped.Length];
        _skipped = new bool[preScores.Length];
        _isForeign = !scores.All(score => IsKnown(score.Plugin)) || !preScores.All(IsKnown);
    }

    /// <summary>The scores that groups have in common.</summary>
    public IGroupedScore[] Grouped { get; }

    /// <summary>[grouped score] features of the pod.</summary>
    public ReadOnlySpan<long> Features => _features;

    /// <summary>Asks for the features of a pod.</summary>
    /// <returns>Whether all that differs from node to node, beside final scores, does so by groups that stay while nodes are of one kind.</returns>
    public bool ReadFeatures(in PodRequest pod)
    {
        bool isSteady = !_isForeign;
        for (int i = 0; i < Grouped.Length; i++)
        {
            _features[i] = Grouped[i].FeaturesOf(in pod);
            isSteady &= _features[i] >= 0 && !Grouped[i].FollowsPods;
        }

        return isSteady;
    }

    /// <summary>Sums up the scores of groups.</summary>
    /// <param name="pod">The pod, whose features were read.</param>
    /// <param name="nodes">The nodes that it fits on; plugins that know no groups want them.</param>
    /// <param name="standing">One node of each group.</param>
    /// <param name="sizes">[group] nodes that the pod fits on.</param>
    /// <param name="scratch">[group] room.</param>
    /// <param name="sums">[group] where the sums go.</param>
    /// <returns>Whether there are scores left that belong to no group.</returns>
    public bool Sum(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, ReadOnlySpan<NodeIndex> standing, ReadOnlySpan<int> sizes, Span<long> scratch, Span<long> sums)
    {
        RunPreScores(in pod, nodes, standing, sizes);
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

            score.Plugin.Score(in pod, standing, scratch);
            score.Plugin.NormalizeScore(in pod, standing, scratch);
            TensorPrimitives.MultiplyAdd(scratch, score.Weight, sums, sums);
        }

        return hasRest;
    }

    /// <summary>Adds the scores that belong to no group.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">The nodes that it fits on.</param>
    /// <param name="totals">[node of <paramref name="nodes"/>] what is added to.</param>
    public void AddRest(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> totals)
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

    /// <summary>Whether a plugin never needs a list of nodes.</summary>
    private static bool IsKnown(object plugin) => plugin is IGroupedScore or ILocalScore { IsFinal: true };

    private void RunPreScores(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, ReadOnlySpan<NodeIndex> standing, ReadOnlySpan<int> sizes)
    {
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

    private bool IsSkipped(in ScoredPlugin score) => score.PreScore >= 0 && _skipped[score.PreScore];

    private bool IsGrouped(IScorePlugin plugin)
    {
        for (int i = 0; i < Grouped.Length; i++)
        {
            if (ReferenceEquals(Grouped[i], plugin)) return _features[i] >= 0;
        }

        return false;
    }
}
