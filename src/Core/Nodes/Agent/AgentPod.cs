using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <summary>Where an agent is with a pod.</summary>
internal enum PodStage : byte
{
    /// <summary>Bound, not looked at yet.</summary>
    New,

    /// <summary>Taken in; volumes are not ready, or a mounted ConfigMap or Secret is missing.</summary>
    Waiting,

    /// <summary>Its containers are started and kept running.</summary>
    Running,

    /// <summary>Its containers are being stopped.</summary>
    Stopping,

    /// <summary>Nothing of it runs and it holds nothing; the object may be there still.</summary>
    Ended,
}

/// <summary>Why a pod is stopped.</summary>
internal enum StopCause : byte
{
    /// <summary>All its containers ended and stay ended.</summary>
    Completed,

    /// <summary>It is deleted, or its object is gone.</summary>
    Deleted,

    /// <summary>It ran too long.</summary>
    DeadlineExceeded,

    /// <summary>Its node is short of memory or disk, or it wrote more than its limits allow.</summary>
    Evicted,
}

/// <summary>Where a container is.</summary>
internal enum ContainerStage : byte
{
    /// <summary>Not started, or to be started again.</summary>
    Idle,

    /// <summary>Its image is being pulled.</summary>
    Pulling,

    /// <summary>Waits until it may be tried again.</summary>
    BackingOff,

    /// <summary>Made; the process may run already, the agent has not looked yet.</summary>
    Starting,

    /// <summary>Runs, as far as the agent knows.</summary>
    Running,

    /// <summary>Ended.</summary>
    Ended,
}

/// <summary>An agent's notes on a container: a row of its pod.</summary>
internal struct ContainerRun
{
    public ContainerStage Stage;
    public bool IsReady;
    public bool HasStarted;
    public bool IsSignalled;
    public bool HasExited;
    public bool WasOutOfMemory;
    public bool MustRestart;

    /// <summary>Docker Swarm: its image is there; and its engine has been told to make it.</summary>
    public bool IsPrepared;
    public bool IsCreated;
    public int Handle;
    public int Attempt;
    public int Restarts;
    public int ExitCode;
    public string? Reason;
    public long MemoryBytes;
    public double MemoryGrowth;

    /// <summary>What its process writes, and what earlier ones left in its emptyDir.</summary>
    public DiskUsage Disk;
    public long VolumeBytesKept;
    public TimeSpan StartedAt;
    public TimeSpan EndedAt;
    public TimeSpan Backoff;
    public TimeSpan BackoffSince;
    public TimeSpan PullBackoff;
    public TimeSpan RetryAt;
    public TimeSpan KillAt;
    public TimeSpan ProbeAt;
    public ContainerProbes? Probes;
}

/// <summary>The probes of a container that has any.</summary>
internal sealed class ContainerProbes
{
    public ProbeTrack Startup;
    public ProbeTrack Readiness;
    public ProbeTrack Liveness;
}

/// <summary>An agent's notes on a pod.</summary>
internal sealed class AgentPod
{
    public int Slot;
    public int Life;
    public long Uid;

    /// <summary>The object as the watch has it; null when it is gone.</summary>
    public Pod? Known;

    /// <summary>The object as the agent last looked at it.</summary>
    public Pod Pod = null!;

    public int Node;
    public ShapeIndex Shape;
    public ulong Entity;
    public PodStage Stage;
    public StopCause Cause;
    public ContainerRun[] Containers = [];
    public int InitDone;
    public bool HoldsResources;

    /// <summary>Its ended containers were removed: they hold no disk and no image.</summary>
    public bool IsCleaned;
    public bool IsQueued;

    /// <summary>Docker Swarm: news of it are in the dispatcher's batch; its address has left discovery; its container was unhealthy; what is and was reported of it.</summary>
    public bool IsBatched;
    public bool HasLeft;
    public bool IsUnhealthy;
    public SwarmTaskState TaskState;
    public SwarmTaskState WrittenTaskState;
    public bool IsUnwritten;
    public bool WasRunning;
    public bool IsReady;
    public PodLifePhase Phase;

    /// <summary>Why the pod itself is as it is; and what was last written of it and its containers.</summary>
    public string Reason = "";
    public string WrittenReason = "";
    public string Message = "";
    public string Disruption = "";
    public int Restarts;
    public int WrittenRestarts;
    public int ExitCode;
    public TimeSpan AdmittedAt;
    public TimeSpan MountedAt;

    /// <summary>Instants at which the agent began with its containers, and at which the last of those that are no init containers was first started: between them lie images and init containers.</summary>
    public TimeSpan BeganAt;
    public TimeSpan LaunchedAt;
    public TimeSpan RetryAt;
    public TimeSpan GraceEndsAt;
    public TimeSpan DeadlineAt;
    public TimeSpan WriteAt;

    /// <summary>Whether its status is under way to an API that takes its time.</summary>
    public bool IsSent;

    /// <summary>CPU that requests take, in milli, on top of what its containers take anyway; and CPU time counted so far.</summary>
    public double CpuRateMilli;
    public double CpuMilliseconds;
    public TimeSpan CpuSince;
}
