using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

/// <summary>Random lives of services under random requests, one by one and as a fluid, judged by invariants 39 to 41. A failure names its seed;
/// SCHEDBENCH_TRAFFIC_SEED and SCHEDBENCH_TRAFFIC_SEEDS say where to begin and how many.</summary>
public sealed class RandomTrafficTests
{
    private const int Steps = 12;

    [Fact]
    public void Random_services_keep_the_laws_of_traffic()
    {
        ulong first = ulong.TryParse(Environment.GetEnvironmentVariable("SCHEDBENCH_TRAFFIC_SEED"), out ulong one) ? one : 1;
        ulong count = ulong.TryParse(Environment.GetEnvironmentVariable("SCHEDBENCH_TRAFFIC_SEEDS"), out ulong asked) ? asked : 60;
        for (ulong seed = first; seed < first + count; seed++)
        {
            try
            {
                Live(seed);
            }
            catch (Exception problem) when (problem is not Xunit.Sdk.XunitException { Message: null })
            {
                throw new InvalidOperationException($"Seed {seed}: {problem.Message}", problem);
            }
        }
    }

    private static void Live(ulong seed)
    {
        Draw draw = Draw.Stream(seed, "tests/traffic");
        ulong n = 0;
        int Below(int bound) => (int)draw.Below(1, n++, (ulong)bound);
        PodTemplate next = Template("web", image: "app:v2") with { Labels = [new Label("app", "web"), new Label("track", "new")] };
        ReplicaSet Old(int replicas) => ReplicaSet("web", replicas);
        ReplicaSet New(int replicas) => ReplicaSet("new", replicas, next) with { Selector = LabelSelector.Of([new Label("track", "new")]) };
        Ingress Route(string name, string service, int? weight) => new() { Metadata = Meta(name), Routes = [new IngressRoute("shop", "/", false, service, 80, "")], CanaryWeight = weight };
        OrchestrationBuilder builder = Fleet(4).Apply(Service("web"), Service("next") with { Selector = LabelSelector.Of([new Label("track", "new")]) }, Route("main", "web", null), Old(Below(12)));
        for (int k = 0; k < Steps; k++)
        {
            double at = 5 + (Below(5000) / 100.0);
            builder = Below(8) switch
            {
                0 or 1 => builder.Apply(at, Old(Below(12))),
                2 or 3 => builder.Apply(at, New(Below(12))),
                4 => builder.Apply(at, Service("web") with { Selector = LabelSelector.Of([new Label(Below(2) == 0 ? "app" : "track", Below(2) == 0 ? "web" : "new")]), PublishesNotReady = Below(4) == 0 }),
                5 => builder.Apply(at, Route("canary", "next", Below(101))),
                6 => builder.Apply(at, new NetworkPolicy { Metadata = Meta($"policy{Below(2)}"), Pods = LabelSelector.Of([new Label("track", "new")]), LimitsIngress = true, Ingress = Below(2) == 0 ? [] : [new NetworkPeer(null, null, true, default)] }),
                _ => builder.Step(new Crash(TimeSpan.FromSeconds(at), Below(12))),
            };
        }

        double[] rates = [0, 20, 90, 300, 800];
        TrafficSpec Stream(string host, int retries) => new()
        {
            Service = "web",
            Host = host,
            Retries = retries,
            FluidAbove = Below(3) * 60,
            Arrivals = (ArrivalProcess)Below(2),
            Observers = 1 + Below(12),
            Timeout = TimeSpan.FromMilliseconds(100 + Below(1000)),
            Rates = [new(TimeSpan.Zero, rates[Below(5)]), new(TimeSpan.FromSeconds(12.3), rates[Below(5)]), new(TimeSpan.FromSeconds(31), rates[Below(5)])],
        };
        var behavior = new ImageBehavior
        {
            ServiceSeconds = new ConstantOrNot(Below(3)).Make(),
            Concurrency = 1 + Below(8),
            QueueLimit = Below(40),
            ErrorRatio = Below(2) * 0.1,
            ServesWhileStopping = Below(2) == 0,
        };
        var streams = new[] { Stream("", Below(3)), Stream("shop", Below(2)) };
        OrchestratedRun run = builder.With(o => o with { Traffic = streams, Until = TimeSpan.FromSeconds(60), Seed = seed }).Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        agent.Behavior = behavior;
        agent.StopTime = TimeSpan.FromSeconds(Below(400) / 100.0);
        TrafficJudge judge = TrafficJudge.Attach(run, TimeSpan.FromSeconds(1));
        run.Run();
        judge.JudgeRest();
        foreach (RequestLedger ledger in run.Traffic!.Ledgers)
        {
            RequestSums sums = ledger.Sum(TimeSpan.Zero, TimeSpan.FromSeconds(70));
            Assert.True(ledger.InFlight is >= 0 and < 5000, $"{ledger.InFlight} in flight of {ledger.Sent}, {ledger.Stream}, {behavior}, {sums}");
            Assert.True(sums is { Answered: >= 0, NoEndpoint: >= 0, Refused: >= 0, Overloaded: >= 0, TimedOut: >= 0, Lost: >= 0, Errors: >= 0, Denied: >= 0, LatencyTicks: >= 0, Slow: >= 0 });
            Assert.True(sums.Slow <= sums.Answered && sums.LatencyTicks <= (sums.Answered + 1) * 3 * ledger.Stream.Timeout.Ticks, $"{sums}");
        }
    }

    private sealed record ConstantOrNot(int Kind)
    {
        public Distribution Make() => DistributionCatalog.Create(Kind == 0 ? "constant" : Kind == 1 ? "exponential" : "lognormal", new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal)
        {
            [Kind == 0 ? "value" : "mean"] = [0.03],
            [Kind == 2 ? "sigma" : Kind == 0 ? "value" : "mean"] = [Kind == 2 ? 1 : 0.03],
        }, out _)!;
    }

    /// <summary>A process dies; its pod stays ready for those who do not ask it.</summary>
    private sealed record Crash(TimeSpan At, int Which) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            IReadOnlyList<Pod> pods = Pods(run);
            if (pods.Count > 0) run.Traffic!.OnStopped(pods[Which % pods.Count]);
        }
    }
}
