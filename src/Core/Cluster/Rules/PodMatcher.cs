using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>What selectors can read of a pod.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Labels">Its labels, sorted by key.</param>
internal readonly record struct PodIdentity(string Namespace, ValueList<Label> Labels);

/// <summary>Which pods a term of a rule means: namespaces and labels.</summary>
/// <param name="Selector">On the labels; null matches no pod.</param>
/// <param name="Namespaces">Names of namespaces.</param>
/// <param name="NamespaceSelector">Further namespaces by their labels, or null.</param>
internal sealed record PodMatcher(LabelSelector? Selector, ValueList<string> Namespaces, LabelSelector? NamespaceSelector)
{
    /// <summary>The pods of one namespace.</summary>
    public static PodMatcher In(string ns, LabelSelector? selector) => new(selector, [ns], null);

    /// <summary>The pods that a term of a pod means (Kubernetes <c>framework.AffinityTerm</c>): no namespace named at all means the pod's own.</summary>
    public static PodMatcher Of(PodAffinityTerm term, string ownNamespace) =>
        new(term.Selector, term.Namespaces.Count == 0 && term.NamespaceSelector is null ? [ownNamespace] : term.Namespaces, term.NamespaceSelector);

    /// <summary>Whether it means the pod.</summary>
    public bool Matches(in PodIdentity pod, Func<string, ValueList<Label>>? namespaceLabels)
    {
        if (Selector is null || !MatchesNamespace(pod.Namespace, namespaceLabels)) return false;
        return Selector.Matches(pod.Labels);
    }

    private bool MatchesNamespace(string ns, Func<string, ValueList<Label>>? namespaceLabels)
    {
        foreach (string name in Namespaces.AsSpan())
        {
            if (name == ns) return true;
        }

        return NamespaceSelector is not null && NamespaceSelector.Matches(namespaceLabels?.Invoke(ns) ?? default);
    }
}

/// <summary>A required anti-affinity term as others meet it: pods that it means keep out of the domains where a pod carries it.</summary>
/// <param name="Matcher">Which pods.</param>
/// <param name="TopologyKey">Label that makes domains.</param>
internal sealed record AntiTerm(PodMatcher Matcher, string TopologyKey);
