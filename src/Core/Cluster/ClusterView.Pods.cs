using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Cluster;

/// <content>Placed pods, as rules and scores that depend on the pods of other nodes look at them.</content>
public sealed partial class ClusterView
{
    /// <summary>Grows when selectors may mean other pods than before: what was counted is void then, and has to be asked for again.</summary>
    public int Generation => _state.Shapes.Generation;

    /// <summary>The preferred affinity and anti-affinity terms of a pod, in order.</summary>
    public ReadOnlySpan<PodPreference> PreferencesOf(in PodShape pod) => _state.Shapes.OwnPreferences(pod.Entry);

    /// <summary>The terms of other pods that mean the pod: their preferred affinity and anti-affinity, and their required affinity. Who carries them may be placed or not.</summary>
    public ReadOnlySpan<PodPreference> PreferencesTowards(in PodShape pod) => _state.Shapes.PreferencesTowards(pod.Entry);

    /// <summary>The placed pods that matter to a preference, by domain. Nobody does in runs whose pods have neither rules nor preferences on other pods: nobody counts there.</summary>
    public PodCounts CountsOf(in PodPreference preference)
    {
        _state.RenewCounts();
        Topology domains = _state.DomainsOf(preference.Topology);
        return new PodCounts(domains, _state.Shapes.CountsPods ? _state.TallyOf(preference.Counter, preference.Topology) : null);
    }

    /// <summary>The namespace of a pod.</summary>
    public string NamespaceOf(in PodShape pod) => _state.Shapes.IdentityOf(new ShapeIndex(pod.Entry)).Namespace;

    /// <summary>The labels of a pod, sorted by key.</summary>
    public ValueList<Label> LabelsOf(in PodShape pod) => _state.Shapes.IdentityOf(new ShapeIndex(pod.Entry)).Labels;

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

    /// <summary>The domains that a label of nodes makes.</summary>
    public PodCounts DomainsOf(string topologyKey) => new(_state.DomainsOf(TopologyOf(topologyKey)), null);

    /// <summary>Whether a topology spread constraint of the pod counts the node (<c>matchNodeInclusionPolicies</c>).</summary>
    public bool Includes(TopologySpreadConstraint constraint, in PodShape pod, NodeIndex node)
    {
        int n = node.Value;
        if (!_state.IsPresent(n) || (constraint.HonorsNodeAffinity && !MeetsAffinity(in pod, n))) return false;
        return !constraint.HonorsNodeTaints || !_state.Shapes.Rules.Taints.KeepsOut(_state.TaintSet[n]) || (pod.Tolerances?.Tolerates(_state.TaintSet[n]) ?? false);
    }

    /// <summary>Whether a topology spread constraint of the pod counts every node, as far as is known without a look at each.</summary>
    public bool IncludesAll(TopologySpreadConstraint constraint, in PodShape pod) =>
        _state.AbsentCount == 0 && !constraint.HonorsNodeTaints && (!constraint.HonorsNodeAffinity || (pod.AllowedNodes is null && pod.OnlyNode == PodShape.AnyNode));

    /// <summary>Whether the node meets the pod's node selector and required affinity.</summary>
    private bool MeetsAffinity(in PodShape pod, int n)
    {
        // The verdicts by class of nodes look at the GPU model too, which is no business of spread.
        if (pod.Spec.GpuModels.Count == 0) return pod.AllowedNodes is null || pod.AllowedNodes.Allows(_state, n);
        NodeIdentity identity = NodeIdentity.Of(_state.SpecOf(n));
        return NodeMatching.MatchesSelector(pod.Spec, in identity) && NodeMatching.MatchesAffinity(pod.Spec, in identity);
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
