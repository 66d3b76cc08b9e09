using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>Four pods of a Deployment are wanted from second 60 on; who took how many replica-seconds away is worked out by hand.</summary>
public sealed class DeficitCauseTests
{
    private static readonly ReplicaSet Set = ReplicaSet("web-1", 4);

    [Fact]
    public void A_deficit_is_divided_among_what_took_the_pods_away_and_the_parts_sum_to_it()
    {
        // Lacking: 1 from 70, 2 from 80, 1 from 90, 2 from 100, 3 from 110, 2 from 120, 1 from 130, none from 150.
        Script script = World(out RolloutObserver observer)
            .Delete(70, "a", "EvictionByEvictionAPI")
            .Node(80, 1, node => node with { IsReady = null }).Ready(80, "b", isReady: false)
            .Serve(90, "a2", "web", 4, Set)
            .Apply(100, Deployment("web", 4, Template("web", image: "app:v2"))).Delete(100, "c")
            .Ready(110, "d", isReady: false).Ready(120, "d")
            .Serve(130, "b2", "web", 5, Set)
            .Serve(150, "c2", "web", 6, Set, image: "app:v2");
        Dictionary<string, double?> metrics = script.Play(160, observer.Report);
        Assert.Equal(20, metrics["deficit_by_eviction_replica_seconds"]);
        Assert.Equal(50, metrics["deficit_by_node_fault_replica_seconds"]);
        Assert.Equal(50, metrics["deficit_by_update_replica_seconds"]);
        Assert.Equal(10, metrics["deficit_by_other_replica_seconds"]);
        Assert.Equal(130, metrics["deficit_replica_seconds"]);
        Assert.Equal(0.25, metrics["available_ratio_min"]);
    }

    [Theory]
    [InlineData("crash", "node_fault")]
    [InlineData("reboot", "node_fault")]
    [InlineData("drain", "eviction")]
    [InlineData("update", "update")]
    public void A_whole_run_finds_the_cause_of_all_that_was_missing(string trouble, string cause)
    {
        Deployment web = Deployment("web", 3);
        OrchestrationBuilder builder = Fleet(3).With(o => o with { Until = TimeSpan.FromSeconds(900) }).Apply(Service("web"), web);
        if (trouble == "update") builder.Apply(100, web with { Strategy = DeploymentStrategy.Recreate, Template = Template("web", image: "app:v2") });
        if (trouble == "drain") builder.Step(new DrainStep(TimeSpan.FromSeconds(100), ["node-000"]));
        if (trouble is "crash" or "reboot") builder.Do(100, run => run.Health!.Crash(0));
        if (trouble == "reboot") builder.Do(110, run => run.Health!.Recover(0));
        OrchestratedRun run = builder.BuildWithAgents();
        var observer = new RolloutObserver(() => run.Loop.Now, run.Store.View, TimeSpan.FromSeconds(60), newTag: null, TimeSpan.FromSeconds(10));
        run.Store.Subscribe(observer);
        run.Facts.Subscribe(observer);
        run.Health!.Subscribe(observer);
        run.Run();
        var sink = new MetricSink();
        observer.Report(TimeSpan.FromSeconds(900), sink);
        double? deficit = sink.Metrics.Single(metric => metric.Name == "deficit_replica_seconds").Value;
        Assert.True(deficit > 0);
        Assert.Equal(deficit, sink.Metrics.Single(metric => metric.Name == $"deficit_by_{cause}_replica_seconds").Value);
    }

