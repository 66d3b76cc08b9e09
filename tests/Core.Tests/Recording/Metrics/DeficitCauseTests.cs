using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Metrics;
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
}
