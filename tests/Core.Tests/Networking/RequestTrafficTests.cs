using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Networking;

public sealed class RequestTrafficTests
{
    private static readonly TrafficSpec Hundred = new() { Service = "web", Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(TimeSpan.FromSeconds(10), 100)] };

    [Fact]
    public void Healthy_pods_answer_every_request()
    {
        RequestLedger ledger = Run(Hundred, 4, out _);
        RequestSums sums = ledger.Sum(TimeSpan.Zero, TimeSpan.FromSeconds(70));
        Assert.InRange(sums.Requests, 5_700, 6_300);
        Assert.Equal(0, sums.Failed);
        Assert.Equal(TimeSpan.FromMilliseconds(20).TotalSeconds, ledger.Latencies.Quantile(500)!.Value.TotalSeconds, 0.0002);
    }

    [Fact]
    public void Constant_arrivals_come_evenly()
    {
        RequestLedger ledger = Run(Hundred with { Arrivals = ArrivalProcess.Constant }, 4, out _);
        for (int second = 11; second < 60; second++) Assert.Equal(100, ledger.Sum(TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(second + 1)).Requests);
    }

    [Fact]
    public void Without_an_endpoint_every_request_fails_for_that_reason()
    {
        RequestSums sums = Run(Hundred, 0, out _).Sum(TimeSpan.Zero, TimeSpan.FromSeconds(70));
        Assert.Equal(sums.Requests, sums.NoEndpoint);
        Assert.True(sums.Requests > 5_000);
    }

    [Fact]
    public void An_overloaded_service_refuses_what_its_queues_cannot_hold()
    {
        var slow = new ImageBehavior { ServiceSeconds = Constant(0.1), Concurrency = 2, QueueLimit = 3 };
        RequestSums sums = Run(Hundred, 2, out _, slow).Sum(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));
        // 2 pods × 2 workers / 0.1 s = 40 of 100 requests a second.
        Assert.InRange(sums.Answered / 40.0, 38, 41);
        Assert.Equal(sums.Failed, sums.Overloaded);
    }

    [Fact]
    public void Requests_that_wait_longer_than_their_client_time_out()
    {
        var slow = new ImageBehavior { ServiceSeconds = Constant(0.1), Concurrency = 2, QueueLimit = 10_000 };
        RequestSums sums = Run(Hundred with { Timeout = TimeSpan.FromSeconds(1) }, 2, out _, slow).Sum(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        Assert.Equal(sums.Failed, sums.TimedOut);
        // The queue keeps every request waiting for just as long as its client does: hardly any is answered in time.
        Assert.InRange(sums.TimedOut / 30.0, 60, 101);
    }

    [Fact]
    public void A_pod_that_stops_before_its_clients_know_fails_their_requests_until_they_do()
    {
        OrchestratedRun run = Build(Hundred, 4, out InstantAgent agent, builder => builder.Apply(30, ReplicaSet("web", 2)));
        agent.StopTime = TimeSpan.FromSeconds(10);
        run.Run();
        RequestSums before = run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, TimeSpan.FromSeconds(30)), during = run.Traffic.Ledgers[0].Sum(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(33));
        RequestSums after = run.Traffic.Ledgers[0].Sum(TimeSpan.FromSeconds(33), TimeSpan.FromSeconds(70));
        Assert.Equal(0, before.Failed);
        // Half of the pods refuse for half a second on average: about 25 requests.
        Assert.InRange(during.Refused, 8, 60);
        Assert.Equal(0, after.Failed);
    }

    [Fact]
    public void A_pod_that_serves_while_it_stops_fails_nothing()
    {
        OrchestratedRun run = Build(Hundred, 4, out InstantAgent agent, builder => builder.Apply(30, ReplicaSet("web", 2)), new ImageBehavior { ServesWhileStopping = true });
        agent.StopTime = TimeSpan.FromSeconds(10);
        run.Run();
        Assert.Equal(0, run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, TimeSpan.FromSeconds(70)).Failed);
    }

    [Fact]
    public void What_a_process_holds_when_it_ends_is_lost_unless_the_client_tries_again()
    {
        var slow = new ImageBehavior { ServiceSeconds = Constant(0.5), Concurrency = 50, ServesWhileStopping = true };
        RequestSums Lost(int retries)
        {
            OrchestratedRun run = Build(Hundred with { Retries = retries }, 4, out InstantAgent agent, builder => builder.Apply(30, ReplicaSet("web", 2)), slow);
            agent.StopTime = TimeSpan.FromSeconds(0.1);
            run.Run();
            return run.Traffic!.Ledgers[0].Sum(TimeSpan.Zero, TimeSpan.FromSeconds(70));
        }

        Assert.True(Lost(0).Lost > 10);
        Assert.True(Lost(3).Failed < Lost(0).Failed / 4);
    }

    [Fact]
    public void Sent_requests_are_answered_failed_or_in_flight_at_any_instant()
    {
        OrchestratedRun run = Build(Hundred, 3, out _, builder => builder.Apply(30, ReplicaSet("web", 1)), new ImageBehavior { ServiceSeconds = Constant(0.2), ErrorRatio = 0.1 });
        run.Run();
        RequestLedger ledger = run.Traffic!.Ledgers[0];
        RequestSums all = ledger.Sum(TimeSpan.Zero, TimeSpan.FromSeconds(100));
        Assert.Equal(ledger.Sent, all.Answered + all.Failed + ledger.InFlight);
        Assert.InRange((double)all.Errors / (all.Errors + all.Answered), 0.05, 0.15);
    }

    [Fact]
    public void Two_strategies_meet_the_same_requests()
    {
        long Sent(string strategy)
        {
            OrchestratedRun run = Build(Hundred, 3, out _, builder => builder.With(o => o with { Strategy = Schedulers.Catalog.StrategyCatalog.BuiltIn().Find(strategy)!.Build() }));
            run.Run();
            return run.Traffic!.Ledgers[0].Sent;
        }

        Assert.Equal(Sent("best-fit"), Sent("round-robin"));
    }

    private static RequestLedger Run(TrafficSpec stream, int replicas, out OrchestratedRun run, ImageBehavior? behavior = null)
    {
        run = Build(stream, replicas, out _, builder => builder, behavior);
        run.Run();
        return run.Traffic!.Ledgers[0];
    }

    private static OrchestratedRun Build(TrafficSpec stream, int replicas, out InstantAgent agent, Func<OrchestrationBuilder, OrchestrationBuilder> more, ImageBehavior? behavior = null)
    {
        OrchestrationBuilder builder = Fleet(3).Apply(Service("web"), ReplicaSet("web", replicas))
            .With(o => o with { Traffic = [stream], Until = TimeSpan.FromSeconds(70) });
        OrchestratedRun run = more(builder).Build(out agent);
        agent.Serving = run.Traffic;
        agent.Behavior = behavior ?? ImageBehavior.Default;
        return run;
    }

    private static Distribution Constant(double seconds) =>
        DistributionCatalog.Create("constant", new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal) { ["value"] = [seconds] }, out _)!;
}
