using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Faults;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Swarm;
using SchedBench.Core.Time;

namespace SchedBench.Core.Runs;

/// <summary>Everything a run of the orchestration core is a function of, besides the clock it runs on.</summary>
public sealed record OrchestratedRunOptions
{
    /// <summary>The fleet in the run's order.</summary>
    public required FleetLayout Fleet { get; init; }

    /// <summary>A fresh strategy object, used by this run alone.</summary>
    public required SchedulingStrategy Strategy { get; init; }

    /// <summary>Makes another strategy object like <see cref="Strategy"/>, for a scheduler that takes over from one that ended; null where none ever ends. The run disposes of each that is followed by another.</summary>
    public Func<SchedulingStrategy>? FreshStrategy { get; init; }

    /// <summary>Strategies that may follow during the run (<see cref="OrchestratedRun.Exchange"/>): pods are told apart by what any of them reads.</summary>
    public IReadOnlyList<SchedulingStrategy> Successors { get; init; } = [];

    /// <summary>What users do, sorted by instant; equal instants keep their order. Objects that are there from the beginning are applied at instant 0.</summary>
    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    /// <summary>Who wins among equals.</summary>
    public TieBreak TieBreak { get; init; }

    /// <summary>Seed of all draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>The workload's mix, for strategies that ask for it.</summary>
    public WorkloadProfile? Profile { get; init; }

    /// <summary>Queue, retries, bind latency.</summary>
    public SchedulerHostOptions Scheduler { get; init; } = new();

    /// <summary>Whether pods of higher priority push out others when they fit nowhere (kube-scheduler's DefaultPreemption), whatever the strategy.</summary>
    public bool Preempts { get; init; } = true;

    /// <summary>Delay with which the scheduler's view follows the store.</summary>
    public TimeSpan SchedulerDelay { get; init; }

    /// <summary>Delay with which controllers see the store.</summary>
    public TimeSpan ControllerDelay { get; init; }

    /// <summary>Limits of the controller manager's client.</summary>
    public ClientLimits ControllerLimits { get; init; }

    /// <summary>The node agents; null for none (pods stay bound, somebody else plays the agents).</summary>
    public AgentOptions? Agents { get; init; }

    /// <summary>Machines that containers really run on, on a clock of real time; null for simulated ones.</summary>
    public INodeFleet? Machines { get; init; }

    /// <summary>The controllers that watch over nodes; they come with <see cref="Agents"/>.</summary>
    public NodeLifecycleOptions NodeLifecycle { get; init; } = new();

    /// <summary>Calendar time of instant 0.</summary>
    public DateTimeOffset Epoch { get; init; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Controllers of jobs, stateful sets, daemons and of the life of objects.</summary>
    public ControllerSetOptions Controllers { get; init; } = new();

    /// <summary>Admission plug-ins of the store and their defaults.</summary>
    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>Whether Events are written: for people who look, at the cost of their writes.</summary>
    public bool WritesEvents { get; init; }

    /// <summary>Timing of the network.</summary>
    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    /// <summary>Ranges of the services' addresses and ports.</summary>
    public ServiceAddressOptions ServiceAddresses { get; init; } = ServiceAddressOptions.Default;

    /// <summary>Streams of requests.</summary>
    public IReadOnlyList<TrafficSpec> Traffic { get; init; } = [];

    /// <summary>Latencies of requests that were sent before do not count: the cluster comes up.</summary>
    public TimeSpan MeasuredFrom { get; init; }

    /// <summary>Last instant that still runs.</summary>
    public TimeSpan Until { get; init; } = TimeSpan.MaxValue;

    /// <summary>Rollouts of Deployments.</summary>
    public DeploymentOptions Deployments { get; init; } = new();

    /// <summary>Which rollouts that passed their deadline are undone.</summary>
    public RollbackOptions Rollback { get; init; } = new();

    /// <summary>Disruption budgets and evictions.</summary>
    public DisruptionOptions Disruption { get; init; } = new();

    /// <summary>Groups of nodes that come and go with the load; null for a fleet that stays as it is. The fleet holds all nodes that the groups may have
    /// (<see cref="ClusterAutoscalerOptions.FleetWith"/>).</summary>
    public ClusterAutoscalerOptions? ClusterAutoscaler { get; init; }

    /// <summary>Docker Swarm's ways instead of Kubernetes'; null for Kubernetes.</summary>
    public SwarmOptions? Swarm { get; init; }

    /// <summary>What a canary or blue/green release is judged by; null when nothing measures requests.</summary>
    public IReleaseSignals? ReleaseSignals { get; init; }
}

/// <summary>
/// One run of the orchestration core: object store, controllers, scheduler and nodes wired onto one event loop. A pure function of its options; the clock changes
/// how long it takes, never what happens.
/// </summary>
/// <remarks>Three truths: <see cref="Store"/> (API truth), the agents' (node truth), <see cref="View"/> (what the scheduler believes).</remarks>
public sealed partial class OrchestratedRun : IEventHandler
{
    private readonly OrchestratedRunOptions _options;
    private readonly ushort _handler;
    private readonly PodFeed _pods;
    private readonly ObjectGroups? _groups;
    private readonly SimulatedWorld _world;
    private NextStrategy _next;
    private readonly List<RunStep> _later = [];
    private bool _hasBegun;

