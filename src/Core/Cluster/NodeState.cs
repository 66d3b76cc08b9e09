using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>One node as a strategy sees it: a window onto the columns of the scheduler's view, valid until the strategy returns. Costs nothing to make.</summary>
public readonly ref struct NodeState
{
    private readonly ClusterState _state;
    private readonly int _node;

    internal NodeState(ClusterState state, int node)
    {
        _state = state;
        _node = node;
    }

    /// <summary>The node's place in the run's order.</summary>
    public NodeIndex Index => new(_node);

    /// <summary>What the node offers when empty, with the labels that it has now.</summary>
    public NodeSpec Spec => _state.SpecOf(_node);

    /// <summary>Grows with every change of the node: equal versions mean equal states within a run.</summary>
    public uint Version => _state.Version[_node];

    /// <summary>Number of the node's labels, zone, model and taints together: nodes of one kind differ in their names, sizes and pods alone.</summary>
    public long Kind => ((long)_state.ClassOf(_node) << 32) | (uint)_state.TaintSet[_node];

    /// <summary>CPU milli not requested by anybody.</summary>
    public long FreeCpuMilli => _state.FreeCpuMilli[_node];

    /// <summary>CPU milli that pods may request in total.</summary>
    public long AllocatableCpuMilli => _state.AllocatableCpuMilli[_node];

    /// <summary>CPU milli requested by the pods of the node.</summary>
    public long RequestedCpuMilli => AllocatableCpuMilli - FreeCpuMilli;

    /// <summary>Memory bytes not requested by anybody.</summary>
    public long FreeMemoryBytes => _state.FreeMemoryBytes[_node];

    /// <summary>Memory bytes that pods may request in total.</summary>
    public long AllocatableMemoryBytes => _state.AllocatableMemoryBytes[_node];

    /// <summary>Memory bytes requested by the pods of the node.</summary>
    public long RequestedMemoryBytes => AllocatableMemoryBytes - FreeMemoryBytes;

    /// <summary>Ephemeral storage bytes not requested by anybody.</summary>
    public long FreeEphemeralStorageBytes => _state.FreeEphemeralStorageBytes[_node];

    /// <summary>CPU milli that scores count for the pods of the node (Kubernetes <c>NodeInfo.NonZeroRequested</c>).</summary>
    public long ScoredCpuMilli => _state.ScoredCpuMilli[_node];

    /// <summary>Memory bytes that scores count for the pods of the node.</summary>
    public long ScoredMemoryBytes => _state.ScoredMemoryBytes[_node];

    /// <summary>Ephemeral storage bytes requested by the pods of the node.</summary>
    public long RequestedEphemeralStorageBytes => Spec.EphemeralStorageBytes - FreeEphemeralStorageBytes;

    /// <summary>Taints that the node has now.</summary>
    public ValueList<Taint> Taints => _state.TaintsOf(_node);

    /// <summary>Whether the node is not cordoned.</summary>
    public bool IsSchedulable => _state.Schedulable[_node];

    /// <summary>Whether the node exists now: nodes of a fleet may come later or go.</summary>
    public bool IsPresent => _state.IsPresent(_node);

    /// <summary>Units of an extended resource that nobody requested.</summary>
    /// <param name="resource">Its number (<see cref="FleetLayout.ExtendedIndex"/>).</param>
    public long FreeExtended(int resource) => _state.FreeExtended(_node, resource);

    /// <summary>A label that the node has now, its zone among them (<c>topology.kubernetes.io/zone</c>), or null.</summary>
    public string? LabelOf(string key) => NodeIdentity.Of(Spec).ValueOf(key);

    /// <summary>Whether the node meets a term of node affinity (Kubernetes <c>nodeaffinity.nodeSelectorTerm.match</c>); an empty term meets no node.</summary>
    public bool Meets(NodeSelectorTerm term) => NodeMatching.Meets(term, NodeIdentity.Of(Spec));

    /// <summary>Pods on the node.</summary>
    public int PodCount => _state.PodLimits[_node] - _state.FreePods[_node];

    /// <summary>Pods the node would still accept.</summary>
    public int FreePods => _state.FreePods[_node];

    /// <summary>GPU milli free over all devices.</summary>
    public long FreeGpuMilli => _state.FreeGpuMilli[_node];

    /// <summary>GPU milli of all devices of the node.</summary>
    public long AllocatableGpuMilli => (long)_state.Devices(_node).Length * PodSpec.WholeGpuMilli;

    /// <summary>[device] free milli, 0 to 1000.</summary>
    public ReadOnlySpan<int> DeviceFreeMilli => _state.Devices(_node);

    /// <summary>Number of devices nobody uses.</summary>
    public int WholeDevicesFree => _state.WholeDevicesFree[_node];

    /// <summary>Pods that share a device ([0]) and pods of k whole devices ([k]) on this node; length devices + 1.</summary>
    public ReadOnlySpan<int> GpuPodCounts => _state.GpuPods(_node);

    /// <summary>Pods of the same app as <paramref name="pod"/> on this node; 0 when neither a rule nor the strategy counts apps.</summary>
    public int PodsOfApp(in PodShape pod) => _state.AppPods(pod.App, _node);
}
