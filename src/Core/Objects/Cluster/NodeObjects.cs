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
        IEnumerable<Label> first = spec.Zone.Length > 0 ? [new Label(HostLabel, spec.Name), new Label(FleetLayout.ZoneLabel, spec.Zone)] : [new Label(HostLabel, spec.Name)];
        return Labels.Of(first.Concat(spec.Labels));
    }

    /// <summary>The object of a node: its labels, its zone among them, and its taints.</summary>
    internal static Node Of(FleetLayout fleet, int node)
    {
        NodeSpec spec = fleet.Nodes[node];
        ValueList<Label> labels = spec.Zone.Length > 0 ? Labels.Of(spec.Labels.Prepend(new Label(FleetLayout.ZoneLabel, spec.Zone))) : spec.Labels;
        return new Node { Metadata = new ObjectMeta { Name = spec.Name, Labels = labels }, Index = new NodeIndex(node), Spec = spec, Taints = spec.Taints };
    }
}
