using SchedBench.Core.Cluster;

namespace SchedBench.Core.Objects;

/// <summary>A Node (v1): what the control plane knows of a machine of the fleet.</summary>
public sealed record Node : KubeObject
{
    /// <summary>Place in the run's order.</summary>
    public NodeIndex Index { get; init; }

    /// <summary>What it offers (<c>status.allocatable</c>): a size that changes is followed; its labels and taints are those it began with, see <see cref="KubeObject.Metadata"/> and <see cref="Taints"/>.</summary>
    public required NodeSpec Spec { get; init; }

    /// <summary>Whether it is cordoned (<c>spec.unschedulable</c>).</summary>
    public bool IsCordoned { get; init; }

    /// <summary>Whether Docker Swarm is to clear it (<c>availability: drain</c>): its tasks are stopped and replaced elsewhere. Kubernetes knows no such state.</summary>
    public bool IsDrained { get; init; }

    /// <summary>Taints, in order.</summary>
    public ValueList<Taint> Taints { get; init; }

    /// <summary>Condition Ready: true, false, or null for unknown (no heartbeat).</summary>
    public bool? IsReady { get; init; } = true;

    /// <summary>Instant of the last change of the condition Ready.</summary>
    public TimeSpan ReadySince { get; init; }

    /// <summary>Whether the agent reports memory pressure.</summary>
    public bool HasMemoryPressure { get; init; }

    /// <summary>Whether the agent reports disk pressure.</summary>
    public bool HasDiskPressure { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Node;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Node node && node.IsCordoned == IsCordoned && node.IsDrained == IsDrained && node.Taints == Taints && ReferenceEquals(node.Spec, Spec);

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is Node node ? this with { Index = node.Index, Spec = node.Spec, IsReady = node.IsReady, ReadySince = node.ReadySince, HasMemoryPressure = node.HasMemoryPressure, HasDiskPressure = node.HasDiskPressure } : this;
}

/// <summary>A Namespace (v1).</summary>
public sealed record Namespace : KubeObject
{
    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Namespace;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Namespace;
}

/// <summary>An Event (v1): something a person may want to know about an object. Equal ones are counted, not repeated.</summary>
public sealed record ObjectEvent : KubeObject
{
    /// <summary>What it is about.</summary>
    public required ObjectKey Regarding { get; init; }

    /// <summary>Identity of what it is about.</summary>
    public long RegardingUid { get; init; }

    /// <summary>Reason in one word, Kubernetes' where it has one (<c>FailedScheduling</c>, <c>Killing</c>, <c>ScalingReplicaSet</c>).</summary>
    public required string Reason { get; init; }

    /// <summary>One line.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether it warns.</summary>
    public bool IsWarning { get; init; }

    /// <summary>Who says it.</summary>
    public string Source { get; init; } = "";

    /// <summary>How often.</summary>
    public int Count { get; init; } = 1;

    /// <summary>When last.</summary>
    public TimeSpan LastAt { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Event;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is ObjectEvent;
}
