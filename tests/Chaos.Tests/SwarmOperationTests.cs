using SchedBench.Chaos.Effects;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>The same effects in runs of Docker Swarm: what operators do holds, what befalls Kubernetes' control plane does not.</summary>
public sealed class SwarmOperationTests
{
    private static ControlPlaneWorld World() => new ControlPlaneWorld(until: 600).With(o => o with { Swarm = new SwarmOptions() });

    [Theory]
    [InlineData("schedulerCrash")]
    [InlineData("apiServerDown")]
    [InlineData("controlPlaneMove")]
    public void What_has_no_counterpart_is_refused_by_name(string effect)
    {
        RunStepException error = Assert.Throws<RunStepException>(() => World().Fault(100, 30, EffectCatalog.Of(effect)).Run());
        Assert.Contains("Docker Swarm's managers are one process", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("spotReclaim")]
    public void A_node_is_emptied_and_takes_tasks_again(string effect)
    {
        int during = -1;
        OrchestratedRun run = World().Fault(100, 200, EffectCatalog.Of(effect), "node-000").Look(190, r => during = Pods(r).Count(pod => pod.Node.Value == 0 && !pod.HasEnded)).Apply(400, Deployment("late", 20)).Run();
        Assert.Equal(0, during);
        Assert.Contains(Pods(run), pod => pod.Node.Value == 0 && pod.Status.IsReady);
        Assert.All(run.Store.View.All(ResourceKind.Node).Cast<Node>(), node => Assert.False(node.IsCordoned || node.IsDrained));
        Assert.Equal(8, Ready(run));
    }

    [Fact]
    public void A_service_surges_and_goes_back()
    {
        int during = 0;
        OrchestratedRun run = World().Fault(100, 200, EffectCatalog.Of("surge").With("deployment", "web").With("factor", "2")).Look(200, r => during = Ready(r)).Run();
        Assert.Equal((16, 8), (during, Ready(run)));
    }
}
