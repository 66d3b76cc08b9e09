using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class GarbageCollectorTests
{
    private static RunStep Create(double seconds, string name, params string[] owners) => Some.Step(seconds, run =>
        Assert.Null(run.Store.Create(Some.ConfigMap(name, [.. owners.Select(owner => Some.OwnedBy(run.Find<ConfigMap>(owner)!))]), out _)));

    private static OrchestratedRun Run(params RunStep[] steps)
    {
        OrchestrationBuilder builder = Fleet(1);
        foreach (RunStep step in steps) builder.Step(step);
        OrchestratedRun run = builder.Build(out _);
        run.Run();
        return run;
    }

    [Fact]
    public void What_a_deleted_object_owned_goes_after_it()
    {
        OrchestratedRun run = Run(Create(0, "a"), Create(1, "b", "a"), Create(1, "c", "b"), Some.Delete(5, ResourceKind.ConfigMap, "a"));
        Assert.Equal(0, run.Count(ResourceKind.ConfigMap));
    }

    [Fact]
    public void An_object_with_another_owner_stays_and_loses_the_missing_one()
    {
        OrchestratedRun run = Run(Create(0, "a"), Create(0, "b"), Create(1, "c", "a", "b"), Some.Delete(5, ResourceKind.ConfigMap, "a"));
        Assert.Equal("b", Assert.Single(run.Find<ConfigMap>("c")!.Metadata.Owners).Name);
    }

    [Fact]
    public void An_object_goes_with_its_last_owner()
    {
        OrchestratedRun run = Run(Create(0, "a"), Create(0, "b"), Create(1, "c", "a", "b"), Some.Delete(5, ResourceKind.ConfigMap, "a"), Some.Delete(6, ResourceKind.ConfigMap, "b"));
        Assert.Null(run.Find<ConfigMap>("c"));
    }

    [Fact]
    public void An_object_made_with_an_owner_that_never_was_is_collected()
    {
        OrchestratedRun run = Run(Some.Step(0, r => r.Store.Create(Some.ConfigMap("a", new OwnerReference(ResourceKind.ConfigMap, "ghost", 999_999)), out _)));
        Assert.Equal(0, run.Count(ResourceKind.ConfigMap));
    }

    [Fact]
    public void An_owner_in_another_namespace_counts_as_missing()
    {
        OrchestratedRun run = Run(Some.Step(0, r =>
        {
            r.Store.Create(new ConfigMap { Metadata = new ObjectMeta { Name = "far", Namespace = "kube-system" } }, out KubeObject far);
            r.Store.Create(Some.ConfigMap("a", Some.OwnedBy(far)), out _);
        }));
        Assert.Null(run.Find<ConfigMap>("a"));
    }

    [Fact]
    public void A_foreground_deletion_lets_the_owner_go_last()
    {
        List<string> gone = [];
        OrchestratedRun run = Fleet(1).Step(Create(0, "a")).Step(Create(1, "b", "a")).Step(Create(2, "c", "b"))
            .Step(Some.Delete(5, ResourceKind.ConfigMap, "a", Propagation.Foreground)).Build(out _);
        run.OnEveryWrite(change => { if (change.After is null) gone.Add(change.Object.Name); });
        run.Run();
        Assert.Equal(["c", "b", "a"], gone);
    }

    [Fact]
    public void A_foreground_deletion_does_not_wait_for_owned_objects_that_do_not_block()
    {
        List<string> gone = [];
        OrchestratedRun run = Fleet(1).Step(Create(0, "a"))
            .Step(Some.Step(1, r => r.Store.Create(Some.ConfigMap("b", Some.OwnedBy(r.Find<ConfigMap>("a")!) with { BlocksDeletion = false }), out _)))
            .Step(Some.Delete(5, ResourceKind.ConfigMap, "a", Propagation.Foreground)).Build(out _);
        run.OnEveryWrite(change => { if (change.After is null) gone.Add(change.Object.Name); });
        run.Run();
        Assert.Equal(["a", "b"], gone);
    }

    [Fact]
    public void A_foreground_deletion_waits_for_pods_to_terminate()
    {
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 3)).Step(Some.Delete(20, ResourceKind.ReplicaSet, "web", Propagation.Foreground)).Build(out InstantAgent agent);
        agent.StopTime = TimeSpan.FromSeconds(9);
        TimeSpan gone = default;
        run.OnEveryWrite(change => { if (change is { After: null, Before.Kind: ResourceKind.ReplicaSet }) gone = run.Loop.Now; });
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(29), gone);
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void Orphans_stay_without_owner()
    {
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 3)).Step(Some.Delete(20, ResourceKind.ReplicaSet, "web", Propagation.Orphan)).Build(out _);
        run.Run();
        Assert.Null(run.Find<ReplicaSet>("web"));
        Assert.Equal(3, Pods(run).Count);
        Assert.All(Pods(run), pod => Assert.Empty(pod.Metadata.Owners));
    }

    [Theory]
    [InlineData(Propagation.Background)]
    [InlineData(Propagation.Foreground)]
    public void A_cycle_of_owners_ends(Propagation propagation)
    {
        OrchestratedRun run = Run(
            Create(0, "a"), Create(1, "b", "a"), Create(1, "c", "b"),
            Some.Step(2, r =>
            {
                ConfigMap a = r.Find<ConfigMap>("a")!;
                Assert.Null(r.Store.Update(a with { Metadata = a.Metadata with { Owners = [Some.OwnedBy(r.Find<ConfigMap>("c")!)] } }));
            }),
            Some.Delete(5, ResourceKind.ConfigMap, "a", propagation));
        Assert.Equal(0, run.Count(ResourceKind.ConfigMap));
    }

    [Fact]
    public void A_late_view_collects_all_the_same()
    {
        OrchestratedRun run = Fleet(2).Apply(ReplicaSet("web", 20)).Step(Some.Delete(0.5, ResourceKind.ReplicaSet, "web")).With(o => o with { ControllerDelay = TimeSpan.FromSeconds(3) }).Build(out _);
        run.Run();
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void A_deleted_namespace_goes_after_everything_in_it()
    {
        var space = new Namespace { Metadata = new ObjectMeta { Name = "team" } };
        ObjectMeta Meta(string name) => new() { Name = name, Namespace = "team" };
        OrchestratedRun run = Fleet(2)
            .Apply(space, ReplicaSet("web", 3) with { Metadata = Meta("web") }, Some.ConfigMap("a") with { Metadata = Meta("a") })
            .Step(Some.Delete(20, ResourceKind.Namespace, "team")).Build(out InstantAgent agent);
        agent.StopTime = TimeSpan.FromSeconds(5);
        List<(string Kind, double At)> gone = [];
        run.OnEveryWrite(change => { if (change.After is null) gone.Add((change.Kind.ToString(), run.Loop.Now.TotalSeconds)); });
        run.Run();
        Assert.Equal(("Namespace", 25.0), gone[^1]);
        Assert.Empty(Pods(run));
        Assert.Null(run.Store.View.Find(new ObjectKey(ResourceKind.Namespace, "", "team")));
    }

    [Fact]
    public void Pods_of_a_node_that_is_gone_are_collected_after_the_quarantine()
    {
        OrchestratedRun run = Fleet(1).Apply(ReplicaSet("web", 2)).Step(Some.Delete(25, ResourceKind.Node, "node-000")).With(o => o with { Until = TimeSpan.FromSeconds(200) }).Build(out _);
        List<double> gone = [];
        run.OnEveryWrite(change => { if (change is { After: null, Before: Pod { Node.IsNode: true } }) gone.Add(run.Loop.Now.TotalSeconds); });
        run.Run();
        // Gone at 25, found missing at 40, quarantined until 80.
        Assert.Equal([80.0, 80.0], gone.Take(2));
    }

    [Fact]
    public void Of_too_many_ended_pods_the_oldest_go()
    {
        OrchestratedRun run = Fleet(1).Apply([.. Enumerable.Range(0, 6).Select(i => Some.Pod($"p{i}"))])
            .With(o => o with { Controllers = o.Controllers with { PodGarbage = new PodGarbageOptions { TerminatedThreshold = 4 } } }).Build(out InstantAgent agent);
        agent.Ends = _ => (1, true);
        run.Run();
        Assert.Equal(["p2", "p3", "p4", "p5"], Pods(run).Select(pod => pod.Name));
        Assert.Equal(TimeSpan.FromSeconds(20), run.Loop.Now);
    }

    [Fact]
    public void A_pod_that_terminates_on_a_node_out_of_service_is_removed()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Pod("p"))
            .Step(Some.Step(10, r =>
            {
                Node node = r.Find<Node>("node-000")!;
                r.Store.Update(node with { IsReady = false, Taints = [new Taint("node.kubernetes.io/out-of-service", "", TaintEffect.NoExecute)] });
                r.Store.Delete(Some.Pod("p").Key);
            })).Build(out InstantAgent agent);
        agent.StopTime = TimeSpan.FromHours(1);
        TimeSpan gone = default;
        run.OnEveryWrite(change => { if (change is { After: null, Before.Kind: ResourceKind.Pod }) gone = run.Loop.Now; });
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(20), gone);
    }

    [Fact]
    public void What_a_quotas_namespace_uses_is_written_down()
    {
        OrchestratedRun run = Fleet(1).Apply(new ResourceQuota { Metadata = Meta("q"), Hard = [new ResourceAmount("pods", 2)] }, ReplicaSet("web", 3)).With(o => o with { Until = TimeSpan.FromSeconds(30) }).Build(out _);
        run.Run();
        Assert.Equal(2, Pods(run).Count);
        Assert.Equal([new ResourceAmount("pods", 2)], run.Find<ResourceQuota>("q")!.Used);
    }
}
