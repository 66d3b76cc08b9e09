namespace SchedBench.Core.Objects;

/// <summary>What an autoscaler looks at.</summary>
public enum AutoscalingMetric : byte
{
    /// <summary>CPU use as a percentage of the requests, or milli CPU a pod.</summary>
    Cpu,

    /// <summary>Memory use as a percentage of the requests, or bytes a pod.</summary>
    Memory,

    /// <summary>Requests a second a pod (a Pods metric named <c>http_requests</c>), in thousandths.</summary>
    RequestRate,
}

/// <summary>One metric of an autoscaler with its target.</summary>
/// <param name="Metric">What is looked at.</param>
/// <param name="IsUtilization">Whether the target is a percentage of the requests; otherwise it is an average a pod.</param>
/// <param name="Target">Percents, milli CPU, bytes, or thousandths of a request a second.</param>
public readonly record struct AutoscalingTarget(AutoscalingMetric Metric, bool IsUtilization, long Target);

/// <summary>How fast replicas may change in one direction (Kubernetes <c>autoscaling/v2.HPAScalingRules</c>).</summary>
/// <param name="Stabilization">The most careful of the recommendations of this long is followed.</param>
/// <param name="Selection">Which policy counts: true the one that allows the most, false the least, null none (the direction is disabled).</param>
/// <param name="Policies">Policies; empty means no limit.</param>
public sealed record ScalingRules(TimeSpan Stabilization, bool? Selection, ValueList<ScalingPolicy> Policies)
{
    /// <summary>Up: no stabilisation, the larger of 4 pods and 100 % in 15 s.</summary>
    public static ScalingRules DefaultUp { get; } = new(TimeSpan.Zero, Selection: true,
        [new ScalingPolicy(IsPercent: false, 4, TimeSpan.FromSeconds(15)), new ScalingPolicy(IsPercent: true, 100, TimeSpan.FromSeconds(15))]);

    /// <summary>Down: 300 s of stabilisation, 100 % in 15 s.</summary>
    public static ScalingRules DefaultDown { get; } = new(TimeSpan.FromSeconds(300), Selection: true, [new ScalingPolicy(IsPercent: true, 100, TimeSpan.FromSeconds(15))]);
}

/// <summary>A limit of change.</summary>
/// <param name="IsPercent">Whether <paramref name="Value"/> is a percentage of the replicas; otherwise pods.</param>
/// <param name="Value">How much.</param>
/// <param name="Period">In how long.</param>
public readonly record struct ScalingPolicy(bool IsPercent, int Value, TimeSpan Period);

/// <summary>A HorizontalPodAutoscaler (autoscaling/v2).</summary>
public sealed record HorizontalPodAutoscaler : KubeObject
{
    /// <summary>Kind of what is scaled: Deployment, ReplicaSet, StatefulSet or ReplicationController.</summary>
    public ResourceKind TargetKind { get; init; } = ResourceKind.Deployment;

    /// <summary>Its name, in the same namespace.</summary>
    public required string TargetName { get; init; }

    /// <summary>Fewest replicas.</summary>
    public int MinReplicas { get; init; } = 1;

    /// <summary>Most replicas.</summary>
    public int MaxReplicas { get; init; } = 1;

    /// <summary>Metrics; the largest recommendation counts.</summary>
    public ValueList<AutoscalingTarget> Metrics { get; init; }

    /// <summary>Rules upwards.</summary>
    public ScalingRules Up { get; init; } = ScalingRules.DefaultUp;

    /// <summary>Rules downwards.</summary>
    public ScalingRules Down { get; init; } = ScalingRules.DefaultDown;

    /// <summary>Replicas it last wanted.</summary>
    public int DesiredReplicas { get; init; }

    /// <summary>Instant of its last change, or null.</summary>
    public TimeSpan? LastScaledAt { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.HorizontalPodAutoscaler;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is HorizontalPodAutoscaler scaler
        && scaler with { Metadata = Metadata, DesiredReplicas = DesiredReplicas, LastScaledAt = LastScaledAt, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is HorizontalPodAutoscaler scaler ? this with { DesiredReplicas = scaler.DesiredReplicas, LastScaledAt = scaler.LastScaledAt } : this;
}
