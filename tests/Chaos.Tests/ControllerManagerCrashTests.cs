using SchedBench.Chaos.Effects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Controller managers that end and are followed by others.</summary>
public sealed class ControllerManagerCrashTests
{
    private static readonly FaultEffect Crash = EffectCatalog.Of("controllerManagerCrash");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_is_scaled_until_another_one_leads(ulong seed)
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(105, Deployment("late", 5)).Fault(100, 1, Crash);
        OrchestratedRun run = world.Run(seed);
        double[] late = [.. world.At(FactKind.PodBound).Where(at => at > 50)];
        Assert.Equal(5, late.Length);
        Assert.All(late, at => Assert.InRange(at, 113, 117));
        Assert.Equal((8, 5), (Ready(run), Ready(run, "late")));
    }

    [Fact]
    public void A_dead_node_is_found_when_somebody_looks_again_and_has_its_grace_then()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 1000).Fault(100, 200, Crash).Fault(110, null, FaultEffect.Crash, "node-000");
        OrchestratedRun run = world.RunToFault();
        // Another leader looks from about 301 s on, and gives the node 40 s (50 s after v1.32) from its first look.
        Assert.InRange(Assert.Single(world.At(FactKind.NodeNotReady)), 340, 360);
        Assert.Equal(8, Ready(run));
    }

    [Fact]
    public void A_lease_and_a_retry_of_ones_own_say_when()
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(105, Deployment("late", 1)).Fault(100, 1, Crash.With("lease", "60s").With("retry", "1s"));
        world.Run();
        Assert.InRange(world.At(FactKind.PodBound).Last(), 159, 161);
    }
}
