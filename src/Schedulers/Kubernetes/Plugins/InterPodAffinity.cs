using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Configuration;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>InterPodAffinity (<c>plugins/interpodaffinity</c>): required affinity and anti-affinity, and a score of the preferred ones: the pod's own towards placed pods, and those of
/// placed pods towards it, their required affinity among them.</summary>
/// <param name="args">Arguments.</param>
internal sealed class InterPodAffinity(InterPodAffinityArgs args) : PredicateFilter("InterPodAffinity"), IPreFilterPlugin, IPreScorePlugin, ILocalScore
{
    private readonly List<TopologySums> _topologies = [];
    private int _count;

    /// <summary>What the domains of one label are worth to the pod in question.</summary>
    private sealed class TopologySums
    {
        public string Key = "";
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
        if (pod.Shape.Spec.Affinity is { } own && own.PreferredPods.Count + own.PreferredAnti.Count > 0) return false;
        if (args.IgnorePreferredTermsOfExistingPods) return true;
        foreach (PlacedPodGroup group in View.PlacedPods)
        {
            if (group.NodeCount == 0 || group.Shape.Spec.Affinity is not { } affinity) continue;
            if (affinity.PreferredPods.Count + affinity.PreferredAnti.Count > 0 || (affinity.RequiredPods.Count > 0 && args.HardPodAffinityWeight > 0)) return false;
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
        _count = 0;
        Affinity? own = pod.Shape.Spec.Affinity;
        bool hasOwn = own is not null && own.PreferredPods.Count + own.PreferredAnti.Count > 0;
        if (args.IgnorePreferredTermsOfExistingPods && !hasOwn) return Status.Skip;
        bool counts = false;
        if (hasOwn)
        {
            string ns = View.NamespaceOf(in pod.Shape);
            foreach (WeightedPodAffinityTerm term in own!.PreferredPods.AsSpan()) counts |= AddOwn(term.Term, ns, term.Weight);
            foreach (WeightedPodAffinityTerm term in own.PreferredAnti.AsSpan()) counts |= AddOwn(term.Term, ns, -term.Weight);
        }

        foreach (PlacedPodGroup group in View.PlacedPods)
        {
            if (group.NodeCount > 0 && group.Shape.Spec.Affinity is { } affinity) counts |= AddOfPlaced(in group, affinity, in pod);
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

    private bool AddOwn(PodAffinityTerm term, string ns, long weight)
    {
        PodCounts counts = View.CountPods(term, ns);
        if (counts.Total == 0) return false;
        long[] sums = SumsOf(term.TopologyKey).Sums;
        for (int domain = 0; domain < counts.Domains; domain++) sums[domain] += weight * counts[domain];
        return true;
    }

    private bool AddOfPlaced(in PlacedPodGroup group, Affinity affinity, in PodRequest pod)
    {
        string ns = View.NamespaceOf(in group.Shape);
        bool counts = false;
        if (args.HardPodAffinityWeight > 0)
        {
            foreach (PodAffinityTerm term in affinity.RequiredPods.AsSpan()) counts |= AddIfMeant(in group, term, ns, args.HardPodAffinityWeight, in pod);
        }

        foreach (WeightedPodAffinityTerm term in affinity.PreferredPods.AsSpan()) counts |= AddIfMeant(in group, term.Term, ns, term.Weight, in pod);
        foreach (WeightedPodAffinityTerm term in affinity.PreferredAnti.AsSpan()) counts |= AddIfMeant(in group, term.Term, ns, -term.Weight, in pod);
        return counts;
    }

    private bool AddIfMeant(in PlacedPodGroup group, PodAffinityTerm term, string ns, long weight, in PodRequest pod)
    {
        if (!View.Means(term, ns, in pod.Shape)) return false;
        TopologySums topology = SumsOf(term.TopologyKey);
        return group.AddTo(topology.Domains, weight, topology.Sums);
    }

    private TopologySums SumsOf(string key)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_topologies[i].Key == key) return _topologies[i];
        }

        if (_count == _topologies.Count) _topologies.Add(new TopologySums());
        TopologySums topology = _topologies[_count++];
        (topology.Key, topology.Domains) = (key, View.DomainsOf(key));
        if (topology.Sums.Length < topology.Domains.Domains) topology.Sums = new long[topology.Domains.Domains];
        topology.Sums.AsSpan().Clear();
        return topology;
    }
}
