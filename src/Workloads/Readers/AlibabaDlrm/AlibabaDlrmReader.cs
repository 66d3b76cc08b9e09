using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.AlibabaDlrm;

/// <summary>Instances of the Alibaba trace of disaggregated recommendation models, 2025: services with replica groups, spread limits and five resources.</summary>
/// <remarks>Fields and rules: docs/traces.md. Source: Yang et al., NSDI 2025; alibaba/clusterdata, cluster-trace-gpu-v2025.</remarks>
public sealed class AlibabaDlrmReader : ITraceReader
{
    /// <summary>Extended resource of the shares of a node's RDMA adapter, in percent.</summary>
    public const string RdmaResource = "alibaba.com/rdma-percent";

    private const long BytesPerGib = 1L << 30;
    private const int Name = 0, App = 1, Cpu = 2, Gpu = 3, Rdma = 4, Memory = 5, Disk = 6, MaxPerNode = 7;

    private static readonly LifeColumns Life = new(Creation: 8, Scheduled: 9, Deletion: 10);

    private static readonly CsvLayout Layout = new(
        new("instance_sn"), new("app_name"), new("cpu_request"), new("gpu_request"), new("rdma_request"), new("memory_request"), new("disk_request"),
        new("max_instance_per_node"), new("creation_time"), new("scheduled_time"), new("deletion_time"),
        new("role", false), new("cpu_limit", false), new("gpu_limit", false), new("rdma_limit", false), new("memory_limit", false), new("disk_limit", false));

    /// <inheritdoc/>
    public string Format => "alibaba-dlrm-2025";

    /// <inheritdoc/>
    public string Summary => "Alibaba GPU-disaggregated recommendation services 2025 (disaggregated_DLRM_trace.csv)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [];

    /// <inheritdoc/>
    public TraceContents Read(string path, TraceReadOptions options)
    {
        var log = new ReadLog(options.DisplayName ?? path, options.Strict);
        var builder = new WorkloadBuilder(log, options);
        var names = new UniqueNames();
        using var rows = CsvRows.Open(path, Layout, log);
        while (rows.Next())
        {
            string name = names.Read(rows, Name);
            PodSpec spec = Spec(rows);
            var life = new RecordedLife(0, null);
            if (!rows.RowIsSound || (!options.IgnoreTimes && !Life.TryRead(rows, PodOutcome.Succeeded, out life))) continue;
            builder.AddJob(rows.Line, name, spec, 1, life);
        }

        Workload workload = builder.Build(TimeOrigin.AsRecorded, out decimal startSeconds);
        return new TraceContents(workload, [], log.Report(Format, rows.Count) with { Pods = workload.Pods.Length, StartSeconds = startSeconds });
    }

    private static PodSpec Spec(CsvRows rows)
    {
        int gpus = (int)rows.Whole(Gpu, GpuModelLists.MostDevices);
        long rdmaPercent = rows.Whole(Rdma, 100);
        long maxPerNode = rows.Whole(MaxPerNode, -1, int.MaxValue);
        if (maxPerNode == 0 && rows.RowIsSound) rows.Bad(MaxPerNode, "expected −1 (no limit) or a number from 1");
        return new PodSpec
        {
            CpuMilli = rows.Quantity(Cpu, 1000),
            MemoryBytes = rows.Quantity(Memory, BytesPerGib),
            EphemeralStorageBytes = rows.Quantity(Disk, BytesPerGib),
            GpuCount = gpus,
            GpuMilliPerDevice = gpus == 0 ? 0 : PodSpec.WholeGpuMilli,
            Extended = rdmaPercent == 0 ? default : [new ResourceAmount(RdmaResource, rdmaPercent)],
            App = rows.Name(App),
            MaxPerNode = (int)Math.Max(maxPerNode, 0),
        };
    }
}
