using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Lag, oscillation and cost of autoscalers, worked out by hand.</summary>
public sealed class ScalingObserverTests
{
    [Fact]
    public void A_demand_lags_until_as_many_pods_are_ready_and_is_forgotten_when_it_is_taken_back()
    {
        // 1 to 2 at 20, ready at 32: 12 s. 2 to 5 at 40, taken back to 3 at 50. 3 to 4 at 60, not met by 100: 40 s.
        Script script = Replicas(out ReplicaScalingObserver observer);
        Scale(script, observer, 20, 1, 2).Serve(32, "b", "web", 0, ReplicaSet("web", 1));
        Scale(script, observer, 40, 2, 5);
        Scale(script, observer, 50, 5, 3).Serve(55, "c", "web", 0, ReplicaSet("web", 1));
        Dictionary<string, double?> metrics = Scale(script, observer, 60, 3, 4).Play(100, observer.Report);
        Assert.Equal((12 + 40) / 2.0, metrics["replica_scale_up_lag_seconds_mean"]);
        Assert.Equal(40, metrics["replica_scale_up_lag_seconds_max"]);
        Assert.Equal(4, metrics["replica_scalings_total"]);
    }

    [Fact]
    public void Turning_round_is_a_reversal_and_growing_again_within_the_window_a_flap()
    {
        // Up, up, down, up after 40 s (within the window of 60 s), down, up after 70 s.
        Script script = Replicas(out ReplicaScalingObserver observer);
        Scale(script, observer, 20, 1, 2);
        Scale(script, observer, 40, 2, 4);
        Scale(script, observer, 100, 4, 2);
        Scale(script, observer, 140, 2, 3);
        Scale(script, observer, 200, 3, 1);
        Dictionary<string, double?> metrics = Scale(script, observer, 270, 1, 2).Play(370, observer.Report);
        Assert.Equal(4 * 3600 / 360.0, metrics["replica_scaling_reversals_per_hour"]);
        Assert.Equal(1, metrics["replica_scaling_flaps_total"]);
    }

    [Fact]
    public void A_run_without_autoscalers_says_nothing_of_them()
    {
        var script = new Script();
        var observer = new ReplicaScalingObserver(script.Store.View, () => script.Now, TimeSpan.Zero);
        script.Store.Subscribe(observer);
        Assert.Empty(script.Apply(0, Deployment("web", 1)).Play(10, observer.Report));
    }

    [Fact]
    public void Nodes_are_paid_from_the_request_to_the_end_and_needed_as_their_pods_could_be_packed()
    {
        Script script = Groups(out NodeScalingObserver observer);
        // One node at first; another one from 20 (booting), there at 50, with taint from 130 and gone at 140.
        script.Wait(15, "p", "web", cpu: "5").Tell(15, observer, FactKind.PodUnschedulable, "p").Tell(20, observer, FactKind.NodeGroupScaled, () => 0, (1L << 32) | 2);
        script.Apply(50, NodeOf(script, 1)).Bind(51, "p", 1);
        // A pod of 5 and one of 4 CPU fill two nodes of 8, after 100 only one.
        script.Wait(60, "q", "web", cpu: "4").Bind(60, "q", 0).End(100, "q", isWell: true);
        script.Node(130, 1, node => node with { Taints = [new Taint(ClusterAutoscaler.ToBeDeleted, "", TaintEffect.NoSchedule)] }).Tell(130, observer, FactKind.NodeGroupScaled, () => 0, (2L << 32) | 1);
        script.Remove(131, "p").At(140, () => script.Store.Delete(new ObjectKey(ResourceKind.Node, "", script.Fleet.Nodes[1].Name)));
        Dictionary<string, double?> metrics = script.Play(210, observer.Report);
        // From 10: one to 20, two to 140, one to 210.
        Assert.Equal(10 + (120 * 2) + 70, metrics["nodes_paid_node_seconds"]);
        // Needed: the minimum of one all the time, two in [60, 100).
        Assert.Equal(120 - 40, metrics["nodes_paid_above_needed_node_seconds"]);
        Assert.Equal(35, metrics["node_scale_out_lag_seconds_max"]);
        Assert.Equal(2, metrics["node_group_scalings_total"]);
        Assert.Equal(3600 / 200.0, metrics["node_scaling_reversals_per_hour"]);
        Assert.Equal(0, metrics["node_scaling_flaps_total"]);
    }

    [Fact]
    public void A_whole_run_lags_by_the_look_and_the_boot()
    {
        var options = new ClusterAutoscalerOptions { Groups = [Group with { Min = 0, Initial = 0, BootSeconds = new ConstantDistribution(90) }] };
        OrchestrationBuilder builder = Fleet(1).With(o => o with { ClusterAutoscaler = options, Fleet = options.FleetWith(o.Fleet.Nodes.ToArray()), Until = TimeSpan.FromSeconds(300) });
        OrchestratedRun run = builder.Apply(ReplicaSet("a", 2, Template("a", "5"))).BuildWithAgents();
        var observer = new NodeScalingObserver(run.Fleet, options, () => run.Loop.Now, TimeSpan.Zero);
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(300), sink);
        // The first look at pods that wait is at 10 s.
        Assert.Equal(100, sink.Metrics.Single(metric => metric.Name == "node_scale_out_lag_seconds_mean").Value);
        Assert.Equal(290, sink.Metrics.Single(metric => metric.Name == "nodes_paid_node_seconds").Value);
        Assert.Equal(90, sink.Metrics.Single(metric => metric.Name == "nodes_paid_above_needed_node_seconds").Value);
    }

    private static NodeGroup Group { get; } = new() { Name = "node", Template = new NodeSpec { Name = "", CpuMilli = 8000, MemoryBytes = 32L << 30 }, Min = 1, Max = 3 };

    private static Script Replicas(out ReplicaScalingObserver observer)
    {
        var script = new Script();
        observer = new ReplicaScalingObserver(script.Store.View, () => script.Now, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        var scaler = new HorizontalPodAutoscaler { Metadata = Meta("web"), TargetKind = ResourceKind.ReplicaSet, TargetName = "web", MaxReplicas = 9, Down = ScalingRules.DefaultDown with { Stabilization = TimeSpan.FromSeconds(60) } };
        return script.Apply(0, ReplicaSet("web", 1), scaler).Serve(1, "a", "web", 0, ReplicaSet("web", 1));
    }

    private static Script Scale(Script script, ReplicaScalingObserver observer, double seconds, int before, int after) =>
        script.Tell(seconds, observer, FactKind.ReplicasScaled, () => script.Find<ReplicaSet>(ResourceKind.ReplicaSet, "web").Uid, ((long)before << 32) | (uint)after);

    private static Script Groups(out NodeScalingObserver observer)
    {
        var script = new Script();
        var options = new ClusterAutoscalerOptions { Groups = [Group] };
        observer = new NodeScalingObserver(options.FleetWith([]), options, () => script.Now, TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        return script.Apply(0, NodeOf(script, 0));
    }

    private static Node NodeOf(Script script, int node) => new() { Metadata = new ObjectMeta { Name = script.Fleet.Nodes[node].Name }, Index = new NodeIndex(node), Spec = script.Fleet.Nodes[node] };
}
