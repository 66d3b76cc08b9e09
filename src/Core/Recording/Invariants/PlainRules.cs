using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>A pod as the plain rules see it.</summary>
/// <param name="Spec">Spec.</param>
/// <param name="Labels">Labels.</param>
/// <param name="Namespace">Namespace.</param>
/// <param name="Node">Where it is.</param>
/// <param name="IsLeaving">Whether it was asked to leave.</param>
internal readonly record struct PlainPod(PodSpec Spec, ValueList<Label> Labels, string Namespace, int Node, bool IsLeaving = false);

/// <summary>
/// The rules of placement told once more, from the objects alone, as slowly and plainly as they are written down in Kubernetes: the judge's own, sharing nothing with the tables and
/// counts that decisions are made of. Tests scan with them too.
/// </summary>
internal sealed class PlainRules
{
    private readonly NodeSpec[] _nodes;
    private readonly ValueList<Taint>[] _taints;
    private readonly bool[] _cordoned;
    private readonly bool[] _absent;

    public PlainRules(ReadOnlySpan<NodeSpec> nodes)
    {
        _nodes = nodes.ToArray();
        _taints = [.. _nodes.Select(node => node.Taints)];
        _cordoned = new bool[_nodes.Length];
        _absent = new bool[_nodes.Length];
    }

    /// <summary>Labels of a namespace.</summary>
    public Func<string, ValueList<Label>> NamespaceLabels { get; set; } = _ => default;

    public void SetTaints(int node, ValueList<Taint> taints) => _taints[node] = taints;

    public void SetLabels(int node, ValueList<Label> labels) => _nodes[node] = _nodes[node] with { Labels = labels, Zone = "" };

    public void SetCordoned(int node, bool cordoned) => _cordoned[node] = cordoned;

    public void SetPresent(int node, bool present) => _absent[node] = !present;

    /// <summary>The first rule that the pod would break on a node beside the pods that are placed, or null. Resources are not looked at.</summary>
    public (InfeasibleReason Reason, string Expected, string Actual)? Broken(PlainPod pod, int node, IReadOnlyList<PlainPod> placed)
    {
        NodeSpec spec = _nodes[node];
        if (_absent[node]) return (InfeasibleReason.NodeNotAvailable, "a node that exists", spec.Name);
        if (_cordoned[node] && !Tolerates(pod.Spec, new Taint("node.kubernetes.io/unschedulable", "", TaintEffect.NoSchedule)))
            return (InfeasibleReason.NodeUnschedulable, $"node '{spec.Name}' is schedulable", "it is cordoned");
        foreach (Taint taint in _taints[node])
        {
            if (taint.Effect != TaintEffect.PreferNoSchedule && !Tolerates(pod.Spec, taint))
                return (InfeasibleReason.UntoleratedTaint, $"no taint but tolerated ones on '{spec.Name}'", $"{taint}");
        }

        if (pod.Spec.NodeName.Length > 0 && pod.Spec.NodeName != spec.Name) return (InfeasibleReason.NodeNameMismatch, $"node '{pod.Spec.NodeName}'", $"'{spec.Name}'");
        if (!MeetsNodeAffinity(pod.Spec, node)) return (InfeasibleReason.NodeAffinityMismatch, "a required node affinity term that holds", $"none on '{spec.Name}'");
        foreach (PlainPod other in placed)
        {
            if (other.Node != node) continue;
            foreach (HostPort wanted in pod.Spec.HostPorts)
            {
                if (other.Spec.HostPorts.Any(taken => taken.ConflictsWith(wanted))) return (InfeasibleReason.HostPortConflict, $"port {wanted} free on '{spec.Name}'", "taken");
            }
        }

        return BrokenSpread(pod, node, placed) ?? BrokenAffinity(pod, node, placed);
    }

    private (InfeasibleReason, string, string)? BrokenSpread(PlainPod pod, int node, IReadOnlyList<PlainPod> placed)
    {
        TopologySpreadConstraint[] hard = [.. pod.Spec.TopologySpread.Where(constraint => constraint.IsHard)];
        foreach (TopologySpreadConstraint constraint in hard)
        {
            if (LabelOf(node, constraint.TopologyKey) is not { } value)
                return (InfeasibleReason.TopologySpreadLabelMissing, $"label {constraint.TopologyKey}", $"none on '{_nodes[node].Name}'");
            Func<PlainPod, bool> matches = MatcherOf(constraint, pod);
            bool countsNobody = constraint.Selector is { Requirements.Count: 0 } && !constraint.MatchLabelKeys.Any(key => pod.Labels.ValueOf(key) is not null);
            var domains = new SortedDictionary<string, int>(StringComparer.Ordinal);
            bool[] counts = new bool[_nodes.Length];
            for (int n = 0; n < _nodes.Length; n++)
            {
                if (_absent[n] || hard.Any(other => LabelOf(n, other.TopologyKey) is null)) continue;
                if (constraint.HonorsNodeAffinity && !(MeetsNodeSelector(pod.Spec, n) && MeetsNodeAffinity(pod.Spec, n))) continue;
                if (constraint.HonorsNodeTaints && _taints[n].Any(taint => taint.Effect != TaintEffect.PreferNoSchedule && !Tolerates(pod.Spec, taint))) continue;
                counts[n] = true;
                domains.TryAdd(LabelOf(n, constraint.TopologyKey)!, 0);
            }

            foreach (PlainPod other in placed)
            {
                if (counts[other.Node] && !other.IsLeaving && !countsNobody && matches(other)) domains[LabelOf(other.Node, constraint.TopologyKey)!]++;
            }

            int least = domains.Count < Math.Max(1, constraint.MinDomains ?? 1) ? 0 : domains.Values.Min();
            int skew = domains.GetValueOrDefault(value) + (matches(pod) ? 1 : 0) - least;
            if (skew > constraint.MaxSkew) return (InfeasibleReason.TopologySpreadViolated, $"skew over {constraint.TopologyKey} at most {constraint.MaxSkew}", $"{skew}");
        }

        return null;
    }

