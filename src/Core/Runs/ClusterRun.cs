using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Runs;

/// <summary>Everything a run is a function of, besides the clock it runs on.</summary>
public sealed record ClusterRunOptions
{
    /// <summary>The fleet in the run's order.</summary>
    public required FleetLayout Fleet { get; init; }

    /// <summary>What arrives.</summary>
    public required ArrivalPlan Arrivals { get; init; }

    /// <summary>A fresh strategy object, used by this run alone.</summary>
    public required SchedulingStrategy Strategy { get; init; }

    /// <summary>Who wins among equals.</summary>
    public TieBreak TieBreak { get; init; }

    /// <summary>Seed of all draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>The workload's mix, for strategies that ask for it and for fragmentation metrics.</summary>
    public WorkloadProfile? Profile { get; init; }

    /// <summary>Queue, retries, bind latency.</summary>
    public SchedulerHostOptions Scheduler { get; init; } = new();

    /// <summary>Time from admission by the agent to start (image pull and container start).</summary>
    public TimeSpan StartLatency { get; init; }

    /// <summary>Delay with which the scheduler's view follows the store.</summary>
    public TimeSpan CacheDelay { get; init; }

    /// <summary>Last instant that still runs.</summary>
    public TimeSpan Until { get; init; } = TimeSpan.MaxValue;
}

/// <summary>
/// One run: the control plane, the fleet and the strategy wired onto one event loop. A pure function of its options; the clock changes how long it takes,
/// never what happens.
/// </summary>
/// <remarks>Three truths: <see cref="Store"/> (API truth), <see cref="Agents"/> (node truth), <see cref="View"/> (what the scheduler believes).</remarks>
public sealed class ClusterRun
{
    private readonly ClusterRunOptions _options;
    private readonly ArrivalCursor _arrivals;

    /// <summary>Wires a run; nothing happens before <see cref="Run"/>.</summary>
    public ClusterRun(ClusterRunOptions options, IClock clock)
    {
        _options = options;
        Loop = new EventLoop(clock);
        Facts = new FactStream();
        Store = new PodStore();
        Shapes = new ShapeTable(
            options.Fleet, options.Strategy.DistinguishesApps, options.Arrivals.Workload.AppsWithLimit,
            options.Arrivals.Workload.HasClusterRules || (options.Strategy.DistinguishesContainers && options.Arrivals.Workload.HasPodPreferences),
            options.Strategy.DistinguishesContainers)
        { ExemptionsOf = options.Strategy.ExemptionsOf };
        ViewState = new ClusterState(options.Fleet, Shapes);
        View = new ClusterView(ViewState);
        var watch = new SchedulerWatch(Loop, options.CacheDelay);
        Agents = new NodeAgents(Loop, Store, new ClusterState(options.Fleet, Shapes, isNodeTruth: true), Facts, options.StartLatency) { Watch = watch };
        ArrivedGroups? groups = options.Strategy.Groups == GroupHandling.ByCore ? null : new ArrivedGroups(Store, options.Arrivals.Workload, () => Loop.Now);
        WorkloadProfile? profile = options.Strategy.UsesWorkloadProfile ? options.Profile : null;
        StrategyKnowsWorkload = profile is not null;
        options.Strategy.Prepare(new StrategyContext(View, options.Seed, options.TieBreak, profile, () => Loop.Now)
        {
            NameOf = slot => Arrivals.Workload.Pods.Span[Store[slot].Source].Name,
            Groups = groups,
            WaitingOf = () => Scheduler!.Waiting,
        });
        Scheduler = new SchedulerHost(
            Loop, Store, ViewState, Facts, options.Strategy, options.TieBreak, options.Seed, options.Arrivals.Workload.Groups, Agents, options.Scheduler)
        { Arrived = groups };
        watch.Scheduler = Scheduler;
        _arrivals = new ArrivalCursor(Loop, Store, Shapes, Facts, watch, options.Arrivals);
    }

    /// <summary>The strategy.</summary>
    public SchedulingStrategy Strategy => _options.Strategy;

    /// <summary>The event loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>The stream of facts; subscribe before <see cref="Run"/>.</summary>
    public FactStream Facts { get; }

    /// <summary>API truth.</summary>
    public PodStore Store { get; }

    /// <summary>Node truth.</summary>
    public NodeAgents Agents { get; }

    /// <summary>What the scheduler believes.</summary>
    public ClusterView View { get; }

    /// <summary>The scheduler host.</summary>
    public SchedulerHost Scheduler { get; }

    /// <summary>Whether the strategy was given the workload's mix beforehand.</summary>
    public bool StrategyKnowsWorkload { get; }

    /// <summary>The run's shapes.</summary>
    public ShapeTable Shapes { get; }

    /// <summary>The fleet.</summary>
    public FleetLayout Fleet => _options.Fleet;

    /// <summary>What arrives.</summary>
    public ArrivalPlan Arrivals => _options.Arrivals;

    /// <summary>Seed of all draws.</summary>
    public ulong Seed => _options.Seed;

    internal ClusterState ViewState { get; }

    internal TimeSpan CacheDelay => _options.CacheDelay;

    internal InvariantObserver? Invariants { get; set; }

    /// <summary>Runs to the end: no event left, or none before <see cref="ClusterRunOptions.Until"/>.</summary>
    public void Run(Mailbox? mailbox = null, CancellationToken cancellation = default)
    {
        _arrivals.Begin();
        Loop.Run(_options.Until, mailbox, cancellation);
        Invariants?.OnRunEnded();
    }
}
