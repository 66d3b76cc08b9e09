using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;

namespace SchedBench.TestKit;

/// <summary>Builds a run. The invariant observer judges it after every event unless told otherwise.</summary>
public sealed class RunBuilder(Func<SchedulingStrategy> strategy)
{
    private FleetLayout _fleet = new([]);
    private Workload _workload = new([], []);
    private Func<Workload, ArrivalPlan> _plan = workload => new ArrivalPlan(workload);
    private ClusterRunOptions? _options;
    private ulong _seed = 1;
    private TieBreak _tieBreak;
    private SchedulerHostOptions _scheduler = new();
    private TimeSpan _startLatency;
    private TimeSpan _cacheDelay;
    private TimeSpan _until = TimeSpan.MaxValue;
    private int _sampling = 1;
    private Action<ClusterRun>? _before;

    /// <summary>The fleet.</summary>
    public RunBuilder On(ClusterBuilder cluster) => On(cluster.Build());

    /// <summary>The fleet.</summary>
    public RunBuilder On(FleetLayout fleet) => Set(() => _fleet = fleet);

    /// <summary>The workload, replayed at its recorded times.</summary>
    public RunBuilder Of(WorkloadBuilder workload) => Of(workload.Build());

    /// <summary>The workload, replayed at its recorded times.</summary>
    public RunBuilder Of(Workload workload) => Set(() => _workload = workload);

    /// <summary>Pods arrive one by one at instant 0, each is tried once.</summary>
    public RunBuilder Saturated(int[]? order = null)
    {
        _plan = workload => new ArrivalPlan(workload, order, AllAtOnce: true);
        _scheduler = _scheduler with { RetryUnschedulable = false };
        return this;
    }

    /// <summary>Another way to replay.</summary>
    public RunBuilder Plan(Func<Workload, ArrivalPlan> plan) => Set(() => _plan = plan);

    /// <summary>Seed.</summary>
    public RunBuilder Seed(ulong seed) => Set(() => _seed = seed);

    /// <summary>Tie-break.</summary>
    public RunBuilder TieBreak(TieBreak tieBreak) => Set(() => _tieBreak = tieBreak);

    /// <summary>Host options.</summary>
    public RunBuilder Scheduler(Func<SchedulerHostOptions, SchedulerHostOptions> change) => Set(() => _scheduler = change(_scheduler));

    /// <summary>Time from decision to binding, in seconds.</summary>
    public RunBuilder BindLatency(double seconds) => Scheduler(options => options with { BindLatency = TimeSpan.FromSeconds(seconds) });

    /// <summary>Time from admission to start, in seconds.</summary>
    public RunBuilder StartLatency(double seconds) => Set(() => _startLatency = TimeSpan.FromSeconds(seconds));

    /// <summary>Delay of the scheduler's view, in seconds.</summary>
    public RunBuilder CacheDelay(double seconds) => Set(() => _cacheDelay = TimeSpan.FromSeconds(seconds));

    /// <summary>Last instant, in seconds.</summary>
    public RunBuilder Until(double seconds) => Set(() => _until = TimeSpan.FromSeconds(seconds));

    /// <summary>Dense comparisons of the invariant observer after every so many events; 0 leaves the observer out.</summary>
    public RunBuilder Judged(int every) => Set(() => _sampling = every);

    /// <summary>Something to do with the run before it starts, ahead of all observers.</summary>
    public RunBuilder Before(Action<ClusterRun> before) => Set(() => _before += before);

    /// <summary>The options of the run.</summary>
    public ClusterRunOptions Options() => _options ??= new ClusterRunOptions
    {
        Fleet = _fleet,
        Arrivals = _plan(_workload),
        Strategy = strategy(),
        TieBreak = _tieBreak,
        Seed = _seed,
        Profile = WorkloadProfile.Of(_workload.Pods.Span),
        Scheduler = _scheduler,
        StartLatency = _startLatency,
        CacheDelay = _cacheDelay,
        Until = _until,
    };

    /// <summary>Runs to the end, in virtual time unless a clock is given.</summary>
    public RunResult Go(IClock? clock = null, Mailbox? mailbox = null)
    {
        var run = new ClusterRun(Options(), clock ?? new VirtualClock());
        _before?.Invoke(run);
        if (_sampling > 0) InvariantObserver.Attach(run, _sampling);
        var recorder = new FactRecorder();
        var fingerprint = new FingerprintObserver();
        run.Facts.Subscribe(recorder);
        run.Facts.Subscribe(fingerprint);
        run.Run(mailbox);
        return new RunResult(run, recorder.Facts, fingerprint.Value);
    }

    private RunBuilder Set(Action set)
    {
        set();
        return this;
    }
}

/// <summary>Keeps every fact.</summary>
public sealed class FactRecorder : IFactObserver
{
    private readonly List<Fact> _facts = [];

    /// <summary>The facts so far, in order.</summary>
    public IReadOnlyList<Fact> Facts => _facts;

    /// <inheritdoc/>
    public void Observe(in Fact fact) => _facts.Add(fact);
}
