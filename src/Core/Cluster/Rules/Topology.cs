namespace SchedBench.Core.Cluster;

/// <summary>The domains that a label makes of the nodes as one state knows them: nodes with equal values of it.</summary>
internal sealed class Topology
{
    private readonly Dictionary<string, int> _domains = new(StringComparer.Ordinal);
    private readonly List<int> _sizes = [];
    private int _without;
    private int _empty;

    /// <summary>The domains of a label.</summary>
    /// <param name="key">The label.</param>
    /// <param name="nodes">Number of nodes.</param>
    /// <param name="valueOf">The label's value on a node, or null.</param>
    public Topology(string key, int nodes, Func<int, string?> valueOf)
    {
        Key = key;
        DomainOf = new int[nodes];
        for (int n = 0; n < nodes; n++) DomainOf[n] = Enter(valueOf(n));
    }

    private Topology(int nodes)
    {
        Key = "";
        DomainOf = new int[nodes];
        for (int n = 0; n < nodes; n++)
        {
            DomainOf[n] = n;
            _sizes.Add(1);
        }
    }

    /// <summary>The label.</summary>
    public string Key { get; }

    /// <summary>[node] its domain, −1 without the label.</summary>
    public int[] DomainOf { get; }

    /// <summary>Number of domains met so far.</summary>
    public int Count => _sizes.Count;

    /// <summary>Whether no node is without the label.</summary>
    public bool IsOnEveryNode => _without == 0;

    /// <summary>Whether every domain still has a node: one that the last node has left is none.</summary>
    public bool HasNodesInAll => _empty == 0;

    /// <summary>Every node a domain of its own.</summary>
    public static Topology Nodes(int nodes) => new(nodes);

    /// <summary>A node has another value of the label.</summary>
    /// <param name="n">Node.</param>
    /// <param name="value">The value, or null without the label.</param>
    /// <returns>The domain it was in, −1 for none.</returns>
    public int Move(int n, string? value)
    {
        int before = DomainOf[n];
        if (before < 0) _without--;
        else if (--_sizes[before] == 0) _empty++;
        DomainOf[n] = Enter(value);
        return before;
    }

    private int Enter(string? value)
    {
        if (value is null)
        {
            _without++;
            return -1;
        }

        if (!_domains.TryGetValue(value, out int domain))
        {
            domain = _sizes.Count;
            _domains.Add(value, domain);
            _sizes.Add(1);
            return domain;
        }

        if (_sizes[domain]++ == 0) _empty--;
        return domain;
    }
}
