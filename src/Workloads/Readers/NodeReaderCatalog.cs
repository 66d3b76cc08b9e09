using System.Collections.Frozen;
using SchedBench.Core.Input;
using SchedBench.Workloads.Generators;
using SchedBench.Workloads.Readers.Native;
using SchedBench.Workloads.Readers.Openb;

namespace SchedBench.Workloads.Readers;

/// <summary>The formats of node lists by name.</summary>
public static class NodeReaderCatalog
{
    private static readonly INodeReader[] Listed = [new OpenbNodeReader(), new NativeNodeReader(), new SyntheticNodeReader()];

    private static readonly FrozenDictionary<string, INodeReader> ByFormat = Listed.ToFrozenDictionary(reader => reader.Format, StringComparer.Ordinal);

    /// <summary>All readers, in the order of the documentation.</summary>
    public static IReadOnlyList<INodeReader> All => Listed;

    /// <summary>The reader of a format, or <see langword="null"/> with the nearest name.</summary>
    /// <param name="format">Name of the format.</param>
    /// <param name="nearest">When there is none: the name that was probably meant, if one is close.</param>
    public static INodeReader? Find(string format, out string? nearest)
    {
        nearest = null;
        if (ByFormat.TryGetValue(format, out INodeReader? reader)) return reader;
        nearest = NearestName.Find(format, Listed.Select(known => known.Format));
        return null;
    }

    /// <summary>The reader of a format.</summary>
    /// <param name="format">Name of the format.</param>
    /// <param name="where">The file or option that names it, for the message.</param>
    /// <exception cref="InputException">There is none.</exception>
    public static INodeReader Get(string format, string where) => Find(format, out string? nearest) ??
        throw new InputException(new InputProblem(where, 0, 0, "format", format, $"expected a node format: {string.Join(", ", Listed.Select(known => known.Format))}", nearest));
}