    /// <summary>Wires a run; nothing happens before <see cref="Run"/>.</summary>
    public OrchestratedRun(OrchestratedRunOptions options, IClock clock)
    {
        _options = options = Adapted(options);
        Loop = new EventLoop(clock);
        _handler = Loop.Register(this);
        Facts = new FactStream();
        Store = new ObjectStore(Loop) { Conditions = new ApiConditions(options.Seed), SnapshotAge = options.Steps.Select(step => step.SnapshotAge).DefaultIfEmpty().Max() };
        Quotas = options.Swarm is null ? options.Admission.Guard(Store) : options.Admission.GuardSwarm(Store);
        Fleet = WithHostNames(options.Fleet);
        Strategy = options.Strategy;
        _next = new NextStrategy(options.FreshStrategy, options.TieBreak);
        SchedulingStrategy[] all = [Strategy, .. options.Successors];
        Shapes = new ShapeTable(Fleet, all.Any(one => one.DistinguishesApps), countsPods: true, readsContainers: all.Any(one => one.DistinguishesContainers)) { ExemptionsOf = spec => Strategy.ExemptionsOf(spec) };
        ViewState = new ClusterState(Fleet, Shapes);
        View = new ClusterView(ViewState);
        Mirror = new PodStore();
        _pods = new PodFeed(Store, Mirror, ViewState, () => Loop.Now) { IsSwarm = options.Swarm is not null, Strategy = options.Strategy };
        _pods.Selectors = new DefaultSelectors(() => SchedulerFeed!.View, _pods.UidOf);
        _groups = all.All(one => one.Groups == GroupHandling.ByCore) ? null : new ObjectGroups(() => SchedulerFeed!.View, _pods);
        Prepare(Strategy);
        Scheduler = new SchedulerHost(Loop, Mirror, ViewState, Facts, options.Strategy, options.TieBreak, options.Seed, [], _pods, options.Scheduler);
        _pods.Scheduler = Scheduler;
        SchedulerFeed = DelayedFeed.Behind(Store, Loop, options.SchedulerDelay);
        AddScheduling();
        Controllers = new ControllerManager(new ControllerContext(
            Loop,
            DelayedFeed.Behind(Store, Loop, options.ControllerDelay),
            new ApiClient(Loop, Store, options.ControllerLimits),
            Facts,
            options.Seed,
            new EventRecorder(Loop, Store, options.WritesEvents)));
        if (options.Swarm is { } swarm) AddSwarm(swarm);
        else Controllers.Add(new ReplicaSetController());
        Volumes = new VolumeAttachments(Loop, Store, options.Controllers.Storage, Facts, Controllers.Context.Events);

        AddNetwork();
        AddRollouts();
        if (options.Agents is { } agents) WireNodes(agents, options.NodeLifecycle);
        if (Traffic is not null) Processes?.Observe(Traffic);
        if (options.Swarm is null) options.Controllers.AddTo(Controllers, Quotas, options.Epoch);
        if (options.ClusterAutoscaler is { } autoscaler) AddClusterAutoscaler(autoscaler);
        _world = new SimulatedWorld(this);
    }

