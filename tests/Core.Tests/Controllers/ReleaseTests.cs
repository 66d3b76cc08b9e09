using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Controllers;

public sealed class ReleaseTests
{
    [Fact]
    public void Blue_green_switches_the_service_when_the_new_side_is_complete_and_stops_the_old_one_after_the_hold()
    {
        OrchestratedRun run = Begin(new BlueGreenPlan { Deployment = "web", Service = "web", Template = New, Hold = S(30) }, out FactList facts, out Traffic traffic);
        run.Run();
        Assert.Equal([(FactKind.ReleaseStarted, S(60)), (FactKind.ReleaseSwitched, S(62)), (FactKind.ReleasePromoted, S(92))], Releases(facts));
        Assert.Equal((0, 6), (Find(run, "web").Replicas, Find(run, "web-green").Replicas));
        Assert.All(Pods(run), pod => Assert.Equal("app:v2", pod.Spec.Containers[0].Image));
        Assert.Equal(6, traffic.LeastReady);
        Assert.False(traffic.WasMixed);
        Assert.Equal(6, traffic.Ready());
    }

    [Fact]
    public void Blue_green_goes_back_at_once_when_the_analysis_fails()
    {
        var plan = new BlueGreenPlan { Deployment = "web", Service = "web", Template = New, Hold = S(60), Analysis = new ThresholdAnalysis(), AnalysisInterval = S(10) };
        OrchestratedRun run = Begin(plan, out FactList facts, out Traffic traffic, new Signals(S(70)));
        run.Run();
        Assert.Equal([(FactKind.ReleaseStarted, S(60)), (FactKind.ReleaseSwitched, S(62)), (FactKind.ReleaseSwitched, S(82)), (FactKind.ReleaseAborted, S(82))], Releases(facts));
        Assert.Equal((long)ReleaseAbortReason.Analysis, facts.All.Last(fact => fact.Kind == FactKind.ReleaseAborted).Detail);
        Assert.Equal((6, 0), (Find(run, "web").Replicas, Find(run, "web-green").Replicas));
        Assert.Equal(LabelSelector.Of([new Label("app", "web")]), Service(run, "web").Selector);
        Assert.Equal((6, false), (traffic.LeastReady, traffic.WasMixed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_release_whose_new_side_never_gets_ready_is_taken_back_at_its_deadline(bool isBlueGreen)
    {
        ReleasePlan plan = isBlueGreen
            ? new BlueGreenPlan { Deployment = "web", Service = "web", Template = Template("web", image: "app:bad"), Deadline = S(100) }
            : new CanaryPlan { Deployment = "web", Service = "web", Template = Template("web", image: "app:bad"), Deadline = S(100), Steps = [new CanaryStep(20, S(30))] };
        OrchestratedRun run = Begin(plan, out FactList facts, out Traffic traffic);
        run.Run();
        Assert.Equal((FactKind.ReleaseAborted, S(160)), Releases(facts)[^1]);
        Assert.Equal((long)ReleaseAbortReason.Deadline, facts.All.Last(fact => fact.Kind == FactKind.ReleaseAborted).Detail);
        Assert.Equal(6, traffic.LeastReady);
        Assert.All(Pods(run), pod => Assert.Equal("app:v1", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void A_canary_by_endpoints_takes_its_share_of_the_pods_and_ends_as_the_deployment_itself()
    {
        var plan = new CanaryPlan { Deployment = "web", Service = "web", Template = New, Steps = [new CanaryStep(10, S(30)), new CanaryStep(50, S(30))] };
        OrchestratedRun run = Begin(plan, out FactList facts, out Traffic traffic);
        var shares = new List<(int Old, int New)>();
        run.Store.Subscribe(new Look(() =>
        {
            (int, int) share = (Find(run, "web")?.Replicas ?? 0, run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", "web-canary")?.Replicas ?? 0);
            if (shares.Count == 0 || shares[^1] != share) shares.Add(share);
        }));
        run.Run();
        Assert.Equal([(6, 0), (6, 1), (5, 1), (5, 3), (3, 3), (6, 3), (6, 0)], shares.SkipWhile(share => share.Old == 0));
        Assert.Equal([10L, 50L], facts.All.Where(fact => fact.Kind == FactKind.ReleaseStepped).Select(fact => fact.Detail));
        Assert.Equal(FactKind.ReleasePromoted, Releases(facts)[^1].Kind);
        Assert.Equal(("app:v2", 6), (Find(run, "web").Template.Spec.Containers[0].Image, Pods(run).Count));
        Assert.True(traffic.LeastReady >= 5);
    }

    [Fact]
    public void A_canary_by_ingress_weight_has_a_route_of_its_own_until_it_is_promoted()
    {
        var plan = new CanaryPlan { Deployment = "web", Service = "web", Ingress = "front", Template = New, Routing = CanaryRouting.IngressWeight, Steps = [new CanaryStep(5, S(30)), new CanaryStep(50, S(30))] };
        OrchestratedRun run = Begin(plan, out FactList facts, out Traffic traffic, until: S(80));
        run.Run();
        Ingress canary = run.Store.View.Find<Ingress>(ResourceKind.Ingress, "default", "front-canary")!;
        Assert.Equal((5, "web-canary", "/"), (canary.CanaryWeight, canary.Routes[0].Service, canary.Routes[0].Path));
        Assert.Equal(1, traffic.Ready("web-canary"));
        Assert.Equal((6, false), (traffic.Ready(), traffic.WasMixed));
        run.Loop.Run(TimeSpan.MaxValue);
        Assert.Null(run.Store.View.Find<Ingress>(ResourceKind.Ingress, "default", "front-canary"));
        Assert.Null(run.Store.View.Find<Service>(ResourceKind.Service, "default", "web-canary"));
        Assert.Equal(LabelSelector.Of([new Label("app", "web")]), Service(run, "web").Selector);
        Assert.Equal(FactKind.ReleasePromoted, Releases(facts)[^1].Kind);
        Assert.Equal(6, Pods(run).Count(pod => pod.Spec.Containers[0].Image == "app:v2"));
    }

    [Fact]
    public void A_canary_by_path_leaves_the_ordinary_route_alone()
    {
        var plan = new CanaryPlan { Deployment = "web", Service = "web", Ingress = "front", Template = New, Routing = CanaryRouting.IngressPath, Path = "/beta", Steps = [new CanaryStep(20, S(30))] };
        OrchestratedRun run = Begin(plan, out _, out _, until: S(80));
        run.Run();
        Ingress canary = run.Store.View.Find<Ingress>(ResourceKind.Ingress, "default", "front-canary")!;
        Assert.Equal((null, "web-canary", "/beta"), (canary.CanaryWeight, canary.Routes[0].Service, canary.Routes[0].Path));
    }

    [Theory]
    [InlineData(CanaryRouting.Endpoints)]
    [InlineData(CanaryRouting.IngressWeight)]
    public void A_canary_that_the_analysis_finds_wanting_loses_its_weight_and_its_pods(CanaryRouting routing)
    {
        var plan = new CanaryPlan
        {
            Deployment = "web", Service = "web", Ingress = "front", Template = New, Routing = routing, Steps = [new CanaryStep(20, S(60)), new CanaryStep(50, S(60))], Analysis = new ThresholdAnalysis(),
        };
        OrchestratedRun run = Begin(plan, out FactList facts, out _, new Signals(S(70)));
        run.Run();
        Assert.Equal(FactKind.ReleaseAborted, Releases(facts)[^1].Kind);
        Assert.Equal((6, 0), (Find(run, "web").Replicas, Find(run, "web-canary").Replicas));
        Assert.Null(run.Store.View.Find<Ingress>(ResourceKind.Ingress, "default", "front-canary"));
        Assert.Equal(LabelSelector.Of([new Label("app", "web")]), Service(run, "web").Selector);
        Assert.All(Pods(run), pod => Assert.Equal("app:v1", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void A_user_may_take_a_release_back()
    {
        OrchestratedRun run = Begin(new BlueGreenPlan { Deployment = "web", Service = "web", Template = New, Hold = S(600) }, out FactList facts, out Traffic traffic, step: new AbortReleaseStep(S(100), "web"));
        run.Run();
        Assert.Equal((FactKind.ReleaseAborted, S(100)), Releases(facts)[^1]);
        Assert.Equal(6, traffic.LeastReady);
    }

    [Fact]
    public void A_release_that_cannot_work_is_refused()
    {
        var good = new CanaryPlan { Deployment = "web", Service = "web", Template = New, Steps = [new CanaryStep(20, S(60))] };
        (ReleasePlan Plan, ApiErrorCode Code)[] rows =
        [
            (good with { Deployment = "none" }, ApiErrorCode.NotFound),
            (good with { Service = "none" }, ApiErrorCode.NotFound),
            (good with { Steps = default }, ApiErrorCode.Invalid),
            (good with { Steps = [new CanaryStep(101, S(1))] }, ApiErrorCode.Invalid),
            (good with { Template = Template("other") }, ApiErrorCode.Invalid),
            (good with { VersionLabel = "version" }, ApiErrorCode.Invalid),
            (good with { AnalysisInterval = TimeSpan.Zero }, ApiErrorCode.Invalid),
            (good with { Routing = CanaryRouting.IngressWeight, Ingress = "none" }, ApiErrorCode.NotFound),
        ];
        OrchestratedRun run = Begin(good, out _, out _, until: S(50));
        run.Run();
        Assert.All(rows, row => Assert.Equal(row.Code, run.Releases.Start(row.Plan)?.Code));
        Assert.Null(run.Releases.Start(good));
        Assert.Equal(ApiErrorCode.Conflict, run.Releases.Start(good)?.Code);
    }

    private static PodTemplate New => Template("web", image: "app:v2");

    private static OrchestratedRun Begin(ReleasePlan plan, out FactList facts, out Traffic traffic, IReleaseSignals? signals = null, TimeSpan? until = null, RunStep? step = null)
    {
        var service = new Service { Metadata = Meta("web"), Selector = LabelSelector.Of([new Label("app", "web")]), Ports = [new ServicePort("", 80, 8080, "", 0, "TCP")] };
        var ingress = new Ingress { Metadata = Meta("front"), Routes = [new IngressRoute("example.org", "/", false, "web", 80, "")] };
        OrchestrationBuilder builder = Fleet(4).Apply(service, ingress, Deployment("web", 6)).Step(new ReleaseStep(S(60), plan)).With(o => o with { ReleaseSignals = signals, Until = until ?? TimeSpan.MaxValue });
        if (step is not null) builder.Step(step);
        OrchestratedRun run = builder.Build(out InstantAgent agent);
        agent.NeverReady = pod => pod.Spec.Containers[0].Image == "app:bad";
        facts = FactList.Of(run);
        traffic = new Traffic(run);
        run.Store.Subscribe(traffic);
        return run;
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Deployment Find(OrchestratedRun run, string name) => run.Store.View.Find<Deployment>(ResourceKind.Deployment, "default", name)!;

    private static Service Service(OrchestratedRun run, string name) => run.Store.View.Find<Service>(ResourceKind.Service, "default", name)!;

    private static List<(FactKind Kind, TimeSpan At)> Releases(FactList facts) =>
        [.. facts.All.Where(fact => fact.Kind is >= FactKind.ReleaseStarted and not FactKind.ReleaseStepped).Select(fact => (fact.Kind, fact.At))];

    /// <summary>Ready pods behind the service from second 30 on, after every write.</summary>
    private sealed class Traffic(OrchestratedRun run) : IStoreListener
    {
        public int LeastReady { get; private set; } = int.MaxValue;

        public bool WasMixed { get; private set; }

        public int Ready(string service = "web") => Behind(service).Count();

        public void OnChange(in StoreChange change)
        {
            if (run.Loop.Now < S(30)) return;
            LeastReady = Math.Min(LeastReady, Ready());
            WasMixed |= Behind("web").Select(pod => pod.Spec.Containers[0].Image).Distinct().Count() > 1;
        }

        private IEnumerable<Pod> Behind(string service) => Pods(run).Where(pod => pod.IsActive && pod.Status.IsReady && Service(run, service).Selector!.Matches(pod.Metadata.Labels));
    }

    /// <summary>The new version fails half of its requests from an instant on.</summary>
    private sealed class Signals(TimeSpan bad) : IReleaseSignals
    {
        public ReleaseSignal Read(string service, string version, TimeSpan from, TimeSpan to)
        {
            Assert.Equal("default/web", service);
            Assert.NotEqual("", version);
            return new ReleaseSignal(100, from >= bad ? 50 : 0, 0.02);
        }
    }

    private sealed class Look(Action look) : IStoreListener
    {
        public void OnChange(in StoreChange change) => look();
    }
}
