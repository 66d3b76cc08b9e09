namespace SchedBench.Core.Objects;

/// <summary>A Job (batch/v1): runs pods until enough of them have completed.</summary>
public sealed record Job : KubeObject
{
    /// <summary>Pods that run at a time.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Completions that end it; null with a work queue: any success ends it.</summary>
    public int? Completions { get; init; } = 1;

    /// <summary>Whether every completion has an index (<c>completionMode: Indexed</c>).</summary>
    public bool IsIndexed { get; init; }

    /// <summary>Failures that fail the job.</summary>
    public int BackoffLimit { get; init; } = 6;

    /// <summary>The job fails when it has been active this long; null for no limit.</summary>
    public TimeSpan? ActiveDeadline { get; init; }

    /// <summary>A finished job is deleted after this long; null keeps it.</summary>
    public TimeSpan? TtlAfterFinished { get; init; }

    /// <summary>Whether its pods are taken away and none is made.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Pods that it may own.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>What its pods are made from.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>What is known of its pods.</summary>
    public JobStatus Status { get; init; } = JobStatus.New;

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Job;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Job job && job with { Metadata = Metadata, Status = Status, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is Job known ? this with { Status = known.Status } : this;
}

/// <summary>Status of a Job. Immutable.</summary>
public sealed record JobStatus
{
    /// <summary>Status before the first sync.</summary>
    public static JobStatus New { get; } = new();

    /// <summary>Pods pending or running.</summary>
    public int Active { get; init; }

    /// <summary>Ready among them.</summary>
    public int Ready { get; init; }

    /// <summary>Completions.</summary>
    public int Succeeded { get; init; }

    /// <summary>Failed pods.</summary>
    public int Failed { get; init; }

    /// <summary>Indexes that are completed, sorted (indexed jobs).</summary>
    public ValueList<int> CompletedIndexes { get; init; }

    /// <summary>Uids of ended pods that are counted, sorted: a pod is counted once even if it stays.</summary>
    public ValueList<long> Counted { get; init; }

    /// <summary>Instant of the first sync that was not suspended, or null.</summary>
    public TimeSpan? StartedAt { get; init; }

    /// <summary>Instant of completion or failure, or null.</summary>
    public TimeSpan? FinishedAt { get; init; }

    /// <summary>Whether it failed; meaningful once it is finished.</summary>
    public bool HasFailed { get; init; }

    /// <summary>What Docker Swarm keeps of the service; null under Kubernetes.</summary>
    public SwarmServiceStatus? Swarm { get; init; }

    /// <summary>Why: <c>BackoffLimitExceeded</c>, <c>DeadlineExceeded</c>; empty otherwise.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>What a CronJob does when its time comes and the last job still runs.</summary>
public enum ConcurrencyPolicy : byte
{
    /// <summary>It starts another.</summary>
    Allow,

    /// <summary>It skips this time.</summary>
    Forbid,

    /// <summary>It deletes the old job and starts another.</summary>
    Replace,
}

/// <summary>A CronJob (batch/v1): makes a Job at every due time.</summary>
public sealed record CronJob : KubeObject
{
    /// <summary>The schedule, as written: five cron fields or a macro.</summary>
    public required string Schedule { get; init; }

    /// <summary>IANA name of the time zone; empty for UTC.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>What happens when the last job still runs.</summary>
    public ConcurrencyPolicy ConcurrencyPolicy { get; init; }

    /// <summary>A start missed by more than this is not made up for; null always makes up.</summary>
    public TimeSpan? StartingDeadline { get; init; }

    /// <summary>Whether no jobs are made.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Succeeded jobs that are kept.</summary>
    public int SuccessfulHistoryLimit { get; init; } = 3;

    /// <summary>Failed jobs that are kept.</summary>
    public int FailedHistoryLimit { get; init; } = 1;

    /// <summary>What jobs are made from; metadata and status are not used.</summary>
    public required Job JobTemplate { get; init; }

    /// <summary>Last due time that started a job, or null.</summary>
    public TimeSpan? LastScheduledAt { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.CronJob;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) =>
        other is CronJob cron && cron with { Metadata = Metadata, LastScheduledAt = LastScheduledAt, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is CronJob cron ? this with { LastScheduledAt = cron.LastScheduledAt } : this;
}
