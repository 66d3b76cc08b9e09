using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using Xunit.Abstractions;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

/// <summary>The fluid beside the same streams sent request by request, on the same seeds. The request model draws its failures, so its own count of n scatters by about √n: rates,
/// lengths and numbers of seeds are chosen so that three times that is below the 2 % of the comparison.</summary>
public sealed class FluidTrafficTests(ITestOutputHelper output)
{
    private static readonly TimeSpan From = TimeSpan.FromSeconds(10);
    private static readonly ImageBehavior Wide = new() { Concurrency = 24 };

    [Theory]
    [InlineData(0.3, "constant", 0.02)]
    [InlineData(0.6, "constant", 0.02)]
    [InlineData(0.8, "constant", 0.02)]
    [InlineData(0.3, "exponential", 0.02)]
    [InlineData(0.6, "exponential", 0.02)]
    [InlineData(0.8, "exponential", 0.02)]
    [InlineData(0.3, "lognormal", 0.02)]
    [InlineData(0.6, "lognormal", 0.02)]
    [InlineData(0.8, "lognormal", 0.02)]
    [InlineData(0.8, "gamma", 0.02)]
    [InlineData(0.5, "skewed", 0.02)]
    public void Steady_load_has_the_mean_latency_of_the_request_model(double load, string times, double tolerance)
    {
        const double Seconds = 0.02;
        ImageBehavior behavior = new() { ServiceSeconds = Times(times, Seconds), Concurrency = 4 };
        // Some skewed times alone are longer than a second.
        TrafficSpec stream = Web(load * 4 / Seconds * 4) with { Timeout = TimeSpan.FromSeconds(times == "skewed" ? 60 : 1) };
        (RequestSums fluid, RequestSums exact) = Both(stream, 4, 6, 120, behavior);
        Assert.Equal(0, fluid.Failed);
        // None but the rarest of the tails: 1 in 10,000.
        Assert.True(exact.Failed <= exact.Requests / 5_000);
        Within(exact.LatencyTicks / (double)exact.Answered, fluid.LatencyTicks / (double)fluid.Answered, tolerance);
    }

    [Fact]
    public void A_stop_that_clients_do_not_know_of_refuses_as_many_requests()
    {
        (RequestSums fluid, RequestSums exact) = Both(Web(3000), 8, 24, 18, Wide, builder => builder.Apply(14, ReplicaSet("web", 4)), stop: 10);
        Within(exact.Refused, fluid.Refused);
        Within(exact.Failed, fluid.Failed);
        Within(exact.LatencyTicks / (double)exact.Answered, fluid.LatencyTicks / (double)fluid.Answered);
    }

    [Fact]
    public void What_ending_processes_hold_is_lost_in_both()
    {
        var slow = new ImageBehavior { ServiceSeconds = Times("exponential", 0.2), Concurrency = 400, ServesWhileStopping = true };
        (RequestSums fluid, RequestSums exact) = Both(Web(2000), 8, 40, 17, slow, builder => builder.Apply(14, ReplicaSet("web", 2)), stop: 0.1);
        Within(exact.Lost, fluid.Lost);
        Within(exact.Failed, fluid.Failed);
        Within(exact.LatencyTicks / (double)exact.Answered, fluid.LatencyTicks / (double)fluid.Answered);
    }

    [Fact]
    public void A_rolling_replacement_fails_as_many_requests()
    {
        OrchestrationBuilder Roll(OrchestrationBuilder builder)
        {
            PodTemplate next = Template("web", image: "app:v2") with { Labels = [new Label("app", "web"), new Label("track", "new")] };
            for (int k = 1; k <= 8; k++) builder = builder.Apply(12 + (2 * k), ReplicaSet("web", 8 - k), ReplicaSet("new", k, next) with { Selector = LabelSelector.Of([new Label("track", "new")]) });
            return builder;
        }

        (RequestSums fluid, RequestSums exact) = Both(Web(3000), 8, 12, 34, Wide, Roll, stop: 1.5);
        Within(exact.Failed, fluid.Failed);
        Within(exact.LatencyTicks / (double)exact.Answered, fluid.LatencyTicks / (double)fluid.Answered);
    }

    [Fact]
    public void A_crash_that_nobody_reports_fails_as_many_requests()
    {
        (RequestSums fluid, RequestSums exact) = Both(Web(1000), 8, 4, 40, new ImageBehavior(), builder => builder.Step(new Crash(TimeSpan.FromSeconds(20), 2)));
        Within(exact.Failed, fluid.Failed);
        Within(exact.LatencyTicks / (double)exact.Answered, fluid.LatencyTicks / (double)fluid.Answered);
    }

