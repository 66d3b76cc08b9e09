namespace SchedBench.Core.Cluster;

/// <summary>The cluster as strategies may see it: read-only. Nothing reached from here can change the cluster.</summary>
public sealed partial class ClusterView
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

    /// <summary>What pods of a shape ask for.</summary>
    public ref readonly PodShape this[ShapeIndex shape] => ref _state.Shapes[shape];

    /// <summary>Number of changes of nodes so far. What was computed of a node holds until the ring names the node again.</summary>
    public long Changes => _state.Changes;

    /// <summary>How many of the last changes the ring still names.</summary>
    public int ChangesKept => _state.RingLength;

    /// <summary>The node of a change, which must be among the last <see cref="ChangesKept"/>.</summary>
    /// <param name="change">Number of the change, from 0.</param>
    public NodeIndex ChangedNode(long change) => new(_state.ChangedNode(change));
}
