using System.Text;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Native;

/// <summary>The project's own format: a folder with pods.csv and, where there are any, groups.csv and nodes.csv; or a file of pods alone.</summary>
/// <remarks>Described in docs/native-csv.md. <see cref="NativeTraceWriter"/> writes it; what it writes reads back equal.</remarks>
public sealed class NativeTraceReader : ITraceReader
{
    /// <inheritdoc/>
    public string Format => "native";

    /// <inheritdoc/>
    public string Summary => "SchedBench's own CSV: a folder with pods.csv, groups.csv and nodes.csv, or pods alone";

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [];

    /// <inheritdoc/>
    public TraceContents Read(string path, TraceReadOptions options)
    {
        string displayName = options.DisplayName ?? path;
        if (!Directory.Exists(path)) return Read(path, displayName, null, [], options);
        (string podsPath, string podsName) = NativeFolder.Find(path, displayName, NativeColumns.PodsFile, required: true)!.Value;
        IReadOnlyList<NodeSpec> nodes = [];
        List<ReadFile> nodeFiles = [];
        if (NativeFolder.Find(path, displayName, NativeColumns.NodesFile, required: false) is (string nodesPath, string nodesName))
        {
            NodeContents contents = new NativeNodeReader().Read(nodesPath, options with { DisplayName = nodesName });
            nodes = contents.Nodes;
            nodeFiles.AddRange(contents.Report.Files);
        }

        TraceContents trace = Read(podsPath, podsName, NativeFolder.Find(path, displayName, NativeColumns.GroupsFile, required: false), nodes, options);
        return trace with { Report = trace.Report with { Files = [.. trace.Report.Files, .. nodeFiles], Nodes = nodes.Count } };
    }

    private TraceContents Read(string path, string displayName, (string Path, string DisplayName)? groupsFile, IReadOnlyList<NodeSpec> nodes, TraceReadOptions options)
    {
        var log = new ReadLog(displayName, options.Strict);
        var builder = new WorkloadBuilder(log, options);
        var groups = new NativeGroups(log);
        if (groupsFile is (string groupsPath, string groupsName)) groups.Read(groupsPath, groupsName);
        log.DisplayName = displayName;

        var names = new UniqueNames();
        var cells = new NativeCells();
        var models = new GpuModelLists(asPublished: false);
        using var rows = CsvRows.Open(path, NativeColumns.Pods, log);
        while (rows.Next())
        {
            string name = names.Read(rows, NativeColumns.PodName);
            PodSpec spec = Spec(rows, cells, models);
            bool kept = TryReadLife(rows, options, out RecordedLife life);
            if (!kept || !rows.RowIsSound) continue;
            int group = groups.Join(rows, life);
            if (rows.RowIsSound) builder.AddPod(rows.Line, name, spec, life, group);
        }

        groups.CheckMembers();
        Workload workload = builder.Build(TimeOrigin.AsRecorded, out decimal startSeconds);
        Workload complete = new(workload.Pods.ToArray(), groups.Specs());
        return new TraceContents(complete, nodes, log.Report(Format, rows.Count) with { Pods = complete.Pods.Length, Groups = complete.Groups.Count, StartSeconds = startSeconds });
    }

    private static PodSpec Spec(CsvRows rows, NativeCells cells, GpuModelLists models)
    {
        long gpus = NativeCells.Whole(rows, NativeColumns.PodGpus, 0, GpuModelLists.MostDevices, 0);
        long milli = gpus switch
        {
            0 => NativeCells.Whole(rows, NativeColumns.GpuMilli, 0, 0, 0),
            1 => NativeCells.Whole(rows, NativeColumns.GpuMilli, 1, PodSpec.WholeGpuMilli, PodSpec.WholeGpuMilli),
            _ => NativeCells.Whole(rows, NativeColumns.GpuMilli, PodSpec.WholeGpuMilli, PodSpec.WholeGpuMilli, PodSpec.WholeGpuMilli),
        };
        return new PodSpec
        {
            CpuMilli = rows.Whole(NativeColumns.PodCpu),
            MemoryBytes = rows.Whole(NativeColumns.PodMemory),
            EphemeralStorageBytes = NativeCells.Whole(rows, NativeColumns.PodStorage, 0, long.MaxValue, 0),
            GpuCount = (int)gpus,
            GpuMilliPerDevice = (int)milli,
            GpuModels = models.Read(rows, NativeColumns.GpuModels),
            Extended = cells.Amounts(rows, NativeColumns.PodExtended, least: 1),
            NodeSelector = cells.Labels(rows, NativeColumns.NodeSelector),
            App = rows.Text(NativeColumns.App),
            MaxPerNode = (int)NativeCells.Whole(rows, NativeColumns.MaxPerNode, 0, int.MaxValue, 0),
            Priority = (int)NativeCells.Whole(rows, NativeColumns.Priority, int.MinValue, int.MaxValue, 0),
        };
    }

    /// <summary>An empty duration is not censored here: it says that the pod runs on.</summary>
    private static bool TryReadLife(CsvRows rows, TraceReadOptions options, out RecordedLife life)
    {
        PodOutcome outcome = Outcome(rows);
        life = new RecordedLife(0, null, outcome);
        if (options.IgnoreTimes) return true;
        Int128? arrival = rows.Seconds(NativeColumns.Arrival), duration = rows.Seconds(NativeColumns.Duration);
        if (arrival is null) rows.Bad(NativeColumns.Arrival, "expected seconds");
        if (!rows.RowIsSound) return false;
        if (duration <= 0)
        {
            rows.Note(duration < 0 ? ReadReason.EndBeforeStart : ReadReason.ZeroDuration, NativeColumns.Duration);
            return false;
        }

        life = new RecordedLife(arrival, duration, outcome);
        return true;
    }

    private static PodOutcome Outcome(CsvRows rows)
    {
        ReadOnlySpan<byte> outcome = rows.Cell(NativeColumns.Outcome);
        if (outcome.IsEmpty || Ascii.Equals(outcome, NativeColumns.Succeeded)) return PodOutcome.Succeeded;
        if (Ascii.Equals(outcome, NativeColumns.Failed)) return PodOutcome.Failed;
        string[] known = [NativeColumns.Succeeded, NativeColumns.Failed];
        rows.Bad(NativeColumns.Outcome, "expected succeeded, failed or nothing", NearestName.Find(rows.Text(NativeColumns.Outcome), known));
        return PodOutcome.Succeeded;
    }
}
