using SchedBench.Chaos.Effects;
using SchedBench.Core.Faults;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Members of etcd and machines of the control plane that are lost, and a control plane that moves.</summary>
public sealed class EtcdTests
{
    private static ControlPlaneWorld World() => new ControlPlaneWorld(until: 600).Apply(99.9, Deployment("late", 5));

    private static double[] Late(ControlPlaneWorld world) => [.. world.At(FactKind.PodBound).Where(at => at > 50)];

    [Fact]
    public void An_election_stalls_writes_for_a_second_and_costs_no_leader()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(100.3, Deployment("late", 5)).Fault(100, 200, EffectCatalog.Of("etcdLeaderLoss"));
        OrchestratedRun run = world.Run();
        Assert.All(Late(world), at => Assert.Equal(101, at, 3));
        Assert.Equal((TimeSpan.Zero, 5), (run.Controllers.StartedAt, Ready(run, "late")));
    }

    [Fact]
    public void Without_a_quorum_nothing_is_written()
    {
        (long before, long after) = (0, 0);
        ControlPlaneWorld world = World().Fault(100, 100, EffectCatalog.Of("etcdQuorumLoss")).Look(101, run => before = run.Store.ResourceVersion).Look(199, run => after = run.Store.ResourceVersion);
        OrchestratedRun run = world.Run();
        Assert.Equal(before, after);
        Assert.Equal(5, Ready(run, "late"));
        Assert.DoesNotContain(world.Facts, fact => fact.Kind is FactKind.NodeNotReady);
    }

    [Fact]
    public void A_slow_disk_delays_what_is_written_and_not_what_is_heard()
    {
        ControlPlaneWorld slow = new ControlPlaneWorld(until: 600).Apply(110, Deployment("late", 1)).Fault(100, 200, EffectCatalog.Of("etcdSlowDisk").With("latency", "2s"));
        ControlPlaneWorld well = new ControlPlaneWorld(until: 600).Apply(110, Deployment("late", 1));
        slow.Run();
        well.Run();
        // The binding and the status; what one write of a controller costs is felt by its next keys.
        Assert.InRange(slow.At(FactKind.PodReady)[^1] - well.At(FactKind.PodReady)[^1], 4, 5);
    }

    [Theory]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(4, 2, true)]
    [InlineData(5, 2, false)]
    [InlineData(1, 1, true)]
    public void A_quorum_is_more_than_half_of_all(int members, int lost, bool isLost) => Assert.Equal(isLost, new EtcdQuorum(members, lost).IsLost);

    [Fact]
    public void The_loss_of_one_machine_of_three_costs_its_leaders_their_lease()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(105, Deployment("late", 5)).Fault(100, 300, EffectCatalog.Of("controlPlaneNodeLoss"));
        OrchestratedRun run = world.Run();
        Assert.All(Late(world), at => Assert.InRange(at, 113, 117));
        Assert.InRange(run.Controllers.StartedAt.TotalSeconds, 113, 117);
        Assert.Equal(5, Ready(run, "late"));
    }

    [Fact]
    public void The_loss_of_two_machines_of_three_is_the_loss_of_the_quorum()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(105, Deployment("late", 5)).Fault(100, 300, EffectCatalog.Of("controlPlaneNodeLoss").With("lost", "2"));
        OrchestratedRun run = world.Run();
        Assert.All(Late(world), at => Assert.InRange(at, 400, 404));
        Assert.Equal(5, Ready(run, "late"));
    }

    [Fact]
    public void More_machines_than_there_are_cannot_be_lost()
    {
        RunStepException error = Assert.Throws<RunStepException>(() => World().Fault(100, 300, EffectCatalog.Of("controlPlaneNodeLoss").With("lost", "4")).Run());
        Assert.Contains("4 machines of the control plane cannot be lost: it has 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_plane_that_moves_starts_anew_from_its_store()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(102, Deployment("late", 5)).Fault(100, 8, EffectCatalog.Of("controlPlaneMove"));
        OrchestratedRun run = world.Run();
        // The leases of before have to run out.
        Assert.All(Late(world), at => Assert.InRange(at, 113, 117));
        Assert.InRange(run.Controllers.StartedAt.TotalSeconds, 113, 117);
        Assert.Equal((8, 5), (Ready(run), Ready(run, "late")));
        Assert.DoesNotContain(world.Facts, fact => fact.Kind is FactKind.NodeNotReady);
    }
}
