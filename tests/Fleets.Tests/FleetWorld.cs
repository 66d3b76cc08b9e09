using SchedBench.Core.Cluster;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.Fleets.Runtime;
using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Fleets.Tests;

/// <summary>A service on two nodes for some seconds: the same options for a simulated run, a real one, and one that is repeated from its recording.</summary>
internal sealed class FleetWorld
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(8);

    private static readonly string[] Tags = ["v1", "v2"];

    /// <summary>Steps of the run beside the service itself.</summary>
    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    /// <summary>Pods of the service.</summary>
    public int Replicas { get; init; } = 2;

    /// <summary>How its image behaves.</summary>
    public ImageBehavior Behavior { get; init; } = new() { StartSeconds = new ConstantDistribution(0.05), StopSeconds = new ConstantDistribution(0.05), ServiceSeconds = new ConstantDistribution(0.002), Concurrency = 16 };

    /// <summary>Options of the run on some machines.</summary>
    public OrchestratedRunOptions Options(INodeFleet? machines)
    {
        var catalog = new ImageCatalog();
        foreach (string tag in Tags) catalog.Add($"app:{tag}", Behavior);
        PodTemplate template = Template("web");
        Container container = template.Spec.Containers[0] with { Image = "app:v1", Ports = [new ContainerPort("", 80, 0, "TCP", "")], Readiness = new Probe { Period = TimeSpan.FromSeconds(1), FailureThreshold = 1 } };
        template = template with { Spec = template.Spec with { Containers = [container], TerminationGrace = TimeSpan.FromSeconds(2) } };
        return new OrchestratedRunOptions
        {
            Fleet = new FleetLayout([.. Enumerable.Range(0, 2).Select(n => new NodeSpec { Name = $"node-{n}", CpuMilli = 1000, MemoryBytes = 1L << 30 })]),
            Strategy = StrategyCatalog.BuiltIn().Find("least-allocated")!.Build(),
            FreshStrategy = () => StrategyCatalog.BuiltIn().Find("least-allocated")!.Build(),
            Seed = 1,
            Agents = new AgentOptions { Images = catalog, RelistPeriod = TimeSpan.Zero, ProbePeriod = TimeSpan.FromMilliseconds(100), ImagesArePresent = true, BackoffStart = TimeSpan.FromMilliseconds(200) },
            Traffic = [new TrafficSpec { Service = "web", Arrivals = ArrivalProcess.Constant, Rates = [new(TimeSpan.Zero, 0), new(TimeSpan.FromSeconds(2), 20)], Observers = 1 }],
            Machines = machines,
            Steps = [new ApplyStep(TimeSpan.Zero, [Service("web"), Deployment("web", Replicas, template)]), .. Steps],
            Until = Length,
        };
    }

    /// <summary>A real run on an engine.</summary>
    public RealRun Play(IContainerEngine engine)
    {
        var clock = new WallClock(TimeProvider.System, 1) { Spins = false };
        using var mailbox = new Mailbox();
        using var fleet = new RealFleet(engine, clock, mailbox, Length);
        var run = new OrchestratedRun(Options(fleet), clock);
        var facts = new FactRecorder();
        run.Facts.Subscribe(facts);
        run.Run(mailbox);
        return new RealRun(run, facts.Facts, mailbox.Recorded, [.. fleet.Notes], fleet.Verdict);
    }

    /// <summary>The facts of a run that is repeated from what entered it.</summary>
    public IReadOnlyList<Fact> Repeat(IReadOnlyList<Mailbox.RecordedMessage> recorded)
    {
        using var mailbox = Mailbox.Replay(recorded);
        using var fleet = new RepeatedFleet(mailbox);
        var run = new OrchestratedRun(Options(fleet), new VirtualClock());
        var facts = new FactRecorder();
        run.Facts.Subscribe(facts);
        run.Run(mailbox);
        return facts.Facts;
    }
}

/// <summary>What came of a real run.</summary>
internal sealed record RealRun(OrchestratedRun Run, IReadOnlyList<Fact> Facts, IReadOnlyList<Mailbox.RecordedMessage> Recorded, IReadOnlyList<string> Notes, string? Verdict)
{
    /// <summary>What became of its requests.</summary>
    public RequestSums Requests => Run.Load!.Ledgers[0].Sum(TimeSpan.Zero, FleetWorld.Length);

    /// <summary>How many facts of a kind there were.</summary>
    public int Count(FactKind kind) => Facts.Count(fact => fact.Kind == kind);
}
