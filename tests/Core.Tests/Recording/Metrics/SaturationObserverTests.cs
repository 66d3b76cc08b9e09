using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording.Metrics;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>The curves of the saturation protocol (papers/fgd, one run, step 4).</summary>
public sealed class SaturationObserverTests
{
    [Fact]
    public void A_curve_by_hand()
    {
        // Two devices. Pods of 500: arrived 25, 50, 75, 100 %, then a pod of two devices that has no room: 200 % lies beyond the curve.
        (RunResult _, MetricSink sink) = Run(A.Cluster().Nodes(1, gpus: 2), A.Workload().Pods(4, A.Pod("p").GpuShare(500)).Pod(A.Pod("big").Gpus(2)).Build());
        Assert.Equal([(25.0, 25.0), (50, 50), (75, 75), (100, 100)], Points(sink, "gpu_allocated_percent"));
    }

    [Fact]
    public void Pods_that_are_not_placed_arrive_all_the_same()
    {
        (RunResult _, MetricSink sink) = Run(A.Cluster().Nodes(1, cpu: "1", gpus: 2), A.Workload().Pods(4, A.Pod("p").Cpu("1").GpuShare(500)).Build());
        Assert.Equal([(25.0, 25.0), (50, 25), (75, 25), (100, 25)], Points(sink, "gpu_allocated_percent"));
    }

    [Fact]
    public void A_point_is_the_mean_over_the_pods_that_round_to_it()
    {
        // 8 devices: 40 milli are 0.5 %, which rounds up to 1 %; 80 are 1 %; 110 are 1.375 %.
        (RunResult _, MetricSink sink) = Run(A.Cluster().Nodes(1, gpus: 8), A.Workload().Pods(2, A.Pod("a").GpuShare(40)).Pod(A.Pod("b").GpuShare(30)).Pod(A.Pod("none").Cpu("1")).Build());
        (double x, double value) = Assert.Single(Points(sink, "gpu_allocated_percent"));
        Assert.Equal(1, x);
        Assert.Equal((0.5 + 1 + 1.375 + 1.375) / 4, value, 1e-12);
    }

    [Fact]
    public void Fragmentation_is_the_sum_over_nodes_over_capacity() => Law.Holds(WorldTraits.Gpus | WorldTraits.Saturated, world =>
    {
        (RunResult result, MetricSink sink) = Run(world);
        long capacity = result.Run.Fleet.TotalGpuMilli;
        if (capacity == 0)
        {
            Assert.Empty(sink.Points);
            return;
        }

        FragmentationModel model = FragmentationModel.Of(WorkloadProfile.Of(world.Workload().Pods.Span), result.Run.Fleet);
        double sum = Enumerable.Range(0, world.Nodes.Count).Sum(n => (double)model.Of(result.Run.View[new NodeIndex(n)]));
        Assert.Equal(sum / model.TotalWeight / capacity * 100, sink.Metrics.Single(metric => metric.Name == "gpu_fragmented_percent").Value!.Value, 1e-9);
    });

    [Fact]
    public void The_curves_are_the_means_of_the_states_after_each_pod() => Law.Holds(WorldTraits.Gpus | WorldTraits.Saturated, world =>
    {
        (RunResult result, MetricSink sink) = Run(world);
        decimal capacity = result.Run.Fleet.TotalGpuMilli;
        if (capacity == 0) return;
        decimal arrived = 0, allocated = 0;
        var samples = new SortedDictionary<int, List<decimal>>();
        var bound = result.Bindings.Select(binding => binding.Uid).ToHashSet();
        for (int uid = 0; uid < world.Pods.Count; uid++)
        {
            arrived += world.Pods[uid].Spec.GpuMilliTotal;
            if (bound.Contains(uid)) allocated += world.Pods[uid].Spec.GpuMilliTotal;
            int percent = (int)Math.Floor((arrived / capacity * 100) + 0.5m);
            if (percent > 130) continue;
            if (!samples.TryGetValue(percent, out List<decimal>? list)) samples.Add(percent, list = []);
            list.Add(allocated / capacity * 100);
        }

        Assert.Equal(samples.Select(sample => (double)sample.Key), Points(sink, "gpu_allocated_percent").Select(point => point.X));
        foreach (((double _, double value), decimal mean) in Points(sink, "gpu_allocated_percent").Zip(samples.Values.Select(list => list.Average()))) Assert.Equal((double)mean, value, 1e-9);
    });

    [Fact]
    public void No_metric_is_ever_NaN_or_infinite()
    {
        var sink = new MetricSink();
        Assert.Throws<ArgumentException>(() => sink.Add("x", double.NaN));
        Assert.Throws<ArgumentException>(() => sink.Add("x", double.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => sink.AddPoint("x", "y", 0, double.NegativeInfinity));
        Assert.Throws<ArgumentException>(() => sink.AddPoint("x", "y", double.NaN, 0));
        sink.AddRatio("empty", 0, 0);
        Assert.Equal(new RunMetric("empty", null), Assert.Single(sink.Metrics));
    }

    private static (RunResult, MetricSink) Run(ClusterBuilder cluster, Workload workload) => Run(A.Run("first-fit").On(cluster).Of(workload).Saturated(), workload);

    private static (RunResult, MetricSink) Run(World world) => Run(world.Run("best-fit"), world.Workload());

    private static (RunResult, MetricSink) Run(RunBuilder builder, Workload workload)
    {
        SaturationObserver? observer = null;
        RunResult result = builder.Before(run => run.Facts.Subscribe(observer = new SaturationObserver(run, WorkloadProfile.Of(workload.Pods.Span)))).Go();
        var sink = new MetricSink();
        observer!.Report(result.Run.Loop.Now, sink);
        return (result, sink);
    }

    private static (double X, double Value)[] Points(MetricSink sink, string metric) => [.. sink.Points.Where(point => point.Metric == metric).Select(point => (point.X, point.Value))];
}
