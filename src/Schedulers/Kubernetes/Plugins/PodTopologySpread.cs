using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>PodTopologySpread (<c>plugins/podtopologyspread</c>): hard constraints, and a score of the soft ones: matching pods in the node's domains, weighed so that few domains count as
/// much as many. Pods without constraints get the profile's, with the selector of their services and owner.</summary>
/// <param name="args">Arguments.</param>
internal sealed class PodTopologySpread(PodTopologySpreadArgs args) : PredicateFilter("PodTopologySpread"), IPreFilterPlugin, IPreScorePlugin, ILocalScore, IGroupedScore
{
    private const string HostName = "kubernetes.io/hostname";
    private readonly Dictionary<(int Entry, int Selector), Soft[]> _known = [];
    private readonly Dictionary<LabelSelector, int> _selectors = [];
    private Soft[] _soft = [];
    private bool _needsAllKeys;
    private int _generation = -1;

    /// <summary>A soft constraint of a pod.</summary>
    private sealed class Soft(TopologySpreadConstraint constraint, PodCounts byNode, PodCounts byDomain)
    {
        public readonly TopologySpreadConstraint Constraint = constraint;
        public readonly bool IsByNode = constraint.TopologyKey == HostName;

        /// <summary>Matching pods of each node.</summary>
        public readonly PodCounts ByNode = byNode;

        /// <summary>Matching pods of each domain, over all nodes.</summary>
        public readonly PodCounts ByDomain = byDomain;

        public double Weight;

