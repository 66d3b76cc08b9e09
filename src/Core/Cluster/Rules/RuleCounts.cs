namespace SchedBench.Core.Cluster;

/// <summary>The placed pods as the rules count them: by counter and topology, kept with every change.</summary>
/// <remarks>A tally is made when it is first asked for, from the pods placed by then; so selectors that appear late see the pods that were there before.</remarks>
internal sealed class RuleCounts(ShapeTable shapes)
{
    private readonly Dictionary<int, Dictionary<int, int>> _placed = [];
    private readonly Dictionary<(int Entry, int Node), int> _leaving = [];
    private readonly List<List<Tally>?> _tallies = [];

    /// <summary>Counted pods by domain.</summary>
    internal sealed class Tally(Topology topology)
    {
        public readonly Topology Topology = topology;
        public int[] Counts = new int[topology.Count];

        /// <summary>Counted pods on nodes that have the label.</summary>
        public int Sum;

        public void Add(int node, int pods)
        {
            int domain = Topology.DomainOf[node];
            if (domain < 0) return;
            Counts[domain] += pods;
            Sum += pods;
        }

        public void Move(int node, int before, int pods)
        {
            if (before >= 0)
            {
                Counts[before] -= pods;
                Sum -= pods;
            }

            Add(node, pods);
        }
    }

    /// <summary>A pod was placed (+1) or taken away (−1).</summary>
    public void Count(int variant, int node, int sign)
    {
        if (!_placed.TryGetValue(variant, out Dictionary<int, int>? nodes)) _placed.Add(variant, nodes = []);
        int pods = nodes.GetValueOrDefault(node) + sign;
        if (pods == 0) nodes.Remove(node);
        else nodes[node] = pods;
        foreach (int counter in shapes.CountersOf(variant))
        {
            if (counter >= _tallies.Count || _tallies[counter] is not { } tallies) continue;
            foreach (Tally tally in tallies) tally.Add(node, sign);
        }
    }

    /// <summary>A placed pod was asked to leave, or (before it is taken away) was not after all. Topology spread does not count it.</summary>
    /// <returns>False when no pod of the entry there was.</returns>
    public bool SetLeaving(int variant, int node, bool leaving)
    {
        int before = _leaving.GetValueOrDefault((variant, node));
        if (leaving ? before >= PodsOf(variant, node) : before == 0) return false;
        if (before + (leaving ? 1 : -1) is > 0 and int now) _leaving[(variant, node)] = now;
        else _leaving.Remove((variant, node));
        foreach (int counter in shapes.CountersOf(variant))
        {
            if (!shapes.Rules.CountsStayingOnly(counter) || counter >= _tallies.Count || _tallies[counter] is not { } tallies) continue;
            foreach (Tally tally in tallies) tally.Add(node, leaving ? -1 : 1);
        }

        return true;
    }

    /// <summary>A node is in another domain of a topology, and its pods with it.</summary>
    /// <param name="topology">Topology, with the domain that the node has now.</param>
    /// <param name="node">Node.</param>
    /// <param name="before">Domain that it had, −1 for none.</param>
    public void Move(Topology topology, int node, int before)
    {
        foreach (List<Tally>? tallies in _tallies)
        {
            foreach (Tally tally in tallies ?? [])
            {
                if (ReferenceEquals(tally.Topology, topology) && tally.Counts.Length < topology.Count) Array.Resize(ref tally.Counts, topology.Count);
            }
        }

        // The order of a sum of integers makes no difference.
        foreach ((int variant, Dictionary<int, int> nodes) in _placed)
        {
            if (!nodes.TryGetValue(node, out int pods)) continue;
            int leaving = _leaving.GetValueOrDefault((variant, node));
            foreach (int counter in shapes.CountersOf(variant))
            {
                if (counter >= _tallies.Count || _tallies[counter] is not { } tallies) continue;
                int counted = shapes.Rules.CountsStayingOnly(counter) ? pods - leaving : pods;
                foreach (Tally tally in tallies)
                {
                    if (ReferenceEquals(tally.Topology, topology)) tally.Move(node, before, counted);
                }
            }
        }
    }

    /// <summary>The pods of a counter by domain.</summary>
    public Tally Of(int counter, Topology topology)
    {
        while (counter >= _tallies.Count) _tallies.Add(null);
        List<Tally> tallies = _tallies[counter] ??= [];
        foreach (Tally known in tallies)
        {
            if (ReferenceEquals(known.Topology, topology)) return known;
        }

        var tally = new Tally(topology);
        tallies.Add(tally);
        // The order of a sum of integers makes no difference.
        foreach ((int variant, Dictionary<int, int> nodes) in _placed)
        {
            if (!shapes.CountersOf(variant).Contains(counter)) continue;
            bool stayingOnly = shapes.Rules.CountsStayingOnly(counter);
            foreach ((int node, int pods) in nodes) tally.Add(node, pods - (stayingOnly ? _leaving.GetValueOrDefault((variant, node)) : 0));
        }

        return tally;
    }

    /// <summary>Selectors may mean other pods now: everything is counted again.</summary>
    public void Recount() => _tallies.Clear();

    /// <summary>Entries with the nodes that hold their pods, how many, and how many of them were asked to leave.</summary>
    public IEnumerable<(ShapeIndex Entry, int Node, int Pods, int Leaving)> Pods() =>
        _placed.SelectMany(entry => entry.Value.Select(node => (new ShapeIndex(entry.Key), node.Key, node.Value, _leaving.GetValueOrDefault((entry.Key, node.Key)))));

    /// <summary>Whether both hold the same pods.</summary>
    public bool SamePods(RuleCounts? other)
    {
        foreach ((int variant, Dictionary<int, int> nodes) in _placed)
        {
            foreach ((int node, int pods) in nodes)
            {
                if (other is null || other.PodsOf(variant, node) != pods || other._leaving.GetValueOrDefault((variant, node)) != _leaving.GetValueOrDefault((variant, node))) return false;
            }
        }

        return true;
    }

    private int PodsOf(int variant, int node) => _placed.TryGetValue(variant, out Dictionary<int, int>? nodes) ? nodes.GetValueOrDefault(node) : 0;
}
