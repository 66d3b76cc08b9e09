namespace SchedBench.Core.Scheduling;

/// <summary>How the host behaves; defaults are kube-scheduler's where it has any.</summary>
public sealed record SchedulerHostOptions
{
    /// <summary>Timing of the queue.</summary>
    public QueueOptions Queue { get; init; } = new();

    /// <summary>Whether a pod that fits nowhere waits and is tried again; false skips it for good (the saturation protocol).</summary>
    public bool RetryUnschedulable { get; init; } = true;

    /// <summary>How long changes of the cluster are gathered after the last one before pods are decided on; zero decides at once (Docker Swarm's <c>commitDebounceGap</c>).</summary>
    public TimeSpan GatherGap { get; init; }

    /// <summary>The longest that they are gathered (Docker Swarm's <c>maxLatency</c>).</summary>
    public TimeSpan GatherMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time from decision to binding.</summary>
    public TimeSpan BindLatency { get; init; }

    /// <summary>How long decisions take.</summary>
    public DecisionCost Cost { get; init; } = new();

    /// <summary>Bytes for tables of scores or of feasible nodes; null for the usual budget. Changes how fast decisions are, never what they are.</summary>
    internal long? CacheBudgetBytes { get; init; }
}
