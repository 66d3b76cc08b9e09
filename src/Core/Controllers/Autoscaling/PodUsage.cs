using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>What pods use, as the metrics pipeline would report it. Implemented by the node agents and the traffic; the autoscaler asks at every sync.</summary>
public interface IPodUsage
{
    /// <summary>The average use of a pod over the last <paramref name="window"/>.</summary>
    /// <param name="podUid">Pod.</param>
    /// <param name="metric">What is measured.</param>
    /// <param name="window">How far back the average reaches.</param>
    /// <param name="value">Milli CPU, bytes, or thousandths of a request a second.</param>
    /// <returns>Whether there is a sample: not for pods that do not run or are too young.</returns>
    bool TryGet(long podUid, AutoscalingMetric metric, TimeSpan window, out long value);
}

/// <summary>Times and tolerances of the autoscaler (flags of kube-controller-manager).</summary>
public sealed record AutoscalerOptions
{
    /// <summary>Time between syncs (<c>--horizontal-pod-autoscaler-sync-period</c>).</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Deviation from the target that is let be, in thousandths (<c>--horizontal-pod-autoscaler-tolerance</c>, 0.1).</summary>
    public int TolerancePermille { get; init; } = 100;

    /// <summary>CPU samples of pods younger than this are used only while they are ready (<c>--horizontal-pod-autoscaler-cpu-initialization-period</c>).</summary>
    public TimeSpan CpuInitialization { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A pod that turned unready within this time of its start has never been ready (<c>--horizontal-pod-autoscaler-initial-readiness-delay</c>).</summary>
    public TimeSpan InitialReadinessDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far back samples are averaged (metrics-server: 30 s by default).</summary>
    public TimeSpan MetricsWindow { get; init; } = TimeSpan.FromSeconds(30);
}
