using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Benchmarks.Suites;

/// <summary>The orchestration core as a whole: store, controllers, scheduler and node agents on one event loop. An invocation is a whole run, so few of them are measured.</summary>
/// <remarks>What a run must come to is checked in every invocation: a run that stops short is fast for no reason.</remarks>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5, invocationCount: 1)]
public class OrchestrationBenchmarks
{
    private const int Images = 10;
    private static readonly TimeSpan RolloutBegins = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Settled = TimeSpan.FromHours(1);
    private OrchestratedRun? _idle;
    private OrchestratedRun? _rollout;
    private OrchestratedRun? _million;

    /// <summary>5,000 nodes, 1,000 Deployments, 100,000 pods: from an empty cluster to the last pod that is ready.</summary>
    [Benchmark]
    public long BringUp()
    {
        Deployment[] deployments = [.. Enumerable.Range(0, 1_000).Select(i => OrchestratedClusters.Deployment($"service-{i:D4}", 100, $"image-{i % Images}:v1"))];
        OrchestratedRun run = OrchestratedClusters.Build(5_000, [new ApplyStep(TimeSpan.Zero, deployments)], RolloutBegins);
        run.Run();
        OrchestratedClusters.Expect(run, 100_000, "image-");
        return run.Loop.EventsHandled;
    }

    [IterationSetup(Target = nameof(Rollout))]
    public void PrepareRollout()
    {
        _rollout = OrchestratedClusters.Build(1_000,
        [
            new ApplyStep(TimeSpan.Zero, [OrchestratedClusters.Deployment("web", 10_000, "web:v1")]),
            new SetImageStep(RolloutBegins, "web", "*", "web:v2"),
        ]);
        _rollout.Run();
        OrchestratedClusters.Expect(_rollout, 10_000, "web:v1");
    }

    /// <summary>The rolling update of a Deployment of 10,000 replicas on 1,000 nodes, with start times that differ and the default surge and unavailability of 25 %.</summary>
    [Benchmark]
    public long Rollout()
    {
        _rollout!.Loop.Run(RolloutBegins + TimeSpan.FromHours(1));
        OrchestratedClusters.Expect(_rollout, 10_000, "web:v2");
        return _rollout.Loop.EventsHandled;
    }

    [IterationSetup(Target = nameof(IdleDay))]
    public void PrepareIdle()
    {
        Deployment[] deployments = [.. Enumerable.Range(0, 100).Select(i => OrchestratedClusters.Deployment($"service-{i:D4}", 100, $"image-{i % Images}:v1"))];
        _idle = OrchestratedClusters.Build(5_000, [new ApplyStep(TimeSpan.Zero, deployments)], Settled);
        _idle.Run();
        OrchestratedClusters.Expect(_idle, 10_000, "image-");
    }

    /// <summary>24 virtual hours of 5,000 nodes and 10,000 pods in which nothing happens: heartbeats, probes and periodic looks.</summary>
    [Benchmark]
    public long IdleDay()
    {
        _idle!.Loop.Run(Settled + TimeSpan.FromDays(1));
        OrchestratedClusters.Expect(_idle, 10_000, "image-");
        return _idle.Loop.EventsHandled;
    }

    /// <summary>A day of requests as a fluid: 100 pods, 5,000 requests a second in the mean, a rate that changes every minute.</summary>
    [Benchmark]
    public long FluidDay()
    {
        const int Minutes = 24 * 60;
        // From a fifth to nine fifths of the mean and back.
        var traffic = new TrafficSpec { Service = "web", FluidAbove = 1, Rates = [.. Enumerable.Range(0, Minutes).Select(m => new RateFrom(TimeSpan.FromMinutes(m), 1_000 + (8_000.0 * Math.Min(m, Minutes - m) / (Minutes / 2))))] };
        OrchestratedRun run = OrchestratedClusters.Build(100, [new ApplyStep(TimeSpan.Zero, [Web(), OrchestratedClusters.Deployment("web", 100, "web:v1")])], TimeSpan.FromDays(1), traffic);
        run.Run();
        OrchestratedClusters.Expect(run, 100, "web:v1");
        long sent = run.Traffic!.Ledgers[0].Sent;
        return sent > 400_000_000 ? sent : throw new InvalidOperationException($"Only {sent} requests were sent.");
    }

    [IterationSetup(Target = nameof(FluidMinute))]
    public void PrepareMillion()
    {
        var traffic = new TrafficSpec { Service = "web", FluidAbove = 10_000, Rates = [new RateFrom(TimeSpan.Zero, 0), new RateFrom(RolloutBegins, 1_000_000)] };
        _million = OrchestratedClusters.Build(100, [new ApplyStep(TimeSpan.Zero, [Web(), OrchestratedClusters.Deployment("web", 1_000, "web:v1")])], RolloutBegins + TimeSpan.FromSeconds(10), traffic);
        _million.Run();
        OrchestratedClusters.Expect(_million, 1_000, "web:v1");
    }

    /// <summary>A virtual minute of 1,000,000 requests a second over 1,000 endpoints, as a fluid and without faults.</summary>
    [Benchmark]
    public long FluidMinute()
    {
        long before = _million!.Traffic!.Ledgers[0].Sent;
        _million.Loop.Run(RolloutBegins + TimeSpan.FromSeconds(70));
        long sent = _million.Traffic.Ledgers[0].Sent - before;
        return sent >= 59_000_000 ? sent : throw new InvalidOperationException($"Only {sent} requests were sent.");
    }

    private static Service Web() => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
        Selector = LabelSelector.Of([new Label("app", "web")]),
        Ports = [new ServicePort("", 80, 8080, "", 0, "TCP")],
    };
}
