namespace SchedBench.Core.Objects;

/// <summary>A Deployment (apps/v1): takes a set of pods from one template to the next.</summary>
public sealed record Deployment : KubeObject
{
    /// <summary>Wanted pods.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Pods that it may own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>What its pods are made from: a change of it is a rollout.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>How a rollout goes.</summary>
    public DeploymentStrategy Strategy { get; init; } = DeploymentStrategy.Default;

    /// <summary>A ready pod counts as available after this long.</summary>
    public TimeSpan MinReady { get; init; }

    /// <summary>A rollout without progress for this long has failed.</summary>
    public TimeSpan ProgressDeadline { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Old ReplicaSets that are kept for a rollback.</summary>
    public int RevisionHistoryLimit { get; init; } = 10;

    /// <summary>Whether rollouts stand still.</summary>
    public bool IsPaused { get; init; }

    /// <summary>What is known of its pods.</summary>
    public DeploymentStatus Status { get; init; } = DeploymentStatus.New;

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Deployment;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Deployment deployment
        && deployment with { Metadata = Metadata, Status = Status, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is Deployment known ? this with { Status = known.Status } : this;
}

/// <summary>How a rollout goes (Kubernetes <c>apps/v1.DeploymentStrategy</c>).</summary>
/// <param name="IsRecreate">Whether all old pods go before the first new one comes.</param>
/// <param name="MaxUnavailable">Pods that may be missing of the wanted number; percentages round down.</param>
/// <param name="MaxSurge">Pods that may exist beyond the wanted number; percentages round up.</param>
public sealed record DeploymentStrategy(bool IsRecreate, IntOrPercent MaxUnavailable, IntOrPercent MaxSurge)
{
    /// <summary>RollingUpdate, 25 % and 25 %.</summary>
    public static DeploymentStrategy Default { get; } = new(IsRecreate: false, IntOrPercent.Percent(25), IntOrPercent.Percent(25));

    /// <summary>Recreate.</summary>
    public static DeploymentStrategy Recreate { get; } = Default with { IsRecreate = true };

    /// <summary>Whether somebody stated one of the two numbers, which are Kubernetes' defaults otherwise. The API knows no difference, so two strategies that differ in this alone are equal; what
    /// maps them to another orchestrator asks.</summary>
    public bool IsStated { get; init; }

    /// <summary>Whether both mean the same to the API.</summary>
    public bool Equals(DeploymentStrategy? other) => other is not null && IsRecreate == other.IsRecreate && MaxUnavailable == other.MaxUnavailable && MaxSurge == other.MaxSurge;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsRecreate, MaxUnavailable, MaxSurge);
}

/// <summary>Status of a Deployment. Immutable.</summary>
public sealed record DeploymentStatus
{
    /// <summary>Status before the first sync.</summary>
    public static DeploymentStatus New { get; } = new();

    /// <summary>Counters over all its ReplicaSets.</summary>
    public ReplicaStatus Pods { get; init; }

    /// <summary>Pods of the newest template.</summary>
    public int UpdatedReplicas { get; init; }

    /// <summary>Condition Available: at least the wanted number less maxUnavailable.</summary>
    public bool IsAvailable { get; init; }

    /// <summary>Condition Progressing, by its reason: <c>NewReplicaSetCreated</c>, <c>ReplicaSetUpdated</c>, <c>NewReplicaSetAvailable</c>,
    /// <c>ProgressDeadlineExceeded</c>, <c>DeploymentPaused</c>, …; empty before the first.</summary>
    public string ProgressReason { get; init; } = "";

    /// <summary>Instant of the last progress.</summary>
    public TimeSpan ProgressAt { get; init; }

    /// <summary>What Docker Swarm keeps of the service; null under Kubernetes.</summary>
    public SwarmServiceStatus? Swarm { get; init; }

    /// <summary>Hashes of templates that were taken by other ReplicaSets (<c>status.collisionCount</c>).</summary>
    public int Collisions { get; init; }
}
