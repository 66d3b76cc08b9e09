using SchedBench.Chaos.Effects;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;
using static SchedBench.Chaos.Tests.ControlPlaneWorld;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>An API server that is slow, or refuses some of what it is asked.</summary>
public sealed class ApiConditionTests
{
    private static readonly FaultEffect Slow = EffectCatalog.Of("apiServerSlow").With("latency", "2s");
    private static readonly FaultEffect Errors = EffectCatalog.Of("apiServerErrors");

    private static ControlPlaneWorld Late(double at) => new ControlPlaneWorld(until: 600)
        .With(o => o with { SchedulerDelay = TimeSpan.FromMilliseconds(20), ControllerDelay = TimeSpan.FromMilliseconds(20) }, new AgentOptions { WatchDelay = TimeSpan.FromMilliseconds(20) })
        .Apply(at, Deployment("late", 5));

    private static double FirstReady(ControlPlaneWorld world, double after) => world.At(FactKind.PodReady).First(at => at > after);

    [Fact]
    public void A_slow_API_costs_every_hop_its_latency_and_none_afterwards()
    {
        ControlPlaneWorld slow = Late(110).Fault(100, 200, Slow).Apply(400, Deployment("later", 5)), well = Late(110).Apply(400, Deployment("later", 5));
        OrchestratedRun run = slow.Run();
        well.Run();
        // Deployment and ReplicaSet hear of it (2 x 2 s), the scheduler does (2 s) and binds (2 s), the agent hears (2 s) and says so (2 s).
        Assert.Equal(12, FirstReady(slow, 110) - FirstReady(well, 110), 1);
        Assert.Equal(FirstReady(well, 400), FirstReady(slow, 400));
        Assert.Equal((8, 5, 5), (Ready(run), Ready(run, "late"), Ready(run, "later")));
    }

    [Fact]
    public void Latencies_add_up()
    {
        ControlPlaneWorld slow = Late(110).Fault(100, 200, Slow).Fault(105, 100, Slow), well = Late(110);
        slow.Run();
        well.Run();
        Assert.Equal(24, FirstReady(slow, 110) - FirstReady(well, 110), 1);
    }

    [Fact]
    public void A_run_in_which_everybody_sees_everything_at_once_cannot_be_slow()
    {
        RunStepException error = Assert.Throws<RunStepException>(() => new ControlPlaneWorld().Fault(100, 100, Slow).Run());
        Assert.Contains("watchDelay", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "30")]
    [InlineData(2, "60")]
    [InlineData(3, "90")]
    public void What_is_refused_is_tried_again_until_it_is_done(ulong seed, string percent)
    {
        ControlPlaneWorld world = new ControlPlaneWorld(until: 900).Apply(110, Deployment("late", 20)).Apply(120, Some.StatefulSet("db", 3), Some.DaemonSet("agent"), Some.Job("batch", 4, 2))
            .Do(150, run => new ScaleStep(default, ResourceKind.Deployment, "web", 3).Execute(run)).Do(180, run => new SetImageStep(default, "late", "*", "app:v2").Execute(run))
            .Fault(100, 200, Errors.With("percent", percent));
        OrchestratedRun run = world.Run(seed);
        Assert.Equal((3, 20, 3, 4), (Ready(run), Ready(run, "late"), Ready(run, "db"), Ready(run, "agent")));
        Assert.All(Pods(run).Where(pod => pod.Metadata.Labels.ValueOf("app") == "late"), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
        Assert.Contains(world.Facts, fact => fact.Kind == FactKind.PodUnreserved && fact.Detail == (long)UnreserveReason.Bind);
    }

    [Fact]
    public void Refusals_of_two_faults_are_met_one_after_the_other()
    {
        int Refused(params string[] shares)
        {
            ControlPlaneWorld world = new ControlPlaneWorld(until: 600).Apply(110, Deployment("late", 200));
            foreach (string percent in shares) world.Fault(100, 300, Errors.With("percent", percent));
            world.Apply(401, Deployment("later", 50)).Run();
            Assert.DoesNotContain(world.Facts, fact => fact.Kind == FactKind.PodUnreserved && fact.At > TimeSpan.FromSeconds(400));
            return world.Facts.Count(fact => fact.Kind == FactKind.PodUnreserved);
        }

        // Of 200 pods each is refused 1 / (1 - p) - 1 times: 200 at 50 %, 300 at 60 % (50 % and 20 % of the rest).
        Assert.InRange(Refused("50"), 150, 250);
        Assert.InRange(Refused("50", "20"), 250, 360);
    }

    [Fact]
    public void Equal_seeds_refuse_the_same()
    {
        static IReadOnlyList<Fact> Facts(ulong seed)
        {
            ControlPlaneWorld world = new ControlPlaneWorld(until: 300).Apply(110, Deployment("late", 20)).Fault(100, 100, Errors.With("percent", "50"));
            world.Run(seed);
            return world.Facts;
        }

        Assert.Equal(Facts(3), Facts(3));
        Assert.NotEqual(Facts(3), Facts(4));
    }
}
