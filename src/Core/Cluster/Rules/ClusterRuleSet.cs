using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>The rules of a shape that depend on the pods of other nodes, ready to be judged: hard topology spread, required pod affinity and anti-affinity, the
/// anti-affinity of others against it, and its claims.</summary>
internal sealed class ClusterRuleSet
{
    /// <summary>A hard spread constraint.</summary>
    /// <param name="Counter">Pods that count; −1 counts none.</param>
    /// <param name="Topology">Number of the topology that makes domains.</param>
    /// <param name="MaxSkew">Largest difference to the emptiest domain.</param>
    /// <param name="MinDomains">With fewer domains the emptiest counts as empty.</param>
    /// <param name="Self">1 when the pod counts itself.</param>
    /// <param name="Eligible">Which nodes its affinity allows; null for all.</param>
    /// <param name="HonorsTaints">Whether nodes that it does not tolerate are no domains.</param>
    public sealed record SpreadRule(int Counter, int Topology, int MaxSkew, int MinDomains, int Self, NodeVerdicts? Eligible, bool HonorsTaints);

    /// <summary>A term on pods.</summary>
    /// <param name="Counter">Pods that it means (all terms at once, for affinity).</param>
    /// <param name="Topology">Number of the topology that makes domains.</param>
    public readonly record struct Term(int Counter, int Topology);

    private static readonly ValueList<string> NoKeys;

    /// <summary>Hard spread constraints.</summary>
    public SpreadRule[] Spread { get; private init; } = [];

    /// <summary>Whether every spread constraint counts every node that has its label, so that counts kept by domain may serve.</summary>
    public bool SpreadsOverAll { get; private init; }

    /// <summary>Required affinity.</summary>
    public Term[] Affinity { get; private init; } = [];

    /// <summary>Whether the pod itself is one that all its affinity terms mean: it may be the first of its group.</summary>
    public bool IsOwnFriend { get; private init; }

    /// <summary>Required anti-affinity.</summary>
    public Term[] Anti { get; private init; } = [];

    /// <summary>Anti-affinity terms that the pod carries, as counters of carriers.</summary>
    public int[] Carried { get; private init; } = [];

    /// <summary>Anti-affinity terms of others that mean this pod, as counters of carriers.</summary>
    public Term[] KeptOutBy { get; private set; } = [];

    /// <summary>Whether a pod placed anywhere, counted by these counters, can make a node fit: it fills an empty domain, or is a friend.</summary>
    public bool IsHelpedBy(ReadOnlySpan<int> counters)
    {
        foreach (SpreadRule rule in Spread)
        {
            if (counters.Contains(rule.Counter)) return true;
        }

        return Affinity.Length > 0 && counters.Contains(Affinity[0].Counter);
    }

    /// <summary>Whether volumes are claims, judged by <see cref="Scheduling.IVolumeRules"/>.</summary>
    public bool HasClaims { get; private init; }

    /// <summary>Whether a spec has such rules of its own.</summary>
    public static bool IsNeeded(PodSpec spec)
    {
        if (spec.Affinity is { } affinity && affinity.RequiredPods.Count + affinity.RequiredAnti.Count > 0) return true;
        foreach (TopologySpreadConstraint constraint in spec.TopologySpread.AsSpan())
        {
            if (constraint.IsHard) return true;
        }

        return ClaimsVolumes(spec);
    }

    /// <summary>Whether a spec mounts a claim.</summary>
    public static bool ClaimsVolumes(PodSpec spec)
    {
        foreach (ref readonly Volume volume in spec.Volumes.AsSpan())
        {
            if (volume.Kind == VolumeKind.PersistentVolumeClaim) return true;
        }

        return false;
    }

    /// <summary>The rules of a pod.</summary>
    public static ClusterRuleSet Of(PodSpec spec, in PodIdentity pod, RuleIndex index)
    {
        SpreadRule[] spread = SpreadOf(spec, pod, index);
        PodAffinityTerm[] wanted = [.. spec.Affinity?.RequiredPods ?? default];
        PodAffinityTerm[] unwanted = [.. spec.Affinity?.RequiredAnti ?? default];
        string ns = pod.Namespace;
        ValueList<PodMatcher> friends = [.. wanted.Select(term => PodMatcher.Of(term, ns))];
        int all = wanted.Length == 0 ? -1 : index.CounterOf(friends);
        return new ClusterRuleSet
        {
            Spread = spread,
            SpreadsOverAll = spread.All(rule => rule.Eligible is null && !rule.HonorsTaints),
            Affinity = [.. wanted.Select(term => new Term(all, index.TopologyOf(term.TopologyKey)))],
            IsOwnFriend = wanted.Length > 0 && index.Matches(friends, in pod),
            Anti = [.. unwanted.Select(term => new Term(index.CounterOf([PodMatcher.Of(term, ns)]), index.TopologyOf(term.TopologyKey)))],
            Carried = [.. unwanted.Select(term => index.CarriersOf(new AntiTerm(PodMatcher.Of(term, ns), term.TopologyKey))).Distinct()],
            HasClaims = ClaimsVolumes(spec),
        };
    }

    /// <summary>A term of others means this pod.</summary>
    public void KeepOut(Term carriers) => KeptOutBy = [.. KeptOutBy, carriers];

    /// <summary>The selector of a constraint with the pod's values of its matchLabelKeys.</summary>
    public static LabelSelector? SelectorOf(TopologySpreadConstraint constraint, ValueList<Label> labels)
    {
        if (constraint.MatchLabelKeys == NoKeys) return constraint.Selector;
        LabelRequirement[] added = [.. constraint.MatchLabelKeys.Where(key => labels.ValueOf(key) is not null)
            .Select(key => new LabelRequirement(key, SelectorOperator.In, [labels.ValueOf(key)!]))];
        return added.Length == 0 ? constraint.Selector : new LabelSelector([.. added, .. constraint.Selector?.Requirements ?? default]);
    }

    private static SpreadRule[] SpreadOf(PodSpec spec, PodIdentity pod, RuleIndex index)
    {
        NodeVerdicts? eligible = NodeVerdicts.Of(spec, index, readsModel: false);
        return [.. spec.TopologySpread.Where(constraint => constraint.IsHard).Select(constraint =>
        {
            LabelSelector? selector = SelectorOf(constraint, pod.Labels);
            // Pods that were asked to leave do not count; Kubernetes counts nobody for an empty selector, although it matches everybody (countPodsMatchSelector).
            bool counts = selector is { Requirements.Count: > 0 };
            return new SpreadRule(
                counts ? index.CounterOf([PodMatcher.In(pod.Namespace, selector)], stayingOnly: true) : -1,
                index.TopologyOf(constraint.TopologyKey),
                constraint.MaxSkew,
                constraint.MinDomains ?? 1,
                selector is not null && selector.Matches(pod.Labels) ? 1 : 0,
                constraint.HonorsNodeAffinity ? eligible : null,
                constraint.HonorsNodeTaints);
        })];
    }
}
