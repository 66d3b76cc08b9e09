using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

public sealed class PodStartObserverTests
{
    [Fact]
    public void Delays_of_binding_and_start_count_from_creation_and_unbound_pods_enter_as_lower_bounds()
    {
        Script script = World(out PodStartObserver observer)
            .Wait(10, "a", "web").Bind(14, "a", 0).Tell(20, observer, FactKind.PodStarted, "a")
            .Wait(20, "b", "web").Bind(30, "b", 1).Tell(50, observer, FactKind.PodStarted, "b")
            .Wait(60, "c", "web");
        Dictionary<string, double?> metrics = script.Play(100, observer.Report);
        Assert.Equal((4 + 10 + 40) / 3.0, metrics["scheduling_delay_seconds_mean"]);
        Assert.Equal(10, metrics["scheduling_delay_seconds_p50"]);
        Assert.Equal((10 + 30 + 40) / 3.0, metrics["start_delay_seconds_mean"]!.Value, precision: 9);
        Assert.Equal(3, metrics["pods_arrived_total"]);
        Assert.Equal(1, metrics["pods_pending_at_end_total"]);
        Assert.Equal(1 / 3.0, metrics["unschedulable_ratio"]);
        // Pending: [10, 14), [20, 30), [60, 100) of the 90 s after the warm-up.
        Assert.Equal(54 / 90.0, metrics["pending_pods_mean"]);
        Assert.Equal(1, metrics["pending_pods_max"]);
    }

    [Fact]
    public void The_kubernetes_form_leaves_out_pods_that_fitted_nowhere_and_time_for_images()
    {
        Script script = World(out PodStartObserver observer)
            .Wait(10, "a", "web").Bind(10, "a", 0).Tell(30, observer, FactKind.PodStarted, "a", TimeSpan.FromSeconds(15).Ticks)
            .Wait(10, "b", "web").Tell(10, observer, FactKind.PodUnschedulable, "b").Bind(40, "b", 0).Tell(70, observer, FactKind.PodStarted, "b");
        Dictionary<string, double?> metrics = script.Play(100, observer.Report);
        Assert.Equal(5, metrics["pod_startup_seconds_p99"]);
        Assert.Equal(60, metrics["start_delay_seconds_max"]);
    }

    [Fact]
    public void Pods_of_the_warm_up_do_not_count_and_ends_are_told_apart()
    {
        Script script = World(out PodStartObserver observer).Wait(5, "early", "web").Bind(5, "early", 0)
            .Wait(10, "a", "web").Bind(10, "a", 0).End(20, "a", isWell: true)
            .Wait(10, "b", "web").Bind(10, "b", 0).End(20, "b", isWell: false)
            .Wait(10, "c", "web").Bind(10, "c", 0).Tell(11, observer, FactKind.PodRejected, "c").End(11, "c", isWell: false)
            .Tell(15, observer, FactKind.PodPreempted, "early");
        Dictionary<string, double?> metrics = script.Play(100, observer.Report);
        Assert.Equal(3, metrics["pods_arrived_total"]);
        Assert.Equal(1, metrics["pods_succeeded_total"]);
        Assert.Equal(1, metrics["pods_failed_total"]);
        Assert.Equal(1, metrics["pods_rejected_total"]);
        Assert.Equal(1, metrics["preemptions_total"]);
        Assert.Equal(40, metrics["preemptions_per_hour"]);
        Assert.Equal(1 / 3.0, metrics["preemptions_per_pod_ratio"]);
    }

    [Fact]
    public void An_agent_tells_how_long_images_and_init_containers_took()
    {
        // 10 MiB at 1 MiB/s, then 7 s of an init container; the agent looks at once.
        var images = new ImageCatalog().Add("app", new ImageBehavior { Layers = [new ImageLayer("app", 10L << 20)] }).Add("init", new ImageBehavior { RunSeconds = new ConstantDistribution(7), Layers = [] });
        PodTemplate template = Template("web");
        template = template with { Spec = template.Spec with { InitContainers = [new Container { Name = "init", Image = "init:v1" }] } };
        var run = Fleet(1).Apply(ReplicaSet("web", 1, template)).BuildWithAgents(new AgentOptions { Images = images, RelistPeriod = TimeSpan.Zero });
        var log = FactLog.Of(run);
        var observer = new PodStartObserver(() => run.Loop.Now, TimeSpan.Zero);
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(100), sink);
        Fact started = log.Of(FactKind.PodStarted).Single();
        Assert.True(started.Detail >= TimeSpan.FromSeconds(7).Ticks);
        Assert.Equal((started.At - TimeSpan.FromTicks(started.Detail)).TotalSeconds, sink.Metrics.Single(metric => metric.Name == "pod_startup_seconds_p99").Value);
        Assert.Equal(0, sink.Metrics.Single(metric => metric.Name == "pod_startup_seconds_p99").Value);
    }

    private static Script World(out PodStartObserver observer)
    {
        var script = new Script();
        observer = new PodStartObserver(() => script.Now, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        return script.ApplyNodes();
    }
}
