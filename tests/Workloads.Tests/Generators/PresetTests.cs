using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Generators;
using SchedBench.Workloads.Inspection;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Native;

namespace SchedBench.Workloads.Tests.Generators;

/// <summary>The workloads that are committed with the project.</summary>
public sealed class PresetTests
{
    [Fact]
    public void Basic_is_five_thousand_nodes_and_ten_thousand_pods_of_one_shape()
    {
        TraceContents basic = Preset("basic/trace.yaml");
        Assert.Equal(5000, basic.Nodes.Count);
        Assert.All(basic.Nodes, node => Assert.Equal((4000L, 32L << 30, 110), (node.CpuMilli, node.MemoryBytes, node.Pods)));
        Assert.Equal(10_000, basic.Workload.Pods.Length);
        Assert.Equal(new PodSpec { CpuMilli = 100, MemoryBytes = 500L << 20 }, Assert.Single(basic.Workload.Pods.ToArray().Select(pod => pod.Spec).Distinct()));
        Assert.All(basic.Workload.Pods.ToArray(), pod => Assert.Equal((TimeSpan.Zero, (TimeSpan?)null), (pod.Arrival, pod.Duration)));
    }

    [Fact]
    public void Churn_is_a_million_pods_of_at_least_150_shapes_at_85_percent_load()
    {
        SyntheticTraceOptions options = Options("churn/trace.yaml");
        Assert.Equal(1_000_000, options.Pods);
        SyntheticTraceContents churn = SyntheticTrace.Generate(options with { Pods = 200_000 });
        TraceInspection inspection = TraceInspection.Of(churn.Workload, churn.Nodes);
        Assert.Equal((5000, 0), (churn.Nodes.Count, inspection.Censored));
        Assert.InRange(inspection.Shapes, 150, 200);
        Assert.Equal(0.85, inspection.OfferedLoads.Single(load => load.Resource == "cpu_milli").Load!.Value, 0.01);
        Assert.InRange(inspection.OfferedLoads.Single(load => load.Resource == "memory_bytes").Load!.Value, 0.4, 0.8);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Scale_offers_twenty_pods_a_node_of_the_same_mix_to_small_and_large_fleets(int nodes)
    {
        SyntheticTraceOptions small = Options("scale/trace-10000.yaml"), options = Options($"scale/trace-{nodes.ToString(CultureInfo.InvariantCulture)}.yaml");
        Assert.Equal((nodes, 20 * nodes), (SyntheticTrace.Nodes(options).Count, options.Pods));
        Assert.Equal(Specs(small), Specs(options));
        Assert.Equal(30, Specs(options).Distinct().Count());

        static List<PodSpec> Specs(SyntheticTraceOptions options) => [.. SyntheticTrace.Generate(options with { Pods = 5_000 }).Workload.Pods.ToArray().Select(pod => pod.Spec)];
    }

    [Fact]
    public void Quickstart_is_a_busy_day_of_many_shapes_on_a_mixed_cluster()
    {
        TraceContents quickstart = Preset("quickstart/trace.yaml");
        TraceInspection inspection = TraceInspection.Of(quickstart.Workload, quickstart.Nodes);
        Assert.Equal((120, 6000, 4), (quickstart.Nodes.Count, inspection.Pods, quickstart.Nodes.Select(node => node.GpuModel).Distinct().Count()));
        Assert.True(inspection.Shapes >= 30);
        Assert.InRange(inspection.Groups, 10, 60);
        Assert.InRange(inspection.LastArrival.TotalHours, 22, 26);
        Assert.InRange(inspection.OfferedLoads.Single(load => load.Resource == "gpu_milli").Load!.Value, 0.9, 1.1);

        // Every pod fits an empty node, so that none is unplaceable by construction.
        Assert.All(inspection.FrequentShapes, shape => Assert.Contains(quickstart.Nodes, node =>
            node.CpuMilli >= shape.Spec.CpuMilli && node.MemoryBytes >= shape.Spec.MemoryBytes && node.GpuCount >= shape.Spec.GpuCount
            && (shape.Spec.GpuModels.Count == 0 || shape.Spec.GpuModels.Contains(node.GpuModel))));
    }

    [Fact]
    public void The_committed_quickstart_trace_is_what_the_generator_makes()
    {
        string folder = Directory.CreateTempSubdirectory("schedbench-").FullName;
        try
        {
            TraceContents made = Preset("quickstart/trace.yaml");
            NativeTraceWriter.Write(folder, made.Workload, made.Nodes);
            foreach (string file in new[] { "pods.csv", "groups.csv", "nodes.csv" })
            {
                Assert.Equal(File.ReadAllText(Path.Combine(folder, file)), File.ReadAllText(RepositoryFiles.Path("workloads/quickstart/trace/" + file)));
            }

            Assert.InRange(new FileInfo(Path.Combine(folder, "pods.csv")).Length, 100_000, 600_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_bits_of_a_large_workload_are_pinned()
    {
        // A change here is a change of every result on the generated workloads.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (PodArrival pod in SyntheticTrace.Generate(Options("churn/trace.yaml") with { Pods = 20_000 }).Workload.Pods.Span)
        {
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{pod.Name},{pod.Arrival.Ticks},{pod.Duration!.Value.Ticks},{pod.Spec.CpuMilli},{pod.Spec.MemoryBytes},{pod.Outcome}\n")));
        }

        Assert.Equal("c82117f7f91a2f06b1e5467124344199a9f3d9bb168e56c8cbb5dae2fa200a84", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static SyntheticTraceOptions Options(string file) => SyntheticTraceFile.Read(RepositoryFiles.Path("workloads/" + file), file, out _);

    private static TraceContents Preset(string file) =>
        TraceReaderCatalog.Get("synthetic", "test").Read(RepositoryFiles.Path("workloads/" + file), new TraceReadOptions { DisplayName = file });
}
