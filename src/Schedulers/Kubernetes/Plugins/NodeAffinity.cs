using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>NodeAffinity (<c>plugins/nodeaffinity/node_affinity.go</c>): node selector, required and preferred node affinity, and what the profile adds to both.</summary>
/// <param name="added">What the profile adds, or null.</param>
internal sealed class NodeAffinity(AddedAffinity? added) : SchedulerPlugin("NodeAffinity"), IPreFilterPlugin, IFilterPlugin, IPreScorePlugin, ILocalScore, IGroupedScore
{
    private const string NameField = "metadata.name";

    /// <summary>Whether the profile adds a requirement, which the core does not know of.</summary>
    public bool AddsRequirement => added?.Required is not null;

    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod)
    {
        PodSpec spec = pod.Shape.Spec;
        ValueList<NodeSelectorTerm>? terms = spec.Affinity?.RequiredNodes;
        bool hasModel = spec.GpuCount > 0 && spec.GpuModels.Count > 0;
        if (terms is null && spec.NodeSelector.Count == 0 && !hasModel && added?.Required is null) return PreFilterResult.Skip;
        if (terms is null || terms.Value.Count == 0) return PreFilterResult.Success;
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (NodeSelectorTerm term in terms.Value)
        {
            // A term that names no node leaves all of them.
            if (NamesOf(term) is not { } ofTerm) return PreFilterResult.Success;
            names.UnionWith(ofTerm);
        }

        return names.Count == 0 ? new PreFilterResult(Status.Unresolvable("pod affinity terms conflict")) : new PreFilterResult(Status.Success, names);
    }

    /// <inheritdoc/>
    public Status Filter(in PodRequest pod, NodeIndex node)
    {
        if (added?.Required is { } terms && !MeetsOne(terms, View[node])) return Status.Unresolvable("node(s) didn't match scheduler-enforced node affinity");
        return FilterReasons.Of(Name, View, in pod.Shape, node);
    }

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes) => IsLocal(in pod) ? Status.Skip : Status.Success;

    /// <summary>Without preferences there is nothing to score.</summary>
    public bool IsLocal(in PodRequest pod) => (added is null || added.Preferred.Count == 0) && (pod.Shape.Spec.Affinity?.PreferredNodes.Count ?? 0) == 0;

    /// <inheritdoc/>
    public bool IsFinal => false;

    /// <summary>The weights of the terms that hold.</summary>
    public long LocalScore(in PodShape pod, in NodeState node) => WeightOf(added?.Preferred ?? default, in node) + WeightOf(pod.Spec.Affinity?.PreferredNodes ?? default, in node);

    /// <inheritdoc/>
    public long FeaturesOf(in PodRequest pod)
    {
        FollowsNames = NameNodes(added?.Preferred ?? default) || NameNodes(pod.Shape.Spec.Affinity?.PreferredNodes ?? default);
        return 0;
    }

    /// <summary>Where a preference names nodes.</summary>
    public bool FollowsNames { get; private set; }

    /// <summary>Nodes differ by the weight of what is preferred.</summary>
    public int Describe(in PodRequest pod, NodeIndex node, int group, FeatureChain chain) => chain.Next(group, LocalScore(in pod.Shape, View[node]));

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        for (int n = 0; n < nodes.Length; n++) scores[n] = LocalScore(in pod.Shape, View[nodes[n]]);
    }

    /// <inheritdoc/>
    public void NormalizeScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores) => DefaultNormalization.Apply(scores, isReversed: false);

    private static long WeightOf(ValueList<PreferredNodeTerm> terms, in NodeState node)
    {
        long weight = 0;
        foreach (PreferredNodeTerm term in terms.AsSpan())
        {
            if (node.Meets(term.Term)) weight += term.Weight;
        }

        return weight;
    }

    private static bool NameNodes(ValueList<PreferredNodeTerm> terms)
    {
        foreach (PreferredNodeTerm term in terms.AsSpan())
        {
            if (term.Term.Fields.Count > 0) return true;
        }

        return false;
    }

    private static bool MeetsOne(ValueList<NodeSelectorTerm> terms, in NodeState node)
    {
        foreach (NodeSelectorTerm term in terms.AsSpan())
        {
            if (node.Meets(term)) return true;
        }

        return false;
    }

    /// <summary>The nodes that a term names: those that all its requirements on the name allow; null without any.</summary>
    private static IEnumerable<string>? NamesOf(NodeSelectorTerm term)
    {
        IEnumerable<string>? names = null;
        foreach (LabelRequirement requirement in term.Fields)
        {
            if (requirement.Key != NameField || requirement.Operator != SelectorOperator.In) continue;
            names = names is null ? requirement.Values : names.Intersect(requirement.Values, StringComparer.Ordinal);
        }

        return names;
    }
}
