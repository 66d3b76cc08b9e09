using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Metrics of random timed worlds equal a computation from the recorded facts by other means.</summary>
public sealed class MetricLawTests
{
    private static readonly (string Name, Func<PodSpec, double> Asks, Func<NodeSpec, double> Offers)[] Resources =
    [
        ("cpu", pod => pod.CpuMilli, node => node.CpuMilli), ("memory", pod => pod.MemoryBytes, node => node.MemoryBytes),
        ("gpu", pod => pod.GpuMilliTotal, node => node.GpuCount * 1000.0),
    ];

    [Fact]
    public void Allocation_is_the_integral_over_the_window() => Holds((naive, sink, world, window) =>
    {
        if (window == 0) return;
        foreach ((string name, Func<PodSpec, double> asks, Func<NodeSpec, double> offers) in Resources)
        {
            double capacity = world.Nodes.Sum(offers);
            Assert.Equal(capacity > 0, sink.Metrics.Any(metric => metric.Name == $"{name}_allocated_percent"));
            if (capacity == 0) continue;
            Near(naive.Integral(t => naive.Held(asks, t), 0, window) / (window * capacity) * 100, Value(sink, $"{name}_allocated_percent"));
            double spread = naive.Integral(t => naive.Spread(asks, offers, t) ?? 0, 0, window) / window;
            if (spread > 0) Assert.Equal(spread, Value(sink, $"balance_{name}_cv")!.Value, 1e-3);
            foreach (RunPoint point in sink.Points.Where(point => point.Metric == $"{name}_allocated_percent"))
                Near(naive.Integral(t => naive.Held(asks, t), point.X - (window / 200), point.X + (window / 200)) / (window / 100 * capacity) * 100, point.Value, 1e-4);
        }
    });

    [Fact]
    public void Queues_and_nodes_in_use_are_integrals_too() => Holds((naive, sink, world, window) =>
    {
        if (window == 0) return;
        Near(naive.Integral(naive.Pending, 0, window) / window, Value(sink, "pending_pods_mean"));
        Near(naive.Integral(naive.ActiveNodes, 0, window) / window, Value(sink, "nodes_active_mean"));
        Assert.True(Value(sink, "pending_pods_max") >= naive.Instants(double.MaxValue).Max(naive.Pending));
    });

    [Fact]
    public void Waiting_counts_every_pod_once() => Holds((naive, sink, world, window) =>
    {
        Near(naive.Waits.Average(), Value(sink, "wait_seconds_mean"));
        foreach (int percent in new[] { 50, 95, 99 }) Near(NaiveMetrics.Percentile(naive.Waits, percent), Value(sink, $"wait_seconds_p{percent}"));
        Near(naive.Waits.Max(), Value(sink, "wait_seconds_max"));
        int unfinished = naive.Lives.Values.Count(life => life.Ended is null);
        Near((double)unfinished / world.Pods.Count, Value(sink, "censored_ratio"));
    });

    [Fact]
    public void Slowdown_and_turnaround_are_those_of_the_definition() => Holds((naive, sink, world, window) =>
    {
        (double Turnaround, double Service)[] all = naive.Completions;
        if (all.Length == 0)
        {
            Assert.Null(Value(sink, "turnaround_seconds_mean"));
            return;
        }

        Near(all.Average(x => x.Turnaround), Value(sink, "turnaround_seconds_mean"));
        Near(all.Average(x => x.Turnaround / x.Service), Value(sink, "slowdown_mean"));
        // bsld = max(1, (w + p)/max(p, 10 s))
        Near(all.Average(x => Math.Max(1, x.Turnaround / Math.Max(x.Service, 10))), Value(sink, "bounded_slowdown_mean"));
        foreach (int percent in new[] { 50, 95, 99 })
        {
            Near(NaiveMetrics.Percentile(all.Select(x => x.Turnaround), percent), Value(sink, $"turnaround_seconds_p{percent}"));
            Near(NaiveMetrics.Percentile(all.Select(x => x.Turnaround / x.Service), percent), Value(sink, $"slowdown_p{percent}"));
        }

        Assert.True(Value(sink, "slowdown_p50") >= 1 - 1e-12);
        bool isClosed = naive.Lives.Values.All(life => life.Ended is not null);
        double? makespan = isClosed ? naive.Lives.Values.Max(life => life.Ended) - naive.Lives.Values.Min(life => life.Arrived) : null;
        Assert.Equal(makespan is null, Value(sink, "makespan_seconds") is null);
        if (makespan is { } seconds) Near(seconds, Value(sink, "makespan_seconds"));
    });

