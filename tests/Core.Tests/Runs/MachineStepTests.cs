using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Runs;

public sealed class MachineStepTests
{
    private static readonly LabelSelector ZoneA = LabelSelector.Of([new Label("topology.kubernetes.io/zone", "a")]);

    [Fact]
    public void A_machine_without_power_is_noticed_and_its_pods_are_replaced_when_their_toleration_is_over()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 3)).Step(new PowerStep(S(60), ["node-001"], null, IsOn: false)).With(o => o with { Until = S(900) }).BuildWithAgents();
        run.Run();
        Assert.True(run.Health![1].HasFlag(NodeTrouble.Down));
        Assert.Equal(3, Pods(run).Count(pod => pod.Status.IsReady && pod.Node.Value != 1));
    }

    [Fact]
    public void A_machine_that_gets_its_power_back_in_time_keeps_its_pods()
    {
        OrchestratedRun run = Fleet(3).Apply(Deployment("web", 3)).Step(new PowerStep(S(60), ["node-001"], null, IsOn: false)).Step(new PowerStep(S(120), ["node-001"], null, IsOn: true))
            .With(o => o with { Until = S(900) }).BuildWithAgents();
        run.Run();
        Assert.Equal(NodeTrouble.None, run.Health![1]);
        Assert.Equal(3, Pods(run).Count(pod => pod.Status.IsReady));
        Assert.Contains(Pods(run), pod => pod.Node.Value == 1);
        Assert.All(Pods(run), pod => Assert.Equal(pod.Node.Value == 1 ? 1 : 0, pod.Status.Restarts));
    }

    [Fact]
    public void Machines_are_chosen_by_the_labels_they_have_by_then()
    {
        OrchestratedRun run = Fleet(6).Step(new PowerStep(S(60), [], ZoneA, IsOn: false)).With(o => o with { Until = S(61) }).BuildWithAgents();
        run.Run();
        Assert.Equal([0, 3], Enumerable.Range(0, 6).Where(n => run.Health![n] == NodeTrouble.Down));
    }

    [Fact]
    public void Power_of_a_node_that_is_not_there_is_refused_with_its_name()
    {
        OrchestratedRun run = Fleet(2).Step(new PowerStep(S(1), ["node-009"], null, IsOn: false)).BuildWithAgents();
        Assert.Contains("Node/node-009 not found", Assert.Throws<RunStepException>(() => run.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_machines_there_is_no_power_to_cut()
    {
        OrchestratedRun run = Fleet(2).Step(new PowerStep(S(1), ["node-000"], null, IsOn: false)).Build(out _);
        Assert.Contains("powerOff", Assert.Throws<RunStepException>(() => run.Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_are_cordoned_and_given_back_by_name_and_by_label()
    {
        OrchestratedRun run = Fleet(4).Step(new CordonNodesStep(S(1), ["node-001", "node-002"], null, IsCordoned: true)).Step(new CordonNodesStep(S(2), [], ZoneA, IsCordoned: true))
            .Step(new CordonNodesStep(S(3), ["node-002"], null, IsCordoned: false)).Build(out _);
        run.Run();
        Assert.Equal(["node-000", "node-001", "node-003"], run.Store.View.All(ResourceKind.Node).Cast<Node>().Where(node => node.IsCordoned).Select(node => node.Name));
    }

    [Fact]
    public void A_new_tag_leaves_the_size_and_the_pause_of_a_deployment_as_they_are_by_then()
    {
        OrchestratedRun run = Fleet(2).Apply(Deployment("web", 1)).Step(new ScaleStep(S(10), ResourceKind.Deployment, "web", 4)).Step(new PauseStep(S(20), "web"))
            .Step(new RolloutStep(S(30), "web", "v2") { MaxSurge = IntOrPercent.Of(2), IsRecreate = false }).Build(out _);
        run.Run();
        Deployment changed = run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web")!;
        Assert.True(changed is { Replicas: 4, IsPaused: true });
        Assert.Equal(("app:v2", IntOrPercent.Of(2), IntOrPercent.Percent(25)), (changed.Template.Spec.Containers[0].Image, changed.Strategy.MaxSurge, changed.Strategy.MaxUnavailable));
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);
}
