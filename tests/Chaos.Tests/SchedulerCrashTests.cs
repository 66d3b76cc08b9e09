using SchedBench.Chaos.Effects;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Schedulers that end and are followed by others.</summary>
public sealed class SchedulerCrashTests
{
    private static readonly FaultEffect Crash = EffectCatalog.Of("schedulerCrash");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_crash_of_30_s_delays_placements_by_30_to_47_s_and_loses_no_pod(ulong seed)
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(105, Deployment("late", 5)).Fault(100, 30, Crash);
        OrchestratedRun run = world.Run(seed);
        Assert.DoesNotContain(world.At(FactKind.PodBound), at => at is >= 100 and < 130);
        double[] late = [.. world.At(FactKind.PodBound).Where(at => at >= 100)];
        Assert.Equal(5, late.Length);
        Assert.All(late, at => Assert.InRange(at, 130, 147));
        Assert.Equal((8, 5), (Ready(run), Ready(run, "late")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_standby_takes_over_when_the_lease_has_run_out(ulong seed)
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(101, Deployment("late", 1)).Fault(100, 0.5, Crash);
        world.Run(seed);
        Assert.InRange(world.At(FactKind.PodBound).Last(), 113, 117);
    }

    [Fact]
    public void Bindings_that_were_not_written_never_arrive_and_their_pods_are_decided_on_again()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).With(o => o with { Scheduler = o.Scheduler with { BindLatency = TimeSpan.FromSeconds(3) } })
            .Apply(98, Deployment("late", 5)).Fault(100, 20, Crash);
        OrchestratedRun run = world.Run();
        Fact[] lost = [.. world.Facts.Where(fact => fact.Kind == FactKind.PodUnreserved)];
        Assert.Equal(5, lost.Length);
        Assert.All(lost, fact => Assert.Equal((100, (long)UnreserveReason.SchedulerLost), (fact.At.TotalSeconds, fact.Detail)));
        Assert.Equal(5, Ready(run, "late"));
        Assert.All(world.At(FactKind.PodBound).Where(at => at >= 98), at => Assert.InRange(at, 123, 140));
    }

    [Fact]
    public void A_pod_that_is_deleted_while_no_scheduler_is_there_is_not_placed()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(105, Some.Pod("gone"), Some.Pod("stays")).Fault(100, 30, Crash)
            .Do(110, run => Assert.Null(run.Store.Delete(new ObjectKey(ResourceKind.Pod, "default", "gone"))));
        OrchestratedRun run = world.Run();
        Assert.Equal(9, world.At(FactKind.PodBound).Length);
        Assert.True(run.Find<Pod>("stays")!.Status.IsReady);
    }

    [Fact]
    public void What_ended_meanwhile_gives_its_room_back()
    {
        // Four nodes of 8 CPU hold four of these; the fifth has to wait for one of them.
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(50, Some.Pod("a", "6"), Some.Pod("b", "6"), Some.Pod("c", "6"), Some.Pod("d", "6"), Some.Pod("e", "6")).Fault(100, 30, Crash)
            .Do(110, run => Assert.Null(run.Store.Delete(new ObjectKey(ResourceKind.Pod, "default", "a"))));
        OrchestratedRun run = world.Run();
        Assert.InRange(world.At(FactKind.PodBound).Last(), 130, 147);
        Assert.All((string[])["b", "c", "d", "e"], name => Assert.True(run.Find<Pod>(name)!.Status.IsReady));
    }

    [Fact]
    public void Crashes_add_up()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(105, Deployment("late", 1)).Fault(100, 30, Crash).Fault(120, 60, Crash);
        world.Run();
        Assert.InRange(world.At(FactKind.PodBound).Last(), 180, 182);
    }

    [Fact]
    public void Every_strategy_starts_anew_from_what_the_store_says()
    {
        foreach (string name in SchedBench.Schedulers.Catalog.StrategyCatalog.BuiltIn().Entries.Where(entry => !entry.NeedsFile && !entry.Build().UsesWorkloadProfile).Select(entry => entry.Name))
        {
            SchedulingStrategy Build() => SchedBench.Schedulers.Catalog.StrategyCatalog.BuiltIn().Find(name)!.Build();
            ControlPlaneWorld world = new ControlPlaneWorld(until: 300).With(o => o with { Strategy = Build(), FreshStrategy = Build }).Apply(105, Deployment("late", 5)).Fault(100, 30, Crash);
            OrchestratedRun run = world.Run();
            Assert.Equal((name, 8, 5), (name, Ready(run), Ready(run, "late")));
        }
    }

    [Fact]
    public void A_run_that_cannot_make_a_strategy_refuses_it()
    {
        RunStepException error = Assert.Throws<RunStepException>(() => new ControlPlaneWorld().With(o => o with { FreshStrategy = null }).Fault(100, 30, Crash).Run());
        Assert.Contains("fresh strategy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_seeds_give_equal_facts()
    {
        static IReadOnlyList<Fact> Facts()
        {
            ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(105, Deployment("late", 5)).Fault(100, 30, Crash);
            world.Run(7);
            return world.Facts;
        }

        Assert.Equal(Facts(), Facts());
    }
}
