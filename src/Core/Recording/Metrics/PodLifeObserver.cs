using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Counts pods and measures their lives: waiting, turnaround, slowdown, makespan, offered load (REFERENCE §1.2).</summary>
/// <remarks>
/// Pods that have not started when the run ends enter waiting as lower bounds (now − arrival); pods of known service time that have not finished enter turnaround
/// and slowdown likewise (waited so far + service time: no pod can end sooner). All of them are counted as censored. Keeps 32 bytes for each pod that has ended, because nearest-rank percentiles are exact.
/// </remarks>
public sealed class PodLifeObserver : IMetricObserver
{
    private readonly ClusterRun _run;
    private readonly bool _timed;
    private readonly TimeSpan _window;
    private readonly List<long> _waits = [];
    private readonly List<long> _turnarounds = [];
    private readonly List<double> _slowdowns = [];
    private readonly List<double> _boundedSlowdowns = [];
    private readonly Int128[] _offered = new Int128[3];
    private long _arrived;
    private long _bound;
    private long _unplaced;
    private long _succeeded;
    private long _failed;
    private long _rejected;
    private long _groupsArrived;
    private long _groupsPlaced;
    private (long Group, int Source) _last = (-1, -1);
    private long _refused;
    private long _strategyErrors;
    private TimeSpan _firstArrival = TimeSpan.MaxValue;
    private TimeSpan _lastFinish;

    /// <summary>Observes a run.</summary>
    /// <param name="run">The run, before it starts.</param>
    /// <param name="timed">Whether waiting and offered load mean anything.</param>
    /// <param name="window">End of the arrival window, for the offered load of pods that run on.</param>
    public PodLifeObserver(ClusterRun run, bool timed, TimeSpan window)
    {
        _run = run;
        _timed = timed;
        _window = window;
    }

    /// <summary>Pods that arrived.</summary>
    public long Arrived => _arrived;

    /// <summary>Pods that were bound.</summary>
    public long Bound => _bound;

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.PodArrived:
                _arrived++;
                CountGroup(in fact);
                if (fact.At < _firstArrival) _firstArrival = fact.At;
                if (_timed) Offer(in _run.Store[fact.Pod]);
                break;
            case FactKind.PodBound:
                _bound++;
                break;
            case FactKind.PodStarted:
                if (_timed) _waits.Add((fact.At - _run.Store[fact.Pod].CreatedAt).Ticks);
                break;
            case FactKind.PodUnplaced:
                _unplaced++;
                break;
            case FactKind.PodSucceeded:
                _succeeded++;
                Finish(in fact);
                break;
            case FactKind.PodFailed:
                _failed++;
                Finish(in fact);
                break;
            case FactKind.PodRejected:
                _rejected++;
                break;
            case FactKind.GroupPlaced:
                _groupsPlaced++;
                break;
            case FactKind.DecisionRefused:
                _refused++;
                break;
            case FactKind.StrategyError:
                _strategyErrors++;
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Report(TimeSpan end, MetricSink sink)
    {
        long pending = _arrived - _bound - _unplaced;
        sink.Add("pods_arrived_total", _arrived);
        sink.Add("pods_placed_total", _bound);
        sink.Add("pods_unplaced_total", _arrived - _bound);
        sink.AddRatio("unschedulable_ratio", _arrived - _bound, _arrived);
        if (_timed)
        {
            sink.Add("pods_succeeded_total", _succeeded);
            sink.Add("pods_failed_total", _failed);
            sink.Add("pods_rejected_total", _rejected);
            sink.Add("pods_pending_at_end_total", pending);
            ReportLives(end, sink);
            Int128 ticks = _window > TimeSpan.Zero ? _window.Ticks : end.Ticks;
            sink.AddRatio("offered_load_cpu_ratio", _offered[0], ticks * _run.Fleet.TotalCpuMilli);
            sink.AddRatio("offered_load_memory_ratio", _offered[1], ticks * _run.Fleet.TotalMemoryBytes);
            sink.AddRatio("offered_load_gpu_ratio", _offered[2], ticks * _run.Fleet.TotalGpuMilli);
        }

        if (_groupsArrived > 0)
        {
            sink.Add("groups_placed_total", _groupsPlaced);
            sink.Add("groups_unplaced_total", _groupsArrived - _groupsPlaced);
        }

        sink.Add("decisions_total", _run.Scheduler.Decisions);
        sink.Add("nodes_examined_total", _run.Scheduler.NodesExamined);
        sink.Add("scores_computed_total", _run.Scheduler.ScoresComputed);
        sink.Add("retries_total", _run.Scheduler.Retries);
        sink.Add("refused_decisions_total", _refused);
        sink.Add("strategy_errors_total", _strategyErrors);
        sink.Add("events_total", _run.Loop.EventsHandled);
    }

