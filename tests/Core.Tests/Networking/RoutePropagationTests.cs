using SchedBench.Core.Controllers;
using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

/// <summary>Routes reach clients as endpoints do, and releases wait for both.</summary>
public sealed class RoutePropagationTests
{
    private static readonly TimeSpan Longest = new ProxyTiming(NetworkOptions.Default, 1).Longest;

    [Fact]
    public void Every_observer_learns_of_a_route_when_it_learns_of_endpoints_of_that_instant()
    {
        TimeSpan now = TimeSpan.Zero;
        var proxies = new ProxyTiming(NetworkOptions.Default, 7);
        var history = new IngressHistory(() => now, proxies.Longest);
        var store = new ObjectStore(new EventLoop(new VirtualClock()));
        store.Subscribe(history);
        Assert.Null(store.Create(Route("main", "old"), out KubeObject made));
        now = S(30);
        Assert.Null(store.Update((Ingress)made with { Routes = [new IngressRoute("shop", "/", false, "new", 80, "")] }));
        var router = new IngressRouter(history);
        for (int observer = 0; observer < 20; observer++)
        {
            TimeSpan known = proxies.KnownFrom(observer, S(30));
            Assert.Equal("old", router.Route("default", "shop", "/", 0, proxies.KnownUntil(observer, known - TimeSpan.FromTicks(1))));
            Assert.Equal("new", router.Route("default", "shop", "/", 0, proxies.KnownUntil(observer, known)));
        }
    }

    [Fact]
    public void A_fluid_follows_a_route_as_requests_do()
    {
        long fluid = 0, exact = 0;
        for (ulong seed = 1; seed <= 12; seed++)
        {
            fluid += Switched(seed, 1);
            exact += Switched(seed, 0);
        }

        Assert.InRange(fluid / (double)exact, 0.98, 1.02);
    }

    [Theory]
    [InlineData(CanaryRouting.IngressWeight)]
    [InlineData(CanaryRouting.IngressPath)]
    public void A_canary_is_routed_to_when_the_last_client_knows_its_endpoints_and_no_request_finds_none(CanaryRouting routing)
    {
        OrchestratedRun run = Release(routing, 300);
        TimeSpan ready = TimeSpan.MaxValue, routed = TimeSpan.MaxValue;
        run.OnEveryWrite(change =>
        {
            if (change.After is EndpointSlice { ServiceName: "web-canary" } slice && slice.Endpoints.Any(endpoint => endpoint.IsReady) && ready == TimeSpan.MaxValue) ready = run.Loop.Now;
            if (change is { Before: null, After: Ingress { Name: "front-canary" } }) routed = run.Loop.Now;
        });
        run.Run();
        Assert.Equal(ready + Longest, routed);
        RequestSums sums = run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, S(300));
        Assert.True(sums.Requests > 10_000);
        Assert.Equal(0, sums.NoEndpoint);
        Assert.Equal(ReleasePhase.Promoted, run.Releases.All[0].Phase);
    }

    [Theory]
    [InlineData(CanaryRouting.IngressWeight)]
    [InlineData(CanaryRouting.IngressPath)]
    public void A_canary_that_is_taken_back_stops_when_the_last_client_has_left_it(CanaryRouting routing)
    {
        OrchestratedRun run = Release(routing, 200, new AbortReleaseStep(S(90), "web"));
        TimeSpan unrouted = TimeSpan.MaxValue, stopped = TimeSpan.MaxValue;
        run.OnEveryWrite(change =>
        {
            if (change.Object is Ingress { Name: "front-canary" } && (change.After is null or Ingress { CanaryWeight: 0 }) && unrouted == TimeSpan.MaxValue) unrouted = run.Loop.Now;
            if (change.After is Deployment { Name: "web-canary", Replicas: 0 } && stopped == TimeSpan.MaxValue) stopped = run.Loop.Now;
        });
        run.Run();
        Assert.Equal((S(90), S(90) + Longest), (unrouted, stopped));
        Assert.Equal(0, run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, S(200)).Failed);
        Assert.Equal(ReleasePhase.Aborted, run.Releases.All[0].Phase);
        Assert.Null(run.Store.View.Find<Service>(ResourceKind.Service, "default", "web-canary"));
    }

    [Fact]
    public void A_canary_whose_endpoints_never_come_is_taken_back_at_its_deadline()
    {
        // Somebody takes the endpoints of the canary's Service away whenever they are written.
        OrchestratedRun run = Release(CanaryRouting.IngressWeight, 300, step: null, plan => plan with { Deadline = S(40) });
        run.Controllers.Context.Feed.Subscribe(new Thief(run));
        run.Run();
        Assert.Equal((ReleasePhase.Aborted, ReleaseAbortReason.Deadline), (run.Releases.All[0].Phase, run.Releases.All[0].AbortReason));
    }

    private static long Switched(ulong seed, double fluidAbove)
    {
        var stream = new TrafficSpec { Service = "web", Host = "shop", FluidAbove = fluidAbove, Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(S(10), 1000)] };
        OrchestratedRun run = Fleet(3)
            .Apply(Service("web"), ReplicaSet("web", 4), Service("next"), ReplicaSet("next", 4, Template("next", image: "app:v2")), Route("main", "web"))
            .Apply(20, Route("main", "next"))
            .With(o => o with { Traffic = [stream], Until = S(24), Seed = seed }).Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        run.Run();
        return run.Traffic!.Ledgers[0].Sum(S(20), S(22), "v2").Answered;
    }

    private static OrchestratedRun Release(CanaryRouting routing, double until, RunStep? step = null, Func<CanaryPlan, CanaryPlan>? change = null)
    {
        var plan = new CanaryPlan
        {
            Deployment = "web",
            Service = "web",
            Ingress = "front",
            Template = Template("web", image: "app:v2"),
            Routing = routing,
            Path = "/beta",
            Steps = [new CanaryStep(20, S(60)), new CanaryStep(50, S(30))],
        };
        var stream = new TrafficSpec { Service = "web", Host = "shop", Path = routing == CanaryRouting.IngressPath ? "/beta" : "/", Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(S(30), 100)] };
        OrchestrationBuilder builder = Fleet(4).Apply(Service("web"), Route("front", "web"), Deployment("web", 6)).Step(new ReleaseStep(S(60), change?.Invoke(plan) ?? plan))
            .With(o => o with { Traffic = [stream], Until = S(until) });
        if (step is not null) builder.Step(step);
        OrchestratedRun run = builder.Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        agent.Behavior = new Core.Nodes.ImageBehavior { ServesWhileStopping = true };
        agent.StopTime = S(5);
        return run;
    }

    private static Ingress Route(string name, string service) => new() { Metadata = Meta(name), Routes = [new IngressRoute("shop", "/", false, service, 80, "")] };

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private sealed class Thief(OrchestratedRun run) : IStoreListener
    {
        public void OnChange(in StoreChange change)
        {
            if (change.After is Service { Name: "web-canary" } service) Later.Do(run, run.Loop.Now.TotalSeconds, () => run.Store.Update(service with { Selector = LabelSelector.Of([new Label("app", "nobody")]) }));
        }
    }
}
