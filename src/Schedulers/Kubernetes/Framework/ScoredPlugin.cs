namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>A score of a profile with its weight, and where its plugin stands among those before scores.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Name">Its name.</param>
/// <param name="Weight">Weight of its scores.</param>
/// <param name="PreScore">Its place among the plugins before scores, −1 when the profile leaves that extension point out.</param>
internal readonly record struct ScoredPlugin(IScorePlugin Plugin, string Name, int Weight, int PreScore)
{
    /// <summary>Whether the plugin is a user's own, so that its scores are looked at.</summary>
    private bool IsForeign { get; } = Plugin.GetType().Assembly != typeof(ScoredPlugin).Assembly;

    /// <summary>Refuses scores out of range.</summary>
    /// <exception cref="Core.Scheduling.StrategyFaultException">A user's plugin gave such a score.</exception>
    public void Check(ReadOnlySpan<long> scores)
    {
        if (!IsForeign) return;
        foreach (long value in scores)
        {
            if (value is < 0 or > IScorePlugin.MaxNodeScore)
                throw new Core.Scheduling.StrategyFaultException($"plugin \"{Name}\" returns an invalid score {value}, it should in the range of [0, {IScorePlugin.MaxNodeScore}] after normalizing");
        }
    }
}
