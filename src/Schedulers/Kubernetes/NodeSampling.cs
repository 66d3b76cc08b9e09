using System.Numerics;
using System.Runtime.InteropServices;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes;

/// <summary>Which of the feasible nodes are scored: the search goes round the nodes, from where the last one ended, until enough are found (<c>pkg/scheduler/schedule_one.go</c>,
/// <c>findNodesThatPassFilters</c> and <c>numFeasibleNodesToFind</c>).</summary>
/// <remarks>
/// The nodes are gone through zone by zone in turn (<c>backend/cache/node_tree.go</c>). kube-scheduler looks at 16 nodes at a time, so which ones it finds, and where it begins next, is a matter of
/// chance there; here it is one after the other. Its order within a zone is that in which nodes came, here that of the fleet, also for nodes that came later. A search costs the nodes that it looks at.
/// </remarks>
internal sealed class NodeSampling(ClusterView view)
{
    private const int LeastNodes = 100;
    private const int LeastPercent = 5;
    private const string ZoneLabel = "topology.kubernetes.io/zone";
    private const string RegionLabel = "topology.kubernetes.io/region";
    private readonly ulong[] _found = new ulong[(view.Count + 63) >> 6];
    private readonly ulong[] _foundWords = new ulong[(view.Count + 4095) >> 12];
    private readonly List<int> _order = [];
    private bool _isOrdered;
    private int _start;

    /// <summary>Nodes that exist.</summary>
    public int NodeCount
    {
        get
        {
            Order();
            return _order.Count;
        }
    }

    /// <summary>Nodes that the last search looked at.</summary>
    public int LookedAt { get; private set; }

    /// <summary>A node came, went, or may have another zone.</summary>
    public void OnNodeChanged() => _isOrdered = false;

    /// <summary>The next search begins with the first node.</summary>
    public void Restart() => _start = 0;

    /// <summary>How many feasible nodes are enough.</summary>
    /// <param name="percent">The share that the configuration states; 0 adapts to the size of the cluster.</param>
    /// <param name="nodes">Nodes that exist.</param>
    public static int Enough(int percent, int nodes)
    {
        if (nodes < LeastNodes) return nodes;
        if (percent == 0) percent = Math.Max(LeastPercent, 50 - (nodes / 125));
        return Math.Max(LeastNodes, (int)((long)nodes * percent / 100));
    }

    /// <summary>Finds feasible nodes.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="feasible">The nodes that it fits on as far as the core knows.</param>
    /// <param name="profile">Its profile, which may have filters that the core does not know of.</param>
    /// <param name="enough">How many are enough.</param>
    /// <param name="into">Where they go, in the run's order.</param>
    /// <returns>How many were found.</returns>
    public int Find(in PodRequest pod, FeasibleNodes feasible, Profile profile, int enough, Span<NodeIndex> into)
    {
        Order();
        ReadOnlySpan<int> order = CollectionsMarshal.AsSpan(_order);
        ReadOnlySpan<ulong> fits = feasible.Bits;
        bool narrows = profile.HasNarrowing;
        int found = 0, looked = 0;
        // Infeasible nodes behind the last one are looked at too: the search ends with the first node that would be one too many.
        for (int at = _start; looked < order.Length; looked++)
        {
            int node = order[at];
            if ((fits[node >> 6] >> node & 1) != 0 && !(narrows && profile.Narrows(in pod, new NodeIndex(node))))
            {
                if (found == enough) break;
                _found[node >> 6] |= 1UL << node;
                _foundWords[node >> 12] |= 1UL << (node >> 6);
                found++;
            }

            if (++at == order.Length) at = 0;
        }

        LookedAt = looked;
        Advance(looked);
        Write(into);
        return found;
    }

    /// <summary>Which nodes the next search would find, without searching.</summary>
    /// <param name="feasible">The feasible nodes, in the run's order.</param>
    /// <param name="enough">How many are enough.</param>
    public IReadOnlyList<NodeIndex> Preview(IReadOnlyList<NodeIndex> feasible, int enough)
    {
        Order();
        if (feasible.Count <= enough) return feasible;
        HashSet<int> fits = [.. feasible.Select(node => node.Value)];
        return [.. Enumerable.Range(0, _order.Count).Select(i => _order[(_start + i) % _order.Count]).Where(fits.Contains).Take(enough).Order().Select(node => new NodeIndex(node))];
    }

    /// <summary>Notes that so many nodes were looked at.</summary>
    public void Advance(int looked)
    {
        if (_order.Count > 0) _start = (int)((_start + (long)looked) % _order.Count);
    }

    /// <summary>Writes down what was found in the run's order, and forgets it. Only words with a node are read, so it costs what the search did and not the nodes that there are.</summary>
    private void Write(Span<NodeIndex> into)
    {
        int count = 0;
        for (int part = 0; part < _foundWords.Length; part++)
        {
            for (ulong words = _foundWords[part]; words != 0; words &= words - 1)
            {
                int w = (part << 6) + BitOperations.TrailingZeroCount(words);
                for (ulong word = _found[w]; word != 0; word &= word - 1) into[count++] = new NodeIndex((w << 6) + BitOperations.TrailingZeroCount(word));
                _found[w] = 0;
            }

            _foundWords[part] = 0;
        }
    }

    private void Order()
    {
        if (_isOrdered) return;
        _isOrdered = true;
        var zones = new Dictionary<(string?, string?), List<int>>();
        var inOrder = new List<List<int>>();
        for (int n = 0; n < view.Count; n++)
        {
            NodeState node = view[new NodeIndex(n)];
            if (!node.IsPresent) continue;
            (string?, string?) key = (node.LabelOf(RegionLabel), node.LabelOf(ZoneLabel));
            if (!zones.TryGetValue(key, out List<int>? zone))
            {
                zones.Add(key, zone = []);
                inOrder.Add(zone);
            }

            zone.Add(n);
        }

        _order.Clear();
        int longest = inOrder.Count == 0 ? 0 : inOrder.Max(zone => zone.Count);
        for (int i = 0; i < longest; i++)
        {
            foreach (List<int> zone in inOrder)
            {
                if (i < zone.Count) _order.Add(zone[i]);
            }
        }

        if (_start >= _order.Count) _start = 0;
    }
}