    /// <summary>The event loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>The stream of facts; subscribe before <see cref="Run"/>.</summary>
    public FactStream Facts { get; }

    /// <summary>API truth.</summary>
    public ObjectStore Store { get; }

    /// <summary>Which volumes are where: agents ask it before they start a pod.</summary>
    public VolumeAttachments Volumes { get; }

    /// <summary>What namespaces with a quota use; null when quotas are not enforced.</summary>
    public QuotaLedger? Quotas { get; }

    /// <summary>What the scheduler believes.</summary>
    public ClusterView View { get; }

    /// <summary>The scheduler host.</summary>
    public SchedulerHost Scheduler { get; }

    /// <summary>The controllers.</summary>
    public ControllerManager Controllers { get; }

    /// <summary>The node agents, or null.</summary>
    public NodeAgent? Agents { get; private set; }

    /// <summary>What runs containers for the agents, or null.</summary>
    public IObservedRuntime? Processes { get; private set; }

    /// <summary>The same where it is simulated; null on real machines.</summary>
    public SimulatedRuntime? Runtime { get; private set; }

    /// <summary>The true state of machines and their network: what faults change. Null without agents.</summary>
    public NodeHealth? Health { get; private set; }

    /// <summary>Real machines, or null.</summary>
    internal INodeFleet? Machines => _options.Machines;

    /// <summary>The world as something that suffers faults.</summary>
    public IFaultWorld World => _world;

    /// <summary>Heartbeats as the control plane sees them, or null without agents.</summary>
    public IHeartbeats? Heartbeats { get; private set; }

    /// <summary>The run's shapes.</summary>
    public ShapeTable Shapes { get; }

    /// <summary>The fleet.</summary>
    public FleetLayout Fleet { get; }

    /// <summary>The strategy of the scheduler that is there, or was there last.</summary>
    public SchedulingStrategy Strategy { get; private set; }

    /// <summary>Seed of all draws.</summary>
    public ulong Seed => _options.Seed;

    /// <summary>Options of the controllers that watch over nodes.</summary>
    public NodeLifecycleOptions NodeLifecycle => _options.NodeLifecycle;

    /// <summary>Whether controllers see every write at once: then laws about what they do together hold at every write, as a late view breaks some for a while in Kubernetes too.</summary>
    public bool ControllersSeeAtOnce => _options.ControllerDelay == TimeSpan.Zero;

    /// <summary>The pod of a slot of the scheduler's mirror, as the API knows it; as the scheduler does when it is gone there.</summary>
    internal Pod? PodAt(PodIndex slot) => (Store.View.Find(_pods.UidOf(slot)) ?? SchedulerFeed.View.Find(_pods.UidOf(slot))) as Pod;

    /// <summary>Last instant that still runs.</summary>
    public TimeSpan Until => _options.Until;

    /// <summary>Called when the run is over: judges look at what is only true at rest.</summary>
    internal Action? Ended { get; set; }

    internal ClusterState ViewState { get; }

    internal PodStore Mirror { get; }

    /// <summary>Slot of a pod in the mirror; a negative one when the scheduler does not know it.</summary>
    internal PodIndex SlotOf(long uid) => _pods.SlotOf(uid);

    /// <summary>Runs to the end: no event left, or none before <see cref="OrchestratedRunOptions.Until"/>.</summary>
    /// <exception cref="RunStepException">A step was refused.</exception>
    public void Run(Mailbox? mailbox = null, CancellationToken cancellation = default)
    {
        if (!_hasBegun) Begin();
        Loop.Run(Until, mailbox, cancellation);
        Ended?.Invoke();
    }