    [Fact]
    public void The_parts_sum_to_what_a_count_at_every_second_finds_whatever_happens()
    {
        var seen = new HashSet<string>();
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var draw = Draw.Stream(seed, "tests/deficit");
            Script script = World(out RolloutObserver observer);
            long lacking = 0;
            for (int second = 61; second < 260; second++)
            {
                int what = (int)draw.Below(0, (ulong)second, 12), which = (int)draw.Below(1, (ulong)second, 1000), node = which % 8;
                if (what < 3) script.Serve(second, $"p{second}", "web", node, Set, image: what == 0 ? "app:v2" : "app:v1");
                script.At(second, () => Happen(script, what, which, node));
                script.At(second + 0.5, () => lacking += Math.Max(0, 4 - Pods(script).Count(pod => pod is { IsActive: true, Status.IsReady: true })));
            }

            Dictionary<string, double?> metrics = script.Play(260, observer.Report);
            double[] parts = [.. metrics.Where(metric => metric.Key.StartsWith("deficit_by_", StringComparison.Ordinal)).Select(metric => metric.Value!.Value)];
            // Nothing happens between whole seconds, and all four serve until 61.
            Assert.Equal(lacking, metrics["deficit_replica_seconds"]);
            Assert.Equal(lacking, parts.Sum());
            Assert.All(parts, part => Assert.True(part >= 0));
            seen.UnionWith(metrics.Where(metric => metric.Value > 0).Select(metric => metric.Key));
        }

