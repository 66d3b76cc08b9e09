using SchedBench.Core.Cluster;

namespace SchedBench.Core.Objects;

/// <summary>A pod (Kubernetes <c>core/v1.Pod</c>).</summary>
public sealed record Pod : KubeObject
{
    /// <summary>Its spec, shared with its template.</summary>
    public required PodSpec Spec { get; init; }

    /// <summary>Node it is bound to, or none: <c>spec.nodeName</c>. Written once.</summary>
    public NodeIndex Node { get; init; } = NodeIndex.None;

    /// <summary>GPU devices it holds there.</summary>
    public DeviceSet Devices { get; init; }

    /// <summary>What is known of it.</summary>
    public PodStatus Status { get; init; } = PodStatus.New;

    /// <summary>What Docker Swarm knows of it; null under Kubernetes.</summary>
    public SwarmTask? Swarm { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Pod;

    /// <summary>Whether somebody told it to go: its deletion has begun, or Docker Swarm wants its task no more.</summary>
    public bool IsLeaving => Metadata.IsDeleting || Swarm is { IsWanted: false };

    /// <summary>Whether it neither ended nor is told to go (Kubernetes <c>controller.IsPodActive</c>).</summary>
    public bool IsActive => Status.Phase is PodLifePhase.Pending or PodLifePhase.Running && !IsLeaving;

    /// <summary>Whether it ended.</summary>
    public bool HasEnded => Status.Phase is PodLifePhase.Succeeded or PodLifePhase.Failed;

    /// <summary>Whether it is ready and has been for <paramref name="minReady"/> (Kubernetes <c>podutil.IsPodAvailable</c>).</summary>
    public bool IsAvailable(TimeSpan now, TimeSpan minReady) => Status.IsReady && (minReady == TimeSpan.Zero || Status.ReadySince + minReady <= now);

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Pod pod && ReferenceEquals(pod.Spec, Spec) && pod.Node == Node;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is Pod pod ? this with { Node = pod.Node, Devices = pod.Devices, Status = pod.Status, Swarm = pod.Swarm } : this;
}

/// <summary>Phase of a pod (Kubernetes <c>core/v1.PodPhase</c>).</summary>
public enum PodLifePhase : byte
{
    /// <summary>Accepted; not all containers have started yet.</summary>
    Pending,

    /// <summary>Bound, and at least one container runs or is being restarted.</summary>
    Running,

    /// <summary>All containers ended well and stay ended.</summary>
    Succeeded,

    /// <summary>All containers ended and one of them badly, or the pod was refused or evicted.</summary>
    Failed,
}

/// <summary>Status of a pod (Kubernetes <c>core/v1.PodStatus</c>). Immutable.</summary>
public sealed record PodStatus
{
    /// <summary>Status of a pod that was just made.</summary>
    public static PodStatus New { get; } = new();

    /// <summary>Phase.</summary>
    public PodLifePhase Phase { get; init; }

    /// <summary>Condition Ready: it takes requests of services.</summary>
    public bool IsReady { get; init; }

    /// <summary>Instant of the last change of the condition Ready.</summary>
    public TimeSpan ReadySince { get; init; }

    /// <summary>Why it is as it is, in Kubernetes' words (<c>Unschedulable</c>, <c>CrashLoopBackOff</c>, <c>Evicted</c>, <c>OutOfcpu</c>), or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>One line for a person, or empty.</summary>
    public string Message { get; init; } = "";

    /// <summary>Instant of binding, or null.</summary>
    public TimeSpan? ScheduledAt { get; init; }

    /// <summary>Instant at which the agent took it in, or null.</summary>
    public TimeSpan? StartedAt { get; init; }

    /// <summary>Restarts of its containers.</summary>
    public int Restarts { get; init; }

    /// <summary>Exit code of the container that ended the pod; 0 otherwise.</summary>
    public int ExitCode { get; init; }

    /// <summary>Node that a preemption cleared for it, or none.</summary>
    public NodeIndex NominatedNode { get; init; } = NodeIndex.None;

    /// <summary>Condition DisruptionTarget: why it is about to be terminated (<c>EvictionByEvictionAPI</c>, <c>PreemptionByScheduler</c>,
    /// <c>DeletionByTaintManager</c>, <c>TerminationByKubelet</c>), or empty.</summary>
    public string Disruption { get; init; } = "";
}
