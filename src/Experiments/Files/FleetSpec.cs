using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers;

namespace SchedBench.Experiments.Files;

/// <summary>In which order nodes or pods are taken.</summary>
public enum RecordOrder
{
    /// <summary>As they stand in the file. The default.</summary>
    Recorded,

    /// <summary>In a random order drawn from the seed, the same for every strategy.</summary>
    Shuffled,
}

/// <summary>One fleet: either nodes from a file or pools of equal nodes.</summary>
/// <param name="Name">Name, a level of the factor <c>fleet</c>.</param>
public sealed record FleetSpec(string Name)
{
    /// <summary>Nodes from a file, or <see langword="null"/>.</summary>
    public NodeFile? Nodes { get; init; }

    /// <summary>Pools, at least one when <see cref="Nodes"/> is <see langword="null"/>, otherwise none.</summary>
    public IReadOnlyList<PoolSpec> Pools { get; init; } = [];

    /// <summary>The nodes of all pools in order. Node <c>k</c> of pool <c>small</c> is named <c>small-k</c>, padded with zeros so that names sort like
    /// numbers.</summary>
    public IReadOnlyList<NodeSpec> BuildPoolNodes()
    {
        var nodes = new List<NodeSpec>();
        foreach (PoolSpec pool in Pools)
        {
            int digits = (pool.Count - 1).ToString(CultureInfo.InvariantCulture).Length;
            for (int k = 0; k < pool.Count; k++)
            {
                string ordinal = k.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
                nodes.Add(pool.Template with { Name = $"{pool.Name}-{ordinal}" });
            }
        }

        return nodes;
    }
}

/// <summary>Nodes from a file.</summary>
/// <param name="Format">Name of its reader in <see cref="NodeReaderCatalog"/>.</param>
/// <param name="Path">The file.</param>
/// <param name="Order">Order of the nodes in a run.</param>
/// <param name="Strict">Whether rows that would be changed or dropped are errors.</param>
/// <param name="Subset">Which part of the nodes takes part, or <see langword="null"/> for all.</param>
public sealed record NodeFile(string Format, InputPath Path, RecordOrder Order, bool Strict, NodeSubset? Subset)
{
    /// <summary>How the file is to be read.</summary>
    public TraceReadOptions Options => new() { DisplayName = Path.Written, Strict = Strict };
}

/// <summary>A part of the fleet, drawn from the seed and the same for every strategy: load scaling that leaves the trace untouched.</summary>
/// <param name="Fraction">Share of the nodes, above 0 and at most 1, or <see langword="null"/>.</param>
/// <param name="Count">Number of nodes, or <see langword="null"/>. Exactly one of both is set.</param>
public sealed record NodeSubset(decimal? Fraction, int? Count)
{
    /// <summary>How many of <paramref name="nodes"/> nodes remain: the fraction rounded to the nearest whole number (halves up), at least 1 and at most
    /// all.</summary>
    public int SizeOf(int nodes)
    {
        if (nodes == 0) return 0;
        int wanted = Count ?? (int)Math.Round(Fraction!.Value * nodes, MidpointRounding.AwayFromZero);
        return Math.Clamp(wanted, 1, nodes);
    }
}

/// <summary>A number of equal nodes.</summary>
/// <param name="Name">Name of the pool, unique in its fleet.</param>
/// <param name="Count">Number of nodes, ≥ 1.</param>
/// <param name="Template">One of them; its name is the pool's.</param>
public sealed record PoolSpec(string Name, int Count, NodeSpec Template);
