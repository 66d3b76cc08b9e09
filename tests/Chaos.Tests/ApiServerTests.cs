using SchedBench.Chaos.Effects;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>An API server that does not answer.</summary>
public sealed class ApiServerTests
{
    private static readonly FaultEffect Down = EffectCatalog.Of("apiServerDown");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_two_minutes_without_it_nobody_is_evicted_and_what_was_wanted_is_done(ulong seed)
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 1000).Apply(110, Deployment("late", 5)).Fault(100, 120, Down);
        OrchestratedRun run = world.Run(seed);
        Assert.DoesNotContain(world.Facts, fact => fact.Kind is FactKind.NodeNotReady or FactKind.NodeTainted or FactKind.PodEvictedByTaint);
        Assert.DoesNotContain(world.At(FactKind.PodBound), at => at is > 100 and < 220);
        Assert.All(world.At(FactKind.PodBound).Where(at => at > 100), at => Assert.InRange(at, 220, 224));
        Assert.Equal((8, 5, 8), (Ready(run), Ready(run, "late"), Pods(run).Count(pod => pod.Metadata.CreatedAt < TimeSpan.FromSeconds(50))));
        Assert.True(run.Scheduler.IsUp && run.Controllers.IsRunning && run.Store.Create(Some.ConfigMap("after"), out _) is null);
    }

    [Fact]
    public void Nothing_is_written_meanwhile()
    {
        (long before, long after, ApiErrorCode? code) = (0, 0, null);
        ControlPlaneWorld world = new ControlPlaneWorld().Apply(95, Deployment("late", 5)).Fault(100, 120, Down).Fault(150, 30, FaultEffect.Crash, "node-001")
            .Do(160, run => Assert.Null(run.Store.Delete(Pods(run)[0].Key)))
            .Look(101, run => before = run.Store.ResourceVersion).Look(219, run => (after, code) = (run.Store.ResourceVersion, run.Store.Create(Some.ConfigMap("refused"), out _)?.Code));
        world.Run();
        Assert.Equal((before, ApiErrorCode.ServiceUnavailable), (after, code));
    }

    [Fact]
    public void Less_than_the_renew_deadline_costs_no_leader()
    {
        (bool isUp, bool isPaused, bool isRunning) = (false, false, false);
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(105, Deployment("late", 5)).Fault(100, 9, Down)
            .Look(108, run => (isUp, isPaused, isRunning) = (run.Scheduler.IsUp, run.Scheduler.IsPaused, run.Controllers.IsRunning));
        OrchestratedRun run = world.Run();
        Assert.Equal((true, true, true), (isUp, isPaused, isRunning));
        Assert.All(world.At(FactKind.PodBound).Where(at => at > 100), at => Assert.InRange(at, 109, 109.5));
        Assert.Equal((TimeSpan.Zero, 5), (run.Controllers.StartedAt, Ready(run, "late")));
    }

    [Fact]
    public void A_longer_outage_ends_scheduler_and_controllers_after_10_to_12_s()
    {
        (bool At9, bool At13)? scheduler = null;
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Fault(100, 60, Down)
            .Look(109, run => scheduler = (run.Scheduler.IsUp, false)).Look(113, run => scheduler = (scheduler!.Value.At9, run.Scheduler.IsUp || run.Controllers.IsRunning));
        OrchestratedRun run = world.Run();
        Assert.Equal((true, false), scheduler);
        Assert.InRange(run.Controllers.StartedAt.TotalSeconds, 160, 162);
    }

    [Fact]
    public void A_node_that_dies_in_the_outage_is_found_after_it()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 1000).Fault(100, 120, Down).Fault(130, null, FaultEffect.Crash, "node-000");
        OrchestratedRun run = world.RunToFault();
        Assert.InRange(Assert.Single(world.At(FactKind.NodeNotReady)), 260, 282);
        Assert.Equal(8, Ready(run));
    }

    [Fact]
    public void A_taint_eviction_that_is_refused_is_tried_again()
    {
        // Nearly all writes are refused when the taint comes, and taken again 20 s later.
        ControlPlaneWorld world = new ControlPlaneWorld(until: 400).Fault(100, 20, EffectCatalog.Of("apiServerErrors").With("percent", "99"))
            .Do(101, run => new TaintNodesStep(run.Loop.Now, ["node-000"], null, [new Taint("out", "", TaintEffect.NoExecute)]).Execute(run));
        OrchestratedRun run = world.Run();
        double[] evicted = [.. world.At(FactKind.PodEvictedByTaint)];
        Assert.Equal(2, evicted.Length);
        Assert.All(evicted, at => Assert.InRange(at, 120, 140));
        Assert.Equal((8, 0), (Ready(run), Pods(run).Count(pod => pod.Node.Value == 0)));
    }

    [Fact]
    public void Pods_that_end_meanwhile_are_told_of_afterwards()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 400).Fault(100, 60, Down).Fault(110, 5, FaultEffect.Crash, "node-000", "node-001", "node-002", "node-003");
        OrchestratedRun run = world.Run();
        Assert.Equal(8, Ready(run));
        Assert.DoesNotContain(world.Facts, fact => fact.Kind is FactKind.NodeTainted);
        Assert.All(Pods(run), pod => Assert.Equal(1, pod.Status.Restarts));
    }
}
