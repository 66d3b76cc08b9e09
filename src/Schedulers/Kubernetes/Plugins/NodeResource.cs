using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>A resource of nodes as scores look at it (<c>calculateResourceAllocatableRequest</c> of <c>plugins/noderesources/resource_allocation.go</c>).</summary>
/// <param name="name">Name: <c>cpu</c>, <c>memory</c>, <c>ephemeral-storage</c>, <c>nvidia.com/gpu</c> or an extended resource.</param>
internal sealed class NodeResource(string name)
{
    /// <summary>Devices, which the core counts in milli: a score is a ratio, so the unit makes no difference.</summary>
    public const string Gpu = "nvidia.com/gpu";

    private readonly Kind _kind = name switch { "cpu" => Kind.Cpu, "memory" => Kind.Memory, "ephemeral-storage" => Kind.EphemeralStorage, Gpu => Kind.Devices, _ => Kind.Extended };
    private int _column = -1;

    private enum Kind
    {
        Cpu,
        Memory,
        EphemeralStorage,
        Devices,
        Extended,
    }

    /// <summary>Finds the resource in a fleet.</summary>
    public void Prepare(FleetLayout fleet) => _column = fleet.ExtendedIndex(name);

    /// <summary>What the pod requests of it.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="scored">Whether containers that state no CPU or memory count with the defaults for scores.</param>
    public long RequestOf(in PodShape pod, bool scored) => _kind switch
    {
        Kind.Cpu => scored ? pod.Scored.ContainersCpuMilli : pod.CpuMilli,
        Kind.Memory => scored ? pod.Scored.ContainersMemoryBytes : pod.MemoryBytes,
        Kind.EphemeralStorage => pod.EphemeralStorageBytes,
        Kind.Devices => pod.GpuMilliTotal,
        _ => AmountOf(pod.Spec.Extended),
    };

    /// <summary>What the pod requests of it, devices in whole ones.</summary>
    public long RequestOf(PodSpec pod) => _kind switch
    {
        Kind.Cpu => pod.CpuMilli,
        Kind.Memory => pod.MemoryBytes,
        Kind.EphemeralStorage => pod.EphemeralStorageBytes,
        Kind.Devices => pod.GpuCount,
        _ => AmountOf(pod.Extended),
    };

    /// <summary>What the node has free of it, devices in whole ones.</summary>
    public long FreeOn(in NodeState node) => _kind switch
    {
        Kind.Cpu => node.FreeCpuMilli,
        Kind.Memory => node.FreeMemoryBytes,
        Kind.EphemeralStorage => node.FreeEphemeralStorageBytes,
        Kind.Devices => node.WholeDevicesFree,
        _ => _column < 0 ? 0 : node.FreeExtended(_column),
    };

    /// <summary>What the node offers, and what its pods and this one request; both 0 leaves the resource out.</summary>
    public (long Allocatable, long Requested) Of(in NodeState node, long request, bool scored)
    {
        switch (_kind)
        {
            case Kind.Cpu:
                return (node.AllocatableCpuMilli, (scored ? node.ScoredCpuMilli : node.RequestedCpuMilli) + request);
            case Kind.Memory:
                return (node.AllocatableMemoryBytes, (scored ? node.ScoredMemoryBytes : node.RequestedMemoryBytes) + request);
            case Kind.EphemeralStorage:
                return (node.Spec.EphemeralStorageBytes, node.RequestedEphemeralStorageBytes + request);
            case Kind.Devices:
                return request == 0 ? (0, 0) : (node.AllocatableGpuMilli, node.AllocatableGpuMilli - node.FreeGpuMilli + request);
            default:
                // What the pod does not ask for plays no part.
                if (request == 0 || _column < 0) return (0, 0);
                long allocatable = AmountOf(node.Spec.Extended);
                return (allocatable, allocatable - node.FreeExtended(_column) + request);
        }
    }

    /// <summary>The same of many nodes.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="nodes">Nodes.</param>
    /// <param name="request">Request of the pod.</param>
    /// <param name="scored">Whether containers that state no CPU or memory count with the defaults for scores.</param>
    /// <param name="allocatable">[node of <paramref name="nodes"/>] what it offers.</param>
    /// <param name="requested">[node of <paramref name="nodes"/>] what is requested of it.</param>
    public void ReadMany(ClusterView view, ReadOnlySpan<NodeIndex> nodes, long request, bool scored, Span<long> allocatable, Span<long> requested)
    {
        // The two resources of the default profile have loops of their own, which the compiler keeps in registers.
        switch (_kind)
        {
            case Kind.Cpu:
                for (int n = 0; n < nodes.Length; n++)
                {
                    NodeState node = view[nodes[n]];
                    allocatable[n] = node.AllocatableCpuMilli;
                    requested[n] = (scored ? node.ScoredCpuMilli : node.RequestedCpuMilli) + request;
                }

                break;
            case Kind.Memory:
                for (int n = 0; n < nodes.Length; n++)
                {
                    NodeState node = view[nodes[n]];
                    allocatable[n] = node.AllocatableMemoryBytes;
                    requested[n] = (scored ? node.ScoredMemoryBytes : node.RequestedMemoryBytes) + request;
                }

                break;
            default:
                for (int n = 0; n < nodes.Length; n++) (allocatable[n], requested[n]) = Of(view[nodes[n]], request, scored);
                break;
        }
    }

    /// <summary>What a node offers of an extended resource.</summary>
    public static long AllocatableExtended(NodeSpec node, string resource) => new NodeResource(resource).AmountOf(node.Extended);

    private long AmountOf(ValueList<ResourceAmount> amounts)
    {
        foreach (ref readonly ResourceAmount amount in amounts.AsSpan())
        {
            if (amount.Name == name) return amount.Amount;
        }

        return 0;
    }
}
