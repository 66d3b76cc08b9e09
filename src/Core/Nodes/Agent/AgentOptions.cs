using SchedBench.Core.Controllers;
using SchedBench.Core.Swarm;

namespace SchedBench.Core.Nodes;

/// <summary>How node agents behave; defaults are the kubelet's.</summary>
public sealed record AgentOptions
{
    /// <summary>How images behave.</summary>
    public ImageCatalog Images { get; init; } = new();

    /// <summary>What machines take beyond what the behaviour of an image says; null for nothing.</summary>
    public RuntimeDelays? RuntimeDelays { get; init; }

    /// <summary>Where they come from.</summary>
    public RegistryOptions Registry { get; init; } = new();

    /// <summary>Whether every image is on every node beforehand.</summary>
    public bool ImagesArePresent { get; init; }

    /// <summary>Pulls a second and node, and how many at once: beyond them a pull fails (<c>registryPullQPS</c>, <c>registryBurst</c>); 0 for no limit.</summary>
    public ClientLimits PullLimits { get; init; } = new(5, 10);

    /// <summary>Delay with which agents see the store.</summary>
    public TimeSpan WatchDelay { get; init; }

    /// <summary>Status writes a second and node, and how many at once (<c>kubeAPIQPS</c>, <c>kubeAPIBurst</c>); 0 for no limit.</summary>
    public ClientLimits StatusLimits { get; init; } = new(50, 100);

    /// <summary>Time between two looks at what runs (PLEG relist): starts and ends of containers are noticed at the next one. Zero notices them at once.</summary>
    public TimeSpan RelistPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First delay of CrashLoopBackOff and ImagePullBackOff; it doubles.</summary>
    public TimeSpan BackoffStart { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest delay. After a good run of twice this a back-off starts anew.</summary>
    public TimeSpan BackoffLimit { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Time between two tries of a pod that waits for a ConfigMap, a Secret or a volume.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two syncs of a pod without news (<c>syncFrequency</c>): mounted ConfigMaps follow at the next one.</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How old a ConfigMap or Secret may be in the agent's cache; zero with the default strategy <c>Watch</c>.</summary>
    public TimeSpan ConfigCacheTtl { get; init; }

    /// <summary>Time between two probes of any container, instead of what its spec says; zero for that. Not of Kubernetes, whose probes are whole seconds apart.</summary>
    public TimeSpan ProbePeriod { get; init; }

    /// <summary>Time between lease renewals.</summary>
    public TimeSpan HeartbeatPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two looks at the node's memory and disk.</summary>
    public TimeSpan PressurePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a pressure condition is held after the last sign of it.</summary>
    public TimeSpan PressureTransition { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Percent of the disk in use from which images are removed that no container uses (<c>imageGCHighThresholdPercent</c>); 100 removes none but under disk pressure.</summary>
    public int ImageGcHighPercent { get; init; } = 85;

    /// <summary>Percent of the disk in use down to which they are removed (<c>imageGCLowThresholdPercent</c>).</summary>
    public int ImageGcLowPercent { get; init; } = 80;

    /// <summary>Younger images are not removed (<c>imageMinimumGCAge</c>).</summary>
    public TimeSpan ImageGcMinAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time between two looks at images (<c>ImageGCPeriod</c>).</summary>
    public TimeSpan ImageGcPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Percent of the disk below which a node is under disk pressure by <c>nodefs.available</c>.</summary>
    public int NodeFsAvailablePercent { get; init; } = 10;

    /// <summary>The same by <c>imagefs.available</c>. A node has one disk for everything here, so the larger of both counts, as in the kubelet.</summary>
    public int ImageFsAvailablePercent { get; init; } = 15;

    /// <summary>Largest file of a container's logs in bytes (<c>containerLogMaxSize</c>).</summary>
    public long LogFileBytesMax { get; init; } = 10L << 20;

    /// <summary>Most files of a container's logs (<c>containerLogMaxFiles</c>).</summary>
    public int LogFilesMax { get; init; } = 5;

    /// <summary>Most that the logs of a container take, in bytes: <see cref="LogFileBytesMax"/> times <see cref="LogFilesMax"/>.</summary>
    public long LogBytesMax => LogFileBytesMax * LogFilesMax;

    /// <summary>Whether the condition Ready turns false when a pod's deletion is seen. The kubelet of v1.34 goes on probing instead: terminating endpoints are told
    /// apart by their own conditions.</summary>
    public bool TurnsUnreadyOnDeletion { get; init; }

    /// <summary>Agents of Docker Swarm instead of kubelets; null for kubelets. A run with Docker Swarm sets it.</summary>
    public SwarmOptions? Swarm { get; init; }

    /// <summary>Whether volumes are ready; null for those that the run attaches.</summary>
    public IVolumes? Volumes { get; init; }
}
