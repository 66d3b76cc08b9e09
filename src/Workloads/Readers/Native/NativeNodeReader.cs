using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>Nodes in the project's own format: nodes.csv, or a folder that holds it. Described in docs/native-csv.md.</summary>
public sealed class NativeNodeReader : INodeReader
{
    private const int DefaultPods = 110;

    /// <inheritdoc/>
    public string Format => "native";

    /// <inheritdoc/>
    public string Summary => "SchedBench's own CSV: nodes.csv, or a folder that holds it";

    /// <inheritdoc/>
    public NodeContents Read(string path, TraceReadOptions options)
    {
        string displayName = options.DisplayName ?? path;
        if (Directory.Exists(path)) (path, displayName) = NativeFolder.Find(path, displayName, NativeColumns.NodesFile, required: true)!.Value;
        var log = new ReadLog(displayName, options.Strict);
        var names = new UniqueNames();
        var cells = new NativeCells();
        var nodes = new List<NodeSpec>();
        using var rows = CsvRows.Open(path, NativeColumns.Nodes, log);
        while (rows.Next())
        {
            var node = new NodeSpec
            {
                Name = names.Read(rows, NativeColumns.NodeName),
                CpuMilli = rows.Whole(NativeColumns.NodeCpu),
                MemoryBytes = rows.Whole(NativeColumns.NodeMemory),
                EphemeralStorageBytes = NativeCells.Whole(rows, NativeColumns.NodeStorage, 0, long.MaxValue, 0),
                Pods = (int)NativeCells.Whole(rows, NativeColumns.NodePods, 0, int.MaxValue, DefaultPods),
                GpuCount = (int)NativeCells.Whole(rows, NativeColumns.NodeGpus, 0, GpuModelLists.MostDevices, 0),
                GpuModel = rows.Text(NativeColumns.GpuModel),
                Zone = rows.Text(NativeColumns.Zone),
                Labels = cells.Labels(rows, NativeColumns.Labels),
                Extended = cells.Amounts(rows, NativeColumns.NodeExtended, least: 0),
            };
            if (node.GpuCount == 0 && node.GpuModel.Length > 0) rows.Bad(NativeColumns.GpuModel, "expected no model on a node without GPUs");
            if (rows.RowIsSound) nodes.Add(node);
        }

        NodeSums.Check(nodes, log);
        return new NodeContents(nodes, log.Report(Format, rows.Count) with { Nodes = nodes.Count });
    }
}
