namespace SchedBench.Core.Objects;

/// <summary>State of the update of a service of Docker Swarm (swarmkit <c>UpdateStatus.UpdateState</c>).</summary>
public enum SwarmUpdateState : byte
{
    /// <summary>There was none since the service was made.</summary>
    None,

    /// <summary>A new version replaces the old one.</summary>
    Updating,

    /// <summary>Too many tasks failed: the update stands still.</summary>
    Paused,

    /// <summary>All tasks are of the new version and were watched long enough.</summary>
    Completed,

    /// <summary>The version before replaces the new one.</summary>
    RollbackStarted,

    /// <summary>Too many tasks failed while the version before came back: a rollback is never rolled back.</summary>
    RollbackPaused,

    /// <summary>The version before is back.</summary>
    RollbackCompleted,
}

/// <summary>What Docker Swarm keeps of a service beside what its manifest says (swarmkit <c>Service.SpecVersion</c>, <c>PreviousSpec</c>, <c>UpdateStatus</c>). Immutable.</summary>
public sealed record SwarmServiceStatus
{
    /// <summary>Version of <see cref="Current"/>: 1, 2, 3, …; a rollback takes the number of the version that comes back.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Largest version so far.</summary>
    public long LatestVersion { get; init; } = 1;

    /// <summary>The template that the orchestrator works on.</summary>
    public required PodTemplate Current { get; init; }

    /// <summary>The template before it; null when there is none to go back to.</summary>
    public PodTemplate? Previous { get; init; }

    /// <summary>Version of <see cref="Previous"/>.</summary>
    public long PreviousVersion { get; init; }

    /// <summary>Where the last update is.</summary>
    public SwarmUpdateState Update { get; init; }

    /// <summary>Why, in a line; empty when all is well.</summary>
    public string Message { get; init; } = "";

    /// <summary>Instant at which the update or rollback began; null before the first.</summary>
    public TimeSpan? StartedAt { get; init; }

    /// <summary>Instant at which it was completed; null until then.</summary>
    public TimeSpan? CompletedAt { get; init; }
}
