using System.Globalization;
using BenchmarkDotNet.Attributes;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Native;

namespace SchedBench.Benchmarks.Suites;

/// <summary>Reads a trace of 100,000 pods with 150 distinct requests from the disk's cache into a workload: parsing, checking, interning.</summary>
public class CsvReadingBenchmarks
{
    private const int Pods = 100_000;
    private const int Requests = 150;
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "schedbench-benchmarks");

    [Params("native", "openb")]
    public string Format { get; set; } = "";

    [GlobalSetup]
    public void Write()
    {
        Directory.CreateDirectory(Folder);
        if (Format == "native") WriteNative();
        else WriteOpenb();
    }

    [Benchmark]
    public TraceContents Read() => TraceReaderCatalog.Get(Format, Format).Read(FileOf(Format), new TraceReadOptions());

    /// <summary>Bytes of the file that a format's benchmark reads; null before it was written.</summary>
    public static long? BytesOf(string format) => File.Exists(FileOf(format)) ? new FileInfo(FileOf(format)).Length : null;

    private static string FileOf(string format) => Path.Combine(Folder, format == "native" ? "pods.csv" : "openb.csv");

    private static void WriteNative()
    {
        var draw = Draw.Stream(1, "benchmarks/native");
        PodSpec[] specs = [.. Enumerable.Range(0, Requests).Select(r => new PodSpec { CpuMilli = 100 * (1 + (long)draw.Below(0, (ulong)r, 320)), MemoryBytes = (1 + (long)draw.Below(1, (ulong)r, 512)) << 27 })];
        var pods = new PodArrival[Pods];
        for (int i = 0; i < Pods; i++)
        {
            var duration = TimeSpan.FromSeconds(1 + (long)draw.Below(2, (ulong)i, 100_000));
            pods[i] = new PodArrival($"pod-{i:D6}", specs[(int)draw.Below(3, (ulong)i, Requests)], TimeSpan.FromSeconds(i), duration);
        }

        NativeTraceWriter.Write(Folder, new Workload(pods, []), []);
    }

    private static void WriteOpenb()
    {
        var draw = Draw.Stream(1, "benchmarks/openb");
        using var file = new StreamWriter(FileOf("openb")) { NewLine = "\n" };
        file.WriteLine("name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time");
        for (int i = 0; i < Pods; i++)
        {
            ulong request = draw.Below(0, (ulong)i, Requests);
            ulong cpu = 1_000 * (1 + draw.Below(1, request, 32)), memory = 1_024 * (1 + draw.Below(2, request, 128)), share = 10 * (1 + draw.Below(3, request, 100));
            ulong end = (ulong)i + 1 + draw.Below(4, (ulong)i, 100_000);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pod-{i:D6},{cpu},{memory},1,{share},,LS,Succeeded,{i},{end},{i}"));
        }
    }
}
