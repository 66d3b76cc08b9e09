using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Runs;

/// <summary>Nodes that get other labels, taints and sizes during a run: everybody learns of it, each with its own delay.</summary>
public sealed class ChangedNodesTests
{
    private static readonly LabelNodeStep Fast = new(TimeSpan.FromSeconds(30), "node-001", [new Label("disk", "fast")]);

    [Fact]
    public void A_pod_waits_for_a_label_that_it_selects()
    {
        OrchestratedRun run = Fleet(2).Apply(Wanting("p", "fast")).Step(Fast).Build(out _);
        PlacementJudge.Attach(run);
        run.Run();
        Assert.Equal((TimeSpan.FromSeconds(30), 1), (Pod(run, "p").Status.ScheduledAt, Pod(run, "p").Node.Value));
    }

    [Fact]
    public void A_step_changes_the_nodes_that_it_names_or_that_its_selector_matches_then()
    {
        var back = LabelSelector.Of([new Label("tier", "back")]);
        OrchestratedRun run = Fleet(3)
            .Step(new LabelNodesStep(TimeSpan.FromSeconds(1), ["node-000", "node-002"], null, [new Label("tier", "back")], ["missing"]))
            .Step(new TaintNodesStep(TimeSpan.FromSeconds(2), [], back, [new Taint("a", "1", TaintEffect.NoSchedule), new Taint("a", "", TaintEffect.NoExecute), new Taint("b", "", TaintEffect.NoSchedule)]))
            .Step(new TaintNodesStep(TimeSpan.FromSeconds(3), ["node-002"], null, [new Taint("a", "2", TaintEffect.NoSchedule)], [new TaintRemoval("a", TaintEffect.NoExecute), new TaintRemoval("b", null), new TaintRemoval("c", null)]))
            .Step(new ResizeNodesStep(TimeSpan.FromSeconds(4), [], back, CpuMilli: 700, Pods: 3))
            .Build(out _);
        run.Run();
        Node[] nodes = [.. Enumerable.Range(0, 3).Select(n => run.Find<Node>($"node-00{n}")!)];
        Assert.Equal(["back", null, "back"], nodes.Select(node => node.Metadata.Labels.ValueOf("tier")));
        Assert.Equal([3, 0, 1], nodes.Select(node => node.Taints.Count));
        Assert.Equal(new Taint("a", "2", TaintEffect.NoSchedule), nodes[2].Taints[0]);
        Assert.Equal([true, false, true], nodes.Select(node => (node.Spec.CpuMilli, node.Spec.Pods) == (700, 3)));
        Assert.Equal(nodes[1].Spec.MemoryBytes, nodes[0].Spec.MemoryBytes);
    }

