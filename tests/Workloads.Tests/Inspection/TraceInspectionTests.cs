using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Inspection;
using SchedBench.Workloads.Readers;
using SchedBench.Workloads.Readers.Reports;

namespace SchedBench.Workloads.Tests.Inspection;

public sealed class TraceInspectionTests
{
    private static readonly PodSpec Small = new() { CpuMilli = 1000, MemoryBytes = 1 << 30, Extended = [new("example.com/x", 2)] };
    private static readonly PodSpec Gpu = new() { CpuMilli = 4000, MemoryBytes = 8L << 30, GpuCount = 1, GpuMilliPerDevice = 500, App = "web" };

    private static readonly Workload Sample = new(
        [
            new("a", Small, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)),
            new("b", Small with { }, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), 0, PodOutcome.Failed),
            new("c", Small, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), 0),
            new("d", Gpu, TimeSpan.FromSeconds(20), null),
            new("e", Gpu, TimeSpan.FromSeconds(110), TimeSpan.FromSeconds(5)),
        ],
        [new("g", 2)]);

    private static readonly NodeSpec[] Fleet = [new() { Name = "n", CpuMilli = 10_000, MemoryBytes = 100L << 30, GpuCount = 2, GpuModel = "M" }, new() { Name = "m", CpuMilli = 6_000 }];

    [Fact]
    public void Counts_and_times_are_exact()
    {
        TraceInspection inspection = TraceInspection.Of(Sample, Fleet);
        Assert.Equal((5, 1, 2, 2), (inspection.Pods, inspection.Groups, inspection.GroupedPods, inspection.LargestGroup));
        Assert.Equal((2, 1, 1, 1, 0.2), (inspection.Shapes, inspection.Apps, inspection.Censored, inspection.Failed, inspection.CensoredShare));
        Assert.Equal((10, 110, 115), (inspection.FirstArrival.TotalSeconds, inspection.LastArrival.TotalSeconds, inspection.LastEnd.TotalSeconds));
        Assert.Equal([(Small, 3), (Gpu, 2)], inspection.FrequentShapes.Select(shape => (shape.Spec, shape.Pods)));
    }

    [Fact]
    public void Offered_load_is_demand_over_capacity_in_the_arrival_window()
    {
        // Window 10 s to 110 s; the censored pod counts for its 90 s in it.
        IReadOnlyList<OfferedLoadFigures> loads = TraceInspection.Of(Sample, Fleet).OfferedLoads;
        Assert.Equal(["cpu_milli", "memory_bytes", "gpu_milli", "example.com/x"], loads.Select(load => load.Resource));
        Assert.Equal((Int128)((1000 * 150) + (4000 * 95)) * TimeSpan.TicksPerSecond, loads[0].Demand);
        Assert.Equal((Int128)16_000 * 100 * TimeSpan.TicksPerSecond, loads[0].Capacity);
        Assert.Equal(530.0 / 1600, loads[0].Load);
        Assert.Equal(500 * 95 / 200_000.0, loads[2].Load);
        Assert.Null(loads[3].Load);
        Assert.Empty(TraceInspection.Of(Sample, []).OfferedLoads);
        Assert.Empty(TraceInspection.Of(new Workload([Sample.Pods.Span[0]], []), Fleet).OfferedLoads);
    }

    [Fact]
    public void The_largest_requests_and_durations_do_not_overflow()
    {
        var huge = new PodSpec { CpuMilli = long.MaxValue };
        var workload = new Workload([new("a", huge, TimeSpan.Zero, TimeSpan.FromSeconds(200_000_000_000)), new("b", new PodSpec(), TimeSpan.FromSeconds(200_000_000_000), null)], []);
        TraceInspection inspection = TraceInspection.Of(workload, [new NodeSpec { Name = "n", CpuMilli = long.MaxValue }]);
        Assert.Equal(1, inspection.OfferedLoads[0].Load);
        Assert.Equal(long.MaxValue, inspection.Resources[0].Sum);
    }

    [Fact]
    public void Requests_are_counted_by_value_or_by_powers_of_two()
    {
        TraceInspection few = TraceInspection.Of(Sample, []);
        Assert.Equal([new HistogramBucket(1000, null, 3), new HistogramBucket(4000, null, 2)], few.Resources.Single(resource => resource.Resource == "cpu_milli").Requests.Buckets);
        ResourceFigures gpu = few.Resources.Single(resource => resource.Resource == "gpu_milli");
        Assert.Equal((2, (Int128)1000, 500L), (gpu.Requesting, gpu.Sum, gpu.Requests.P50));

        var many = new Workload([.. Enumerable.Range(1, 100).Select(i => new PodArrival($"p{i}", new PodSpec { CpuMilli = i }, TimeSpan.Zero, null))], []);
        Histogram cpu = TraceInspection.Of(many, []).Resources.Single().Requests;
        Assert.Equal([(1, 2, 1), (2, 4, 2), (4, 8, 4), (8, 16, 8), (16, 32, 16), (32, 64, 32), (64, 128, 37)], cpu.Buckets.Select(bucket => ((int)bucket.From, (int)bucket.Below!.Value, (int)bucket.Count)));
        Assert.Equal((100L, 1L, 50L, 90L, 99L, 100L, 50.5), (cpu.Count, cpu.Min, cpu.P50, cpu.P90, cpu.P99, cpu.Max, cpu.Mean));
    }

    [Fact]
    public void Durations_are_counted_in_ranges_that_people_use()
    {
        var pods = Enumerable.Range(1, 100).Select(i => new PodArrival($"p{i}", new PodSpec(), TimeSpan.Zero, TimeSpan.FromSeconds(i * i))).ToArray();
        Histogram durations = TraceInspection.Of(new Workload(pods, []), []).Durations!;
        Assert.Equal([1, 10, 60, 600, 3600], durations.Buckets.Select(bucket => (int)new TimeSpan(bucket.From).TotalSeconds));
        Assert.Equal([3, 4, 17, 35, 41], durations.Buckets.Select(bucket => (int)bucket.Count));
    }

    [Fact]
    public void An_empty_trace_has_empty_figures_and_still_tables()
    {
        TraceInspection inspection = TraceInspection.Of(new Workload([], []), Fleet);
        Assert.Equal((0, null, null, null), (inspection.Pods, inspection.CensoredShare, inspection.Durations, inspection.Gaps));
        Assert.NotEmpty(InspectionTables.Of(inspection));
    }

    [Fact]
    public void Tables_are_rectangular_and_invariant()
    {
        foreach (InspectionTable table in InspectionTables.Of(TraceInspection.Of(Sample, Fleet)))
        {
            Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count));
            Assert.DoesNotContain(table.Rows.SelectMany(row => row), cell => cell.Contains("NaN", StringComparison.Ordinal) || cell.Contains('∞'));
        }

        InspectionTable overview = InspectionTables.Of(TraceInspection.Of(Sample, Fleet))[0];
        Assert.Contains(overview.Rows, row => row[0] == "censored share" && row[1] == "0.2");
        Assert.Contains(overview.Rows, row => row[0] == "last arrival" && row[1] == "1m50s");
    }

    [Fact]
    public void The_report_of_a_reading_is_a_table_too()
    {
        var report = new ReadReport
        {
            Format = "swf",
            Files = [],
            RowsRead = 3,
            Notes = [new ReadNote("no-end", ReadNoteKind.Censored, "has no end", 2, [new ReadExample(4, "run time", "-1"), new ReadExample(0, "", "x")])],
        };
        Assert.Equal(["no-end", "censored", "2", "has no end", "line 4 run time -1; x"], Assert.Single(InspectionTables.Of(report).Rows));
    }

    [SkippableFact]
    public void The_load_of_the_openb_trace_is_the_one_computed_from_its_rows()
    {
        TraceContents pods = TraceReaderCatalog.Get("openb", "test").Read(SharedTraces.Path("openb/openb_pod_list_default.csv"), new TraceReadOptions());
        NodeContents nodes = NodeReaderCatalog.Get("openb", "test").Read(SharedTraces.Path("openb/openb_node_list_gpu_node.csv"), new TraceReadOptions());
        TraceInspection inspection = TraceInspection.Of(pods.Workload, nodes.Nodes);
        Assert.Equal(8151 - 1088, inspection.Resources.Single(resource => resource.Resource == "gpu_milli").Requesting);
        Assert.Equal((Int128)185_395_450_660 * TimeSpan.TicksPerSecond, inspection.OfferedLoads.Single(load => load.Resource == "gpu_milli").Demand);
        Assert.Equal((Int128)6_212_000 * 12_901_761 * TimeSpan.TicksPerSecond, inspection.OfferedLoads.Single(load => load.Resource == "gpu_milli").Capacity);
    }
}
