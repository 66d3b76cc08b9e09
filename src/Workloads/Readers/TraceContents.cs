using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Readers;

/// <summary>What a trace reader made of a file.</summary>
/// <param name="Workload">The pods and groups.</param>
/// <param name="Nodes">The nodes that came with the trace (the native format may carry them), in file order; empty otherwise.</param>
/// <param name="Report">What was read, changed and dropped.</param>
public sealed record TraceContents(Workload Workload, IReadOnlyList<NodeSpec> Nodes, ReadReport Report);

/// <summary>What a node reader made of a file.</summary>
/// <param name="Nodes">The nodes, in file order.</param>
/// <param name="Report">What was read, changed and dropped.</param>
public sealed record NodeContents(IReadOnlyList<NodeSpec> Nodes, ReadReport Report);

/// <summary>Reads recorded workloads of one format. Stateless; listed in <see cref="TraceReaderCatalog"/>.</summary>
public interface ITraceReader
{
    /// <summary>Name of the format, as experiment files and the command line write it.</summary>
    string Format { get; }

    /// <summary>The format in one line: what it is and where it comes from.</summary>
    string Summary { get; }

    /// <summary>The settings of <see cref="TraceSettings"/> that this format understands, beyond those that all formats share.</summary>
    IReadOnlyList<string> Settings { get; }

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <returns>A workload whose pods are sorted by arrival, equal arrivals in file order. With <see cref="TraceReadOptions.IgnoreTimes"/> that is the order of the file.</returns>
    /// <exception cref="Core.Input.InputException">The file cannot be used; up to 20 problems are listed.</exception>
    TraceContents Read(string path, TraceReadOptions options);
}

/// <summary>Reads lists of nodes of one format. Stateless; listed in <see cref="NodeReaderCatalog"/>.</summary>
public interface INodeReader
{
    /// <summary>Name of the format, as experiment files and the command line write it.</summary>
    string Format { get; }

    /// <summary>The format in one line: what it is and where it comes from.</summary>
    string Summary { get; }

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <exception cref="Core.Input.InputException">The file cannot be used; up to 20 problems are listed.</exception>
    NodeContents Read(string path, TraceReadOptions options);
}
