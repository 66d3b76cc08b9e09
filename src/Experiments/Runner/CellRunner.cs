using System.Diagnostics;
using System.Reflection;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Nodes;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;
using SchedBench.Experiments.External;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Forking;
using SchedBench.Experiments.Plan;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Runner;

/// <summary>How cells are run, beyond what their results are a function of.</summary>
public sealed record CellRunOptions
{
    /// <summary>Seconds of the run per real second on the wall clock; null runs on the virtual clock.</summary>
    public double? WallClockPace { get; init; }

    /// <summary>Every how many events the invariant observer compares the dense views; 0 leaves it out.</summary>
    public int InvariantSampling { get; init; }

    /// <summary>Nodes on the placement timeline.</summary>
    public int TimelineNodes { get; init; }

    /// <summary>Opens the real machines of a cell, given its clock, its mailbox and its end; null where machines are simulated.</summary>
    public Func<WallClock, Mailbox, TimeSpan, INodeFleet>? OpenFleet { get; init; }

    /// <summary>What simulated machines take beyond what images say; null for nothing.</summary>
    public RuntimeDelays? Delays { get; init; }

    /// <summary>Told of each run of Kubernetes objects before it begins.</summary>
    public Action<PlannedCell, OrchestratedRun> OnBuilt { get; init; } = (_, _) => { };

    /// <summary>Told what real machines could not do, with the cell.</summary>
    public Action<CellKey, string> OnNote { get; init; } = (_, _) => { };

    /// <summary>Source of real time, for timing and the wall clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Runs one cell and gathers its result.</summary>
public sealed partial class CellRunner
{
    private readonly LoadedInputs _inputs;
    private readonly StrategyCatalog _strategies;
    private readonly CellRunOptions _options;

    /// <summary>A runner over inputs that are shared by all its cells. Thread-safe: every cell builds its own run.</summary>
    public CellRunner(LoadedInputs inputs, StrategyCatalog strategies, CellRunOptions options)
    {
        _inputs = inputs;
        _strategies = strategies;
        _options = options;
    }