    private void ReportLives(TimeSpan end, MetricSink sink)
    {
        long started = _waits.Count;
        for (int slot = 0; slot < _run.Store.SlotCount; slot++)
        {
            ref readonly PodRecord pod = ref _run.Store[new Cluster.PodIndex(slot)];
            if (pod.Phase is not (PodPhase.Pending or PodPhase.Bound or PodPhase.Running)) continue;
            TimeSpan waited = (pod.Phase == PodPhase.Running ? pod.StartedAt : end) - pod.CreatedAt;
            if (pod.Phase != PodPhase.Running) _waits.Add(waited.Ticks);
            if (pod.Duration >= TimeSpan.Zero) AddLife(waited + pod.Duration, pod.Duration);
        }

        long unfinished = _arrived - _succeeded - _failed - _rejected - _unplaced;

        sink.AddRatio("censored_ratio", unfinished, _arrived);
        SampleFigures.Seconds("wait_seconds", _waits, sink, withLargest: true);
        SampleFigures.Seconds("turnaround_seconds", _turnarounds, sink);
        SampleFigures.Ratios("slowdown", _slowdowns, sink);
        SampleFigures.Ratios("bounded_slowdown", _boundedSlowdowns, sink);
        sink.Add("makespan_seconds", unfinished == 0 && _lastFinish > _firstArrival ? (_lastFinish - _firstArrival).TotalSeconds : null);
        if (started == 0) return;
        for (int percentile = 0; percentile <= 100; percentile++)
            sink.AddPoint("wait_seconds", "pods_percent", percentile, (double)SampleFigures.NearestRank(_waits, percentile) / TimeSpan.TicksPerSecond);
    }

    /// <summary>Members of a group arrive one after another in the order of the trace; a group that a saturation replay draws again begins at its first member.</summary>
    private void CountGroup(in Fact fact)
    {
        int source = _run.Store[fact.Pod].Source;
        if (fact.Detail >= 0 && (fact.Detail != _last.Group || source <= _last.Source)) _groupsArrived++;
        _last = (fact.Detail, source);
    }

    private void Finish(in Fact fact)
    {
        if (fact.At > _lastFinish) _lastFinish = fact.At;
        if (!_timed) return;
        ref readonly PodRecord pod = ref _run.Store[fact.Pod];
        AddLife(fact.At - pod.CreatedAt, fact.At - pod.StartedAt);
    }

    private void AddLife(TimeSpan turnaround, TimeSpan service)
    {
        _turnarounds.Add(turnaround.Ticks);
        if (service > TimeSpan.Zero) _slowdowns.Add((double)turnaround.Ticks / service.Ticks);
        TimeSpan floor = service > SampleFigures.BoundedSlowdownFloor ? service : SampleFigures.BoundedSlowdownFloor;
        _boundedSlowdowns.Add(Math.Max(1, (double)turnaround.Ticks / floor.Ticks));
    }

    private void Offer(in PodRecord pod)
    {
        PodSpec spec = _run.Shapes[pod.Shape].Spec;
        long ticks = pod.Duration >= TimeSpan.Zero ? pod.Duration.Ticks : Math.Max(0, (_window - pod.CreatedAt).Ticks);
        _offered[0] += (Int128)spec.CpuMilli * ticks;
        _offered[1] += (Int128)spec.MemoryBytes * ticks;
        _offered[2] += (Int128)spec.GpuMilliTotal * ticks;
    }
}
