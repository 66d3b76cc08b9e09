using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Faults;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Fleets.Processes;
using SchedBench.TestKit;

namespace SchedBench.Fleets.Tests;

/// <summary>Runs on real processes: started, asked, killed, and nothing left of them. They take seconds, and none is judged by how many.</summary>
public sealed class ProcessFleetTests
{
    [Fact]
    public void A_service_of_real_processes_answers_real_requests_and_the_run_can_be_repeated_from_what_entered_it()
    {
        var world = new FleetWorld();
        RealRun real = world.Play(new ProcessEngine());
        // How late the generator was is the machine's business.
        Assert.DoesNotContain(real.Notes, note => note.StartsWith("processes", StringComparison.Ordinal));
        Assert.InRange(real.Count(FactKind.PodReady), 2, 100);
        Assert.True(real.Requests.Answered > 20, $"{real.Requests}");
        Assert.Equal(real.Facts, world.Repeat(real.Recorded));
        Assert.Empty(Leftovers.OfThisProcess());
    }

    [Fact]
    public void The_same_pods_are_placed_on_the_same_nodes_as_in_a_simulated_run()
    {
        var world = new FleetWorld { Replicas = 4 };
        RealRun real = world.Play(new ProcessEngine());
        var simulated = new OrchestratedRun(world.Options(null), new Core.Time.VirtualClock());
        simulated.Run();
        Assert.Equal(Placements(simulated), Placements(real.Run));
        Assert.Equal(4, Placements(real.Run).Count());
    }

    [Fact]
    public void A_killed_container_is_started_again()
    {
        RealRun real = Faulty(EffectCatalog.Of("containerKill"), new PodTarget(["default"], null, TargetMode.One, 0), [], null);
        Assert.Equal(1, real.Count(FactKind.ContainerRestarted));
        Assert.InRange(real.Count(FactKind.PodNotReady), 1, 100);
        Assert.InRange(real.Count(FactKind.PodReady), 3, 100);
    }

    [Fact]
    public void A_machine_without_power_has_no_processes_and_starts_them_when_it_is_back()
    {
        RealRun real = Faulty(FaultEffect.Crash, null, ["node-0"], 1.5);
        Assert.True(real.Requests.Refused + real.Requests.Lost > 0, $"{real.Requests}");
        Assert.Equal(1, real.Count(FactKind.ContainerRestarted));
        Assert.True(real.Requests.Answered > 10, $"{real.Requests}");
    }

    [Fact]
    public void Processes_that_stand_still_answer_nobody_and_go_on_afterwards()
    {
        RealRun real = Faulty(FaultEffect.Hang, null, ["node-0"], 1.2);
        Assert.True(real.Requests.TimedOut > 0, $"{real.Requests}");
        Assert.Equal(0, real.Count(FactKind.ContainerRestarted));
    }

    [Fact]
    public void What_processes_cannot_suffer_is_refused_by_its_name()
    {
        var faults = new Faults.FleetFaults(new ProcessEngine(), () => throw new InvalidOperationException());
        Assert.Contains("slowed down", faults.Refuses(new SlowMachineEffect(1, 2, 1)), StringComparison.Ordinal);
        Assert.Contains("without limits", faults.Refuses(new SlowMachineEffect(2, 1, 1)), StringComparison.Ordinal);
        Assert.Contains("loopback", faults.Refuses(new LinkEffect { IsCut = true }), StringComparison.Ordinal);
        Assert.Contains("Registry", faults.Refuses(EffectCatalog.Of("registryDown").Build()), StringComparison.Ordinal);
        Assert.Null(faults.Refuses(new KillContainerEffect("")));
    }

    private static IEnumerable<string> Placements(OrchestratedRun run) =>
        run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Select(pod => $"{pod.Name} on {pod.Node.Value}").Order(StringComparer.Ordinal);

    private static RealRun Faulty(FaultEffect effect, PodTarget? pods, IReadOnlyList<string> nodes, double? seconds)
    {
        var fault = new PlannedFault(0, TimeSpan.FromSeconds(3), seconds is { } length ? TimeSpan.FromSeconds(length) : null, effect, nodes, "t") { Pods = pods };
        RealRun real = new FleetWorld { Steps = FaultInjection.Steps(new FaultPlan([fault], 0), 1) }.Play(new ProcessEngine());
        Assert.Empty(Leftovers.OfThisProcess());
        return real;
    }
}