    [Theory]
    [InlineData(64, 1600, 0.02)]
    [InlineData(2000, 960, 0.02)]
    public void An_overload_that_comes_and_goes_fills_and_empties_the_queues_alike(int places, double rate, double tolerance)
    {
        var behavior = new ImageBehavior { Concurrency = 4, QueueLimit = places };
        TrafficSpec stream = Web(500) with { Rates = [new(TimeSpan.Zero, 0), new(From, 500), new(TimeSpan.FromSeconds(14), rate), new(TimeSpan.FromSeconds(34), 500)] };
        (RequestSums fluid, RequestSums exact) = Both(stream, 4, 10, 50, behavior);
        Within(exact.Failed, fluid.Failed, tolerance);
        Within(exact.LatencyTicks / (double)exact.Answered, fluid.LatencyTicks / (double)fluid.Answered, tolerance);
    }

    [Fact]
    public void Retries_help_alike()
    {
        (RequestSums fluid, RequestSums exact) = Both(
            Web(1000) with { Retries = 1 }, 8, 12, 40, new ImageBehavior { ErrorRatio = 0.2 }, builder => builder.Apply(30, ReplicaSet("web", 6)), stop: 10);
        Within(exact.Failed, fluid.Failed);
        Within(exact.LatencyTicks / (double)exact.Answered, fluid.LatencyTicks / (double)fluid.Answered);
    }

    [Fact]
    public void A_million_requests_a_second_over_a_thousand_endpoints_take_few_events_a_minute()
    {
        TrafficSpec stream = Web(1_000_000) with { FluidAbove = 10_000 };
        OrchestratedRun run = Start(stream, 1000, new ImageBehavior { Concurrency = 40 }, 100, nodes: 100);
        run.Run();
        long before = run.Loop.EventsHandled;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        run.Loop.Run(TimeSpan.FromSeconds(160));
        output.WriteLine($"a virtual minute took {watch.Elapsed.TotalMilliseconds:F1} ms and {run.Loop.EventsHandled - before} events");
        Assert.Equal(60_000_000, run.Traffic!.Ledgers[0].Sum(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(160)).Answered);
        // Not judged by the clock: a busy machine is slow, and a minute that takes few events is cheap everywhere.
        Assert.InRange(run.Loop.EventsHandled - before, 0, 1000);
    }

    [Fact]
    public void A_stream_is_a_fluid_only_while_its_rate_is_above_the_border()
    {
        TrafficSpec stream = Web(100) with
        {
            Arrivals = ArrivalProcess.Constant,
            FluidAbove = 500,
            Rates = [new(TimeSpan.Zero, 0), new(From, 100), new(TimeSpan.FromSeconds(20), 1000), new(TimeSpan.FromSeconds(30), 100)],
        };
        OrchestratedRun run = Start(stream, 4, new ImageBehavior(), 40);
        run.Run();
        RequestLedger ledger = run.Traffic!.Ledgers[0];
        for (int second = 11; second < 39; second++)
        {
            long requests = ledger.Sum(TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(second + 1)).Requests;
            Assert.InRange(requests, second is >= 20 and < 30 ? 975 : 99, second is >= 20 and < 30 ? 1000 : 121);
        }

        Assert.InRange(ledger.Sum(From, TimeSpan.FromSeconds(40)).Requests, 11_990, 12_000);
        Assert.True(run.Loop.EventsHandled < 6_000, "two events for each of the 2,000 requests that are sent one by one, and little else");
    }

    [Fact]
    public void Connections_that_are_kept_make_a_stream_go_request_by_request()
    {
        OrchestratedRun run = Start(Web(1000) with { FluidAbove = 1, RequestsPerConnection = 10 }, 4, new ImageBehavior(), 20);
        run.Run();
        Assert.True(run.Loop.EventsHandled > 18_000);
    }

    [Fact]
    public void What_a_pod_has_served_is_known_to_autoscalers()
    {
        OrchestratedRun run = Start(Web(1000) with { FluidAbove = 1 }, 4, new ImageBehavior { CpuMillisecondsPerRequest = 3 }, 50);
        run.Run();
        foreach (Pod pod in Pods(run))
        {
            Assert.True(run.Traffic!.TryGetUse(pod.Uid, out long requests, out double cpu));
            Assert.Equal(10_000, requests, 2.0);
            Assert.Equal(30_000, cpu, 10.0);
        }
    }

    [Fact]
    public void A_canary_takes_its_weight_of_a_fluid_once_its_clients_know_the_route()
    {
        Ingress Route(string name, string service, int? weight) => new() { Metadata = Meta(name), Routes = [new IngressRoute("shop", "/", false, service, 80, "")], CanaryWeight = weight };
        TrafficSpec stream = Web(1000) with { FluidAbove = 1, Host = "shop" };
        OrchestrationBuilder builder = Fleet(3)
            .Apply(Service("web"), ReplicaSet("web", 4), Service("next"), ReplicaSet("next", 2, Template("next", image: "app:v2")), Route("main", "web", null))
            .Apply(30, Route("canary", "next", 20))
            .With(o => o with { Traffic = [stream], Until = TimeSpan.FromSeconds(50) });
        OrchestratedRun run = builder.Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        run.Run();
        RequestLedger ledger = run.Traffic!.Ledgers[0];
        Assert.Equal(0, ledger.Sum(TimeSpan.Zero, TimeSpan.FromSeconds(30), "v2").Requests);
        Assert.Equal(200 * 18, ledger.Sum(TimeSpan.FromSeconds(32), TimeSpan.FromSeconds(50), "v2").Answered, 2.0);
        Assert.Equal(800 * 18, ledger.Sum(TimeSpan.FromSeconds(32), TimeSpan.FromSeconds(50), "v1").Answered, 2.0);
    }

