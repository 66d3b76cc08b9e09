using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

/// <summary>The judge of requests and endpoints: quiet in sound runs, and each planted bug is seen.</summary>
public sealed class TrafficJudgeTests
{
    private static readonly TimeSpan Propagation = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_sound_run_breaks_nothing(double fluidAbove)
    {
        OrchestratedRun run = Busy(fluidAbove, builder => builder
            .Apply(30, ReplicaSet("web", 2)).Apply(40, ReplicaSet("web", 7)).Apply(50, Service("web") with { Selector = LabelSelector.Of([new Label("app", "other")]) }));
        TrafficJudge judge = TrafficJudge.Attach(run, Propagation);
        run.Run();
        judge.JudgeRest();
        Assert.True(judge.Judged > 100);
        Assert.True(run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, TimeSpan.FromSeconds(100)).Failed > 0);
    }

    [Fact]
    public void An_endpoint_that_is_never_removed_is_seen()
    {
        // The slice gets back what the controller took out of it.
        OrchestratedRun run = Busy(0, builder => builder.Apply(30, ReplicaSet("web", 2)).Do(31.4, run => run.Controllers.Stop()).Step(new Relist(TimeSpan.FromSeconds(31.5))));
        Assert.Equal(40, Broken(run, Propagation).Invariant.Number);
    }

    [Fact]
    public void An_endpoint_that_is_missing_is_seen()
    {
        OrchestratedRun run = Busy(0, builder => builder.Do(29, run => run.Controllers.Stop()).Step(new Write(TimeSpan.FromSeconds(30), slice => slice with { Endpoints = [.. slice.Endpoints.Skip(1)] })));
        InvariantViolationException broken = Broken(run, Propagation);
        Assert.Equal(40, broken.Invariant.Number);
        Assert.InRange(broken.At, TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(31.2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Clients_that_go_on_after_they_should_know_are_seen(double fluidAbove)
    {
        OrchestratedRun run = Busy(fluidAbove, builder => builder.Apply(30, ReplicaSet("web", 2)).With(o => o with { Network = o.Network with { ProxySyncPeriod = TimeSpan.FromSeconds(20) } }));
        TrafficJudge.Attach(run, Propagation, new ProxyTiming(NetworkOptions.Default, run.Seed));
        InvariantViolationException broken = Assert.Throws<InvariantViolationException>(() => run.Run());
        Assert.Equal(39, broken.Invariant.Number);
        Assert.InRange(broken.At, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(33));
    }

    [Fact]
    public void A_request_to_a_pod_that_was_never_ready_is_seen()
    {
        OrchestratedRun run = Busy(0, builder => builder.Do(29, run => run.Controllers.Stop()).Step(new Write(TimeSpan.FromSeconds(30), slice => slice with { Endpoints = [.. slice.Endpoints, new Endpoint(999_999, "ghost", 0, true, true, false)] })));
        Assert.Equal(39, Broken(run, TimeSpan.FromSeconds(20)).Invariant.Number);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_request_that_is_counted_twice_or_never_is_seen(double fluidAbove)
    {
        OrchestratedRun Planted(Action<RequestLedger> bug) => Busy(fluidAbove, builder => builder.Step(new Tamper(TimeSpan.FromSeconds(30), bug)));
        void Twice(RequestLedger ledger) => ledger.OnEnded(TimeSpan.FromSeconds(30), "v1", RequestOutcome.Answered, TimeSpan.Zero, isMeasured: false);
        void Never(RequestLedger ledger) => ledger.OnSent();
        void Unseen(RequestLedger ledger)
        {
            ledger.OnSent();
            ledger.OnEnded(TimeSpan.FromSeconds(30), "v1", RequestOutcome.Refused, TimeSpan.Zero, isMeasured: false);
        }

        foreach (Action<RequestLedger> bug in (Action<RequestLedger>[])[Twice, Never, Unseen]) Assert.Equal(41, Broken(Planted(bug), Propagation).Invariant.Number);
    }

    private static InvariantViolationException Broken(OrchestratedRun run, TimeSpan propagation)
    {
        TrafficJudge judge = TrafficJudge.Attach(run, propagation);
        return Assert.Throws<InvariantViolationException>(() =>
        {
            run.Run();
            judge.JudgeRest();
        });
    }

    private static OrchestratedRun Busy(double fluidAbove, Func<OrchestrationBuilder, OrchestrationBuilder> more)
    {
        var stream = new TrafficSpec { Service = "web", Rates = [new(TimeSpan.Zero, 0), new(TimeSpan.FromSeconds(10), 100)], FluidAbove = fluidAbove };
        OrchestrationBuilder builder = Fleet(3).Apply(Service("web"), ReplicaSet("web", 5)).With(o => o with { Traffic = [stream], Until = TimeSpan.FromSeconds(60) });
        OrchestratedRun run = more(builder).Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        agent.Behavior = new ImageBehavior();
        return run;
    }

    private sealed record Write(TimeSpan At, Func<EndpointSlice, EndpointSlice> Change) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => Assert.Null(run.Store.Update(Change((EndpointSlice)run.Store.View.All(ResourceKind.EndpointSlice)[0])));
    }

    private sealed record Relist(TimeSpan At) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            var slice = (EndpointSlice)run.Store.View.All(ResourceKind.EndpointSlice)[0];
            Assert.Equal(2, slice.Endpoints.Count);
            Assert.Null(run.Store.Update(slice with { Endpoints = [.. slice.Endpoints, new Endpoint(slice.Endpoints[0].PodUid + 1, "gone", 0, true, true, false)] }));
        }
    }

    private sealed record Tamper(TimeSpan At, Action<RequestLedger> Bug) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run) => Bug(run.Traffic!.Ledgers[0]);
    }
}
