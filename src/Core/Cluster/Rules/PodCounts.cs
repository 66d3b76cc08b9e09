namespace SchedBench.Core.Cluster;

/// <summary>Counted pods by the domains that a label makes of the nodes. Follows the cluster: valid until the strategy returns.</summary>
public readonly struct PodCounts
{
    private readonly Topology _topology;
    private readonly RuleCounts.Tally? _tally;

    internal PodCounts(Topology topology, RuleCounts.Tally? tally) => (_topology, _tally) = (topology, tally);

    /// <summary>Number of domains met so far; some may have no node any more.</summary>
    public int Domains => _topology.Count;

    /// <summary>Whether every node has the label.</summary>
    public bool IsOnEveryNode => _topology.IsOnEveryNode;

    /// <summary>Counted pods of all domains.</summary>
    public int Total => _tally?.Sum ?? 0;

    /// <summary>The domain of a node, 0 to <see cref="Domains"/> − 1, or −1 without the label.</summary>
    public int DomainOf(NodeIndex node) => _topology.DomainOf[node.Value];

    /// <summary>Counted pods in a domain.</summary>
    public int this[int domain] => _tally is null || domain >= _tally.Counts.Length ? 0 : _tally.Counts[domain];
}
