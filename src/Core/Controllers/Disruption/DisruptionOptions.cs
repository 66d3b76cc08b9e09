namespace SchedBench.Core.Controllers;

/// <summary>Settings of disruption budgets and evictions; the defaults are Kubernetes'.</summary>
public sealed record DisruptionOptions
{
    /// <summary>An admitted eviction whose pod is not seen terminating after this long is forgotten (<c>DeletionTimeout</c>).</summary>
    public TimeSpan DeletionTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A condition DisruptionTarget without a deletion is taken back after this long (<c>stalePodDisruptionTimeout</c>).</summary>
    public TimeSpan StaleConditionTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Most admitted evictions that a budget remembers (<c>MaxDisruptedPodSize</c>).</summary>
    public int MostAdmitted { get; init; } = 2000;

    /// <summary>How long a client waits after a refusal (<c>kubectl drain</c>).</summary>
    public TimeSpan EvictionRetry { get; init; } = TimeSpan.FromSeconds(5);
}
