using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.History;

public sealed class ObjectHistoryTests
{
    [Fact]
    public void A_deployment_tells_its_rollout_from_template_to_completion()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 4)).Apply(60, Deployment("web", 4, Template("web", image: "app:v2"))).Build(out _);
        string[] told = Told(run, ResourceKind.Deployment, "web", withPods: false);
        AssertInOrder(
            told, "created: 4 replicas of app:v1", "rollout of revision 1 is complete", "template: app:v1 becomes app:v2", "rollout of revision 2 started", "scaled from 4 to",
            "rollout of revision 2 is complete, after 4 s: 4 pods made, 4 taken away, never fewer than 3 ready");
        Assert.DoesNotContain(told, line => line.StartsWith("Pod/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pod_that_fits_nowhere_says_how_many_nodes_are_against_it_and_why()
    {
        OrchestratedRun run = Fleet(3).Apply(ReplicaSet("big", 1, Template("big", cpu: "64"))).Build(out _);
        Assert.Contains(Told(run, ResourceKind.ReplicaSet, "big", withPods: true), line => line.EndsWith("pending: 0/3 nodes fit: 3 InsufficientCpu", StringComparison.Ordinal));
    }

    [Fact]
    public void Pods_of_a_workload_are_told_one_by_one_where_asked_for()
    {
        OrchestratedRun run = Fleet(3).Apply(ReplicaSet("web", 2)).Apply(60, ReplicaSet("web", 1)).Build(out _);
        string[] told = Told(run, ResourceKind.ReplicaSet, "web", withPods: true);
        Assert.Equal(2, told.Count(line => line.EndsWith(" ready", StringComparison.Ordinal) && !line.EndsWith("not ready", StringComparison.Ordinal)));
        Assert.Equal(2, told.Count(line => line.Contains(" bound to node-", StringComparison.Ordinal)));
        AssertInOrder(told, "scaled from 2 to 1", "deletion asked for", "gone");
    }

    [Fact]
    public void A_pod_that_a_drain_evicts_says_so_and_what_it_cost()
    {
        var budget = new PodDisruptionBudget { Metadata = Meta("web"), Selector = LabelSelector.Of([new Label("app", "web")]), MaxUnavailable = IntOrPercent.Of(1) };
        string[] told = ToldOfPods(Fleet(3).Apply(budget).Step(new DrainStep(TimeSpan.FromSeconds(60), ["node-000"])));
        AssertInOrder(told, "eviction admitted, at the cost of its disruption budget", "deletion asked for, grace 30 s: evicted, node-000 is being drained");
    }

    [Fact]
    public void A_pod_that_a_user_evicts_or_deletes_says_so()
    {
        string[] told = ToldOfPods(Fleet(3).Do(60, run => run.Evictions.Evict(Pods(run)[0].Key)).Do(70, run => run.Store.Delete(Pods(run)[0].Key)));
        AssertInOrder(told, ": evicted through the API", ": by a user");
    }

    [Fact]
    public void A_pod_that_leaves_for_a_taint_names_it()
    {
        string[] told = ToldOfPods(Fleet(3).Do(60, run => _ = run.Store.Update(run.Find<Node>("node-000")! with { Taints = [new Taint("maintenance", "now", TaintEffect.NoExecute)] })));
        AssertInOrder(told, ": evicted for taint maintenance=now:NoExecute of node-000");
    }

    [Fact]
    public void A_pod_of_a_lost_node_tells_that_nothing_was_heard_and_which_taint_took_it()
    {
        string[] told = ToldOfPods(Fleet(3).Do(60, run => run.Health!.Crash(0)));
        AssertInOrder(told, "called not ready: nothing is heard of node-000", $": evicted for taint {NodeTaints.Unreachable}:NoExecute of node-000");
    }

    [Fact]
    public void A_preempted_pod_names_the_one_that_it_left_for()
    {
        Pod big = Some.Pod("big", "7950m");
        string[] told = ToldOfPods(Fleet(1).Apply(60, big with { Spec = big.Spec with { Priority = 100 } }));
        AssertInOrder(told, ": preempted by default/big");
    }

    [Fact]
    public void A_pod_that_is_ended_for_pressure_says_which_node_was_short_of_memory()
    {
        var images = new ImageCatalog().Add("app", new ImageBehavior { MemoryBytes = 64L << 20, LeakedBytesPerSecond = 1L << 30 });
        string[] told = ToldOfPods(Fleet(1), new AgentOptions { Images = images });
        AssertInOrder(told, "evicted: node-000 was short of memory", "Evicted: The node was low on resource: memory.");
    }

    [Fact]
    public void A_pod_that_a_scale_down_takes_names_the_set_that_wants_fewer() =>
        AssertInOrder(ToldOfPods(Fleet(3).Apply(60, ReplicaSet("web", 1))), ": ReplicaSet/web wants 1 pods");

    [Fact]
    public void Nodes_that_an_autoscaler_may_still_add_are_not_counted_against_a_pending_pod()
    {
        var options = new ClusterAutoscalerOptions
        {
            Groups = [new NodeGroup { Name = "pool", Template = new NodeSpec { Name = "", CpuMilli = 8000, MemoryBytes = 32L << 30 }, Min = 0, Initial = 1, Max = 5 }],
        };
        OrchestratedRun run = Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(100), ClusterAutoscaler = options, Fleet = options.FleetWith(o.Fleet.Nodes.ToArray()) }).Apply(ReplicaSet("big", 1, Template("big", cpu: "64"))).BuildWithAgents();
        Assert.Contains(Told(run, ResourceKind.ReplicaSet, "big", withPods: true), line => line.EndsWith("pending: 0/3 nodes fit: 3 InsufficientCpu", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pod_that_a_scale_in_evicts_names_the_autoscaler()
    {
        var options = new ClusterAutoscalerOptions
        {
            Groups = [new NodeGroup { Name = "pool", Template = new NodeSpec { Name = "", CpuMilli = 8000, MemoryBytes = 32L << 30 }, Min = 0, Initial = 1, Max = 1 }],
        };
        // Both pods stand in the pool while the other node is cordoned.
        OrchestrationBuilder builder = Fleet(1).With(o => o with { ClusterAutoscaler = options, Fleet = options.FleetWith(o.Fleet.Nodes.ToArray()) })
            .Step(new CordonStep(TimeSpan.Zero, "node-000")).Step(new UncordonStep(TimeSpan.FromSeconds(30), "node-000"));
        AssertInOrder(ToldOfPods(builder), ": evicted, the cluster autoscaler takes pool-0000 away");
    }

    [Fact]
    public void A_node_tells_its_drain_and_its_loss()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(500) }).Apply(ReplicaSet("web", 2)).Step(new DrainStep(TimeSpan.FromSeconds(60), ["node-000"])).Do(100, r => r.Health!.Crash(0)).BuildWithAgents();
        AssertInOrder(Told(run, ResourceKind.Node, "node-000", withPods: false, ns: null), "cordoned", "drain started: 2 pods to evict", "drained; 0 evictions were refused", "the machine loses its power", "node is not ready", "tainted by the node lifecycle controller");
    }

    [Fact]
    public void A_node_tells_that_its_machine_has_power_again_and_that_no_taint_is_left()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(500) }).Apply(ReplicaSet("web", 2)).Do(100, r => r.Health!.Crash(1)).Do(300, r => r.Health!.Recover(1)).BuildWithAgents();
        AssertInOrder(Told(run, ResourceKind.Node, "node-001", withPods: false, ns: null), "the machine loses its power", "taints: ", "the machine has power again", "node is ready", "no taints");
        Assert.DoesNotContain(Told(Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(500) }).Do(100, r => r.Health!.Crash(1)).BuildWithAgents(), ResourceKind.Node, "node-000", withPods: false, ns: null), line => line.Contains("power", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_tells_that_its_disk_is_short()
    {
        const long Gib = 1L << 30;
        var images = new ImageCatalog().Add("app", new ImageBehavior { Disk = new DiskUsage(9 * Gib, 0, 0, 0, 0) });
        OrchestratedRun run = Fleet(1).With(o => o with { Until = TimeSpan.FromSeconds(500), Fleet = new FleetLayout([o.Fleet.Nodes[0] with { EphemeralStorageBytes = 10 * Gib }]) }).Apply(ReplicaSet("web", 1)).BuildWithAgents(new AgentOptions { Images = images });
        AssertInOrder(Told(run, ResourceKind.Node, "node-000", withPods: false, ns: null), "short of disk: images and dead containers go");
    }

    [Fact]
    public void A_job_tells_its_failures_and_its_end()
    {
        var images = new ImageCatalog().Add("app", new ImageBehavior { RunSeconds = new ConstantDistribution(5), ExitCode = 1 });
        OrchestratedRun run = Fleet(1).Apply(Some.Job("sort") with { BackoffLimit = 1 }).BuildWithAgents(new AgentOptions { Images = images });
        AssertInOrder(Told(run, ResourceKind.Job, "sort", withPods: false), "1 failed pods, 1 are tolerated", "2 failed pods, 1 are tolerated", "failed: BackoffLimitExceeded");
    }

    [Fact]
    public void The_new_side_of_a_release_belongs_to_its_deployment()
    {
        var plan = new BlueGreenPlan { Deployment = "web", Service = "web", Template = Template("web", image: "app:v2"), Hold = TimeSpan.FromSeconds(10) };
        OrchestratedRun run = Fleet(3).Apply(Service("web"), Deployment("web", 2)).Step(new ReleaseStep(TimeSpan.FromSeconds(60), plan)).Build(out _);
        AssertInOrder(Told(run, ResourceKind.Deployment, "web", withPods: false), "blue/green release started", "Deployment/web-green created: 2 replicas of app:v2", "requests go to the new side");
    }

    [Fact]
    public void An_object_that_never_existed_was_not_seen()
    {
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 1)).Build(out _);
        ObjectHistory history = ObjectHistory.Attach(run, ResourceKind.Deployment, ns: null, "web", withPods: false);
        run.Run();
        Assert.False(history.WasSeen);
        Assert.Empty(history.Entries);
    }

    /// <summary>Two pods of a ReplicaSet in a run with agents.</summary>
    private static string[] ToldOfPods(OrchestrationBuilder builder, AgentOptions? agents = null) =>
        Told(builder.With(o => o with { Until = TimeSpan.FromSeconds(1200) }).Apply(ReplicaSet("web", 2)).BuildWithAgents(agents), ResourceKind.ReplicaSet, "web", withPods: true);

    private static string[] Told(OrchestratedRun run, ResourceKind kind, string name, bool withPods, string? ns = "default")
    {
        ObjectHistory history = ObjectHistory.Attach(run, kind, ns, name, withPods);
        run.Run();
        Assert.True(history.WasSeen);
        return [.. history.Entries.Select(entry => $"{entry.Subject} {entry.What}")];
    }

    private static void AssertInOrder(string[] told, params string[] expected)
    {
        int at = 0;
        foreach (string line in expected)
        {
            int found = Array.FindIndex(told, at, text => text.Contains(line, StringComparison.Ordinal));
            Assert.True(found >= 0, $"'{line}' is not told after line {at} of:\n{string.Join('\n', told)}");
            at = found + 1;
        }
    }
}
