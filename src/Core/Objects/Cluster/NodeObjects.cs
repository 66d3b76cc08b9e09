using SchedBench.Core.Cluster;

namespace SchedBench.Core.Objects;

/// <summary>The Node objects that nodes of a fleet register with.</summary>
public static class NodeObjects
{
    /// <summary>Label with the name of a node, as the kubelet registers it.</summary>
    public const string HostLabel = "kubernetes.io/hostname";

    /// <summary>The labels that a node of a fleet has in a run: its own, its zone's and, unless it has one, that of its name.</summary>
    public static ValueList<Label> LabelsOf(NodeSpec spec)
    {
        ValueList<Label> labels = FleetLayout.LabelsOf(spec);
        return labels.ValueOf(HostLabel) is null ? labels.With(HostLabel, spec.Name) : labels;
    }

    /// <summary>The object of a node: its labels, its zone among them, and its taints.</summary>
    internal static Node Of(FleetLayout fleet, int node)
    {
        NodeSpec spec = fleet.Nodes[node];
        return new Node { Metadata = new ObjectMeta { Name = spec.Name, Labels = FleetLayout.LabelsOf(spec) }, Index = new NodeIndex(node), Spec = spec, Taints = spec.Taints };
    }
}
