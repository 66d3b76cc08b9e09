using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>InterPodAffinity (<c>plugins/interpodaffinity</c>): required affinity and anti-affinity, and a score of the preferred ones: the pod's own towards placed pods, and those of
/// placed pods towards it, their required affinity among them.</summary>
/// <remarks>A decision costs terms times domains: the pods that matter to a term are counted by domain with every placement (<see cref="ClusterView.CountsOf"/>).</remarks>
/// <param name="args">Arguments.</param>
internal sealed class InterPodAffinity(InterPodAffinityArgs args) : PredicateFilter("InterPodAffinity"), IPreFilterPlugin, IPreScorePlugin, ILocalScore, IGroupedScore
{
    /// <summary>With more domains (every node one of its own, say) groups of nodes are hardly larger than a node.</summary>
    private const int MostDomains = 128;

    private readonly List<string> _keys = [];
    private readonly List<TopologySums> _topologies = [];
    private int _count;

    /// <summary>What the domains of one label are worth to the pod in question.</summary>
    private sealed class TopologySums
    {
        public int Key;
        public PodCounts Domains;
        public long[] Sums = [];
    }

    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod)
    {
        Affinity? own = pod.Shape.Spec.Affinity;
        bool hasOwn = own is not null && own.RequiredPods.Count + own.RequiredAnti.Count > 0;
        return hasOwn || View.IsKeptOutSomewhere(in pod.Shape) ? PreFilterResult.Success : PreFilterResult.Skip;
    }

    /// <summary>Where neither the pod nor a placed one has terms that score, there is nothing to score.</summary>
    public bool IsLocal(in PodRequest pod)
    {
        if (View.PreferencesOf(in pod.Shape).Length > 0) return false;
        if (args.IgnorePreferredTermsOfExistingPods) return true;
        foreach (ref readonly PodPreference term in View.PreferencesTowards(in pod.Shape))
        {
            if (Counts(in term) && View.CountsOf(in term).Total > 0) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool IsFinal => false;

    /// <inheritdoc/>
    public long LocalScore(in PodShape pod, in NodeState node) => 0;

    /// <summary>The labels that make domains for the terms that may score, a bit each.</summary>
    public long FeaturesOf(in PodRequest pod)
    {
        _count = 0;
        ReadOnlySpan<PodPreference> own = View.PreferencesOf(in pod.Shape);
        foreach (ref readonly PodPreference term in own) TopologyOf(in term);
        if (!args.IgnorePreferredTermsOfExistingPods || own.Length > 0)
        {
            foreach (ref readonly PodPreference term in View.PreferencesTowards(in pod.Shape))
            {
                if (Counts(in term)) TopologyOf(in term);
            }
        }

        long keys = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_topologies[i].Domains.Domains > MostDomains || _topologies[i].Key > 60) return -1;
            keys |= 1L << _topologies[i].Key;
        }

        return keys;
    }

    /// <summary>Nodes differ by their domains.</summary>
    public int Describe(in PodRequest pod, NodeIndex node, int group, FeatureChain chain)
    {
        for (int i = 0; i < _count; i++) group = chain.Next(group, _topologies[i].Domains.DomainOf(node));
        return group;
    }

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes)
    {
        _count = 0;
        ReadOnlySpan<PodPreference> own = View.PreferencesOf(in pod.Shape);
        if (args.IgnorePreferredTermsOfExistingPods && own.Length == 0) return Status.Skip;
        bool counts = false;
        foreach (ref readonly PodPreference term in own) counts |= Add(in term, term.Weight);
        foreach (ref readonly PodPreference term in View.PreferencesTowards(in pod.Shape))
        {
            if (Counts(in term)) counts |= Add(in term, term.Weight + (term.Required * (long)args.HardPodAffinityWeight));
        }

        return counts ? Status.Success : Status.Skip;
    }

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        scores.Clear();
        for (int i = 0; i < _count; i++)
        {
            TopologySums topology = _topologies[i];
            for (int n = 0; n < nodes.Length; n++)
            {
                int domain = topology.Domains.DomainOf(nodes[n]);
                if (domain >= 0) scores[n] += topology.Sums[domain];
            }
        }
    }

    /// <inheritdoc/>
    public void NormalizeScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores)
    {
        long least = long.MaxValue, most = long.MinValue;
        foreach (long score in scores)
        {
            least = Math.Min(least, score);
            most = Math.Max(most, score);
        }

        long range = most - least;
        if (range <= 0)
        {
            scores.Clear();
            return;
        }

        // Nodes of one domain have one score.
        long last = long.MinValue, normalized = 0;
        foreach (ref long score in scores)
        {
            if (score != last) (last, normalized) = (score, (long)(IScorePlugin.MaxNodeScore * ((double)(score - least) / range)));
            score = normalized;
        }
    }

    /// <summary>Whether a term of placed pods scores.</summary>
    private bool Counts(in PodPreference term) => term.IsPreferred || (term.Required > 0 && args.HardPodAffinityWeight > 0);

    private bool Add(in PodPreference term, long weight)
    {
        PodCounts counts = View.CountsOf(in term);
        if (counts.Total == 0) return false;
        long[] sums = TopologyOf(in term).Sums;
        for (int domain = 0; domain < counts.Domains; domain++) sums[domain] += weight * counts[domain];
        return true;
    }

    private TopologySums TopologyOf(in PodPreference term)
    {
        int key = _keys.IndexOf(term.TopologyKey);
        if (key < 0)
        {
            key = _keys.Count;
            _keys.Add(term.TopologyKey);
        }

        for (int i = 0; i < _count; i++)
        {
            if (_topologies[i].Key == key) return _topologies[i];
        }

        if (_count == _topologies.Count) _topologies.Add(new TopologySums());
        TopologySums topology = _topologies[_count++];
        (topology.Key, topology.Domains) = (key, View.DomainsOf(term.TopologyKey));
        if (topology.Sums.Length < topology.Domains.Domains) topology.Sums = new long[topology.Domains.Domains];
        topology.Sums.AsSpan().Clear();
        return topology;
    }
}
