using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Openb;

/// <summary>Nodes of the Alibaba GPU cluster trace 2023 (<c>openb_node_list_*.csv</c>).</summary>
/// <remarks>Fields and rules: docs/traces.md. The pod limit of 1001 is that of the study's simulator.</remarks>
public sealed class OpenbNodeReader : INodeReader
{
    /// <summary>Most pods on a node in the FGD study.</summary>
    public const int PodsPerNode = 1001;

    private const int Name = 0, CpuMilli = 1, MemoryMib = 2, Gpu = 3, Model = 4;

    private static readonly CsvLayout Layout = new(new("sn"), new("cpu_milli"), new("memory_mib"), new("gpu"), new("model"));

    /// <inheritdoc/>
    public string Format => "openb";

    /// <inheritdoc/>
    public string Summary => "Alibaba GPU cluster trace 2023, nodes (openb_node_list_*.csv)";

    /// <inheritdoc/>
    public NodeContents Read(string path, TraceReadOptions options)
    {
        var log = new ReadLog(options.DisplayName ?? path, options.Strict);
        var names = new UniqueNames();
        var nodes = new List<NodeSpec>();
        using var rows = CsvRows.Open(path, Layout, log);
        while (rows.Next())
        {
            var node = new NodeSpec
            {
                Name = names.Read(rows, Name),
                CpuMilli = rows.Whole(CpuMilli),
                MemoryBytes = rows.Whole(MemoryMib, long.MaxValue >> 20) << 20,
                Pods = PodsPerNode,
                GpuCount = (int)rows.Whole(Gpu, GpuModelLists.MostDevices),
                GpuModel = GpuModelLists.IsNone(rows.Cell(Model)) ? "" : rows.Text(Model),
            };
            if (node.GpuCount == 0 && node.GpuModel.Length > 0) rows.Bad(Model, "expected no model on a node without GPUs");
            if (rows.RowIsSound) nodes.Add(node);
        }

        NodeSums.Check(nodes, log);
        return new NodeContents(nodes, log.Report(Format, rows.Count) with { Nodes = nodes.Count });
    }
}