    [Fact]
    public void The_scheduler_learns_of_a_label_with_its_own_delay()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { SchedulerDelay = TimeSpan.FromSeconds(3) }).Apply(Wanting("p", "fast")).Step(Fast).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(33), Pod(run, "p").Status.ScheduledAt);
    }

    [Fact]
    public void A_pod_that_runs_stays_when_its_node_no_longer_matches()
    {
        OrchestratedRun run = Fleet(2).Apply(Wanting("p", "fast")).Step(Fast).Step(new LabelNodeStep(TimeSpan.FromSeconds(60), "node-001", default, ["disk"]))
            .With(o => o with { Until = TimeSpan.FromSeconds(500) }).BuildWithAgents();
        run.Run();
        Assert.True(Pod(run, "p").Status.IsReady);
        Assert.Null(run.Find<Node>("node-001")!.Metadata.Labels.ValueOf("disk"));
    }

    [Fact]
    public void A_changed_zone_is_another_domain_for_spread_and_takes_its_pods_along()
    {
        // Zones a, b, c with a pod each; the node of c moves to a: a has two pods then, b one, c none and no node.
        ReplicaSet web = ReplicaSet("web", 3);
        web = web with { Template = web.Template with { Spec = web.Template.Spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = "topology.kubernetes.io/zone", MaxSkew = 1, Selector = LabelSelector.Of([new Label("app", "web")]), IsHard = true }] } } };
        OrchestratedRun run = Fleet(3).Apply(web).Step(new LabelNodeStep(TimeSpan.FromSeconds(30), "node-002", [new Label("topology.kubernetes.io/zone", "a")]))
            .Apply(60, web with { Replicas = 4 }).Build(out _);
        PlacementJudge.Attach(run);
        run.Run();
        Assert.Equal([0, 1, 1, 2], Pods(run).Select(pod => pod.Node.Value).Order());
    }

    [Fact]
    public void An_agent_refuses_a_pod_that_its_node_no_longer_matches()
    {
        // The scheduler learns of the lost label ten seconds late, the agent at once.
        OrchestratedRun run = Fleet(2).With(o => o with { SchedulerDelay = TimeSpan.FromSeconds(10), Until = TimeSpan.FromSeconds(200) }).Step(Fast)
            .Step(new LabelNodeStep(TimeSpan.FromSeconds(60), "node-001", default, ["disk"])).Apply(58, Wanting("p", "fast")).BuildWithAgents();
        run.Run();
        Assert.Equal((1, PodLifePhase.Failed, "NodeAffinity"), (Pod(run, "p").Node.Value, Pod(run, "p").Status.Phase, Pod(run, "p").Status.Reason));
    }

    [Fact]
    public void An_agent_refuses_a_pod_for_a_taint_that_evicts_but_not_for_others()
    {
        OrchestratedRun run = Fleet(2).With(o => o with { Until = TimeSpan.FromSeconds(200) })
            .Step(new TaintNodeStep(TimeSpan.FromSeconds(1), "node-000", [new Taint("a", "", TaintEffect.NoSchedule)]))
            .Step(new TaintNodeStep(TimeSpan.FromSeconds(1), "node-001", [new Taint("a", "", TaintEffect.NoExecute)]))
            .Apply(10, Some.Pod("p") with { Node = new NodeIndex(0) }, Some.Pod("q") with { Node = new NodeIndex(1) }).BuildWithAgents();
        run.Run();
        Assert.True(Pod(run, "p").Status.IsReady);
        Assert.Equal("TaintToleration", Pod(run, "q").Status.Reason);
    }

    [Fact]
    public void A_daemon_comes_with_the_label_through_the_scheduler_and_goes_with_it()
    {
        DaemonSet set = Some.DaemonSet("log");
        set = set with { Template = set.Template with { Spec = set.Template.Spec with { NodeSelector = [new Label("disk", "fast")] } } };
        OrchestratedRun run = Fleet(3).Apply(set).Step(Fast).Step(new LabelNodeStep(TimeSpan.FromSeconds(100), "node-001", default, ["disk"]))
            .With(o => o with { Until = TimeSpan.FromSeconds(300), SchedulerDelay = TimeSpan.FromSeconds(1) }).BuildWithAgents();
        var facts = FactLog.Of(run);
        run.Run();
        Assert.Equal(31, Assert.Single(facts.Seconds(FactKind.PodBound)));
        Assert.Empty(Pods(run));
    }

    [Fact]
    public void A_node_that_shrinks_keeps_its_pods_and_takes_no_more_until_it_grows()
    {
        OrchestratedRun run = Fleet(1).Apply(Some.Pod("a", "3")).Step(new ResizeNodeStep(TimeSpan.FromSeconds(10), "node-000", CpuMilli: 2000)).Apply(20, Some.Pod("b", "1"))
            .Step(new ResizeNodeStep(TimeSpan.FromSeconds(60), "node-000", CpuMilli: 4000)).With(o => o with { Until = TimeSpan.FromSeconds(300) }).BuildWithAgents();
        NodeInvariants.Attach(run, 1);
        PlacementJudge.Attach(run);
        run.Run();
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(60)), (Pod(run, "a").Status.ScheduledAt, Pod(run, "b").Status.ScheduledAt));
        Assert.Equal((0L, 4000L), (run.View[new NodeIndex(0)].FreeCpuMilli, run.Agents!.StateOf(new NodeIndex(0)).AllocatableCpuMilli));
    }

    [Theory]
    [InlineData("bad key!", "v", "label 'bad key!' of node 'node-000'")]
    [InlineData("disk", "no blanks", "label 'disk=no blanks' of node 'node-000'")]
    public void A_step_refuses_labels_that_are_none(string key, string value, string starts)
    {
        OrchestratedRun run = Fleet(1).Step(new LabelNodeStep(TimeSpan.Zero, "node-000", [new Label(key, value)])).Build(out _);
        Assert.StartsWith(starts, Assert.Throws<RunStepException>(() => run.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_on_a_node_that_is_not_there_says_so()
    {
        OrchestratedRun run = Fleet(1).Step(Fast).Build(out _);
        Assert.StartsWith("Node/node-001 not found", Assert.Throws<RunStepException>(() => run.Run()).Message, StringComparison.Ordinal);
    }

    private static Pod Wanting(string name, string disk)
    {
        Pod pod = Some.Pod(name);
        return pod with { Spec = pod.Spec with { NodeSelector = [new Label("disk", disk)] } };
    }

    private static Pod Pod(OrchestratedRun run, string name) => Pods(run).Single(pod => pod.Name == name);
}
