namespace SchedBench.Core.Cluster;

/// <summary>The domains that a label makes of the fleet: nodes with equal values of it.</summary>
internal sealed class Topology
{
    /// <summary>The domains of a label.</summary>
    public Topology(string key, FleetLayout fleet)
    {
        Key = key;
        DomainOf = new int[fleet.Count];
        var domains = new Dictionary<string, int>(StringComparer.Ordinal);
        IsOnEveryNode = true;
        for (int n = 0; n < fleet.Count; n++)
        {
            if (fleet.LabelOf(n, key) is not { } value)
            {
                DomainOf[n] = -1;
                IsOnEveryNode = false;
                continue;
            }

            if (!domains.TryGetValue(value, out DomainOf[n]))
            {
                DomainOf[n] = domains.Count;
                domains.Add(value, DomainOf[n]);
            }
        }

        Count = domains.Count;
    }

    private Topology(int nodes)
    {
        Key = "";
        DomainOf = new int[nodes];
        for (int n = 0; n < nodes; n++) DomainOf[n] = n;
        Count = nodes;
        IsOnEveryNode = true;
    }

    /// <summary>The label.</summary>
    public string Key { get; }

    /// <summary>[node] its domain, −1 without the label.</summary>
    public int[] DomainOf { get; }

    /// <summary>Number of domains.</summary>
    public int Count { get; }

    /// <summary>Whether no node is without the label.</summary>
    public bool IsOnEveryNode { get; }

    /// <summary>Every node a domain of its own.</summary>
    public static Topology Nodes(int nodes) => new(nodes);
}
