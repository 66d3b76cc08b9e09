using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Generators;

/// <summary>Reads a file of <see cref="SyntheticTraceOptions"/> as if it were the trace it describes, so that large workloads need not be stored.</summary>
public sealed class SyntheticTraceReader : ITraceReader
{
    /// <inheritdoc/>
    public string Format => "synthetic";

    /// <inheritdoc/>
    public string Summary => "the trace that a file of generator options describes (kind SyntheticTrace)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [TraceSettings.Seed];

    /// <inheritdoc/>
    public TraceContents Read(string path, TraceReadOptions options)
    {
        string displayName = options.DisplayName ?? path;
        SyntheticTraceOptions trace = SyntheticTraceFile.Read(path, displayName, out string sha256Hex);
        if (options.SyntheticSeed is ulong seed) trace = trace with { Seed = seed };
        SyntheticTraceContents contents = SyntheticTrace.Generate(trace);
        Workload workload = options.IgnoreTimes ? WithoutTimes(contents.Workload) : contents.Workload;
        var report = new ReadReport
        {
            Format = Format,
            Files = [new ReadFile(displayName, sha256Hex)],
            RowsRead = workload.Pods.Length,
            Pods = workload.Pods.Length,
            Groups = workload.Groups.Count,
            Nodes = contents.Nodes.Count,
            Notes = [],
        };
        return new TraceContents(workload, contents.Nodes, report);
    }

    private static Workload WithoutTimes(Workload workload)
    {
        PodArrival[] pods = workload.Pods.ToArray();
        for (int i = 0; i < pods.Length; i++) pods[i] = pods[i] with { Arrival = TimeSpan.Zero, Duration = null };
        return new Workload(pods, [.. workload.Groups]);
    }
}

/// <summary>Reads the fleet of a file of <see cref="SyntheticTraceOptions"/>.</summary>
public sealed class SyntheticNodeReader : INodeReader
{
    /// <inheritdoc/>
    public string Format => "synthetic";

    /// <inheritdoc/>
    public string Summary => "the fleet of a file of generator options (kind SyntheticTrace)";

    /// <inheritdoc/>
    public NodeContents Read(string path, TraceReadOptions options)
    {
        string displayName = options.DisplayName ?? path;
        IReadOnlyList<NodeSpec> nodes = SyntheticTrace.Nodes(SyntheticTraceFile.Read(path, displayName, out string sha256Hex));
        if (nodes.Count == 0) throw new Core.Input.InputException(new Core.Input.InputProblem(displayName, 0, 0, "spec.fleet", null, "expected a fleet; this file has none"));
        return new NodeContents(nodes, new ReadReport { Format = Format, Files = [new ReadFile(displayName, sha256Hex)], RowsRead = nodes.Count, Nodes = nodes.Count, Notes = [] });
    }
}
