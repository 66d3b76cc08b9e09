using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <content>Which nodes a pod may go to by what never changes: GPU model, node selector, node affinity, node name.</content>
public sealed partial class FleetLayout
{
    /// <summary>The label by which the zone of a node is read.</summary>
    internal const string ZoneLabel = "topology.kubernetes.io/zone";

    private const string NameField = "metadata.name";
    private Dictionary<string, int>? _indexOf;

    /// <summary>A node's label, or null; the zone is one unless the node has a label of that name.</summary>
    internal string? LabelOf(int node, string key) => LabelOf(_nodes[node], key);

    /// <summary>[class] whether nodes of the class have a model and labels the pod accepts; null when all do.</summary>
    internal bool[]? AllowedClasses(PodSpec spec)
    {
        ValueList<NodeSelectorTerm>? terms = spec.Affinity?.RequiredNodes;
        bool hasModel = spec.GpuModels.Count > 0 && spec.GpuCount > 0;
        if (!hasModel && spec.NodeSelector.Count == 0 && terms is null) return null;
        bool[] allowed = new bool[_classes.Count];
        bool byLabels = terms is not null && OnlyName(terms.Value) is not null;
        for (int c = 0; c < allowed.Length; c++)
        {
            // Terms that name nodes are judged by node; a class is out only when no such term could let it in.
            allowed[c] = AllowsModel(spec, _classes[c]) && MatchesSelector(spec, _classes[c])
                && (terms is null || (byLabels ? MatchesLabels(terms.Value[0], _classes[c]) : NamesNodes(terms.Value) || MatchesAffinity(spec, _classes[c])));
        }

        return allowed;
    }

    /// <summary>[node] whether node affinity allows the node, for terms that name nodes in more than the plainest way; null otherwise.</summary>
    internal bool[]? AllowedNodes(PodSpec spec) =>
        spec.Affinity?.RequiredNodes is { } terms && NamesNodes(terms) && OnlyName(terms) is null ? NodesWhere(node => MatchesAffinity(spec, node)) : null;

    /// <summary>[node] whether node selector and required node affinity allow the node; null when they allow all.</summary>
    internal bool[]? AffinityNodes(PodSpec spec) => spec.NodeSelector.Count == 0 && spec.Affinity?.RequiredNodes is null
        ? null
        : NodesWhere(node => MatchesSelector(spec, node) && MatchesAffinity(spec, node));

    /// <summary>The only node that the pod may go to by name, or one of <see cref="PodShape.AnyNode"/> and <see cref="PodShape.NoSuchNode"/>.</summary>
    internal int OnlyNode(PodSpec spec)
    {
        string? affinity = spec.Affinity?.RequiredNodes is { } terms ? OnlyName(terms) : null;
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

    /// <summary>Whether the node's GPU model is one the pod accepts.</summary>
    internal static bool AllowsModel(PodSpec spec, NodeSpec node)
    {
        if (spec.GpuCount == 0 || spec.GpuModels.Count == 0) return true;
        foreach (string model in spec.GpuModels.AsSpan())
        {
            if (model == node.GpuModel) return true;
        }

        return false;
    }

    /// <summary>Whether the node carries every label the pod requires. The zone is readable as <c>topology.kubernetes.io/zone</c>.</summary>
    internal static bool MatchesSelector(PodSpec spec, NodeSpec node)
    {
        foreach (Label wanted in spec.NodeSelector.AsSpan())
        {
            bool found = wanted.Key == ZoneLabel && node.Zone.Length > 0 && node.Zone == wanted.Value;
            foreach (Label label in node.Labels.AsSpan()) found |= label == wanted;
            if (!found) return false;
        }

        return true;
    }

    /// <summary>Whether the node meets one of the required node terms, if there are any (Kubernetes <c>nodeaffinity.RequiredNodeAffinity</c>). An empty term matches no node.</summary>
    internal static bool MatchesAffinity(PodSpec spec, NodeSpec node)
    {
        if (spec.Affinity?.RequiredNodes is not { } terms) return true;
        foreach (NodeSelectorTerm term in terms.AsSpan())
        {
            if (term.Labels.Count + term.Fields.Count > 0 && MatchesLabels(term, node) && MatchesFields(term, node)) return true;
        }

        return false;
    }

    private static bool MatchesLabels(NodeSelectorTerm term, NodeSpec node)
    {
        foreach (LabelRequirement requirement in term.Labels.AsSpan())
        {
            string? value = LabelOf(node, requirement.Key);
            if (!requirement.Matches(value is null ? default : [new Label(requirement.Key, value)])) return false;
        }

        return true;
    }

    private static bool MatchesFields(NodeSelectorTerm term, NodeSpec node)
    {
        foreach (LabelRequirement requirement in term.Fields.AsSpan())
        {
            if (requirement.Key != NameField || !requirement.Matches([new Label(NameField, node.Name)])) return false;
        }

        return true;
    }

    private static string? LabelOf(NodeSpec node, string key) =>
        node.Labels.ValueOf(key) ?? (key == ZoneLabel && node.Zone.Length > 0 ? node.Zone : null);

    private static bool NamesNodes(ValueList<NodeSelectorTerm> terms)
    {
        foreach (NodeSelectorTerm term in terms.AsSpan())
        {
            if (term.Fields.Count > 0) return true;
        }

        return false;
    }

    /// <summary>The name when there is one term and it names one node, as the pods of a DaemonSet do.</summary>
    private static string? OnlyName(ValueList<NodeSelectorTerm> terms) =>
        terms.Count == 1 && terms[0].Fields.Count == 1 && terms[0].Fields[0] is { Key: NameField, Operator: SelectorOperator.In, Values.Count: 1 } name
            ? name.Values[0]
            : null;

    private bool[] NodesWhere(Predicate<NodeSpec> allows) => Array.ConvertAll(_nodes, node => allows(node));
}