    [Fact]
    public void Equal_seeds_give_equal_facts()
    {
        ulong Fingerprint(ulong seed)
        {
            OrchestratedRun run = Start(Web(1000) with { FluidAbove = 1 }, 6, new ImageBehavior(), 60, 3, seed, builder => builder.Apply(30, ReplicaSet("web", 2)));
            var print = new Core.Recording.FingerprintObserver();
            run.Facts.Subscribe(print);
            run.Run();
            return print.Value;
        }

        Assert.Equal(Fingerprint(1), Fingerprint(1));
        Assert.NotEqual(Fingerprint(1), Fingerprint(2));
    }

    private static OrchestratedRun Start(
        TrafficSpec stream, int replicas, ImageBehavior behavior, double seconds, int nodes = 3, ulong seed = 1, Func<OrchestrationBuilder, OrchestrationBuilder>? more = null, double stop = 1)
    {
        OrchestrationBuilder builder = Fleet(nodes).Apply(Service("web"), ReplicaSet("web", replicas))
            .With(o => o with { Traffic = [stream], Until = TimeSpan.FromSeconds(seconds), Seed = seed });
        OrchestratedRun run = (more?.Invoke(builder) ?? builder).Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        agent.Behavior = behavior;
        agent.StopTime = TimeSpan.FromSeconds(stop);
        return run;
    }

    private (RequestSums Fluid, RequestSums Exact) Both(
        TrafficSpec stream, int replicas, ulong seeds, int seconds, ImageBehavior behavior, Func<OrchestrationBuilder, OrchestrationBuilder>? more = null, double stop = 1)
    {
        RequestSums fluid = default, exact = default;
        for (ulong seed = 1; seed <= seeds; seed++)
        {
            fluid = fluid.Plus(Run(stream with { FluidAbove = 1 }, replicas, seed, seconds, behavior, more, stop));
            exact = exact.Plus(Run(stream, replicas, seed, seconds, behavior, more, stop));
        }

        output.WriteLine($"fluid {fluid} mean {fluid.LatencyTicks / 1e4 / Math.Max(1, fluid.Answered):F4} ms\nexact {exact} mean {exact.LatencyTicks / 1e4 / Math.Max(1, exact.Answered):F4} ms");
        Within(exact.Requests, fluid.Requests);
        return (fluid, exact);
    }

    private static RequestSums Run(
        TrafficSpec stream, int replicas, ulong seed, int seconds, ImageBehavior behavior, Func<OrchestrationBuilder, OrchestrationBuilder>? more, double stop)
    {
        OrchestratedRun run = Start(stream, replicas, behavior, seconds, 3, seed, more, stop);
        run.Run();
        RequestLedger ledger = run.Traffic!.Ledgers[0];
        RequestSums all = ledger.Sum(TimeSpan.Zero, TimeSpan.FromSeconds(seconds + 10));
        Assert.Equal(ledger.Sent, all.Answered + all.Failed + ledger.InFlight);
        Assert.True(ledger.InFlight >= 0);
        return all;
    }

    private static void Within(double exact, double fluid, double tolerance = 0.02) =>
        Assert.True(Math.Abs(fluid - exact) <= tolerance * Math.Abs(exact), $"the request model gives {exact}, the fluid {fluid}: {(fluid / exact) - 1:P2}");

    private static TrafficSpec Web(double rate) => new() { Service = "web", Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(From, rate)] };

    private static Distribution Times(string name, double mean) => DistributionCatalog.Create(name == "skewed" ? "lognormal" : name, name switch
    {
        "constant" => Parameters(("value", mean)),
        "exponential" => Parameters(("mean", mean)),
        "gamma" => Parameters(("mean", mean), ("shape", 2)),
        "skewed" => Parameters(("mean", mean), ("sigma", 1.5)),
        _ => Parameters(("mean", mean), ("sigma", 1)),
    }, out _)!;

    private static Dictionary<string, IReadOnlyList<double>> Parameters(params (string Name, double Value)[] values) =>
        values.ToDictionary(value => value.Name, value => (IReadOnlyList<double>)[value.Value], StringComparer.Ordinal);

    /// <summary>Processes die and nobody tells the control plane.</summary>
    private sealed record Crash(TimeSpan At, int Count) : RunStep(At)
    {
        public override void Execute(OrchestratedRun run)
        {
            foreach (Pod pod in Pods(run).Take(Count)) run.Traffic!.OnStopped(pod);
        }
    }
}
