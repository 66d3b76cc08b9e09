using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>The weighted sum of the scores of a profile as a score of shape and node.</summary>
/// <param name="scores">The scores, each an <see cref="ILocalScore"/>.</param>
internal sealed class LocalSum(ScoredPlugin[] scores) : ScoringStrategy
{
    /// <inheritdoc/>
    public override long Score(in PodShape pod, in NodeState node)
    {
        long sum = 0;
        foreach (ref readonly ScoredPlugin score in scores.AsSpan()) sum += score.Weight * ((ILocalScore)score.Plugin).LocalScore(in pod, in node);
        return sum;
    }
}
