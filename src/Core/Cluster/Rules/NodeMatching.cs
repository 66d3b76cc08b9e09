using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>What selectors can read of a node, as somebody knows it: the scheduler, an agent, a controller.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its labels, sorted by key.</param>
/// <param name="Zone">Its zone when that is no label; empty otherwise.</param>
internal readonly record struct NodeIdentity(string Name, ValueList<Label> Labels, string Zone = "")
{
    /// <summary>What a spec says.</summary>
    public static NodeIdentity Of(NodeSpec node) => new(node.Name, node.Labels, node.Zone);

    /// <summary>What an object says.</summary>
    public static NodeIdentity Of(Node node) => new(node.Name, node.Metadata.Labels);

    /// <summary>A label, or null; the zone is one unless the node has a label of that name.</summary>
    public string? ValueOf(string key) => Labels.ValueOf(key) ?? (key == NodeMatching.ZoneLabel && Zone.Length > 0 ? Zone : null);
}

/// <summary>The rules between a pod and one node's name, labels, model and taints: the one home of them, for the scheduler, its check of bindings, agents and the DaemonSet
/// controller. What differs between these is when they learn of a change.</summary>
internal static class NodeMatching
{
    /// <summary>The label by which the zone of a node is read.</summary>
    public const string ZoneLabel = "topology.kubernetes.io/zone";

    /// <summary>The field of nodes that affinity can name.</summary>
    public const string NameField = "metadata.name";

    /// <summary>Whether the node's GPU model is one the pod accepts.</summary>
    public static bool AllowsModel(PodSpec spec, string model)
    {
        if (spec.GpuCount == 0 || spec.GpuModels.Count == 0) return true;
        foreach (string accepted in spec.GpuModels.AsSpan())
        {
            if (accepted == model) return true;
        }

        return false;
    }

    /// <summary>Whether the node carries every label the pod requires. The zone is readable as <c>topology.kubernetes.io/zone</c>.</summary>
    public static bool MatchesSelector(PodSpec spec, in NodeIdentity node)
    {
        foreach (Label wanted in spec.NodeSelector.AsSpan())
        {
            if (!HasLabel(in node, wanted)) return false;
        }

        return true;
    }

    /// <summary>Whether the node has a label that a selector wants, its zone among them.</summary>
    public static bool HasLabel(in NodeIdentity node, Label wanted) =>
        (wanted.Key == ZoneLabel && node.Zone.Length > 0 && node.Zone == wanted.Value) || node.Labels.ValueOf(wanted.Key) == wanted.Value;

    /// <summary>Whether the node meets one of the required node terms, if there are any (Kubernetes <c>nodeaffinity.RequiredNodeAffinity</c>). An empty term matches no node.</summary>
    public static bool MatchesAffinity(PodSpec spec, in NodeIdentity node) => spec.Affinity?.RequiredNodes is not { } terms || MatchesTerms(terms, in node);

    /// <summary>Whether the node meets one of the terms, of a pod or a volume (<c>nodeaffinity.NodeSelector.Match</c>).</summary>
    public static bool MatchesTerms(ValueList<NodeSelectorTerm> terms, in NodeIdentity node)
    {
        foreach (NodeSelectorTerm term in terms.AsSpan())
        {
            if (Meets(term, in node)) return true;
        }

        return false;
    }

    /// <summary>Whether the node meets a term. An empty one is met by no node.</summary>
    public static bool Meets(NodeSelectorTerm term, in NodeIdentity node) =>
        term.Labels.Count + term.Fields.Count > 0 && MatchesLabels(term, in node) && MatchesFields(term, in node);

    /// <summary>Whether the labels that a term wants are there.</summary>
    public static bool MatchesLabels(NodeSelectorTerm term, in NodeIdentity node)
    {
        foreach (LabelRequirement requirement in term.Labels.AsSpan())
        {
            if (!requirement.MatchesValue(node.ValueOf(requirement.Key))) return false;
        }

        return true;
    }

    /// <summary>Whether one of the tolerations tolerates the taint.</summary>
    public static bool Tolerates(ValueList<Toleration> tolerations, in Taint taint)
    {
        foreach (ref readonly Toleration toleration in tolerations.AsSpan())
        {
            if (toleration.Tolerates(in taint)) return true;
        }

        return false;
    }

    /// <summary>Whether some term names nodes.</summary>
    public static bool NamesNodes(ValueList<NodeSelectorTerm> terms)
    {
        foreach (NodeSelectorTerm term in terms.AsSpan())
        {
            if (term.Fields.Count > 0) return true;
        }

        return false;
    }

    /// <summary>The name when there is one required term and it names one node, as the pods of a DaemonSet do; null otherwise.</summary>
    public static string? OnlyName(PodSpec spec) =>
        spec.Affinity?.RequiredNodes is { Count: 1 } terms && terms[0].Fields.Count == 1 && terms[0].Fields[0] is { Key: NameField, Operator: SelectorOperator.In, Values.Count: 1 } name
            ? name.Values[0]
            : null;

    private static bool MatchesFields(NodeSelectorTerm term, in NodeIdentity node)
    {
        foreach (LabelRequirement requirement in term.Fields.AsSpan())
        {
            if (requirement.Key != NameField || !requirement.MatchesValue(node.Name)) return false;
        }

        return true;
    }
}
