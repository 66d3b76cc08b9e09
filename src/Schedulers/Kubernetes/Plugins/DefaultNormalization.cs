using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>Scores in proportion to the largest (<c>plugins/helper/normalize_score.go</c>).</summary>
public static class DefaultNormalization
{
    /// <summary>Brings scores ≥ 0 to 0 to 100: <c>100·score/largest</c>, truncated.</summary>
    /// <param name="scores">Scores.</param>
    /// <param name="isReversed">Whether small ones are good: then 100 minus that; all 100 when all are 0.</param>
    public static void Apply(Span<long> scores, bool isReversed)
    {
        long largest = 0;
        foreach (long score in scores) largest = Math.Max(largest, score);
        if (largest == 0)
        {
            if (isReversed) scores.Fill(IScorePlugin.MaxNodeScore);
            return;
        }

        // Most nodes have the score of the node before them, and a division costs more than all the rest.
        long last = -1, normalized = 0;
        foreach (ref long score in scores)
        {
            if (score != last)
            {
                last = score;
                normalized = IScorePlugin.MaxNodeScore * score / largest;
                if (isReversed) normalized = IScorePlugin.MaxNodeScore - normalized;
            }

            score = normalized;
        }
    }
}