    private (InfeasibleReason, string, string)? BrokenAffinity(PlainPod pod, int node, IReadOnlyList<PlainPod> placed)
    {
        PodAffinityTerm[] wanted = [.. pod.Spec.Affinity?.RequiredPods ?? default];
        if (wanted.Length > 0)
        {
            PlainPod[] friends = [.. placed.Where(other => wanted.All(term => Means(term, pod.Namespace, other)))];
            bool hasKeys = wanted.All(term => LabelOf(node, term.TopologyKey) is not null);
            bool isNear = wanted.All(term => friends.Any(friend => LabelOf(friend.Node, term.TopologyKey) == LabelOf(node, term.TopologyKey)));
            bool isFirst = !friends.Any(friend => wanted.Any(term => LabelOf(friend.Node, term.TopologyKey) is not null)) && wanted.All(term => Means(term, pod.Namespace, pod));
            if (!hasKeys || (!isNear && !isFirst)) return (InfeasibleReason.PodAffinityUnsatisfied, "a pod of its affinity near", $"none near '{_nodes[node].Name}'");
        }

        foreach (PodAffinityTerm term in pod.Spec.Affinity?.RequiredAnti ?? default)
        {
            if (LabelOf(node, term.TopologyKey) is { } value && placed.Any(other => LabelOf(other.Node, term.TopologyKey) == value && Means(term, pod.Namespace, other)))
                return (InfeasibleReason.PodAntiAffinityViolated, $"no pod of its anti-affinity in {term.TopologyKey}={value}", "one is there");
        }

        foreach (PlainPod other in placed)
        {
            foreach (PodAffinityTerm term in other.Spec.Affinity?.RequiredAnti ?? default)
            {
                if (LabelOf(node, term.TopologyKey) is { } value && LabelOf(other.Node, term.TopologyKey) == value && Means(term, other.Namespace, pod))
                    return (InfeasibleReason.ExistingAntiAffinity, $"no pod with anti-affinity against it in {term.TopologyKey}={value}", "one is there");
            }
        }

        return null;
    }

    private static Func<PlainPod, bool> MatcherOf(TopologySpreadConstraint constraint, PlainPod pod)
    {
        string[] keys = [.. constraint.MatchLabelKeys.Where(key => pod.Labels.ValueOf(key) is not null)];
        return other => other.Namespace == pod.Namespace
            && (constraint.Selector is null ? keys.Length > 0 : constraint.Selector.Matches(other.Labels))
            && keys.All(key => other.Labels.ValueOf(key) == pod.Labels.ValueOf(key));
    }

    private bool Means(PodAffinityTerm term, string owner, PlainPod pod)
    {
        bool own = term.Namespaces.Count == 0 && term.NamespaceSelector is null && pod.Namespace == owner;
        bool named = term.Namespaces.Contains(pod.Namespace, StringComparer.Ordinal);
        bool selected = term.NamespaceSelector is not null && term.NamespaceSelector.Matches(NamespaceLabels(pod.Namespace));
        return (own || named || selected) && term.Selector is not null && term.Selector.Matches(pod.Labels);
    }

    private bool MeetsNodeSelector(PodSpec pod, int node) => pod.NodeSelector.All(wanted =>
        _nodes[node].Labels.Contains(wanted) || (wanted.Key == "topology.kubernetes.io/zone" && wanted.Value.Length > 0 && wanted.Value == _nodes[node].Zone));

    private bool MeetsNodeAffinity(PodSpec pod, int node)
    {
        if (pod.Affinity?.RequiredNodes is not { } terms) return true;
        return terms.Any(term => term.Labels.Count + term.Fields.Count > 0
            && term.Labels.All(requirement => Meets(requirement, LabelOf(node, requirement.Key)))
            && term.Fields.All(requirement => requirement.Key == "metadata.name" && Meets(requirement, _nodes[node].Name)));
    }

    private static bool Meets(LabelRequirement requirement, string? value) => requirement.Operator switch
    {
        SelectorOperator.In => value is not null && requirement.Values.Contains(value, StringComparer.Ordinal),
        SelectorOperator.NotIn => value is null || !requirement.Values.Contains(value, StringComparer.Ordinal),
        SelectorOperator.Exists => value is not null,
        SelectorOperator.DoesNotExist => value is null,
        SelectorOperator.Gt => long.TryParse(value, out long above) && long.TryParse(requirement.Values[0], out long low) && above > low,
        _ => long.TryParse(value, out long below) && long.TryParse(requirement.Values[0], out long high) && below < high,
    };

    private string? LabelOf(int node, string key)
    {
        foreach (Label label in _nodes[node].Labels)
        {
            if (label.Key == key) return label.Value;
        }

        return key == "topology.kubernetes.io/zone" && _nodes[node].Zone.Length > 0 ? _nodes[node].Zone : null;
    }

    private static bool Tolerates(PodSpec pod, Taint taint) => pod.Tolerations.Any(toleration =>
        (toleration.Effect is null || toleration.Effect == taint.Effect)
        && (toleration.Key == taint.Key || (toleration.Key.Length == 0 && toleration.Exists))
        && (toleration.Exists || toleration.Value == taint.Value));
}