    [Fact]
    public void Counts_add_up() => Holds((naive, sink, world, window) =>
    {
        Assert.Equal(world.Pods.Count, Value(sink, "pods_arrived_total"));
        Assert.Equal(naive.Lives.Values.Count(life => life.Bound is not null), Value(sink, "pods_placed_total"));
        Assert.Equal(Value(sink, "pods_arrived_total"), Value(sink, "pods_placed_total") + Value(sink, "pods_unplaced_total"));
        Assert.Equal(world.Pods.Any(pod => pod.Group >= 0), sink.Metrics.Any(metric => metric.Name == "groups_placed_total"));
        if (!world.Pods.Any(pod => pod.Group >= 0)) return;
        Assert.Equal(world.Pods.Where(pod => pod.Group >= 0).Select(pod => pod.Group).Distinct().Count(), Value(sink, "groups_placed_total") + Value(sink, "groups_unplaced_total"));
    });

    [Fact]
    public void Offered_load_is_request_times_service_over_capacity() => Holds((naive, sink, world, window) =>
    {
        if (window == 0) return;
        foreach ((string name, Func<PodSpec, double> asks, Func<NodeSpec, double> offers) in Resources)
        {
            double capacity = world.Nodes.Sum(offers);
            double offered = world.Pods.Sum(pod => asks(pod.Spec) * (pod.Duration?.TotalSeconds ?? (window - pod.Arrival.TotalSeconds)));
            if (capacity > 0) Near(offered / (window * capacity), Value(sink, $"offered_load_{name}_ratio"));
            else Assert.Null(Value(sink, $"offered_load_{name}_ratio"));
        }
    });

    [Fact]
    public void A_batch_has_means_over_its_run_and_no_curves()
    {
        AllocationObserver? observer = null;
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "4")).Of(A.Workload().Pod(A.Pod("p").Cpu("1").For(10)))
            .Before(run => run.Facts.Subscribe(observer = new AllocationObserver(run, timed: true, window: TimeSpan.Zero))).Go();
        var sink = new MetricSink();
        observer!.Report(result.Run.Loop.Now, sink);
        Assert.Equal(25, Value(sink, "cpu_allocated_percent"));
        Assert.Empty(sink.Points);
    }

    private static void Holds(Action<NaiveMetrics, MetricSink, World, double> law) => Law.Holds(WorldTraits.All, world =>
    {
        if (world.Pods.Count == 0) return;
        TimeSpan window = world.Pods[^1].Arrival;
        var observers = new List<IMetricObserver>();
        // Half of the runs are cut off while pods run.
        bool isCut = world.Seed % 2 == 0;
        RunResult result = world.Run("least-allocated").Judged(0).Until(isCut ? window.TotalSeconds + 5 : 1_000_000).Before(run =>
        {
            observers.AddRange([new AllocationObserver(run, timed: true, window), new PodLifeObserver(run, timed: true, window)]);
            foreach (IMetricObserver observer in observers) run.Facts.Subscribe(observer);
        }).Go();
        TimeSpan end = isCut ? window + TimeSpan.FromSeconds(5) : result.Run.Loop.Now;
        var sink = new MetricSink();
        foreach (IMetricObserver observer in observers) observer.Report(end, sink);
        law(new NaiveMetrics(world, result.Facts, end.TotalSeconds), sink, world, window.TotalSeconds);
    }, cases: 150);

    private static double? Value(MetricSink sink, string name) => sink.Metrics.Single(metric => metric.Name == name).Value;

    private static void Near(double expected, double? actual, double relative = 1e-9)
    {
        Assert.NotNull(actual);
        Assert.InRange(actual.Value, expected - (relative * (1 + Math.Abs(expected))), expected + (relative * (1 + Math.Abs(expected))));
    }
}
