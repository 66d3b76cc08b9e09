using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>The order in which equals are preferred: position ↔ node. The identity unless ties go to the lowest name.</summary>
internal sealed class TieOrder
{
    /// <summary>[position] node; null for the identity.</summary>
    public readonly int[]? NodeAt;

    /// <summary>[node] position; null for the identity.</summary>
    public readonly int[]? PositionOf;

    public TieOrder(FleetLayout fleet, TieBreak tieBreak)
    {
        if (tieBreak != TieBreak.LowestName) return;
        string[] names = new string[fleet.Count];
        NodeAt = new int[fleet.Count];
        PositionOf = new int[fleet.Count];
        for (int n = 0; n < names.Length; n++) (names[n], NodeAt[n]) = (fleet.Nodes[n].Name, n);
        Array.Sort(names, NodeAt, StringComparer.Ordinal);
        for (int position = 0; position < NodeAt.Length; position++) PositionOf[NodeAt[position]] = position;
    }

    public int Node(int position) => NodeAt is null ? position : NodeAt[position];

    public int Position(int node) => PositionOf is null ? node : PositionOf[node];
}
