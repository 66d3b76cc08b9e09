using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Swarm;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.TestKit;

/// <summary>Small clusters of Docker Swarm for tests, and what their tasks say.</summary>
public static class SwarmFleet
{
    /// <summary>Equal nodes under Docker Swarm with its own spread strategy.</summary>
    public static OrchestrationBuilder Of(int nodes, SwarmOptions? options = null, double until = 600) => OrchestrationBuilder.Fleet(nodes).With(o => o with
    {
        Swarm = options ?? new SwarmOptions(),
        Strategy = StrategyCatalog.BuiltIn().Find("swarm-spread")!.Build(),
        Until = TimeSpan.FromSeconds(until),
    });

    /// <summary>Options without the times that only an engine takes, so that instants are round.</summary>
    public static SwarmOptions Instant { get; } = new()
    {
        EngineStart = TimeSpan.Zero,
        EngineStop = TimeSpan.Zero,
        EngineNotice = TimeSpan.Zero,
        DispatcherBatch = TimeSpan.Zero,
        SchedulerGap = TimeSpan.Zero,
        ConvergeDelay = TimeSpan.Zero,
        ReaperBatch = TimeSpan.Zero,
    };

    /// <summary>Agents whose nodes have every image; processes listen at once and stop at once unless it is said otherwise.</summary>
    public static AgentOptions Agents(ImageBehavior? behavior = null, Func<ImageCatalog, ImageCatalog>? images = null)
    {
        ImageCatalog catalog = new ImageCatalog().Add("app", behavior ?? Quick);
        return new AgentOptions { ImagesArePresent = true, Images = images is null ? catalog : images(catalog) };
    }

    /// <summary>Listens at once, stops after 50 ms.</summary>
    public static ImageBehavior Quick { get; } = new() { StartSeconds = new ConstantDistribution(0), StopSeconds = new ConstantDistribution(0.05) };

    /// <summary>Tasks that run and that nobody has told to go.</summary>
    public static IReadOnlyList<Pod> Running(OrchestratedRun run, string? service = null) =>
        [.. OrchestrationBuilder.Pods(run).Where(pod => pod.Swarm is { State: SwarmTaskState.Running, IsWanted: true } && !pod.Metadata.IsDeleting && (service is null || pod.Metadata.Controller?.Name == service))];

    /// <summary>State of the update of a service.</summary>
    public static SwarmServiceStatus Service(OrchestratedRun run, ResourceKind kind, string name) => run.Store.View.Find(new ObjectKey(kind, "default", name)) switch
    {
        Deployment item => item.Status.Swarm!,
        DaemonSet item => item.Status.Swarm!,
        ReplicaSet item => item.Status.Swarm!,
        Job item => item.Status.Swarm!,
        _ => throw new InvalidOperationException($"{kind} {name} is no service."),
    };
}

/// <summary>Notes instants of writes that a test asks about.</summary>
/// <param name="run">The run.</param>
/// <param name="what">Which writes.</param>
public sealed class WriteLog(OrchestratedRun run, Func<StoreChange, bool> what) : IStoreListener
{
    /// <summary>Seconds of the writes.</summary>
    public List<double> Seconds { get; } = [];

    /// <summary>Watches a run; call it before the run starts.</summary>
    public static WriteLog Of(OrchestratedRun run, Func<StoreChange, bool> what)
    {
        var log = new WriteLog(run, what);
        run.Store.Subscribe(log);
        return log;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (what(change)) Seconds.Add(run.Loop.Now.TotalSeconds);
    }
}
