using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class DrainTests
{
    [Fact]
    public void A_cordoned_node_keeps_its_pods_and_takes_no_new_ones_until_it_is_given_back()
    {
        OrchestratedRun run = Fleet(2).Apply(Deployment("web", 4)).Step(new CordonStep(S(30), "node-000")).Step(new ScaleStep(S(60), ResourceKind.Deployment, "web", 12))
            .Step(new UncordonStep(S(90), "node-000")).Step(new ScaleStep(S(120), ResourceKind.Deployment, "web", 16)).With(o => o with { Until = S(100) }).Build(out _);
        run.Run();
        Assert.Equal((2, 10), (On(run, 0), On(run, 1)));
        run.Loop.Run(TimeSpan.MaxValue);
        Assert.Equal((6, 10), (On(run, 0), On(run, 1)));
    }

    [Fact]
    public void A_drain_without_a_budget_evicts_everything_at_once_and_leaves_the_node_cordoned()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 9)).Step(new DrainStep(S(60), "node-001")).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal(0, On(run, 1));
        Assert.True(run.Store.View.Find<Node>(ResourceKind.Node, "", "node-001")!.IsCordoned);
        Assert.Equal(9, Pods(run).Count(pod => pod.Status.IsReady));
        Assert.Equal((S(60), S(61)), (At(facts, FactKind.DrainStarted), At(facts, FactKind.NodeDrained)));
        Assert.Equal(3, facts.All.Count(fact => fact.Kind == FactKind.EvictionAdmitted && fact.At == S(60)));
        Assert.Equal(0, run.Drains.Underway);
    }

    [Fact]
    public void Refused_evictions_are_tried_again_every_five_seconds_and_the_budget_holds_throughout()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 9), Budget("web", "1")).Step(new DrainStep(S(60), "node-001")).Build(out InstantAgent agent);
        agent.StartTime = S(3);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal([S(60), S(65), S(70)], facts.All.Where(fact => fact.Kind == FactKind.EvictionAdmitted).Select(fact => fact.At));
        Assert.Equal([S(60), S(60), S(65)], facts.All.Where(fact => fact.Kind == FactKind.EvictionRefused).Select(fact => fact.At));
        Assert.Equal(S(71), At(facts, FactKind.NodeDrained));
        Assert.Equal(3, facts.All.Single(fact => fact.Kind == FactKind.NodeDrained).Detail);
    }

    [Fact]
    public void A_drain_that_a_budget_never_allows_is_given_up_at_its_timeout()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 9), Budget("web", "0")).Step(new DrainStep(S(60), "node-001", new DrainOptions { Timeout = S(62) })).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal(S(122), At(facts, FactKind.DrainFailed));
        Assert.Equal(3, On(run, 1));
        Assert.Equal(0, run.Drains.Underway);
    }

    [Fact]
    public void Without_evictions_a_drain_deletes_past_the_budget()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 9), Budget("web", "0")).Step(new DrainStep(S(60), "node-001", new DrainOptions { DisablesEviction = true })).Build(out _);
        run.Run();
        Assert.Equal(0, On(run, 1));
    }

    [Fact]
    public void Pods_of_daemon_sets_stay_and_stop_a_drain_that_is_not_told_to_ignore_them()
    {
        Pod daemon = new()
        {
            Metadata = Meta("agent") with { Labels = [new Label("app", "agent")], Owners = [new OwnerReference(ResourceKind.DaemonSet, "agent", 9999)] },
            Spec = Template("agent").Spec,
        };
        OrchestratedRun run = Fleet(1).Apply(daemon).Step(new DrainStep(S(60), "node-000")).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal(1, On(run, 0));
        Assert.Equal(S(60), At(facts, FactKind.NodeDrained));
        OrchestratedRun refused = Fleet(1).Apply(daemon).Step(new DrainStep(S(60), "node-000", new DrainOptions { IgnoresDaemonSets = false })).Build(out _);
        Assert.Contains("managed by a DaemonSet", Assert.Throws<RunStepException>(() => refused.Run()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "declares no controller")]
    [InlineData(false, "has local storage")]
    public void Bare_pods_and_local_storage_stop_a_drain_that_is_not_told_to_take_them(bool isBare, string expected)
    {
        PodSpec spec = Template("web").Spec with { Volumes = isBare ? default(ValueList<Volume>) : [new Volume("tmp", VolumeKind.EmptyDir, "", false, null)] };
        var pod = new Pod { Metadata = Meta("alone"), Spec = spec };
        OrchestratedRun run = Fleet(1).Apply(pod).Step(new DrainStep(S(60), "node-000", new DrainOptions { IsForced = !isBare, DeletesEmptyDir = isBare })).Build(out _);
        Assert.Contains(expected, Assert.Throws<RunStepException>(() => run.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parallelism_bounds_the_pods_that_are_on_their_way_out()
    {
        OrchestratedRun run = Fleet(2).Apply(Deployment("web", 12)).Step(new DrainStep(S(60), "node-001", new DrainOptions { Parallelism = 2 })).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal([S(60), S(60), S(61), S(61), S(62), S(62)], facts.All.Where(fact => fact.Kind == FactKind.EvictionAdmitted).Select(fact => fact.At));
        Assert.Equal(S(63), At(facts, FactKind.NodeDrained));
    }

    [Fact]
    public void A_drain_by_selector_cordons_all_and_empties_one_after_the_other()
    {
        var zone = LabelSelector.Of([new Label("topology.kubernetes.io/zone", "a")]);
        OrchestratedRun run = Fleet(6).Apply(Deployment("web", 12)).Step(new DrainStep(S(60), [], new DrainOptions { Nodes = zone })).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal([(0, S(61)), (3, S(62))], facts.All.Where(fact => fact.Kind == FactKind.NodeDrained).Select(fact => (fact.Node.Value, fact.At)));
        Assert.Equal((0, 0), (On(run, 0), On(run, 3)));
        Assert.Equal(14, facts.All.Count(fact => fact.Kind == FactKind.EvictionAdmitted) + 10);
    }

    [Fact]
    public void A_maintenance_round_gives_each_node_back_before_it_takes_the_next()
    {
        var options = new MaintenanceOptions { Work = S(100), Pause = S(20) };
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 6)).Step(new MaintenanceStep(S(60), ["node-000", "node-001", "node-002"], options)).Build(out _);
        FactList facts = FactList.Of(run);
        run.Run();
        Assert.Equal([(0, S(60)), (1, S(181)), (2, S(302))], facts.All.Where(fact => fact.Kind == FactKind.DrainStarted).Select(fact => (fact.Node.Value, fact.At)));
        Assert.All(run.Store.View.All(ResourceKind.Node), node => Assert.False(((Node)node).IsCordoned));
        Assert.Equal(6, Pods(run).Count(pod => pod.Status.IsReady));
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static int On(OrchestratedRun run, int node) => Pods(run).Count(pod => pod.Node.Value == node);

    private static TimeSpan At(FactList facts, FactKind kind) => facts.All.Single(fact => fact.Kind == kind).At;

    private static PodDisruptionBudget Budget(string app, string max) => new()
    {
        Metadata = Meta("budget"), Selector = LabelSelector.Of([new Label("app", app)]), MaxUnavailable = IntOrPercent.Of(int.Parse(max)),
    };
}