        Assert.All(["update", "node_fault", "eviction", "other"], cause => Assert.Contains($"deficit_by_{cause}_replica_seconds", seen));
    }

    [Theory]
    [InlineData("EvictionByEvictionAPI", false, "eviction")]
    [InlineData("PreemptionByScheduler", false, "eviction")]
    [InlineData("DeletionByTaintManager", false, "eviction")]
    [InlineData("DeletionByTaintManager", true, "node_fault")]
    [InlineData("", true, "node_fault")]
    [InlineData("", false, "other")]
    public void A_deletion_counts_for_its_condition_and_for_its_node(string disruption, bool isNodeLost, string cause)
    {
        Script script = World(out RolloutObserver observer);
        if (isNodeLost) script.Node(70, 0, node => node with { IsReady = null, Taints = [new Taint(NodeTaints.Unreachable, "", TaintEffect.NoExecute)] });
        Dictionary<string, double?> metrics = script.Delete(70, "a", disruption).Play(80, observer.Report);
        Assert.Equal(10, metrics[$"deficit_by_{cause}_replica_seconds"]);
        Assert.Equal(10, metrics["deficit_replica_seconds"]);
    }

    [Fact]
    public void A_pod_that_is_ended_for_pressure_is_evicted_though_its_condition_comes_later()
    {
        Script script = World(out RolloutObserver observer);
        Dictionary<string, double?> metrics = script.Tell(70, observer, FactKind.PodEvictedByPressure, "a").Ready(70, "a", isReady: false).Play(80, observer.Report);
        Assert.Equal(10, metrics["deficit_by_eviction_replica_seconds"]);
    }

    [Fact]
    public void A_machine_that_was_off_for_a_moment_is_a_node_fault_though_nobody_called_its_node_lost()
    {
        Script script = World(out RolloutObserver observer)
            .At(70, () => observer.OnHealthChanged(0, NodeTrouble.None, NodeTrouble.Down))
            .At(72, () => observer.OnHealthChanged(0, NodeTrouble.Down, NodeTrouble.None)).Ready(73, "a", isReady: false).Ready(80, "a")
            .Ready(150, "a", isReady: false);
        Dictionary<string, double?> metrics = script.Play(160, observer.Report);
        Assert.Equal(7, metrics["deficit_by_node_fault_replica_seconds"]);
        Assert.Equal(10, metrics["deficit_by_other_replica_seconds"]);
    }

    [Fact]
    public void A_new_version_that_fails_by_itself_is_the_doing_of_its_update()
    {
        Script script = World(out RolloutObserver observer)
            .Apply(60, Deployment("web", 4, Template("web", image: "app:v2"))).Delete(60, "a").Serve(62, "a2", "web", 4, Set, image: "app:v2").Ready(70, "a2", isReady: false);
        Assert.Equal(2 + 10, script.Play(80, observer.Report)["deficit_by_update_replica_seconds"]);
    }

    [Fact]
    public void Pods_moved_are_those_that_sit_where_none_of_their_service_sat_before()
    {
        // Before on 0, 1, 2, 3; after on 0, 1, 5, 5: two moved.
        Script script = World(out RolloutObserver observer)
            .Delete(70, "a").Remove(71, "a").Serve(72, "a2", "web", 0, Set)
            .Delete(73, "c").Remove(74, "c").Serve(75, "c2", "web", 5, Set)
            .Delete(76, "d").Remove(77, "d").Serve(78, "d2", "web", 5, Set);
        Assert.Equal(2, script.Play(80, observer.Report)["pods_moved_total"]);
    }

    [Fact]
    public void Pods_created_are_counted_for_services_that_got_the_new_version_alone()
    {
        Script script = World(out RolloutObserver observer);
        script.Apply(1, Service("db"), Deployment("db", 1)).Serve(2, "z", "db", 7);
        script.Apply(60, Deployment("web", 4, Template("web", image: "app:v2")));
        for (int i = 0; i < 5; i++) script.Serve(70 + i, $"n{i}", "web", 4, Set, image: "app:v2");
        script.Delete(75, "z").Remove(76, "z").Serve(77, "z2", "db", 7);
        Assert.Equal(5 / 4.0, script.Play(80, observer.Report)["pods_created_per_replica_ratio"]);
    }

    [Fact]
    public void Of_refused_evictions_those_that_a_budget_refused_are_counted()
    {
        var observer = new RolloutFactObserver(TimeSpan.Zero);
        Script script = World(out _).Tell(70, observer, FactKind.EvictionRefused, "a", 429).Tell(71, observer, FactKind.EvictionRefused, "a", 500).Tell(72, observer, FactKind.EvictionRefused, "b", 429);
        Assert.Equal(2, script.Play(80, observer.Report)["evictions_refused_total"]);
    }

    private static Script World(out RolloutObserver observer)
    {
        var script = new Script();
        observer = new RolloutObserver(() => script.Now, script.Store.View, TimeSpan.FromSeconds(60), "v2", TimeSpan.FromSeconds(10));
        script.Store.Subscribe(observer);
        script.ApplyNodes().Apply(0, Service("web"), Deployment("web", 4)).At(0, () => script.Store.Create(Set with
        {
            Metadata = Set.Metadata with { Owners = [new OwnerReference(ResourceKind.Deployment, "web", script.Find<Deployment>(ResourceKind.Deployment, "web").Uid)] },
        }, out _));
        foreach ((string name, int node) in (ReadOnlySpan<(string, int)>)[("a", 0), ("b", 1), ("c", 2), ("d", 3)]) script.Serve(1, name, "web", node, Set);
        return script;
    }

    private static void Happen(Script script, int what, int which, int node)
    {
        Pod[] pods = [.. Pods(script)];
        if (pods.Length == 0) return;
        Pod pod = pods[which % pods.Length];
        switch (what)
        {
            case 3 or 4:
                _ = script.Store.Update(pod with { Status = pod.Status with { IsReady = !pod.Status.IsReady, ReadySince = script.Now } });
                break;
            case 5 or 6:
                string[] causes = ["", "EvictionByEvictionAPI", "PreemptionByScheduler", "DeletionByTaintManager"];
                if (!pod.Metadata.IsDeleting) _ = script.Store.Update(pod with { Status = pod.Status with { Disruption = causes[which % 4] } });
                _ = script.Store.Delete(pod.Key, new DeleteOptions(Grace: TimeSpan.FromSeconds(30)));
                break;
            case 7:
                _ = script.Store.Delete(pod.Key, new DeleteOptions(Grace: TimeSpan.Zero));
                break;
            case 8:
                Node known = script.Store.View.Find<Node>(ResourceKind.Node, "", script.Fleet.Nodes[node].Name)!;
                _ = script.Store.Update(known with { IsReady = known.IsReady == true ? null : true });
                foreach (Pod lost in pods.Where(lost => lost.Node.Value == node && known.IsReady == true)) _ = script.Store.Update(lost with { Status = lost.Status with { IsReady = false } });
                break;
            case 9:
                Deployment web = script.Find<Deployment>(ResourceKind.Deployment, "web");
                _ = script.Store.Update(web with { Template = Template("web", image: which % 2 == 0 ? "app:v1" : "app:v2") });
                break;
            default:
                break;
        }
    }

    private static IEnumerable<Pod> Pods(Script script) => script.Store.View.All(ResourceKind.Pod).Cast<Pod>();
}