    /// <summary>Runs to an instant: what is due by then has happened. <see cref="Run"/> goes on from there.</summary>
    /// <exception cref="RunStepException">A step was refused.</exception>
    public void RunTo(TimeSpan at, CancellationToken cancellation = default)
    {
        if (!_hasBegun) Begin();
        Loop.Run(at < Until ? at : Until, null, cancellation);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        RunStep step = data.Kind == 0 ? _options.Steps[data.Subject] : _later[data.Subject];
        if (step.IsCall) WhenApiAnswers(() => Execute(step));
        else Execute(step);
    }

    /// <summary>Does a step at its instant: of steps that come of others. From the run's own loop only.</summary>
    /// <param name="step">The step, now or later.</param>
    public void Do(RunStep step)
    {
        _later.Add(step);
        Loop.Schedule(step.At, new EventData(_handler, 1, _later.Count - 1));
    }

    private void Execute(RunStep step)
    {
        try
        {
            step.Execute(this);
        }
        catch (RunStepException refused)
        {
            throw new RunStepException(refused, step.At);
        }
    }

    /// <summary>Node agents, their runtime, the true state of machines, and the controllers that watch over nodes.</summary>
    private void WireNodes(AgentOptions options, NodeLifecycleOptions lifecycle)
    {
        Health = new NodeHealth(Fleet.Count);
        options = options with { Images = Images = options.Images.Copy() };
        Processes = _options.Machines is { } fleet
            ? fleet.Attach(new FleetSite(Loop, Fleet, Health, Store, options.Images, _options.Traffic, _options.MeasuredFrom, Facts, Seed) { ProbePeriod = options.ProbePeriod })
            : Runtime = new SimulatedRuntime(Loop, Fleet.Count, options.Images, options.Registry, Seed, options.RuntimeDelays);
        if (Runtime is not null) Health.Subscribe(Runtime);
        Load ??= _options.Machines?.Load;
        Volumes.Follow(Health);
        IAgentHeartbeats heartbeats = Swarm is { } swarm
            ? AddSwarmNodes(swarm, Health) : new Heartbeats(Loop, Health, Fleet.Count, options.HeartbeatPeriod, n => Fleet.Nodes[n].Name, Seed);
        Heartbeats = heartbeats;
        Agents = new NodeAgent(
            new NodeAgentContext(
                Loop, Store, new ClusterState(Fleet, Shapes, isNodeTruth: true), Facts, Processes, Health, heartbeats, _pods.SlotOf, Controllers.Context.Events, Seed),
            options.Volumes is null ? options with { Volumes = Volumes } : options);
        if (Swarm is not null) return;
        var pods = new PodsByNode(Fleet.Count);
        Controllers.Context.Feed.Subscribe(pods);
        Controllers.Add(new NodeLifecycleController(heartbeats, pods, lifecycle, _pods.SlotOf));
        Controllers.Add(new TaintEvictionController(pods, _pods.SlotOf));
        _options.Controllers.AddAutoscaler(Controllers, new MeasuredUse(Loop, Store, Agents, Traffic));
    }

    /// <summary>The fleet registers, and the steps are scheduled.</summary>
    internal void Begin()
    {
        _hasBegun = true;
        foreach (string name in (string[])["default", "kube-system"]) _ = Store.Create(new Namespace { Metadata = new ObjectMeta { Name = name } }, out _);
        for (int n = 0; n < Fleet.Count; n++)
        {
            if (ClusterAutoscaler?.IsThereAtStart(n) ?? true) _ = Store.Create(NodeObjects.Of(Fleet, n), out _);
            else BeginWithout(new NodeIndex(n));
        }

        for (int i = 0; i < _options.Steps.Count; i++) Loop.Schedule(_options.Steps[i].At, new EventData(_handler, 0, i));
        Traffic?.Begin();
        _options.Machines?.Begin();
    }
}
