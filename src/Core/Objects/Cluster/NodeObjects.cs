using SchedBench.Core.Cluster;

namespace SchedBench.Core.Objects;

/// <summary>The Node objects that nodes of a fleet register with.</summary>
internal static class NodeObjects
{
    /// <summary>The object of a node: its labels, its zone among them, and its taints.</summary>
    public static Node Of(FleetLayout fleet, int node)
    {
        NodeSpec spec = fleet.Nodes[node];
        return new Node { Metadata = new ObjectMeta { Name = spec.Name, Labels = FleetLayout.LabelsOf(spec) }, Index = new NodeIndex(node), Spec = spec, Taints = spec.Taints };
    }
}
