using SchedBench.Chaos.Effects;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>What operators, users and providers do, as faults.</summary>
public sealed class OperationTests
{
    private static readonly FaultEffect Drain = EffectCatalog.Of("drain");

    private static Node NodeOf(OrchestratedRun run, int index) => run.Store.View.Find<Node>(ResourceKind.Node, "", $"node-{index:D3}")!;

    [Fact]
    public void A_drained_node_is_empty_until_its_maintenance_is_over_and_takes_pods_again_then()
    {
        (int during, bool cordoned) = (-1, false);
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Fault(100, 200, Drain, "node-000").Apply(400, Deployment("late", 60))
            .Look(290, run => (during, cordoned) = (Pods(run).Count(pod => pod.Node.Value == 0), NodeOf(run, 0).IsCordoned));
        OrchestratedRun run = world.Run();
        Assert.Equal((0, true), (during, cordoned));
        Assert.Equal((false, true, 8), (NodeOf(run, 0).IsCordoned, Pods(run).Any(pod => pod.Node.Value == 0), Ready(run)));
        Assert.Single(world.At(FactKind.NodeDrained));
    }

    [Fact]
    public void A_budget_holds_the_drain_up_and_its_end_gives_the_node_back_with_its_pods()
    {
        var budget = new PodDisruptionBudget { Metadata = Meta("web"), Selector = LabelSelector.Of([new Label("app", "web")]), MaxUnavailable = new IntOrPercent(0, IsPercent: false) };
        long[] before = [];
        ControlPlaneWorld world = new ControlPlaneWorld(until: 400).Apply(50, budget).Fault(100, 100, Drain, "node-000", "node-001").Look(99, run => before = [.. Pods(run).Select(pod => pod.Uid)]);
        OrchestratedRun run = world.Run();
        Assert.Equal(before, Pods(run).Select(pod => pod.Uid));
        Assert.Equal(200, Assert.Single(world.At(FactKind.DrainFailed)));
        Assert.All((int[])[0, 1], node => Assert.False(NodeOf(run, node).IsCordoned));
    }

    [Fact]
    public void Drains_of_a_node_add_up_and_a_cordon_of_before_stays()
    {
        var seen = new List<(bool, bool)>();
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Do(50, run => Assert.Null(run.Drains.Cordon("node-001", isCordoned: true)))
            .Fault(100, 100, Drain, "node-000", "node-001").Fault(150, 100, Drain, "node-000");
        foreach (double at in (double[])[120, 220, 260]) world.Look(at, run => seen.Add((NodeOf(run, 0).IsCordoned, NodeOf(run, 1).IsCordoned)));
        world.Run();
        Assert.Equal([(true, true), (true, true), (false, true)], seen);
    }

    [Fact]
    public void A_reclaimed_machine_is_empty_when_it_goes_and_comes_back()
    {
        (NodeTrouble At219, NodeTrouble At221, int pods, bool isTainted) = (NodeTrouble.Down, NodeTrouble.None, -1, false);
        ControlPlaneWorld world = new ControlPlaneWorld(until: 900).Fault(100, 600, EffectCatalog.Of("spotReclaim"), "node-000")
            .Look(219, run => (At219, pods, isTainted) = (run.Health![0], Pods(run).Count(pod => pod.Node.Value == 0), NodeOf(run, 0).Taints.Any(taint => taint.Key.Contains("spot-itn", StringComparison.Ordinal))))
            .Look(221, run => At221 = run.Health![0]);
        OrchestratedRun run = world.Run();
        Assert.Equal((NodeTrouble.None, NodeTrouble.Down, 0, true), (At219, At221, pods, isTainted));
        Assert.Equal((NodeTrouble.None, false, 0, 8), (run.Health![0], NodeOf(run, 0).IsCordoned, NodeOf(run, 0).Taints.Count, Ready(run)));
        Assert.DoesNotContain(world.Facts, fact => fact.Kind == FactKind.PodEvictedByTaint);
    }

