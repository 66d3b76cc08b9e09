namespace SchedBench.Core.Cluster;

/// <summary>Counted pods by the domains that a label makes of the nodes. Follows the cluster: valid until the strategy returns.</summary>
public readonly struct PodCounts
{
    private readonly Topology _topology;
    private readonly RuleCounts.Tally? _tally;

    internal PodCounts(Topology topology, RuleCounts.Tally? tally) => (_topology, _tally) = (topology, tally);

    /// <summary>Number of domains met so far; some may have no node any more.</summary>
    public int Domains => _topology.Count;

    /// <summary>Counted pods of all domains.</summary>
    public int Total => _tally?.Sum ?? 0;

    /// <summary>The domain of a node, 0 to <see cref="Domains"/> − 1, or −1 without the label.</summary>
    public int DomainOf(NodeIndex node) => _topology.DomainOf[node.Value];

    /// <summary>Counted pods in a domain.</summary>
    public int this[int domain] => _tally is null || domain >= _tally.Counts.Length ? 0 : _tally.Counts[domain];
}

/// <summary>The placed pods in groups that rules cannot tell apart. Enumerate it with <c>foreach</c>; allocates nothing.</summary>
public readonly struct PlacedPodGroups
{
    private readonly ClusterState _state;

    internal PlacedPodGroups(ClusterState state) => _state = state;

    /// <summary>Goes through the groups.</summary>
    public Enumerator GetEnumerator() => new(_state);

    /// <summary>Enumerates groups, the nodes of each in turn.</summary>
    public struct Enumerator
    {
        private static readonly Dictionary<int, Dictionary<int, int>> Nothing = [];
        private readonly ClusterState _state;
        private Dictionary<int, Dictionary<int, int>>.Enumerator _entries;

        internal Enumerator(ClusterState state)
        {
            _state = state;
            _entries = (state.Counts?.Placed ?? Nothing).GetEnumerator();
        }

        /// <summary>The group reached.</summary>
        public readonly PlacedPodGroup Current => new(_state, _entries.Current.Key, _entries.Current.Value);

        /// <summary>Goes to the next group.</summary>
        public bool MoveNext() => _entries.MoveNext();
    }
}

/// <summary>Placed pods that rules cannot tell apart, by node.</summary>
public readonly struct PlacedPodGroup
{
    private readonly ClusterState _state;
    private readonly int _entry;
    private readonly Dictionary<int, int> _nodes;

    internal PlacedPodGroup(ClusterState state, int entry, Dictionary<int, int> nodes) => (_state, _entry, _nodes) = (state, entry, nodes);

    /// <summary>What the pods have in common.</summary>
    public ref readonly PodShape Shape => ref _state.Shapes[new ShapeIndex(_entry)];

    /// <summary>Nodes that hold pods of the group.</summary>
    public int NodeCount => _nodes.Count;

    /// <summary>Adds the pods of the group, times a weight, to sums by domain.</summary>
    /// <param name="domains">Which domain a node is in.</param>
    /// <param name="weight">What a pod counts.</param>
    /// <param name="sums">[domain] sums.</param>
    /// <returns>Whether some pod stands on a node that has the label.</returns>
    public bool AddTo(PodCounts domains, long weight, Span<long> sums)
    {
        bool found = false;
        // The order of a sum of integers makes no difference.
        foreach ((int node, int pods) in _nodes)
        {
            int domain = domains.DomainOf(new NodeIndex(node));
            if (domain < 0) continue;
            sums[domain] += weight * pods;
            found = true;
        }

        return found;
    }
}
