using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;
using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;
using SchedBench.Workloads.Readers;

namespace SchedBench.Schedulers.Tests.Studies;

/// <summary>The FGD study (Weng et al., USENIX ATC 2023) as its protocol says, on the core alone.</summary>
internal static class FgdStudy
{
    public const int FirstSeed = 42;
    public const int Seeds = 10;

    /// <summary>Our strategy by the study's name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Strategies = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Random"] = "random",
        ["BestFit"] = "best-fit",
        ["DotProd"] = "dot-product",
        ["GpuPacking"] = "gpu-packing",
        ["GpuClustering"] = "gpu-clustering",
        ["FGD"] = "fgd",
    };

    /// <summary>A published mean.</summary>
    public sealed record Published(string Workload, string Policy, string Metric, int Percent, double Mean, double Deviation);

    public static IReadOnlyList<Published> ReadPublished() =>
    [
        .. File.ReadLines(SharedFiles.OrSkip("papers/fgd/expected.csv")).Skip(1).Select(line => line.Split(',')).Select(f =>
            new Published(f[0], f[1], f[2].Replace("_of_capacity", "", StringComparison.Ordinal), int.Parse(f[3]), double.Parse(f[5]), double.Parse(f[6]))),
    ];

    public static NodeSpec[] ReadNodes() =>
        [.. NodeReaderCatalog.Get("openb", "study").Read(SharedFiles.OrSkip("traces/openb/openb_node_list_gpu_node.csv"), new TraceReadOptions()).Nodes];

    public static Workload ReadWorkload(string trace) =>
        TraceReaderCatalog.Find("openb", out _)!.Read(SharedFiles.OrSkip($"traces/openb/openb_pod_list_{trace}.csv"), new TraceReadOptions()).Workload;

    /// <summary>Curves of ten seeds: (metric, percent) → a value a seed.</summary>
    public static Dictionary<(string Metric, int Percent), double[]> Run(NodeSpec[] nodes, Workload workload, string strategy, TieBreak tieBreak = TieBreak.FirstInOrder)
    {
        var curves = new IReadOnlyList<RunPoint>[Seeds];
        WorkloadProfile profile = WorkloadProfile.Of(workload.Pods.Span);
        Parallel.For(0, Seeds, s => curves[s] = Run(nodes, workload, profile, strategy, tieBreak, (ulong)(FirstSeed + s), sampling: 0));
        return curves.SelectMany((points, seed) => points.Select(point => (point, seed)))
            .GroupBy(p => (p.point.Metric, (int)p.point.X))
            .ToDictionary(group => group.Key, group => group.OrderBy(p => p.seed).Select(p => p.point.Value).ToArray());
    }

    /// <summary>The curves of one run.</summary>
    public static IReadOnlyList<RunPoint> Run(
        NodeSpec[] nodes, Workload workload, WorkloadProfile profile, string strategy, TieBreak tieBreak, ulong seed, int sampling)
    {
        var order = (NodeSpec[])nodes.Clone();
        Draw.Stream(seed, "fleet/order").Shuffle(order.AsSpan(), entity: 0);
        var fleet = new FleetLayout(order);
        long limit = fleet.TotalGpuMilli * 13 / 10;
        int[] arrivals = ArrivalOrder.Saturation(workload.Pods.Span, shuffled: true, SaturationResource.Gpu, limit, seed);
        var run = new ClusterRun(
            new ClusterRunOptions
            {
                Fleet = fleet,
                Arrivals = new ArrivalPlan(workload, arrivals, AllAtOnce: true),
                Strategy = StrategyCatalog.BuiltIn().Find(strategy)!.Build(),
                TieBreak = tieBreak,
                Seed = seed,
                Profile = profile,
                Scheduler = new SchedulerHostOptions { RetryUnschedulable = false },
            },
            new VirtualClock());
        if (sampling > 0) InvariantObserver.Attach(run, sampling);
        var saturation = new SaturationObserver(run, profile);
        run.Facts.Subscribe(saturation);
        run.Run();
        var sink = new MetricSink();
        saturation.Report(run.Loop.Now, sink);
        return sink.Points;
    }

    public static double Deviation(double[] values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
