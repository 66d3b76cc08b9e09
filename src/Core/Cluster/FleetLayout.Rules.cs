using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <content>Names and labels of nodes.</content>
public sealed partial class FleetLayout
{
    private Dictionary<string, int>? _indexOf;

    /// <summary>The labels of a node's object: its own, and its zone unless it has a label of that name.</summary>
    internal static ValueList<Label> LabelsOf(NodeSpec node) => node.Zone.Length == 0 || node.Labels.ValueOf(NodeMatching.ZoneLabel) is not null
        ? node.Labels
        : Labels.Of(node.Labels.Prepend(new Label(NodeMatching.ZoneLabel, node.Zone)));

    /// <summary>The only node that the pod may go to by name, or one of <see cref="PodShape.AnyNode"/> and <see cref="PodShape.NoSuchNode"/>.</summary>
    internal int OnlyNode(PodSpec spec)
    {
        string? affinity = NodeMatching.OnlyName(spec);
        if (spec.NodeName.Length == 0) return affinity is null ? PodShape.AnyNode : IndexOf(affinity);
        return affinity is null || affinity == spec.NodeName ? IndexOf(spec.NodeName) : PodShape.NoSuchNode;
    }

    /// <summary>The node of a name, or <see cref="PodShape.NoSuchNode"/>.</summary>
    internal int IndexOf(string name)
    {
        if (_indexOf is null)
        {
            _indexOf = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int n = 0; n < _nodes.Length; n++) _indexOf.Add(_nodes[n].Name, n);
        }

        return _indexOf.GetValueOrDefault(name, PodShape.NoSuchNode);
    }
}
