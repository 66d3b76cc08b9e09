using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Nodes.NodeAgentTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

public sealed class AgentProbeTests
{
    private static readonly Probe Every10 = new();

    [Fact]
    public void A_pod_is_ready_at_the_first_probe_that_finds_it_so()
    {
        (OrchestratedRun run, FactLog facts) = Start(Behave(start: 3, ready: 9), App() with { Readiness = Every10 with { InitialDelay = TimeSpan.FromSeconds(5) } });
        run.Run();
        // Probes at 0 (held back), 10, 20; it is fit from 12 on.
        Assert.Equal([20.0], facts.Seconds(FactKind.PodReady));
    }

    [Fact]
    public void A_version_that_never_gets_ready_never_is()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { IsNeverReady = true } };
        (OrchestratedRun run, FactLog facts) = Start(images, App() with { Readiness = Every10 });
        run.Run();
        Assert.Empty(facts.Of(FactKind.PodReady));
        Assert.Equal(PodLifePhase.Running, Get(run, "a").Status.Phase);
        // Nothing is polled.
        Assert.InRange(run.Loop.EventsHandled, 0, 60);
    }

    [Fact]
    public void Success_counts_only_after_so_many_in_a_row()
    {
        (OrchestratedRun run, FactLog facts) = Start(Behave(start: 1), App() with { Readiness = Every10 with { SuccessThreshold = 3 } });
        run.Run();
        Assert.Equal([30.0], facts.Seconds(FactKind.PodReady));
    }

    [Fact]
    public void A_liveness_probe_that_fails_three_times_stops_and_restarts_the_container()
    {
        (OrchestratedRun run, FactLog facts) = Start(Behave(start: 1000), App() with { Liveness = Every10 });
        run.Run();
        // Probes at 0, 10, 20 fail; 0.5 s later the process has ended.
        Assert.Equal(20, facts.Seconds(FactKind.ContainerUnhealthy)[0]);
        Assert.Equal(20.5, facts.Seconds(FactKind.ContainerRestarted)[0]);
    }

    [Fact]
    public void A_startup_probe_holds_the_others_back_until_it_passed()
    {
        (OrchestratedRun run, FactLog facts) = Start(
            Behave(start: 95), App() with { Liveness = Every10, Readiness = Every10, Startup = Every10 with { FailureThreshold = 30 } });
        run.Run();
        Assert.Empty(facts.Of(FactKind.ContainerUnhealthy));
        Assert.Equal([100.0], facts.Seconds(FactKind.PodReady));
    }

    [Fact]
    public void A_startup_probe_that_fails_too_often_restarts_the_container()
    {
        (OrchestratedRun run, FactLog facts) = Start(Behave(start: 95), App() with { Startup = Every10 with { FailureThreshold = 3 } });
        run.Run();
        Assert.Equal(20, facts.Seconds(FactKind.ContainerUnhealthy)[0]);
        Assert.Empty(facts.Of(FactKind.PodReady));
    }

    [Fact]
    public void Processes_that_stand_still_fail_their_probes_after_the_timeout()
    {
        (OrchestratedRun run, FactLog facts) = Start(Behave(start: 0), App() with { Readiness = Every10 with { Timeout = TimeSpan.FromSeconds(2) } });
        At(run, 95, () => run.Health!.Set(0, NodeTrouble.ProcessesHung));
        At(run, 205, () => run.Health!.Recover(0));
        run.Run();
        Assert.Equal([122.0], facts.Seconds(FactKind.PodNotReady));
        Assert.Equal([0.0, 210.0], facts.Seconds(FactKind.PodReady));
        Assert.Empty(facts.Of(FactKind.NodeNotReady));
    }

    [Fact]
    public void Readiness_is_probed_on_while_a_pod_terminates()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { StopSeconds = new ConstantDistribution(25), ServesWhileStopping = true } };
        (OrchestratedRun run, FactLog facts) = Start(images, App() with { Readiness = Every10, Liveness = Every10 });
        At(run, 100, () => run.Store.Delete(Key("a")));
        bool ready = false;
        At(run, 120, () => ready = Get(run, "a").Status.IsReady);
        run.Run();
        Assert.True(ready);
        Assert.Equal([125.0], facts.Seconds(FactKind.PodStopped));
    }

    [Fact]
    public void With_the_option_a_pod_is_unready_from_its_deletion_on()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { StopSeconds = new ConstantDistribution(25), ServesWhileStopping = true } };
        OrchestratedRun run = Fleet(1).Apply(Bare("a")).BuildWithAgents(new AgentOptions { ImagesArePresent = true, Images = images, TurnsUnreadyOnDeletion = true });
        FactLog facts = FactLog.Of(run);
        At(run, 100, () => run.Store.Delete(Key("a")));
        run.Run();
        Assert.Equal([100.0], facts.Seconds(FactKind.PodNotReady));
    }

    [Fact]
    public void Agents_decide_at_the_instants_of_a_worker_that_makes_every_probe()
    {
        var draw = Draw.Stream(3, "tests/agents");
        for (ulong world = 0; world < 60; world++)
        {
            double start = draw.Below(world, 0, 400) / 10.0 + 0.03, ready = draw.Below(world, 1, 300) / 10.0;
            var probe = new Probe
            {
                InitialDelay = TimeSpan.FromSeconds(draw.Below(world, 2, 20)),
                Period = TimeSpan.FromSeconds(1 + (long)draw.Below(world, 3, 15)),
                SuccessThreshold = 1 + (int)draw.Below(world, 4, 3),
            };
            (OrchestratedRun run, FactLog facts) = Start(Behave(start, ready), App() with { Readiness = probe });
            run.Run();
            List<(TimeSpan At, bool Passes)> expected = EachProbe.Run(
                probe, TimeSpan.Zero, probe.InitialDelay, false, [(TimeSpan.Zero, ProbeAnswer.Fails), (TimeSpan.FromSeconds(start + ready), ProbeAnswer.Passes)], TimeSpan.FromSeconds(1000));
            Assert.Equal(expected.Select(decision => decision.At), facts.Of(FactKind.PodReady).Select(fact => fact.At));
        }
    }

    private static ImageCatalog Behave(double start, double ready = 0) =>
        new() { Default = new ImageBehavior { StartSeconds = new ConstantDistribution(start), ReadySeconds = new ConstantDistribution(ready) } };

    private static (OrchestratedRun Run, FactLog Facts) Start(ImageCatalog images, Container container) => NodeLifecycleTests.Start(
        Fleet(1).Apply(Bare("a", container)), 1000, new AgentOptions { RelistPeriod = TimeSpan.Zero, ImagesArePresent = true, Images = images });
}
