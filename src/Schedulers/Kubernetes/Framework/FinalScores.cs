using SchedBench.Core.Cluster;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>A final score that takes many nodes a call, so that what belongs to the pod is read once.</summary>
internal interface ISpanScore : ILocalScore
{
    /// <summary>Adds weight · <see cref="ILocalScore.LocalScore"/> of each node.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">Nodes.</param>
    /// <param name="weight">Weight.</param>
    /// <param name="sums">[node of <paramref name="nodes"/>] what is added to.</param>
    void AddScores(in PodShape pod, ReadOnlySpan<NodeIndex> nodes, long weight, Span<long> sums);
}

/// <summary>The weighted sums of the scores that are final (<see cref="ILocalScore.IsFinal"/>).</summary>
internal sealed class FinalScores
{
    private readonly (ILocalScore Plugin, long Weight)[] _scores;
    private readonly ClusterView _view;

    /// <summary>Takes the final ones of a profile's scores.</summary>
    public FinalScores(ScoredPlugin[] scores, ClusterView view)
    {
        _scores = [.. scores.Where(score => score.Plugin is ILocalScore { IsFinal: true }).Select(score => ((ILocalScore)score.Plugin, (long)score.Weight))];
        _view = view;
    }

    /// <summary>Sums up.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="nodes">Nodes.</param>
    /// <param name="sums">[node of <paramref name="nodes"/>] where the sums go.</param>
    public void Sum(in PodShape pod, ReadOnlySpan<NodeIndex> nodes, Span<long> sums)
    {
        sums.Clear();
        foreach ((ILocalScore plugin, long weight) in _scores)
        {
            if (plugin is ISpanScore many)
            {
                many.AddScores(in pod, nodes, weight, sums);
                continue;
            }

            for (int n = 0; n < nodes.Length; n++) sums[n] += weight * plugin.LocalScore(in pod, _view[nodes[n]]);
        }
    }
}
