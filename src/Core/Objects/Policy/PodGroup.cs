namespace SchedBench.Core.Objects;

/// <summary>A PodGroup (<c>scheduling.x-k8s.io/v1alpha1</c>, kubernetes-sigs/scheduler-plugins <c>apis/scheduling/v1alpha1/types.go</c>): pods that run together or not at all.
/// The plugin Coscheduling follows it; to other strategies its pods are pods like others.</summary>
/// <remarks>Its status, which a controller of that project keeps for people who look, is not kept: no decision reads it.</remarks>
public sealed record PodGroup : KubeObject
{
    /// <summary>The label by which a pod names its group, in its own namespace.</summary>
    public const string Label = "scheduling.x-k8s.io/pod-group";

    /// <summary>Members that have to run together.</summary>
    public int MinMember { get; init; }

    /// <summary>How long members wait for one another at most; null for the plugin's.</summary>
    public TimeSpan? ScheduleTimeout { get; init; }

    /// <summary>Resources that must be free in the cluster before a member is tried, sorted by name; CPU in milli.</summary>
    public ValueList<ResourceAmount> MinResources { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.PodGroup;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is PodGroup group && group with { Metadata = Metadata, Document = Document } == this;
}
