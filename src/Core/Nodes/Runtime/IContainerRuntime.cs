using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <summary>One start of one container: what an agent asks for and what answers are about.</summary>
/// <param name="Pod">The agent's slot of the pod.</param>
/// <param name="Life">Life of that slot: answers to an earlier one are stale.</param>
/// <param name="Container">Place in the pod: init containers first, then the others.</param>
/// <param name="Attempt">Which start of it, 0 for the first.</param>
public readonly record struct ContainerId(int Pod, int Life, int Container, int Attempt);

/// <summary>What a runtime needs to know to make a container.</summary>
/// <param name="Id">Who it is.</param>
/// <param name="Pod">Its pod.</param>
/// <param name="Container">Its spec.</param>
/// <param name="Entity">Stable identity of the pod for draws.</param>
/// <param name="Serves">Whether it is the container that answers the pod's requests: the first that states ports, or the first.</param>
/// <param name="IsInit">Whether it is an init container that must end.</param>
public readonly record struct ContainerStart(ContainerId Id, Pod Pod, Container Container, ulong Entity, bool Serves, bool IsInit);

/// <summary>Which probe.</summary>
public enum ProbeKind : byte
{
    /// <summary>Holds the others back.</summary>
    Startup,

    /// <summary>Decides about requests.</summary>
    Readiness,

    /// <summary>Decides about a restart.</summary>
    Liveness,
}

/// <summary>What a probe finds.</summary>
public enum ProbeAnswer : byte
{
    /// <summary>Failure, at once.</summary>
    Fails,

    /// <summary>Success, at once.</summary>
    Passes,

    /// <summary>No answer: the probe fails after its timeout.</summary>
    Hangs,
}

/// <summary>What a container uses now.</summary>
/// <param name="CpuMilli">CPU while it serves nobody, in milli.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="MemoryGrowth">Growth of memory in bytes a second.</param>
public readonly record struct ContainerUsage(long CpuMilli, long MemoryBytes, double MemoryGrowth)
{
    /// <summary>What it writes to the node's disk.</summary>
    public DiskUsage Disk { get; init; }
}

/// <summary>What a container writes to its node's disk: straight lines over the time that it runs.</summary>
/// <param name="WritableBytes">Its writable layer at the start, in bytes.</param>
/// <param name="WritableGrowth">Growth of it in bytes a second.</param>
/// <param name="LogGrowth">Growth of its logs in bytes a second; the agent rotates them.</param>
/// <param name="VolumeBytes">What it writes to its first mounted emptyDir at the start, in bytes.</param>
/// <param name="VolumeGrowth">Growth of that in bytes a second.</param>
public readonly record struct DiskUsage(long WritableBytes, double WritableGrowth, double LogGrowth, long VolumeBytes, double VolumeGrowth)
{
    /// <summary>Whether it writes anything.</summary>
    public bool IsAny => WritableBytes > 0 || WritableGrowth > 0 || LogGrowth > 0 || VolumeBytes > 0 || VolumeGrowth > 0;
}

/// <summary>An image on a node.</summary>
/// <param name="Name">Name as containers write it.</param>
/// <param name="SizeBytes">Bytes of its layers, shared ones among them.</param>
/// <param name="Since">When it came.</param>
public readonly record struct NodeImage(string Name, long SizeBytes, TimeSpan Since);

/// <summary>What became of a pull.</summary>
/// <param name="IsHere">Whether the image is on the node now.</param>
/// <param name="Bytes">Bytes that came over the network: layers that were there are not pulled again.</param>
public readonly record struct PullResult(bool IsHere, long Bytes);

/// <summary>Runs containers for the agents of a fleet (Kubernetes <c>cri-api</c>): simulated, processes, or real containers.</summary>
/// <remarks>Requests return at once. What comes of them is posted to <see cref="Events"/> on the loop, at the instant at which it happens. The agent asks for one
/// pull at a time and node as the kubelet does by default (<c>serializeImagePulls</c>); a runtime may queue them.</remarks>
public interface IContainerRuntime
{
    /// <summary>Who is told; set by the agent.</summary>
    IRuntimeEvents? Events { get; set; }

    /// <summary>Whether the node has the whole image.</summary>
    bool HasImage(int node, string image);

    /// <summary>The images of a node, in the order in which they came.</summary>
    IReadOnlyList<NodeImage> ImagesOn(int node);

    /// <summary>Bytes that the images of a node take on its disk, every layer once.</summary>
    long ImageBytes(int node);

    /// <summary>Takes an image off a node's disk; layers that other images of the node share stay.</summary>
    void RemoveImage(int node, string image);

    /// <summary>Pulls an image; answered by <see cref="IRuntimeEvents.OnPulled"/>.</summary>
    void Pull(int node, string image, ContainerId id);

    /// <summary>Makes a container.</summary>
    /// <returns>Handle for the calls below.</returns>
    int Create(in ContainerStart start);

    /// <summary>Starts it; answered by <see cref="IRuntimeEvents.OnStarted"/>, later by <see cref="IRuntimeEvents.OnExited"/>.</summary>
    void Start(int handle);

    /// <summary>Sends the stop signal.</summary>
    void Signal(int handle);

    /// <summary>Ends it at once.</summary>
    void Kill(int handle);

    /// <summary>Forgets an ended container.</summary>
    void Remove(int handle);

    /// <summary>What a probe would find now. Every change of it is told by <see cref="IRuntimeEvents.OnProbeChanged"/>; a runtime that cannot know it beforehand runs
    /// the probes itself and tells what it found.</summary>
    ProbeAnswer Probe(int handle, ProbeKind kind);

    /// <summary>What it uses now.</summary>
    ContainerUsage Usage(int handle);
}

/// <summary>Answers of a runtime.</summary>
public interface IRuntimeEvents
{
    /// <summary>A pull ended.</summary>
    void OnPulled(ContainerId id, PullResult result);

    /// <summary>The process runs.</summary>
    void OnStarted(ContainerId id);

    /// <summary>The process ended.</summary>
    void OnExited(ContainerId id, int exitCode, bool outOfMemory);

    /// <summary>Its probes find something else from now on.</summary>
    void OnProbeChanged(ContainerId id);
}
