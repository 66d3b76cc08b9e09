using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Cluster;

/// <content>Placed pods, as rules and scores that depend on the pods of other nodes look at them.</content>
public sealed partial class ClusterView
{
    /// <summary>The pods that are placed, by what rules can tell apart, in no order that means anything: for sums.</summary>
    /// <remarks>Empty in runs whose pods have neither rules nor preferences on other pods: nobody counts there.</remarks>
    public PlacedPodGroups PlacedPods => new(_state);

    /// <summary>The namespace of a pod.</summary>
    public string NamespaceOf(in PodShape pod) => _state.Shapes.IdentityOf(new ShapeIndex(pod.Entry)).Namespace;

    /// <summary>The labels of a pod, sorted by key.</summary>
    public ValueList<Label> LabelsOf(in PodShape pod) => _state.Shapes.IdentityOf(new ShapeIndex(pod.Entry)).Labels;

    /// <summary>Whether a term on pods means the pod (Kubernetes <c>framework.AffinityTerm.Matches</c>).</summary>
    /// <param name="term">The term.</param>
    /// <param name="ownNamespace">Namespace of the pod that carries the term.</param>
    /// <param name="pod">The pod in question.</param>
    public bool Means(PodAffinityTerm term, string ownNamespace, in PodShape pod) =>
        PodMatcher.Of(term, ownNamespace).Matches(_state.Shapes.IdentityOf(new ShapeIndex(pod.Entry)), _state.Shapes.Rules.NamespaceLabels);

    /// <summary>Counts the placed pods of a namespace that a selector means, without those that were asked to leave (<c>countPodsMatchSelector</c>). The count is kept up from
    /// then on, so asking again costs two look-ups.</summary>
    /// <param name="ns">Namespace.</param>
    /// <param name="selector">Selector; an empty one counts nobody, as in Kubernetes.</param>
    /// <param name="topologyKey">Label of nodes that makes domains; empty makes every node one.</param>
    public PodCounts CountStayingPods(string ns, LabelSelector selector, string topologyKey)
    {
        _state.RenewCounts();
        int topology = TopologyOf(topologyKey);
        return selector.Requirements.Count == 0 || !_state.Shapes.CountsPods
            ? new PodCounts(_state.DomainsOf(topology), null)
            : new PodCounts(_state.DomainsOf(topology), _state.TallyOf(_state.Shapes.Rules.CounterOf([PodMatcher.In(ns, selector)], stayingOnly: true), topology));
    }

    /// <summary>Counts the placed pods that a term on pods means, by its topology.</summary>
    /// <param name="term">The term.</param>
    /// <param name="ownNamespace">Namespace of the pod that carries the term.</param>
    public PodCounts CountPods(PodAffinityTerm term, string ownNamespace)
    {
        _state.RenewCounts();
        int topology = TopologyOf(term.TopologyKey);
        return _state.Shapes.CountsPods
            ? new PodCounts(_state.DomainsOf(topology), _state.TallyOf(_state.Shapes.Rules.CounterOf([PodMatcher.Of(term, ownNamespace)]), topology))
            : new PodCounts(_state.DomainsOf(topology), null);
    }

    /// <summary>The domains that a label of nodes makes.</summary>
    public PodCounts DomainsOf(string topologyKey) => new(_state.DomainsOf(TopologyOf(topologyKey)), null);

    /// <summary>Whether a topology spread constraint of the pod counts the node (<c>matchNodeInclusionPolicies</c>).</summary>
    public bool Includes(TopologySpreadConstraint constraint, in PodShape pod, NodeIndex node)
    {
        int n = node.Value;
        if (!_state.IsPresent(n)) return false;
        if (constraint.HonorsNodeAffinity)
        {
            NodeIdentity identity = NodeIdentity.Of(_state.SpecOf(n));
            if (!NodeMatching.MatchesSelector(pod.Spec, in identity) || !NodeMatching.MatchesAffinity(pod.Spec, in identity)) return false;
        }

        return !constraint.HonorsNodeTaints || !_state.Shapes.Rules.Taints.KeepsOut(_state.TaintSet[n]) || (pod.Tolerances?.Tolerates(_state.TaintSet[n]) ?? false);
    }

    /// <summary>The selector of a topology spread constraint, with the pod's values of its <c>matchLabelKeys</c>; null selects no pod.</summary>
    public LabelSelector? SelectorOf(TopologySpreadConstraint constraint, in PodShape pod) => ClusterRuleSet.SelectorOf(constraint, LabelsOf(in pod));

    /// <summary>Whether a placed pod carries a required anti-affinity term that means the pod, on a node that has the term's label.</summary>
    public bool IsKeptOutSomewhere(in PodShape pod)
    {
        _state.RenewCounts();
        foreach (ClusterRuleSet.Term term in pod.ClusterRules?.KeptOutBy ?? [])
        {
            if (_state.TallyOf(term.Counter, term.Topology).Sum > 0) return true;
        }

        return false;
    }

    /// <summary>What is true of the volumes of a pod whatever the node; nothing where nobody judges claims.</summary>
    public VolumeOutlook VolumesOf(in PodShape pod) => ClusterRuleSet.ClaimsVolumes(pod.Spec) && _state.Volumes is { } volumes ? volumes.Outlook(pod.Spec, NamespaceOf(in pod)) : default;

    /// <summary>Whether some node has, or had, a taint <c>PreferNoSchedule</c>.</summary>
    public bool HasPreferenceTaints => _state.Shapes.Rules.Taints.HavePreference;

    private int TopologyOf(string key) => key.Length == 0 ? RuleIndex.Nodes : _state.Shapes.Rules.TopologyOf(key);
}
