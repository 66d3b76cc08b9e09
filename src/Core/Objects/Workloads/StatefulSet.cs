namespace SchedBench.Core.Objects;

/// <summary>A StatefulSet (apps/v1): pods with an identity that outlives them.</summary>
public sealed record StatefulSet : KubeObject
{
    /// <summary>Wanted pods.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>First ordinal.</summary>
    public int FirstOrdinal { get; init; }

    /// <summary>Pods that it may own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>What its pods are made from.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>Headless service of its pods' DNS names.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary>Whether pods come and go all at once (<c>podManagementPolicy: Parallel</c>) instead of one after another.</summary>
    public bool IsParallel { get; init; }

    /// <summary>Whether pods are updated only when somebody deletes them (<c>updateStrategy: OnDelete</c>).</summary>
    public bool UpdatesOnDelete { get; init; }

    /// <summary>Ordinals below this keep the old template.</summary>
    public int Partition { get; init; }

    /// <summary>A ready pod counts as available after this long.</summary>
    public TimeSpan MinReady { get; init; }

    /// <summary>Old revisions that are kept.</summary>
    public int RevisionHistoryLimit { get; init; } = 10;

    /// <summary>Claims that every pod gets of its own.</summary>
    public ValueList<ClaimTemplate> ClaimTemplates { get; init; }

    /// <summary>What happens to claims of pods that a scale-down removes: true deletes them.</summary>
    public bool DeletesClaimsWhenScaled { get; init; }

    /// <summary>What happens to claims when the set is deleted: true deletes them.</summary>
    public bool DeletesClaimsWhenDeleted { get; init; }

    /// <summary>What is known of its pods.</summary>
    public StatefulSetStatus Status { get; init; } = StatefulSetStatus.New;

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.StatefulSet;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is StatefulSet set && set with { Metadata = Metadata, Status = Status, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is StatefulSet known ? this with { Status = known.Status } : this;
}

/// <summary>A claim that every pod of a StatefulSet gets of its own: <c>volumeClaimTemplates</c>.</summary>
/// <param name="Name">Name of the volume; the claim is named <c>name-pod</c>.</param>
/// <param name="StorageClass">Class, or null for the default one.</param>
/// <param name="SizeBytes">Requested size.</param>
/// <param name="AccessModes">Access modes.</param>
public sealed record ClaimTemplate(string Name, string? StorageClass, long SizeBytes, ValueList<string> AccessModes);

/// <summary>Status of a StatefulSet. Immutable.</summary>
public sealed record StatefulSetStatus
{
    /// <summary>Status before the first sync.</summary>
    public static StatefulSetStatus New { get; } = new();

    /// <summary>Counters over its pods.</summary>
    public ReplicaStatus Pods { get; init; }

    /// <summary>Revision of pods that are not to be updated.</summary>
    public string CurrentRevision { get; init; } = "";

    /// <summary>Revision of the newest template.</summary>
    public string UpdateRevision { get; init; } = "";

    /// <summary>Pods of the current revision.</summary>
    public int CurrentReplicas { get; init; }

    /// <summary>Pods of the newest revision.</summary>
    public int UpdatedReplicas { get; init; }
}

/// <summary>An old template of a StatefulSet or DaemonSet (apps/v1 ControllerRevision).</summary>
public sealed record ControllerRevision : KubeObject
{
    /// <summary>Number of the revision.</summary>
    public long Revision { get; init; }

    /// <summary>The template.</summary>
    public required PodTemplate Template { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.ControllerRevision;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is ControllerRevision revision && revision.Revision == Revision && ReferenceEquals(revision.Template, Template);
}
