namespace SchedBench.Core.Objects;

/// <summary>A DaemonSet (apps/v1): one pod on every node that may have it.</summary>
public sealed record DaemonSet : KubeObject
{
    /// <summary>Pods that it may own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>What its pods are made from.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>Whether pods are updated only when somebody deletes them.</summary>
    public bool UpdatesOnDelete { get; init; }

    /// <summary>Nodes whose pod may be missing during an update; percentages round up.</summary>
    public IntOrPercent MaxUnavailable { get; init; } = IntOrPercent.Of(1);

    /// <summary>Nodes that may have two pods during an update; percentages round up.</summary>
    public IntOrPercent MaxSurge { get; init; } = IntOrPercent.Of(0);

    /// <summary>A ready pod counts as available after this long.</summary>
    public TimeSpan MinReady { get; init; }

    /// <summary>Old revisions that are kept.</summary>
    public int RevisionHistoryLimit { get; init; } = 10;

    /// <summary>What is known of its pods.</summary>
    public DaemonSetStatus Status { get; init; } = DaemonSetStatus.New;

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.DaemonSet;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is DaemonSet set && set with { Metadata = Metadata, Status = Status, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is DaemonSet known ? this with { Status = known.Status } : this;
}

/// <summary>Status of a DaemonSet. Immutable.</summary>
public sealed record DaemonSetStatus
{
    /// <summary>Status before the first sync.</summary>
    public static DaemonSetStatus New { get; } = new();

    /// <summary>Nodes that should run the pod.</summary>
    public int Desired { get; init; }

    /// <summary>Nodes that should and do.</summary>
    public int Current { get; init; }

    /// <summary>Nodes that do and should not.</summary>
    public int Misscheduled { get; init; }

    /// <summary>Nodes whose pod is ready.</summary>
    public int Ready { get; init; }

    /// <summary>Nodes whose pod is available.</summary>
    public int Available { get; init; }

    /// <summary>Nodes whose pod is of the newest template.</summary>
    public int Updated { get; init; }

    /// <summary>Generation that the counters belong to.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>What Docker Swarm keeps of the service; null under Kubernetes.</summary>
    public SwarmServiceStatus? Swarm { get; init; }
}
