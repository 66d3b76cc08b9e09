using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Runs;
using SchedBench.Core.Swarm;
using SchedBench.Fuzzing.Cases;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Fuzzing.Play;

/// <summary>The options of a case's run.</summary>
internal static class CaseOptions
{
    private static readonly StrategyCatalog Strategies = StrategyCatalog.BuiltIn();

    /// <summary>The options, without any step.</summary>
    /// <exception cref="ArgumentException">There is no such strategy.</exception>
    public static OrchestratedRunOptions Of(FuzzCase item)
    {
        StrategyEntry strategy = Strategies.Find(item.Strategy) ?? throw new ArgumentException($"There is no strategy {item.Strategy}.", nameof(item));
        FuzzSettings settings = item.Settings;
        var images = new ImageCatalog();
        foreach (FuzzWorkload workload in item.Workloads) CaseObjects.AddImages(images, workload);
        var options = new OrchestratedRunOptions
        {
            Fleet = new FleetLayout([.. item.Nodes.Select(CaseObjects.Node)]),
            Strategy = strategy.Build(),
            FreshStrategy = () => strategy.Build(),
            TieBreak = strategy.TieBreak,
            Seed = item.Seed,
            Profile = WorkloadProfile.Of([.. item.Workloads.Select(workload => new PodArrival(workload.Name, CaseObjects.Template(workload).Spec, TimeSpan.Zero, null))]),
            Until = TimeSpan.FromSeconds(item.LengthSeconds),
            SchedulerDelay = TimeSpan.FromMilliseconds(settings.SchedulerDelayMs),
            ControllerDelay = TimeSpan.FromMilliseconds(settings.ControllerDelayMs),
            ControllerLimits = settings.HasClientLimits ? ClientLimits.ControllerManager : ClientLimits.None,
            Preempts = settings.Preempts,
            Rollback = new RollbackOptions { ForAll = settings.RollsBack },
            Traffic = [.. item.Workloads.Select(CaseObjects.Traffic).OfType<Core.Networking.TrafficSpec>()],
            Swarm = item.IsSwarm ? new SwarmOptions() : null,
            Agents = new AgentOptions
            {
                Images = images,
                ImagesArePresent = settings.ImagesArePresent,
                WatchDelay = TimeSpan.FromMilliseconds(settings.AgentDelayMs),
                RelistPeriod = TimeSpan.FromSeconds(settings.Relists ? 1 : 0),
                StatusLimits = settings.HasSlowStatus ? new ClientLimits(2, 4) : new ClientLimits(50, 100),
            },
        };
        options = options with { Scheduler = options.Scheduler with { BindLatency = TimeSpan.FromMilliseconds(settings.BindLatencyMs) }, Network = options.Network with { CurveStep = TimeSpan.FromSeconds(60) } };
        return settings.HasShortTimers ? WithShortTimers(options) : options;
    }

    /// <summary>Lost nodes are found and emptied after seconds, so that much more of it happens in a run.</summary>
    private static OrchestratedRunOptions WithShortTimers(OrchestratedRunOptions options) => options with
    {
        NodeLifecycle = options.NodeLifecycle with { MonitorPeriod = TimeSpan.FromSeconds(2), GracePeriod = TimeSpan.FromSeconds(15), StartupGracePeriod = TimeSpan.FromSeconds(20), EvictionRate = 0.5, SecondaryEvictionRate = 0.2 },
        Agents = options.Agents! with { HeartbeatPeriod = TimeSpan.FromSeconds(4), PressureTransition = TimeSpan.FromSeconds(30), BackoffLimit = TimeSpan.FromSeconds(60) },
    };
}
