using System.Collections.Frozen;
using SchedBench.Core.Input;
using SchedBench.Workloads.Generators;
using SchedBench.Workloads.Readers.AlibabaDlrm;
using SchedBench.Workloads.Readers.Native;
using SchedBench.Workloads.Readers.Openb;
using SchedBench.Workloads.Readers.Philly;
using SchedBench.Workloads.Readers.Swf;

namespace SchedBench.Workloads.Readers;

/// <summary>The trace formats by name.</summary>
public static class TraceReaderCatalog
{
    private static readonly ITraceReader[] Listed = [new OpenbPodReader(), new SwfReader(), new PhillyReader(), new AlibabaDlrmReader(), new NativeTraceReader(), new SyntheticTraceReader()];

    private static readonly FrozenDictionary<string, ITraceReader> ByFormat = Listed.ToFrozenDictionary(reader => reader.Format, StringComparer.Ordinal);

    /// <summary>All readers, in the order of the documentation.</summary>
    public static IReadOnlyList<ITraceReader> All => Listed;

    /// <summary>The reader of a format, or <see langword="null"/> with the nearest name.</summary>
    /// <param name="format">Name of the format.</param>
    /// <param name="nearest">When there is none: the name that was probably meant, if one is close.</param>
    public static ITraceReader? Find(string format, out string? nearest)
    {
        nearest = null;
        if (ByFormat.TryGetValue(format, out ITraceReader? reader)) return reader;
        nearest = NearestName.Find(format, Listed.Select(known => known.Format));
        return null;
    }

    /// <summary>The reader of a format.</summary>
    /// <param name="format">Name of the format.</param>
    /// <param name="where">The file or option that names it, for the message.</param>
    /// <exception cref="InputException">There is none.</exception>
    public static ITraceReader Get(string format, string where) => Find(format, out string? nearest) ??
        throw new InputException(new InputProblem(where, 0, 0, "format", format, $"expected a trace format: {string.Join(", ", Listed.Select(known => known.Format))}", nearest));
}