        /// <summary>[domain] pods of the domain, or −1 when no feasible node is in it; the last stands for nodes without the label.</summary>
        public long[] Pods = [];
    }

    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod)
    {
        foreach (TopologySpreadConstraint constraint in pod.Shape.Spec.TopologySpread.AsSpan())
        {
            if (constraint.IsHard) return PreFilterResult.Success;
        }

        return PreFilterResult.Skip;
    }

    /// <summary>Without soft constraints there is nothing to score.</summary>
    public bool IsLocal(in PodRequest pod)
    {
        ValueList<TopologySpreadConstraint> own = pod.Shape.Spec.TopologySpread;
        if (own.Count == 0) return args.DefaultConstraints.Count == 0 || Context.Selectors?.SelectorOf(pod.Pod) is null;
        foreach (TopologySpreadConstraint constraint in own.AsSpan())
        {
            if (!constraint.IsHard) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool IsFinal => false;

    /// <inheritdoc/>
    public long LocalScore(in PodShape pod, in NodeState node) => 0;

    /// <summary>Which constraints are soft: the pod's own, or the profile's with a selector.</summary>
    public long FeaturesOf(in PodRequest pod) => Load(in pod);

    /// <inheritdoc/>
    public bool FollowsPods
    {
        get
        {
            foreach (Soft soft in _soft)
            {
                if (soft.IsByNode) return true;
            }

            return false;
        }
    }

    /// <summary>Nodes differ by their domains, or, where every node is one, by their matching pods.</summary>
    public int Describe(in PodRequest pod, NodeIndex node, int group, FeatureChain chain)
    {
        foreach (Soft soft in _soft)
        {
            int domain = soft.ByDomain.DomainOf(node);
            group = chain.Next(group, soft.IsByNode && domain >= 0 ? soft.ByNode[node.Value] : domain);
        }

        return group;
    }

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes) => PreScoreGroups(in pod, nodes, []);

    /// <inheritdoc/>
    public Status PreScoreGroups(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, ReadOnlySpan<int> sizes)
    {
        Load(in pod);
        if (_soft.Length == 0) return Status.Skip;
        foreach (Soft soft in _soft)
        {
            if (soft.Pods.Length != soft.ByDomain.Domains + 1) soft.Pods = new long[soft.ByDomain.Domains + 1];
            soft.Pods.AsSpan().Fill(-1);
        }

        int counted = 0;
        for (int n = 0; n < nodes.Length; n++)
        {
            if (IsIgnored(nodes[n])) continue;
            counted += sizes.Length == 0 ? 1 : sizes[n];
            foreach (Soft soft in _soft)
            {
                if (!soft.IsByNode) DomainPods(soft, nodes[n]) = 0;
            }
        }

        foreach (Soft soft in _soft)
        {
            int size = soft.IsByNode ? counted : soft.Pods.AsSpan().Count(0);
            soft.Weight = DeterministicMath.Log(size + 2);
            if (!soft.IsByNode) CountPods(soft, in pod);
        }

        return Status.Success;
    }

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        for (int n = 0; n < nodes.Length; n++)
        {
            scores[n] = 0;
            if (IsIgnored(nodes[n])) continue;
            double score = 0;
            foreach (Soft soft in _soft)
            {
                int domain = soft.ByDomain.DomainOf(nodes[n]);
                if (domain < 0) continue;
                long pods = soft.IsByNode ? soft.ByNode[nodes[n].Value] : soft.Pods[domain];
                score += (pods * soft.Weight) + (soft.Constraint.MaxSkew - 1);
            }

            scores[n] = (long)Math.Round(score, MidpointRounding.AwayFromZero);
        }
    }

    /// <inheritdoc/>
    public void NormalizeScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        long least = long.MaxValue, most = 0;
        for (int n = 0; n < nodes.Length; n++)
        {
            if (IsIgnored(nodes[n])) continue;
            least = Math.Min(least, scores[n]);
            most = Math.Max(most, scores[n]);
        }

        // Nodes of one domain have one score.
        long last = -1, normalized = 0;
        for (int n = 0; n < nodes.Length; n++)
        {
            if (scores[n] != last)
            {
                last = scores[n];
                normalized = most == 0 ? IScorePlugin.MaxNodeScore : IScorePlugin.MaxNodeScore * (most + least - last) / most;
            }

            scores[n] = IsIgnored(nodes[n]) ? 0 : normalized;
        }
    }

    /// <summary>Finds the soft constraints of a pod: those that it states, or those that the profile gives to the pods of its services and owner.</summary>
    /// <returns>0 without any, 1 for its own, others for each selector of services and owners.</returns>
    private int Load(in PodRequest pod)
    {
        if (_generation != View.Generation)
        {
            _generation = View.Generation;
            _known.Clear();
        }

        PodSpec spec = pod.Shape.Spec;
        int kind = 0;
        LabelSelector? common = null;
        if (spec.TopologySpread.Count > 0)
        {
            kind = 1;
        }
        else if (args.DefaultConstraints.Count > 0 && (common = Context.Selectors?.SelectorOf(pod.Pod)) is not null)
        {
            if (!_selectors.TryGetValue(common, out kind)) _selectors.Add(common, kind = _selectors.Count + 2);
        }

        // Kubernetes' own constraints let nodes without a zone be spread by host name all the same.
        _needsAllKeys = kind == 1 || !args.IsSystemDefaulted;
        if (!_known.TryGetValue((pod.Shape.Entry, kind), out Soft[]? soft)) _known.Add((pod.Shape.Entry, kind), soft = SoftOf(in pod, kind, common));
        _soft = soft;
        return _soft.Length == 0 ? 0 : kind;
    }

    private Soft[] SoftOf(in PodRequest pod, int kind, LabelSelector? common)
    {
        var soft = new List<Soft>();
        string ns = View.NamespaceOf(in pod.Shape);
        foreach (TopologySpreadConstraint constraint in kind switch { 0 => default, 1 => pod.Shape.Spec.TopologySpread, _ => [.. args.DefaultConstraints] })
        {
            if (constraint.IsHard) continue;
            LabelSelector counted = common ?? View.SelectorOf(constraint, in pod.Shape) ?? LabelSelector.Everything;
            string key = constraint.TopologyKey;
            soft.Add(new Soft(constraint, View.CountStayingPods(ns, counted, ""), key == HostName ? View.DomainsOf(key) : View.CountStayingPods(ns, counted, key)));
        }

        return [.. soft];
    }

    /// <summary>Counts the pods of each domain that a feasible node is in, over the nodes that the constraint includes.</summary>
    private void CountPods(Soft soft, in PodRequest pod)
    {
        if (View.IncludesAll(soft.Constraint, in pod.Shape) && (!_needsAllKeys || AllHaveKeys()) && soft.ByDomain.IsOnEveryNode)
        {
            for (int domain = 0; domain < soft.ByDomain.Domains; domain++)
            {
                if (soft.Pods[domain] >= 0) soft.Pods[domain] = soft.ByDomain[domain];
            }

            return;
        }

        for (int n = 0; n < View.Count; n++)
        {
            var node = new NodeIndex(n);
            if (soft.ByNode[n] == 0 || IsIgnored(node) || !View.Includes(soft.Constraint, in pod.Shape, node)) continue;
            ref long pods = ref DomainPods(soft, node);
            if (pods >= 0) pods += soft.ByNode[n];
        }
    }

    private bool AllHaveKeys()
    {
        foreach (Soft soft in _soft)
        {
            if (!soft.ByDomain.IsOnEveryNode) return false;
        }

        return true;
    }

    /// <summary>Whether the node takes no part: it lacks the label of a constraint, and all of them are needed.</summary>
    private bool IsIgnored(NodeIndex node)
    {
        if (!_needsAllKeys) return false;
        foreach (Soft soft in _soft)
        {
            if (soft.ByDomain.DomainOf(node) < 0) return true;
        }

        return false;
    }

    private static ref long DomainPods(Soft soft, NodeIndex node)
    {
        int domain = soft.ByDomain.DomainOf(node);
        return ref soft.Pods[domain < 0 ? soft.Pods.Length - 1 : domain];
    }
}
