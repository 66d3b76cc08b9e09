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

    /// <summary>Strategies that may follow during the run (<see cref="ClusterRun.Exchange"/>): pods are told apart by what any of them reads.</summary>
    public IReadOnlyList<SchedulingStrategy> Successors { get; init; } = [];

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
    private readonly ArrivedGroups? _groups;
    private readonly SchedulerWatch _watch;
    private bool _hasBegun;

    /// <summary>Wires a run; nothing happens before <see cref="Run"/>.</summary>
    public ClusterRun(ClusterRunOptions options, IClock clock)
    {
        _options = options;
        Loop = new EventLoop(clock);
        Facts = new FactStream();
        Store = new PodStore();
        Strategy = options.Strategy;
        SchedulingStrategy[] all = [Strategy, .. options.Successors];
        bool readsContainers = all.Any(one => one.DistinguishesContainers);
        Shapes = new ShapeTable(
            options.Fleet, all.Any(one => one.DistinguishesApps), options.Arrivals.Workload.AppsWithLimit,
            options.Arrivals.Workload.HasClusterRules || (readsContainers && options.Arrivals.Workload.HasPodPreferences), readsContainers)
        { ExemptionsOf = spec => Strategy.ExemptionsOf(spec) };
        ViewState = new ClusterState(options.Fleet, Shapes);
        View = new ClusterView(ViewState);
        _watch = new SchedulerWatch(Loop, options.CacheDelay);
        Agents = new NodeAgents(Loop, Store, new ClusterState(options.Fleet, Shapes, isNodeTruth: true), Facts, options.StartLatency) { Watch = _watch };
        _groups = all.All(one => one.Groups == GroupHandling.ByCore) ? null : new ArrivedGroups(Store, options.Arrivals.Workload, () => Loop.Now);
        Prepare(Strategy, options.TieBreak);
        Scheduler = new SchedulerHost(
            Loop, Store, ViewState, Facts, options.Strategy, options.TieBreak, options.Seed, options.Arrivals.Workload.Groups, Agents, options.Scheduler)
        { Arrived = _groups };
        _watch.Scheduler = Scheduler;
        _arrivals = new ArrivalCursor(Loop, Store, Shapes, Facts, _watch, options.Arrivals);
    }

    /// <summary>The strategy of the scheduler that is there.</summary>
    public SchedulingStrategy Strategy { get; private set; }

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
    public bool StrategyKnowsWorkload { get; private set; }

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
        Begin();
        Loop.Run(_options.Until, mailbox, cancellation);
        Invariants?.OnRunEnded();
    }

    /// <summary>Runs to an instant: what is due by then has happened. <see cref="Run"/> goes on from there.</summary>
    public void RunTo(TimeSpan at, CancellationToken cancellation = default)
    {
        Begin();
        Loop.Run(at < _options.Until ? at : _options.Until, null, cancellation);
    }

    /// <summary>Why the scheduler of this run cannot be followed by another one, or null.</summary>
    public string? RefusesExchange => _options.Scheduler.RetryUnschedulable ? null : "a fleet that is filled until it is full decides once on every pod";

    /// <summary>The scheduler ends and is followed by one with another strategy, which knows what the API says.</summary>
    /// <param name="next">The strategy; it is among the <see cref="ClusterRunOptions.Successors"/> of the run.</param>
    /// <exception cref="InvalidOperationException">See <see cref="RefusesExchange"/>.</exception>
    public void Exchange(NextStrategy next)
    {
        if (RefusesExchange is { } reason) throw new InvalidOperationException($"This scheduler cannot be followed by another: {reason}.");
        Scheduler.Stop();
        _watch.CatchUp();
        (Strategy as IDisposable)?.Dispose();
        Strategy = next.Fresh!();
        Prepare(Strategy, next.TieBreak);
        Scheduler.Restart(Strategy, _ => NodeIndex.None, next.TieBreak);
    }

    private void Begin()
    {
        if (!_hasBegun) _arrivals.Begin();
        _hasBegun = true;
    }

    private void Prepare(SchedulingStrategy strategy, TieBreak tieBreak)
    {
        WorkloadProfile? profile = strategy.UsesWorkloadProfile ? _options.Profile : null;
        StrategyKnowsWorkload |= profile is not null;
        strategy.Prepare(new StrategyContext(View, Seed, tieBreak, profile, () => Loop.Now)
        {
            NameOf = slot => Arrivals.Workload.Pods.Span[Store[slot].Source].Name,
            Groups = _groups,
            WaitingOf = () => Scheduler!.Waiting,
        });
    }
}
