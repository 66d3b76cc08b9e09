namespace SchedBench.Core.Controllers;

/// <summary>Settings of the Deployment controller; the defaults are Kubernetes'.</summary>
public sealed record DeploymentOptions
{
    /// <summary>How long after the progress deadline a stuck rollout is looked at (<c>progress.go</c> adds a second against skew of milliseconds).</summary>
    public TimeSpan DeadlineSlack { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most characters of the history of revisions that a ReplicaSet keeps in its annotation (<c>maxRevHistoryLengthInChars</c>).</summary>
    public int RevisionHistoryChars { get; init; } = 2000;

    /// <summary>A deadline of this length or more is none: <c>progressDeadlineSeconds: 2147483647</c>.</summary>
    public TimeSpan NoDeadline { get; init; } = TimeSpan.FromSeconds(int.MaxValue);
}

/// <summary>Reasons of the condition Progressing (Kubernetes <c>deployment/util/deployment_util.go</c>).</summary>
public static class ProgressReasons
{
    /// <summary>A ReplicaSet was created for the template.</summary>
    public const string Created = "NewReplicaSetCreated";

    /// <summary>The ReplicaSet of the template was there already.</summary>
    public const string Found = "FoundNewReplicaSet";

    /// <summary>The rollout makes progress.</summary>
    public const string Updated = "ReplicaSetUpdated";

    /// <summary>The rollout is complete.</summary>
    public const string Available = "NewReplicaSetAvailable";

    /// <summary>The rollout made no progress for as long as its deadline.</summary>
    public const string TimedOut = "ProgressDeadlineExceeded";

    /// <summary>Rollouts stand still.</summary>
    public const string Paused = "DeploymentPaused";

    /// <summary>Rollouts go on.</summary>
    public const string Resumed = "DeploymentResumed";

    /// <summary>The ReplicaSet could not be created.</summary>
    public const string CreateFailed = "ReplicaSetCreateError";

    /// <summary>Status of the condition with a reason: true, false, or null for unknown.</summary>
    public static bool? StatusOf(string reason) => reason switch
    {
        TimedOut or CreateFailed => false,
        Paused or Resumed => null,
        _ => true,
    };
}
