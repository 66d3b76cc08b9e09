namespace SchedBench.Core.Objects;

/// <summary>Counters that workload controllers write (Kubernetes <c>…Status</c>): pods by what is known of them.</summary>
/// <param name="Replicas">Pods that are not terminating.</param>
/// <param name="Ready">Ready among them.</param>
/// <param name="Available">Ready for <c>minReadySeconds</c> among them.</param>
/// <param name="ObservedGeneration">Generation that the counters belong to.</param>
public readonly record struct ReplicaStatus(int Replicas, int Ready, int Available, long ObservedGeneration)
{
    /// <summary>What Docker Swarm keeps of a ReplicaSet or ReplicationController that is a service; null under Kubernetes and for other kinds.</summary>
    public SwarmServiceStatus? Swarm { get; init; }
}

/// <summary>A ReplicaSet (apps/v1): keeps a number of equal pods.</summary>
public sealed record ReplicaSet : KubeObject
{
    /// <summary>Wanted pods.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Pods that it may own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>What its pods are made from.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>A ready pod counts as available after this long.</summary>
    public TimeSpan MinReady { get; init; }

    /// <summary>What is known of its pods.</summary>
    public ReplicaStatus Status { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.ReplicaSet;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) =>
        other is ReplicaSet set && set.Replicas == Replicas && set.MinReady == MinReady && ReferenceEquals(set.Template, Template) && set.Selector == Selector;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is ReplicaSet known ? this with { Status = known.Status } : this;
}

/// <summary>A ReplicationController (v1): the ReplicaSet's elder, with plain labels as selector.</summary>
public sealed record ReplicationController : KubeObject
{
    /// <summary>Wanted pods.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Pods that it may own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>What its pods are made from.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>A ready pod counts as available after this long.</summary>
    public TimeSpan MinReady { get; init; }

    /// <summary>What is known of its pods.</summary>
    public ReplicaStatus Status { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.ReplicationController;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) =>
        other is ReplicationController set && set.Replicas == Replicas && set.MinReady == MinReady && ReferenceEquals(set.Template, Template) && set.Selector == Selector;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is ReplicationController known ? this with { Status = known.Status } : this;
}
