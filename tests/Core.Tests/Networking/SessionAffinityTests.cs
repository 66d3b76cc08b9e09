using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

/// <summary>Services with <c>sessionAffinity: ClientIP</c>; forty pods, so that two clients rarely meet at one.</summary>
public sealed class SessionAffinityTests
{
    private static readonly TrafficSpec Stream = new() { Service = "web", Clients = 8, Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(TimeSpan.FromSeconds(10), 200)] };

    [Theory]
    [InlineData(true, 1, 8)]
    [InlineData(false, 40, 40)]
    public void Clients_stay_with_their_pods_where_the_service_says_so(bool sticks, int least, int most)
    {
        OrchestratedRun run = Build(Stream, Sticky(sticks));
        run.Run();
        Assert.InRange(Used(run), least, most);
        Assert.Equal(0, Sums(run).Failed);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(25, true)]
    public void A_client_that_was_quiet_for_longer_than_the_time_out_chooses_anew(double pause, bool isAnew)
    {
        TrafficSpec stream = Stream with { Rates = [new(TimeSpan.Zero, 0), new(S(10), 200), new(S(20), 0), new(S(20 + pause), 200)] };
        OrchestratedRun run = Build(stream, Sticky(true) with { AffinityTimeout = S(20) });
        int before = 0;
        Later.Do(run, 21, () => before = Used(run));
        run.Run();
        Assert.Equal(isAnew, Used(run) > before);
    }

    [Fact]
    public void Every_new_connection_renews_the_time_out()
    {
        OrchestratedRun run = Build(Stream, Sticky(true) with { AffinityTimeout = S(2) });
        run.Run();
        Assert.InRange(Used(run), 1, 8);
    }

    [Fact]
    public void A_client_leaves_its_pod_when_its_proxy_knows_that_it_is_gone_and_tries_it_again_until_then()
    {
        (RequestSums sticky, int usedSticky) = Lose(true);
        (RequestSums free, int usedFree) = Lose(false);
        // Everybody learns within 1.07 s; a retry meets the same pod with affinity, and mostly another one without.
        Assert.True(sticky.Refused > 5 * Math.Max(1, free.Refused), $"{sticky.Refused} and {free.Refused}");
        Assert.True(usedSticky > 0 && usedFree > 0);
        static (RequestSums, int) Lose(bool sticks)
        {
            // The pods that go are those of the highest ordinal: half of the clients were there.
            OrchestratedRun run = Build(Stream with { Retries = 3, Clients = 40 }, Sticky(sticks), builder => builder.Apply(40, ReplicaSet("web", 20)));
            run.Run();
            Assert.Equal(0, run.Traffic!.Ledgers[0].Sum(S(42), S(70)).Failed);
            return (Sums(run), Used(run));
        }
    }

    [Fact]
    public void A_stream_to_such_a_service_is_sent_request_by_request()
    {
        OrchestratedRun run = Build(Stream with { FluidAbove = 1 }, Sticky(true));
        run.Run();
        Assert.True(run.Loop.EventsHandled > 20_000, $"{run.Loop.EventsHandled}");
        Assert.InRange(Used(run), 1, 8);
    }

    [Fact]
    public void A_fluid_becomes_requests_when_its_service_begins_to_keep_clients()
    {
        OrchestratedRun run = Build(Stream with { FluidAbove = 1 }, Sticky(false), builder => builder.Apply(30, Sticky(true)));
        long before = 0;
        Later.Do(run, 29, () => before = run.Loop.EventsHandled);
        run.Run();
        Assert.InRange(before, 0, 2_000);
        Assert.True(run.Loop.EventsHandled - before > 15_000, $"{run.Loop.EventsHandled - before}");
        RequestLedger ledger = run.Traffic!.Ledgers[0];
        RequestSums all = ledger.Sum(TimeSpan.Zero, S(80));
        Assert.Equal(ledger.Sent, all.Answered + all.Failed + ledger.InFlight);
        Assert.InRange(all.Requests, 11_600, 12_400);
    }

    [Fact]
    public void An_ingress_does_not_look_at_it()
    {
        var ingress = new Ingress { Metadata = Meta("front"), Routes = [new IngressRoute("shop", "/", false, "web", 80, "")] };
        OrchestratedRun run = Build(Stream with { Host = "shop" }, Sticky(true), builder => builder.Apply(ingress));
        run.Run();
        Assert.Equal(40, Used(run));
    }

    [Fact]
    public void Clients_are_spread_over_the_observers()
    {
        OrchestratedRun run = Build(Stream with { Clients = 3, Observers = 2 }, Sticky(true));
        run.Run();
        Assert.InRange(Used(run), 1, 3);
        Assert.Equal(0, Sums(run).Failed);
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Service Sticky(bool sticks) => Service("web") with { HasClientAffinity = sticks };

    private static RequestSums Sums(OrchestratedRun run) => run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, S(80));

    private static int Used(OrchestratedRun run) => Pods(run).Count(pod => run.Traffic!.TryGetUse(pod.Uid, out long requests, out _) && requests > 0);

    private static OrchestratedRun Build(TrafficSpec stream, Service service, Func<OrchestrationBuilder, OrchestrationBuilder>? more = null)
    {
        OrchestrationBuilder builder = Fleet(3).Apply(service, ReplicaSet("web", 40)).With(o => o with { Traffic = [stream], Until = S(70) });
        OrchestratedRun run = (more?.Invoke(builder) ?? builder).Build(out InstantAgent agent);
        agent.Serving = run.Traffic;
        agent.Behavior = new ImageBehavior();
        agent.StopTime = S(10);
        return run;
    }
}
