using SchedBench.Core.Cluster;

namespace SchedBench.Core.Nodes;

/// <summary>Turns the machines behind nodes on and off: what a cloud does for an autoscaler.</summary>
public interface INodeMachines
{
    /// <summary>A new machine takes the place of a node of the fleet, with an empty disk, and registers.</summary>
    void Start(NodeIndex node);

    /// <summary>The machine of a node is given back: its processes end, its Node object goes.</summary>
    void Stop(NodeIndex node);
}
