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
internal sealed class PodTopologySpread(PodTopologySpreadArgs args) : PredicateFilter("PodTopologySpread"), IPreFilterPlugin, IPreScorePlugin, ILocalScore
{
    private const string HostName = "kubernetes.io/hostname";
    private readonly List<Soft> _soft = [];
    private int _count;
    private bool _needsAllKeys;

    /// <summary>A soft constraint, counted for the pod in question.</summary>
    private sealed class Soft
    {
        public PodCounts Domains;
        public PodCounts ByNode;
        public TopologySpreadConstraint? Constraint;
        public bool IsByNode;
        public int MaxSkew;
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
    public bool IsWholeScore => false;

    /// <inheritdoc/>
    public long LocalScore(in PodShape pod, in NodeState node) => 0;

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes)
    {
        PodSpec spec = pod.Shape.Spec;
        _count = 0;
        // Kubernetes' own constraints let nodes without a zone be spread by host name all the same.
        _needsAllKeys = spec.TopologySpread.Count > 0 || !args.IsSystemDefaulted;
        if (spec.TopologySpread.Count > 0)
        {
            foreach (TopologySpreadConstraint constraint in spec.TopologySpread.AsSpan())
            {
                if (!constraint.IsHard) Take(constraint, View.SelectorOf(constraint, in pod.Shape), in pod);
            }
        }
        else if (args.DefaultConstraints.Count > 0 && Context.Selectors?.SelectorOf(pod.Pod) is { } selector)
        {
            foreach (TopologySpreadConstraint constraint in args.DefaultConstraints)
            {
                if (!constraint.IsHard) Take(constraint, selector, in pod);
            }
        }

        if (_count == 0) return Status.Skip;
        int ignored = 0;
        foreach (NodeIndex node in nodes)
        {
            if (IsIgnored(node))
            {
                ignored++;
                continue;
            }

            for (int i = 0; i < _count; i++)
            {
                if (!_soft[i].IsByNode) DomainPods(_soft[i], node) = 0;
            }
        }

        for (int i = 0; i < _count; i++)
        {
            Soft soft = _soft[i];
            int size = soft.IsByNode ? nodes.Length - ignored : soft.Pods.AsSpan().Count(0);
            soft.Weight = DeterministicMath.Log(size + 2);
        }

        CountPods(in pod);
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
            for (int i = 0; i < _count; i++)
            {
                Soft soft = _soft[i];
                int domain = soft.Domains.DomainOf(nodes[n]);
                if (domain < 0) continue;
                long pods = soft.IsByNode ? soft.ByNode[nodes[n].Value] : soft.Pods[domain];
                score += (pods * soft.Weight) + (soft.MaxSkew - 1);
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

    private void Take(TopologySpreadConstraint constraint, LabelSelector? selector, in PodRequest pod)
    {
        if (_count == _soft.Count) _soft.Add(new Soft());
        Soft soft = _soft[_count++];
        string ns = View.NamespaceOf(in pod.Shape);
        LabelSelector counted = selector ?? LabelSelector.Everything;
        soft.IsByNode = constraint.TopologyKey == HostName;
        soft.Domains = View.DomainsOf(constraint.TopologyKey);
        soft.ByNode = View.CountStayingPods(ns, counted, "");
        soft.MaxSkew = constraint.MaxSkew;
        soft.Constraint = constraint;
        if (soft.Pods.Length != soft.Domains.Domains + 1) soft.Pods = new long[soft.Domains.Domains + 1];
        soft.Pods.AsSpan().Fill(-1);
    }

    /// <summary>Counts the pods of each domain that a feasible node is in, over the nodes that the constraint includes.</summary>
    private void CountPods(in PodRequest pod)
    {
        for (int i = 0; i < _count; i++)
        {
            Soft soft = _soft[i];
            if (soft.IsByNode) continue;
            for (int n = 0; n < View.Count; n++)
            {
                var node = new NodeIndex(n);
                if (soft.ByNode[n] == 0 || IsIgnored(node) || !View.Includes(soft.Constraint!, in pod.Shape, node)) continue;
                ref long pods = ref DomainPods(soft, node);
                if (pods >= 0) pods += soft.ByNode[n];
            }
        }
    }

    /// <summary>Whether the node takes no part: it lacks the label of a constraint, and all of them are needed.</summary>
    private bool IsIgnored(NodeIndex node)
    {
        if (!_needsAllKeys) return false;
        for (int i = 0; i < _count; i++)
        {
            if (_soft[i].Domains.DomainOf(node) < 0) return true;
        }

        return false;
    }

    private static ref long DomainPods(Soft soft, NodeIndex node)
    {
        int domain = soft.Domains.DomainOf(node);
        return ref soft.Pods[domain < 0 ? soft.Pods.Length - 1 : domain];
    }
}
