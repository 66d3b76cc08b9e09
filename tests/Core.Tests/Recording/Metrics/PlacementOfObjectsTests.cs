using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Where pods of Kubernetes objects stand, on nodes of 8 CPU in zones a, b, c in turn, worked out by hand.</summary>
public sealed class PlacementOfObjectsTests
{
    [Fact]
    public void Nodes_that_are_not_ready_offer_nothing_and_daemons_do_not_use_a_node()
    {
        var script = new Script(nodes: 4);
        var observer = new PlacementObserver(script.Fleet, () => script.Now, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        // 4 CPU on node 0 throughout, a daemon of 2 on node 1; node 3 is lost from 60 to 110.
        script.ApplyNodes().Apply(0, Some.DaemonSet("agent")).Wait(1, "a", "web", cpu: "4").Bind(1, "a", 0).Wait(1, "d", "agent", Some.DaemonSet("agent"), cpu: "2").Bind(1, "d", 1);
        Dictionary<string, double?> metrics = script.Node(60, 3, node => node with { IsReady = false }).Play(110, observer.Report);
        Assert.Equal(100 * 6 * 100 / ((50 * 32) + (50 * 24.0)), metrics["cpu_allocated_percent"]);
        Assert.Equal(50, metrics["cpu_packed_percent"]);
        Assert.Equal(1, metrics["nodes_active_mean"]);
        // Shares ½, ¼, 0, 0: mean 3/16, variance (¼ + 1/16)/4 − 9/256 = 11/256; of the first three: mean ¼, variance 5/48 − 1/16 = 1/24.
        double four = Math.Sqrt(11 / 256.0) / (3 / 16.0), three = Math.Sqrt(1 / 24.0) / 0.25;
        Assert.Equal((four + three) / 2, metrics["balance_cpu_cv"]!.Value, precision: 9);
    }

    [Fact]
    public void A_node_that_changes_its_size_offers_the_new_one_from_then_on()
    {
        var script = new Script(nodes: 2);
        var observer = new PlacementObserver(script.Fleet, () => script.Now, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        // 4 CPU on node 0. Node 1 has 8 until 60 and 24 then, and none of its size in between matters.
        script.ApplyNodes().Wait(1, "a", "web", cpu: "4").Bind(1, "a", 0);
        Dictionary<string, double?> metrics = script.Node(60, 1, node => node with { Spec = node.Spec with { CpuMilli = 24_000 } }).Play(110, observer.Report);
        Assert.Equal(100 * 4 * 100 / ((50 * 16) + (50 * 32.0)), metrics["cpu_allocated_percent"]!.Value, precision: 9);
        Assert.Equal(50, metrics["cpu_packed_percent"]);
        // Shares ½ and 0 throughout: σ/μ is 1.
        Assert.Equal(1, metrics["balance_cpu_cv"]!.Value, precision: 9);
    }

    [Fact]
    public void Offered_load_counts_pending_pods_that_run_on_and_others_while_they_stand_on_a_node()
    {
        var script = new Script(nodes: 2);
        var observer = new OfferedLoadObserver(() => script.Now, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        // 16 CPU, and 24 from 60 on while node 0 is not ready. a: 4 CPU from before the window on, bound at 50. b: 10 CPU that fit nowhere, from 40 to 90. c: a Job's 2 CPU, on a node from 30 to 80.
        script.ApplyNodes().Wait(1, "a", "web", cpu: "4").Bind(50, "a", 0).Wait(40, "b", "web", cpu: "10").Remove(90, "b");
        script.At(20, () => _ = script.Store.Create(Job("c"), out _)).Bind(30, "c", 1).End(80, "c", isWell: true);
        script.Node(60, 0, node => node with { IsReady = false }).Node(60, 1, node => node with { Spec = node.Spec with { CpuMilli = 16_000 } });
        Dictionary<string, double?> metrics = script.Play(110, observer.Report);
        Assert.Equal(((4 * 100) + (10 * 50) + (2 * 50)) / ((16 * 50) + (24 * 50.0)), metrics["offered_load_cpu_ratio"]);
        Assert.DoesNotContain("offered_load_gpu_ratio", metrics.Keys);
    }

    [Fact]
    public void Skew_is_the_fullest_zone_less_the_emptiest_and_averaged_over_time_and_services()
    {
        var script = new Script(nodes: 6);
        var observer = new TopologyObserver(script.Fleet, script.Store.View, () => script.Now, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(70));
        script.Store.Subscribe(observer);
        // web: zones a, a, b (2 on node 0): skew 2; from 60 a fourth in c: skew 1. db: one pod: skew 1 throughout. Made by a release: nothing.
        script.ApplyNodes().Apply(0, Service("web"), Service("db"), Service("nobody")).Serve(1, "w1", "web", 0).Serve(1, "w2", "web", 0).Serve(1, "w3", "web", 1).Serve(1, "d1", "db", 3);
        Dictionary<string, double?> metrics = script.Serve(60, "w4", "web", 2).Apply(80, Service("web") with { Metadata = Meta("web-preview") }).Play(110, observer.Report);
        Assert.Equal((1.5 + 1) / 2, metrics["zone_skew_mean"]);
        Assert.Equal((((2 / 3.0) + 0.5) / 2 + 1) / 2, metrics["zone_worst_share_mean"]!.Value, precision: 12);
        Assert.Equal((((2 / 3.0) + 0.5) / 2 + 1) / 2, metrics["node_worst_share_mean"]!.Value, precision: 12);
    }

    [Fact]
    public void Clients_that_still_know_a_dead_endpoint_at_the_end_count_with_the_time_until_then()
    {
        var script = new Script();
        var timing = new ProxyTiming(new NetworkOptions { ProxySyncPeriod = TimeSpan.Zero, WatchDelay = TimeSpan.Zero, ProgrammingDelay = TimeSpan.FromSeconds(2) }, seed: 1);
        var observer = new ErrorWindowObserver(() => script.Now, timing, observers: 1, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        // a: stops at 20, taken off at 23, known at 25. b: stops at 40, never taken off. c: its container crashes at 50 and is started again.
        script.Serve(1, "a", "web", 0).Serve(1, "b", "web", 1).Serve(1, "c", "web", 2);
        script.Apply(2, Slice()).At(2, () => _ = script.Store.Update(Slice(script.Pod("a").Uid, script.Pod("b").Uid, script.Pod("c").Uid) with { Metadata = script.Find<EndpointSlice>(ResourceKind.EndpointSlice, "web").Metadata }));
        foreach (string name in (string[])["a", "b", "c"]) script.At(3, () => observer.OnListening(script.Pod(name), ImageBehavior.Default));
        script.At(20, () => observer.OnStopping(script.Pod("a"))).At(22, () => observer.OnStopped(script.Pod("a")));
        script.At(23, () => _ = script.Store.Update(Slice(script.Pod("b").Uid, script.Pod("c").Uid) with { Metadata = script.Find<EndpointSlice>(ResourceKind.EndpointSlice, "web").Metadata }));
        script.At(40, () => observer.OnStopped(script.Pod("b"))).At(50, () => observer.OnStopped(script.Pod("c"))).At(51, () => observer.OnListening(script.Pod("c"), ImageBehavior.Default));
        Dictionary<string, double?> metrics = script.Play(110, observer.Report);
        Assert.Equal((5 + 70) / 2.0, metrics["error_window_seconds_mean"]);
        Assert.Equal(70, metrics["error_window_seconds_max"]);
    }

    [Fact]
    public void A_timeline_shows_who_stood_on_the_first_nodes_and_when()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(100) }).Apply(ReplicaSet("web", 2, Template("web", "4"))).Apply(60, ReplicaSet("web", 0)).BuildWithAgents();
        var timeline = new TimelineObserver(run, nodes: 1);
        run.Facts.Subscribe(timeline);
        run.Run();
        TimelineObserver.Bar bar = Assert.Single(timeline.Bars(TimeSpan.FromSeconds(100)));
        Assert.Equal(("node-000", 0.5), (bar.Node, bar.Share));
        Assert.StartsWith("web-", bar.Pod, StringComparison.Ordinal);
        Assert.InRange(bar.StartSeconds, 0, 1);
        Assert.InRange(bar.EndSeconds, 60, 62);
    }

    private static EndpointSlice Slice(params long[] pods) =>
        new() { Metadata = Meta("web"), ServiceName = "web", Endpoints = [.. pods.Select(pod => new Endpoint(pod, $"p{pod}", 0, IsReady: true, IsServing: true, IsTerminating: false))] };

    private static Pod Job(string name)
    {
        PodTemplate template = Template(name, "2");
        return new Pod { Metadata = Meta(name), Spec = template.Spec with { RestartPolicy = RestartPolicy.Never } };
    }
}
