using System.Globalization;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers.Reports;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Readers.Philly;

/// <summary>Jobs of the Philly GPU cluster (Microsoft, 2017) as a reduced list: timestamp, duration, number of GPUs.</summary>
/// <remarks>A job of up to 8 GPUs is one pod with whole devices; a larger one is a group of pods of 8, the remainder last. Fields and rules: docs/traces.md.
/// Source: Jeon et al., <i>Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training Workloads</i>, USENIX ATC 2019.</remarks>
public sealed class PhillyReader : ITraceReader
{
    /// <summary>GPUs of the largest machines of that cluster.</summary>
    private const int GpusPerPod = 8;

    private const int MostGpus = 1 << 16;
    private const int Timestamp = 0, Duration = 1, NumGpus = 2;
    private const string TimestampFormat = "yyyy-MM-dd HH:mm:ss";

    private static readonly CsvLayout Layout = new(new("timestamp"), new("duration"), new("num_gpus"), new("gpu_time", false), new("cluster", false));

    /// <inheritdoc/>
    public string Format => "philly";

    /// <inheritdoc/>
    public string Summary => "Philly, jobs of a GPU cluster for deep learning (Microsoft, 2017), as a reduced list";

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [TraceSettings.CpuPerGpu, TraceSettings.MemoryPerGpu];

    /// <inheritdoc/>
    public TraceContents Read(string path, TraceReadOptions options)
    {
        var log = new ReadLog(options.DisplayName ?? path, options.Strict);
        var builder = new WorkloadBuilder(log, options);
        log.Note(ReadReason.AssumedRequest, 0, "", string.Create(
            CultureInfo.InvariantCulture, $"{options.PhillyCpuMilliPerGpu} milli of CPU and {options.PhillyMemoryBytesPerGpu} bytes of memory for each GPU"));
        using var rows = CsvRows.Open(path, Layout, log);
        while (rows.Next())
        {
            int gpus = (int)rows.Whole(NumGpus, 1, MostGpus);
            var life = new RecordedLife(0, null);
            if (!options.IgnoreTimes && !TryReadLife(rows, out life)) continue;
            if (rows.RowIsSound) Add(builder, rows, string.Create(CultureInfo.InvariantCulture, $"job-{rows.Count}"), gpus, life, options);
        }

        Workload workload = builder.Build(TimeOrigin.FirstArrival, out decimal startSeconds);
        return new TraceContents(workload, [], log.Report(Format, rows.Count) with { Pods = workload.Pods.Length, Groups = builder.Groups, StartSeconds = startSeconds });
    }

    private static void Add(WorkloadBuilder builder, CsvRows rows, string name, int gpus, in RecordedLife life, TraceReadOptions options)
    {
        if (gpus <= GpusPerPod)
        {
            if (TrySpec(rows, gpus, options, out PodSpec spec)) builder.AddJob(rows.Line, name, spec, 1, life);
            return;
        }

        int pods = (gpus + GpusPerPod - 1) / GpusPerPod;
        if (!TrySpec(rows, GpusPerPod, options, out PodSpec whole) || !TrySpec(rows, gpus - ((pods - 1) * GpusPerPod), options, out PodSpec last)) return;
        int group = builder.AddGroup(new PodGroupSpec(name, pods));
        for (int member = 0; member < pods; member++)
        {
            builder.AddPod(rows.Line, WorkloadBuilder.MemberName(name, member), member < pods - 1 ? whole : last, life, group);
        }
    }

    private static bool TrySpec(CsvRows rows, int gpus, TraceReadOptions options, out PodSpec spec)
    {
        Int128 cpuMilli = (Int128)options.PhillyCpuMilliPerGpu * gpus, memoryBytes = (Int128)options.PhillyMemoryBytesPerGpu * gpus;
        spec = new PodSpec();
        if (cpuMilli > long.MaxValue || memoryBytes > long.MaxValue)
        {
            rows.Bad(NumGpus, "expected GPUs whose assumed CPU and memory stay below 2^63");
            return false;
        }

        spec = new PodSpec { CpuMilli = (long)cpuMilli, MemoryBytes = (long)memoryBytes, GpuCount = gpus, GpuMilliPerDevice = PodSpec.WholeGpuMilli };
        return true;
    }

    private static bool TryReadLife(CsvRows rows, out RecordedLife life)
    {
        life = default;
        if (!DateTime.TryParseExact(rows.Text(Timestamp), TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime submitted))
        {
            rows.Bad(Timestamp, $"expected a local time in the form {TimestampFormat}");
        }

        Int128? duration = rows.Seconds(Duration);
        if (!rows.RowIsSound) return false;
        if (duration <= 0)
        {
            rows.Note(duration < 0 ? ReadReason.EndBeforeStart : ReadReason.ZeroDuration, Duration);
            return false;
        }

        if (duration is null) rows.Note(ReadReason.NoEnd, Duration);
        life = new RecordedLife(submitted.Ticks - DateTime.UnixEpoch.Ticks, duration);
        return true;
    }
}
