using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Injection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Chaos.Tests;

/// <summary>Delays and losses between agents and the control plane: how late news and status are, and which heartbeats do not arrive.</summary>
public sealed class AgentWayTests
{
    /// <summary>A pod of a node whose way is slow starts later by the delay from the control plane, and is known to be ready later by the delay there as well.</summary>
    [Theory]
    [InlineData("both", 3, 3)]
    [InlineData("from", 3, 0)]
    [InlineData("to", 0, 3)]
    public void News_and_status_come_as_late_as_the_way_is_slow(string direction, double start, double ready)
    {
        IReadOnlyList<Fact> well = Play(null, out _), slow = Play(Delay("3s").With("direction", direction), out IReadOnlyList<NodeTrouble> troubles);
        Assert.Equal(start, (AtOf(slow, FactKind.PodStarted) - AtOf(well, FactKind.PodStarted)).TotalSeconds, 6);
        Assert.Equal(start + ready, (AtOf(slow, FactKind.PodReady) - AtOf(well, FactKind.PodReady)).TotalSeconds, 6);
        Assert.Empty(troubles);
        Assert.DoesNotContain(slow, fact => fact.Kind == FactKind.NodeNotReady);
    }

    [Theory]
    [InlineData("5s", true)]
    [InlineData("4900ms", false)]
    public void A_round_trip_as_long_as_the_time_out_of_calls_cuts_the_node_off(string latency, bool isOut)
    {
        IReadOnlyList<Fact> facts = Play(Delay(latency), out IReadOnlyList<NodeTrouble> troubles);
        Assert.Equal(isOut ? [NodeTrouble.CutOff, NodeTrouble.None] : [], troubles);
        Assert.Equal(isOut, facts.Any(fact => fact.Kind == FactKind.NodeNotReady));
    }

    /// <summary>A call fails when six packets in a row are lost on either way: 0.2 s doubled six times are more than 10 s.</summary>
    [Theory]
    [InlineData(5, 0, 0)]
    [InlineData(50, 0.01, 0.06)]
    [InlineData(80, 0.35, 0.55)]
    public void As_many_heartbeats_are_lost_as_calls_fail(int percent, double least, double most)
    {
        var lost = new List<double>();
        for (ulong seed = 1; seed <= 4; seed++)
        {
            var beats = new BeatCount();
            _ = Play(Loss(percent), out _, seed, hours: 2, beats);
            lost.Add(beats.LostSeconds / 7200);
        }

        Assert.InRange(lost.Average(), least, most);
    }

    [Fact]
    public void A_way_that_loses_nearly_everything_makes_a_node_unknown_and_one_that_loses_half_does_not()
    {
        Assert.DoesNotContain(Play(Loss(50), out _, hours: 1), fact => fact.Kind == FactKind.NodeNotReady);
        Assert.Contains(Play(Loss(95), out _, hours: 1), fact => fact.Kind == FactKind.NodeNotReady);
    }

    [Fact]
    public void Docker_Swarms_agents_wait_half_as_long()
    {
        _ = Play(Delay("2500ms"), out IReadOnlyList<NodeTrouble> troubles, swarm: true);
        Assert.Equal([NodeTrouble.CutOff, NodeTrouble.None], troubles);
        _ = Play(Delay("2s"), out troubles, swarm: true);
        Assert.Empty(troubles);
    }

    /// <summary>What was under way when the fault ended still arrives in order.</summary>
    [Fact]
    public void Nothing_is_lost_or_overtaken_at_the_end_of_a_fault()
    {
        IReadOnlyList<Fact> facts = Play(Delay("4s").With("jitter", "4s").With("direction", "from"), out _, seconds: 22);
        Assert.Single(facts, fact => fact.Kind == FactKind.PodReady);
    }

