using System.Text;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Openb;

/// <summary>Pods of the Alibaba GPU cluster trace 2023 (<c>openb_pod_list_*.csv</c>), with all eleven columns or only the first five.</summary>
/// <remarks>Fields and rules: docs/traces.md. Source: Weng et al., <i>Beware of Fragmentation</i>, USENIX ATC 2023.</remarks>
public sealed class OpenbPodReader : ITraceReader
{
    private const int Name = 0, CpuMilli = 1, MemoryMib = 2, NumGpu = 3, GpuMilli = 4, GpuSpec = 5, PodPhase = 7;

    private static readonly LifeColumns Life = new(Creation: 8, Scheduled: 10, Deletion: 9);

    private static readonly CsvLayout Layout = new(
        new("name"), new("cpu_milli"), new("memory_mib"), new("num_gpu"), new("gpu_milli"), new("gpu_spec", false), new("qos", false),
        new("pod_phase", false), new("creation_time", false), new("deletion_time", false), new("scheduled_time", false));

    private static readonly string[] Phases = ["Pending", "Running", "Succeeded", "Failed", "Unknown"];

    /// <inheritdoc/>
    public string Format => "openb";

    /// <inheritdoc/>
    public string Summary => "Alibaba GPU cluster trace 2023, pods (openb_pod_list_*.csv)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [];

    /// <inheritdoc/>
    public TraceContents Read(string path, TraceReadOptions options)
    {
        var log = new ReadLog(options.DisplayName ?? path, options.Strict);
        var builder = new WorkloadBuilder(log, options);
        var names = new UniqueNames(areMade: !options.Strict);
        var models = new GpuModelLists(asPublished: true);
        using var rows = CsvRows.Open(path, Layout, log);
        bool timed = rows.Has(Life.Creation) && !options.IgnoreTimes;
        if (!rows.Has(Life.Creation) && !options.IgnoreTimes) log.Note(ReadReason.NoTimes, 0, "", "");
        while (rows.Next())
        {
            string name = names.Read(rows, Name);
            PodSpec spec = Spec(rows, models);
            PodOutcome outcome = Outcome(rows);
            var life = new RecordedLife(0, null, outcome);
            if (!rows.RowIsSound || (timed && !Life.TryRead(rows, outcome, out life))) continue;
            builder.AddJob(rows.Line, name, spec, 1, life);
        }

        Workload workload = builder.Build(TimeOrigin.FirstArrival, out decimal startSeconds);
        return new TraceContents(workload, [], log.Report(Format, rows.Count) with { Pods = workload.Pods.Length, StartSeconds = startSeconds });
    }

    private static PodSpec Spec(CsvRows rows, GpuModelLists models)
    {
        long cpuMilli = rows.Whole(CpuMilli);
        long memoryMib = rows.Whole(MemoryMib, long.MaxValue >> 20);
        if (!rows.TryWhole(NumGpu, 0, GpuModelLists.MostDevices, out long gpus)) return new PodSpec();

        // A share is taken of one device; more devices are taken whole.
        long gpuMilli = gpus switch
        {
            0 => rows.Whole(GpuMilli, 0, 0),
            1 => rows.Whole(GpuMilli, 1, PodSpec.WholeGpuMilli),
            _ => rows.Whole(GpuMilli, PodSpec.WholeGpuMilli, PodSpec.WholeGpuMilli),
        };
        return new PodSpec
        {
            CpuMilli = cpuMilli,
            MemoryBytes = memoryMib << 20,
            GpuCount = (int)gpus,
            GpuMilliPerDevice = (int)gpuMilli,
            GpuModels = models.Read(rows, GpuSpec),
        };
    }

    private static PodOutcome Outcome(CsvRows rows)
    {
        ReadOnlySpan<byte> phase = rows.Cell(PodPhase);
        if (phase.SequenceEqual("Failed"u8)) return PodOutcome.Failed;
        if (phase.IsEmpty || Array.Exists(Phases, known => Ascii.Equals(rows.Cell(PodPhase), known))) return PodOutcome.Succeeded;
        rows.Bad(PodPhase, "expected a pod phase or nothing", NearestName.Find(rows.Text(PodPhase), Phases));
        return PodOutcome.Succeeded;
    }
}