    [Fact]
    public void Without_notice_pods_are_lost_with_the_machine()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 900).Fault(100, 600, EffectCatalog.Of("spotReclaim").With("notice", "0s"), "node-000");
        OrchestratedRun run = world.Run();
        Assert.Single(world.At(FactKind.DrainFailed));
        Assert.Equal(8, Ready(run));
    }

    [Fact]
    public void A_surge_multiplies_pods_and_goes_back()
    {
        var sizes = new List<int>();
        FaultEffect surge = EffectCatalog.Of("surge").With("deployment", "default/web");
        ControlPlaneWorld world = new ControlPlaneWorld(until: 500).Fault(100, 200, surge.With("factor", "2.2")).Fault(200, 50, surge.With("factor", "2"));
        foreach (double at in (double[])[150, 240, 270, 400]) world.Look(at, run => sizes.Add(Ready(run)));
        world.Run();
        Assert.Equal([18, 36, 18, 8], sizes);
    }

    [Fact]
    public void What_a_user_scales_meanwhile_stays()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 500).Fault(100, 100, EffectCatalog.Of("surge").With("deployment", "web").With("factor", "3"))
            .Do(150, run => new ScaleStep(default, ResourceKind.Deployment, "web", 5).Execute(run));
        Assert.Equal(5, Ready(world.Run()));
    }

    [Theory]
    [InlineData("crash", 3)]
    [InlineData("neverReady", 0)]
    public void A_bad_version_stands_until_it_is_taken_back(string how, int leastRestarts)
    {
        (int ready, int bad, int restarts) = (0, 0, 0);
        PodTemplate template = Template("shop");
        template = template with { Spec = template.Spec with { Containers = [.. template.Spec.Containers.Select(container => container with { Readiness = new Probe() })] } };
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(10, Deployment("shop", 8, template))
            .Fault(100, 200, EffectCatalog.Of("badRollout").With("deployment", "shop").With("how", how))
            .Look(290, run =>
            {
                Pod[] broken = [.. Pods(run).Where(pod => pod.Spec.Containers[0].Image == "app:bad")];
                (ready, bad, restarts) = (Ready(run, "shop"), broken.Length, broken.Max(pod => pod.Status.Restarts));
            });
        OrchestratedRun run = world.Run();
        // A quarter may be missing, and a quarter more may be there.
        Assert.Equal((6, 4), (ready, bad));
        Assert.True(restarts >= leastRestarts, $"{restarts} restarts");
        Assert.All(Pods(run), pod => Assert.NotEqual("app:bad", pod.Spec.Containers[0].Image));
        Assert.Equal(8, Ready(run, "shop"));
    }

    [Fact]
    public void A_bad_version_goes_though_somebody_restarted_it_meanwhile()
    {
        PodTemplate template = Template("shop");
        template = template with { Spec = template.Spec with { Containers = [.. template.Spec.Containers.Select(container => container with { Readiness = new Probe() })] } };
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(10, Deployment("shop", 4, template))
            .Fault(100, 100, EffectCatalog.Of("badRollout").With("deployment", "shop")).Do(150, run => new RestartStep(run.Loop.Now, "shop").Execute(run));
        OrchestratedRun run = world.Run();
        Assert.Equal(4, Ready(run, "shop"));
        Assert.All(Pods(run), pod => Assert.NotEqual("app:bad", pod.Spec.Containers[0].Image));
        Assert.NotNull(run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "shop")!.Template.Annotations.ValueOf(RestartStep.Annotation));
    }

    [Fact]
    public void A_version_that_nobody_would_notice_is_refused()
    {
        RunStepException error = Assert.Throws<RunStepException>(() => new ControlPlaneWorld().Fault(100, 100, EffectCatalog.Of("badRollout").With("deployment", "web")).Run());
        Assert.Contains("Deployment/default/web has no readiness probe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_that_is_rolled_out_already_is_refused()
    {
        RunStepException error = Assert.Throws<RunStepException>(() => new ControlPlaneWorld().Fault(100, 100, EffectCatalog.Of("badRollout").With("deployment", "web").With("how", "crash").With("tag", "v1")).Run());
        Assert.Contains("has the tag v1 already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deployment_that_is_not_there_is_one_clear_error()
    {
        RunStepException error = Assert.Throws<RunStepException>(() => new ControlPlaneWorld().Fault(100, 100, EffectCatalog.Of("surge").With("deployment", "shop/wob").With("factor", "2")).Run());
        Assert.Contains("there is no Deployment/shop/wob then", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void While_the_API_does_not_answer_operations_wait()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Fault(100, 60, EffectCatalog.Of("apiServerDown")).Fault(110, 200, Drain, "node-000");
        OrchestratedRun run = world.Run();
        Assert.InRange(Assert.Single(world.At(FactKind.DrainStarted)), 160, 161);
        Assert.False(NodeOf(run, 0).IsCordoned);
    }
}
