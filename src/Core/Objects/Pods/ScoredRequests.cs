namespace SchedBench.Core.Objects;

/// <summary>What scores count for a pod as kube-scheduler does: containers that state no request count with a default, so that pods without requests are spread all the same
/// (<c>NonMissingContainerRequests</c>, <c>pkg/scheduler/util/pod_resources.go</c>).</summary>
/// <param name="CpuMilli">CPU of the whole pod in milli: what it counts once it is on a node (<c>NodeInfo.NonZeroRequested</c>).</param>
/// <param name="MemoryBytes">Memory of the whole pod in bytes.</param>
/// <param name="ContainersCpuMilli">CPU of its containers and overhead alone: what it counts while NodeResourcesFit scores nodes for it, which does not look at requests of the pod itself
/// (v1.34: the scorer of <c>plugins/noderesources/fit.go</c> is made without <c>enablePodLevelResources</c>).</param>
/// <param name="ContainersMemoryBytes">Memory of its containers and overhead alone.</param>
public readonly record struct ScoredRequests(long CpuMilli, long MemoryBytes, long ContainersCpuMilli, long ContainersMemoryBytes)
{
    /// <summary>CPU in milli that counts for a container without a request (<c>DefaultMilliCPURequest</c>).</summary>
    public const long DefaultCpuMilli = 100;

    /// <summary>Memory in bytes that counts for a container without a request (<c>DefaultMemoryRequest</c>).</summary>
    public const long DefaultMemoryBytes = 200L << 20;

    /// <summary>What counts for a pod.</summary>
    public static ScoredRequests Of(PodSpec spec)
    {
        if (spec.Scored is { } stated) return stated;
        long cpu = spec.CpuMilli == 0 ? DefaultCpuMilli : spec.CpuMilli, memory = spec.MemoryBytes == 0 ? DefaultMemoryBytes : spec.MemoryBytes;
        return new ScoredRequests(cpu, memory, cpu, memory);
    }
}
