using SchedBench.Core.Cluster;

namespace SchedBench.Core.Objects;

/// <summary>The Node objects that nodes of a fleet register with.</summary>
internal static class NodeObjects
{
    /// <summary>The object of a node: its labels, with those that every node has, and its taints.</summary>
    public static Node Of(FleetLayout fleet, int node)
    {
        NodeSpec spec = fleet.Nodes[node];
        IEnumerable<Label> labels = spec.Labels.Append(new Label("kubernetes.io/hostname", spec.Name));
        if (spec.Zone.Length > 0) labels = labels.Append(new Label("topology.kubernetes.io/zone", spec.Zone));
        return new Node { Metadata = new ObjectMeta { Name = spec.Name, Labels = Labels.Of(labels) }, Index = new NodeIndex(node), Spec = spec, Taints = spec.Taints };
    }
}