    /// <summary>Runs a cell. What goes wrong in it becomes its status; only cancellation is thrown.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="decisions">Sees each decision, for explanations; null otherwise.</param>
    /// <param name="cancellation">Ends the run without a result.</param>
    public CellResult Run(PlannedCell cell, Func<ClusterRun, IDecisionObserver>? decisions = null, CancellationToken cancellation = default)
    {
        long begun = _options.Time.GetTimestamp();
        try
        {
            if (cell.Workload.Replay is ClusterReplay cluster) return RunCluster(cell, cluster, begun, null, cancellation);
            return RunChecked(cell, decisions, begun, null, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return Failed(cell.Key, FailureOf(error)) with { Timing = [Seconds(begun)] };
        }
    }

    /// <summary>Runs a cell of either kind for what is seen of its decisions.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="decisions">Makes the observer before the run starts.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>Why the run failed, one line; empty when it did not. Only cancellation is thrown.</returns>
    public string Observe(PlannedCell cell, Func<DecisionScene, IDecisionObserver> decisions, CancellationToken cancellation)
    {
        if (cell.Workload.Replay is not ClusterReplay)
        {
            CellResult result = Run(cell, run => decisions(DecisionScene.Of(run)), cancellation);
            return result.Status == CellStatus.Failed ? result.Failure : "";
        }

        try
        {
            Explain(cell, run => run.Scheduler.DecisionObserver = decisions(DecisionScene.Of(run)), cancellation);
            return "";
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return OneLine(FailureOf(error));
        }
    }

    private static string FailureOf(Exception error)
    {
        // What a strategy's constructor throws arrives wrapped by the call that built it.
        Exception cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
        return cause is RunStepException ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
    }

    /// <summary>The result of a cell that failed.</summary>
    public static CellResult Failed(CellKey key, string failure) =>
        new() { Key = key, Status = CellStatus.Failed, Failure = OneLine(failure) };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private CellResult RunChecked(PlannedCell cell, Func<ClusterRun, IDecisionObserver>? decisions, long begun, ForkPoint? point, CancellationToken cancellation)
    {
        ClusterRunOptions setup = CellSetup.Options(cell, _inputs, _strategies) with { Successors = Successors(point) };
        WallClock? wallClock = _options.WallClockPace is { } pace ? new WallClock(_options.Time, pace) : null;
        var run = new ClusterRun(setup, wallClock is null ? new VirtualClock() : wallClock);
        using var last = new LastStrategy(() => run.Strategy);
        var fingerprint = new FingerprintObserver();
        run.Facts.Subscribe(fingerprint);
        List<IMetricObserver> observers = Observers(cell, setup, _inputs.WorkloadOf(cell).Workload, run);
        foreach (IMetricObserver observer in observers) run.Facts.Subscribe(observer);
        TimelineObserver? timeline = cell.RecordsTimeline ? new TimelineObserver(run, _options.TimelineNodes) : null;
        if (timeline is not null) run.Facts.Subscribe(timeline);
        if (_options.InvariantSampling > 0) InvariantObserver.Attach(run, _options.InvariantSampling);
        if (decisions is not null) run.Scheduler.DecisionObserver = decisions(run);

        long started = _options.Time.GetTimestamp();
        if (point is not null) PassBy(run, fingerprint, point, cancellation);
        run.Run(cancellation: cancellation);
        double seconds = _options.Time.GetElapsedTime(started).TotalSeconds;

        // A run that is cut off ends at the cut, not at its last event: what is unfinished has waited until then.
        TimeSpan end = setup.Until == TimeSpan.MaxValue ? run.Loop.Now : setup.Until;
        var sink = new MetricSink();
        foreach (IMetricObserver observer in observers) observer.Report(end, sink);
        long arrived = observers.OfType<PodLifeObserver>().Single().Arrived;
        return new CellResult
        {
            Key = cell.Key,
            Status = arrived == 0 ? CellStatus.Void : CellStatus.Ok,
            Failure = arrived == 0 ? "no pod arrived: the trace, or the replayed part of it, is empty" : OneLine(run.Scheduler.FirstStrategyError ?? ""),
            Fingerprint = fingerprint.Value,
            KnewWorkload = run.StrategyKnowsWorkload,
            Metrics = [.. sink.Metrics.Select(metric => new MetricValue(metric.Name, metric.Value))],
            Series = [.. sink.Points.Select(point => new SeriesPoint(point.Metric, point.XName, point.X, point.Value))],
            Timeline = timeline?.Bars(end) is { } bars ? [.. bars.Select(bar => new TimelineBar(bar.Node, bar.Pod, bar.StartSeconds, bar.EndSeconds, bar.Share))] : [],
            Timing = [.. Timing(run.Scheduler.Decisions, observers.OfType<PodLifeObserver>().Single().Bound, run.Loop.EventsHandled, begun, seconds, wallClock), .. ExternalStrategies.Timing(run.Strategy)],
        };
    }

    /// <summary>Runs a cell of Kubernetes objects for an explanation: what goes wrong in it is thrown.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="prepare">Attaches observers before the run starts.</param>
    /// <param name="cancellation">Ends the run.</param>
    public void Explain(PlannedCell cell, Action<OrchestratedRun> prepare, CancellationToken cancellation)
    {
        var replay = (ClusterReplay)cell.Workload.Replay;
        OrchestratedRunOptions setup = ClusterCellSetup.Options(cell, replay, _inputs, _strategies);
        var running = new ClusterCell(cell, setup, replay, new VirtualClock(), isJudged: false);
        using var last = new LastStrategy(() => running.Run.Strategy);
        prepare(running.Run);
        running.Run.Run(cancellation: cancellation);
    }

    private CellResult RunCluster(PlannedCell cell, ClusterReplay replay, long begun, ForkPoint? point, CancellationToken cancellation)
    {
        WallClock? wallClock = _options.OpenFleet is not null ? new WallClock(_options.Time, 1) { Spins = false } : _options.WallClockPace is { } pace ? new WallClock(_options.Time, pace) : null;
        using Mailbox? mailbox = _options.OpenFleet is null ? null : new Mailbox();
        using INodeFleet? machines = _options.OpenFleet?.Invoke(wallClock!, mailbox!, replay.Until);
        OrchestratedRunOptions setup = ClusterCellSetup.Options(cell, replay, _inputs, _strategies, point) with { Successors = Successors(point), Machines = machines };
        if (_options.Delays is { } delays) setup = setup with { Agents = setup.Agents! with { RuntimeDelays = delays } };
        var running = new ClusterCell(
            Observed(cell, point), setup, replay, wallClock is null ? new VirtualClock() : wallClock, _options.InvariantSampling > 0,
            _options.TimelineNodes);
        using var last = new LastStrategy(() => running.Run.Strategy);
        _options.OnBuilt(cell, running.Run);
        long started = _options.Time.GetTimestamp();
        if (point is not null) PassBy(running, point, cancellation);
        if (machines is not null) CheckFaults(cell, running.Run);
        running.Run.Run(mailbox, cancellation);
        double seconds = _options.Time.GetElapsedTime(started).TotalSeconds;
        foreach (string note in machines?.Notes ?? []) _options.OnNote(cell.Key, note);
        if (machines?.Verdict is { } verdict) return Failed(cell.Key, verdict) with { Timing = [Seconds(begun)] };
        return running.Result() with { Timing = [.. Timing(running.Run.Scheduler.Decisions, bound: null, running.Run.Loop.EventsHandled, begun, seconds, wallClock), .. ExternalStrategies.Timing(running.Run.Strategy)] };
    }

    /// <summary>What real machines cannot suffer is refused before anything happens.</summary>
    private static void CheckFaults(PlannedCell cell, OrchestratedRun run)
    {
        foreach (FaultSource source in cell.Faults.Sources)
        {
            if (run.World.Refuses(source.Effect.Build()) is { } reason) throw new RunStepException($"{source.Effect.Kind.Name} of {source.Name} cannot be had on this fleet: {reason}");
        }
    }

    /// <summary>The strategy that is there at the end of a run, with what it has outside of the program: those before it ended with their schedulers.</summary>
    private sealed class LastStrategy(Func<SchedulingStrategy> strategy) : IDisposable
    {
        public void Dispose() => (strategy() as IExternalStrategy)?.Dispose();
    }

    private static List<IMetricObserver> Observers(PlannedCell cell, ClusterRunOptions setup, Workload recorded, ClusterRun run)
    {
        bool timed = cell.Workload.Replay is TimedReplay;
        TimeSpan window = timed ? CellSetup.Window(setup.Arrivals, recorded) : TimeSpan.Zero;
        var observers = new List<IMetricObserver> { new AllocationObserver(run, timed, window), new PodLifeObserver(run, timed, window) };
        if (!timed) observers.Add(new SaturationObserver(run, setup.Profile));
        return observers;
    }

    private MetricValue Seconds(long begun) => new("cell_wall_seconds", _options.Time.GetElapsedTime(begun).TotalSeconds);

    private List<MetricValue> Timing(long decisions, long? bound, long events, long begun, double seconds, WallClock? wallClock)
    {
        using var process = Process.GetCurrentProcess();
        var timing = new List<MetricValue> { Seconds(begun) };
        if (seconds > 0)
        {
            timing.Add(new("decisions_per_second", decisions / seconds));
            if (bound is { } placements) timing.Add(new("placements_per_second", placements / seconds));
            timing.Add(new("events_per_second", events / seconds));
        }

        timing.Add(new("peak_memory_bytes", process.PeakWorkingSet64));
        if (wallClock is not null) timing.Add(new("clock_lateness_seconds_max", wallClock.WorstLateness.TotalSeconds));
        return timing;
    }
}
