namespace SchedBench.Core.Scheduling;

/// <summary>Timing of the scheduling queue. Defaults are kube-scheduler's.</summary>
public sealed record QueueOptions
{
    /// <summary>Back-off after the first failed attempt; doubles with each further one.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest back-off.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a pod in back-off is tried at once when no other pod is ready (feature gate <c>SchedulerPopFromBackoffQ</c>, on in v1.34): the one whose back-off ends first, by whole seconds, of one
    /// second the one of higher priority. Pods whose attempt ended with an error wait all the same.</summary>
    public bool PopsFromBackoff { get; init; }

    /// <summary>A pod that stayed unschedulable this long is tried again without a reason.</summary>
    public TimeSpan UnschedulableTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the queue looks for such pods.</summary>
    public TimeSpan FlushPeriod { get; init; } = TimeSpan.FromSeconds(30);
}
