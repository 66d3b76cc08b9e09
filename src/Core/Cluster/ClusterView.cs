namespace SchedBench.Core.Cluster;

/// <summary>The cluster as strategies may see it: read-only. Nothing reached from here can change the cluster.</summary>
public sealed class ClusterView
{
    private readonly ClusterState _state;

    internal ClusterView(ClusterState state) => _state = state;

    internal ClusterState State => _state;

    /// <summary>The fleet as it begins; <see cref="NodeState.Spec"/> has what a node is now.</summary>
    public FleetLayout Fleet => _state.Layout;

    /// <summary>Number of nodes.</summary>
    public int Count => _state.Count;

    /// <summary>A node's state now.</summary>
    public NodeState this[NodeIndex node] => new(_state, node.Value);

    /// <summary>Whether a pod of the shape fits the node now.</summary>
    public bool Fits(in PodShape shape, NodeIndex node) => _state.Fits(in shape, node.Value);
}
