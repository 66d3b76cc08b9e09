using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Core.Time;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Forking;
using SchedBench.Experiments.Plan;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Runner;

/// <summary>One cell of Kubernetes objects while it runs: the run, its observers, and the result they make.</summary>
internal sealed class ClusterCell
{
    /// <summary>Points of a curve: enough to see a rollout, few enough for a file of many cells.</summary>
    private const int CurvePoints = 120;

    private readonly PlannedCell _cell;
    private readonly ClusterReplay _replay;
    private readonly FingerprintObserver _fingerprint = new();
    private readonly PlacementObserver _placement;
    private readonly RolloutObserver _rollout;
    private readonly RolloutFactObserver _facts;
    private readonly RequestObserver? _requests;
    private readonly ErrorWindowObserver? _errorWindows;
    private readonly ClusterObservers _others;
    private readonly TimelineObserver? _timeline;
    private readonly IReadOnlyList<ObjectJudge> _judges;
    private readonly FaultObservers? _faults;

    /// <summary>Wires a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="options">Options of its run.</param>
    /// <param name="replay">Its workload.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="isJudged">Whether invariants are judged.</param>
    /// <param name="timelineNodes">Nodes on the placement timeline, where the cell records one.</param>
    public ClusterCell(PlannedCell cell, OrchestratedRunOptions options, ClusterReplay replay, IClock clock, bool isJudged, int timelineNodes = 0)
    {
        _cell = cell;
        _replay = replay;
        Run = new OrchestratedRun(options, clock);
        Run.Facts.Subscribe(_fingerprint);
        TimeSpan at = replay.Update?.At ?? replay.Warmup;
        _placement = new PlacementObserver(Run.Fleet, () => Run.Loop.Now, replay.Warmup);
        Run.Store.Subscribe(_placement);
        _rollout = new RolloutObserver(() => Run.Loop.Now, Run.Store.View, at, replay.Update?.Tag, Step);
        Run.Store.Subscribe(_rollout);
        Run.Facts.Subscribe(_rollout);
        Run.Health?.Subscribe(_rollout);
        _facts = new RolloutFactObserver(at);
        Run.Facts.Subscribe(_facts);
        if (Run.Load is { } load)
        {
            _requests = new RequestObserver(load, replay.Warmup, Step);
            _errorWindows = new ErrorWindowObserver(() => Run.Loop.Now, Run.Proxies, replay.Traffic.Max(stream => stream.Observers), replay.Warmup);
            Run.Store.Subscribe(_errorWindows);
            Run.Processes!.Observe(_errorWindows);
        }

        _others = new ClusterObservers(Run, options, replay);
        if (cell.Faults.Sources.Count > 0) _faults = new FaultObservers(Run, replay, cell.Faults.HealAt, Step);
        if (cell.RecordsTimeline && timelineNodes > 0)
        {
            _timeline = new TimelineObserver(Run, timelineNodes);
            Run.Facts.Subscribe(_timeline);
        }

        _judges = isJudged ? ObjectJudge.AttachAll(Run) : [];
    }

    /// <summary>The run.</summary>
    public OrchestratedRun Run { get; }

    /// <summary>Where the run is, all that was due by an instant done.</summary>
    public SavedPoint Point(TimeSpan at) => new(at, Run.Loop.EventsHandled, _fingerprint.Value);

    /// <summary>Whole seconds, so that steps are sums of what the ledgers keep.</summary>
    private TimeSpan Step => TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling((_replay.Until / CurvePoints).TotalSeconds)));

    /// <summary>The result of the run, which has ended; timing aside.</summary>
    public CellResult Result()
    {
        // A run that is cut off is not at rest.
        if (Run.Loop.Pending == 0)
        {
            foreach (ObjectJudge judge in _judges) judge.JudgeRest();
        }

        var sink = new MetricSink();
        _placement.Report(_replay.Until, sink);
        _requests?.Report(_replay.Until, sink);
        _errorWindows?.Report(_replay.Until, sink);
        _rollout.Report(_replay.Until, sink);
        _facts.Report(_replay.Until, sink);
        _faults?.Report(_replay.Until, sink);
        IReadOnlyList<ServiceValue> services = _others.Report(_replay.Until, sink);
        sink.Add("decisions_total", Run.Scheduler.Decisions);
        sink.Add("nodes_examined_total", Run.Scheduler.NodesExamined);
        sink.Add("scores_computed_total", Run.Scheduler.ScoresComputed);
        sink.Add("retries_total", Run.Scheduler.Retries);
        sink.Add("events_total", Run.Loop.EventsHandled);
        bool isVoid = _faults is { IsVoid: true };
        return new CellResult
        {
            Key = _cell.Key,
            Status = isVoid ? CellStatus.Void : CellStatus.Ok,
            Failure = isVoid ? "no fault hit anything: the run says nothing about faults" : (Run.Scheduler.FirstStrategyError ?? "").ReplaceLineEndings(" ").Trim(),
            Fingerprint = _fingerprint.Value,
            Metrics = [.. sink.Metrics.Select(metric => new MetricValue(metric.Name, metric.Value)).OrderBy(metric => MetricCatalog.PositionOf(metric.Metric))],
            Series = [.. sink.Points.Select(point => new SeriesPoint(point.Metric, point.XName, point.X, point.Value))],
            Services = services,
            Timeline = [.. (_timeline?.Bars(_replay.Until) ?? []).Select(bar => new TimelineBar(bar.Node, bar.Pod, bar.StartSeconds, bar.EndSeconds, bar.Share))],
        };
    }
}