    /// <summary>Found by fuzzing (seed 21759): when one of two faults was over the node came back and was cut off again in the same instant.</summary>
    [Fact]
    public void A_node_that_stays_cut_off_by_another_fault_does_not_come_back_in_between()
    {
        FaultEffect delay = Delay("6s");
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = TimeSpan.FromMinutes(5) });
        PlannedFault fault = new(0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), delay, ["node-000"], "a");
        foreach (RunStep step in FaultInjection.Steps(new FaultPlan([fault, fault with { Number = 1, Duration = TimeSpan.FromSeconds(90), Cause = "b" }], 0), 1)) builder.Step(step);
        OrchestratedRun run = builder.BuildWithAgents(new AgentOptions());
        var watch = new TroubleWatch();
        run.Health!.Subscribe(watch);
        run.Run();
        Assert.Equal([NodeTrouble.CutOff, NodeTrouble.None], watch.Troubles);
    }

    /// <summary>Found by fuzzing (seed 21449): on a way that lost nearly everything news were minutes under way, and arrived long after it was well.</summary>
    [Fact]
    public void What_is_under_way_when_a_way_is_well_again_arrives_then()
    {
        IReadOnlyList<Fact> facts = Play(Loss(99), out _, seconds: 60);
        Assert.InRange(AtOf(facts, FactKind.PodReady).TotalSeconds, 61, 65);
    }

    private static FaultEffect Delay(string latency) => EffectCatalog.Of("delay").With("latency", latency).With("peer", "controlPlane");

    private static FaultEffect Loss(int percent) => EffectCatalog.Of("loss").With("percent", $"{percent}").With("peer", "controlPlane");

    private static TimeSpan AtOf(IReadOnlyList<Fact> facts, FactKind kind) => facts.First(fact => fact.Kind == kind).At;

    private static IReadOnlyList<Fact> Play(FaultEffect? effect, out IReadOnlyList<NodeTrouble> troubles, ulong seed = 1, double hours = 0.1, BeatCount? beats = null, bool swarm = false, double seconds = double.NaN)
    {
        var end = TimeSpan.FromHours(hours);
        OrchestrationBuilder builder = Fleet(1).With(o => o with { Until = end + TimeSpan.FromMinutes(1), Seed = seed, Swarm = swarm ? new Core.Swarm.SwarmOptions() : null }).Apply(20, ReplicaSet("web", 1));
        FaultPlan plan = new(effect is null ? [] : [new PlannedFault(0, TimeSpan.FromSeconds(1), double.IsNaN(seconds) ? end : TimeSpan.FromSeconds(seconds), effect, ["node-000"], "t")], 0);
        foreach (RunStep step in FaultInjection.Steps(plan, seed)) builder.Step(step);
        OrchestratedRun run = builder.BuildWithAgents(new AgentOptions { Images = new ImageCatalog().Add("app", new ImageBehavior { StartSeconds = new ConstantDistribution(2) }), RelistPeriod = TimeSpan.Zero, ImagesArePresent = true });
        var recorder = new FactRecorder();
        run.Facts.Subscribe(recorder);
        var watch = new TroubleWatch();
        run.Health!.Subscribe(watch);
        if (beats is not null)
        {
            beats.Run = run;
            run.Health.Subscribe(beats);
        }

        run.Run();
        troubles = watch.Troubles;
        return recorder.Facts;
    }

    private sealed class TroubleWatch : INodeHealthListener
    {
        public List<NodeTrouble> Troubles { get; } = [];

        public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after) => Troubles.Add(after);
    }

    private sealed class BeatCount : INodeHealthListener
    {
        private TimeSpan _since;

        public OrchestratedRun? Run { get; set; }

        public double LostSeconds { get; private set; }

        public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
        {
            if (after == NodeTrouble.HeartbeatsLost) _since = Run!.Loop.Now;
            else if (before == NodeTrouble.HeartbeatsLost) LostSeconds += (Run!.Loop.Now - _since).TotalSeconds;
        }
    }
}
