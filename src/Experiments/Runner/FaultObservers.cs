using SchedBench.Core.Recording.Metrics;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Runner;

/// <summary>What is measured of a cell of Kubernetes objects with faults: recovery, resilience curve, blast radius, failures of nodes, stale processes, and whether all is whole again.</summary>
internal sealed class FaultObservers
{
    private static readonly TimeSpan RealTolerance = TimeSpan.FromSeconds(1);
    private readonly FaultObserver _faults;
    private readonly CapacityObserver _capacity;
    private readonly BlastObserver _blast;
    private readonly NodeFailureObserver _failures;
    private readonly StaleRunObserver _stale;
    private readonly ConvergenceObserver? _convergence;

    /// <summary>Attaches the observers to a run that has not begun.</summary>
    /// <param name="run">The run.</param>
    /// <param name="replay">Its workload.</param>
    /// <param name="healAt">When all faults are healed; null where the fault set does not say.</param>
    /// <param name="step">Step of the curve.</param>
    public FaultObservers(OrchestratedRun run, ClusterReplay replay, TimeSpan? healAt, TimeSpan step)
    {
        TimeSpan Now() => run.Loop.Now;
        // A real process ends some time after it was killed, and that is heard of later still.
        TimeSpan tolerance = run.Runtime is null ? RealTolerance : TimeSpan.Zero;
        _faults = run.Load is null
            ? new FaultObserver(run.Health!, run.Store.View, Now) { Tolerance = tolerance }
            : new FaultObserver(run.Health!, run.Store.View, Now, run.Proxies, replay.Traffic.Max(stream => stream.Observers)) { Tolerance = tolerance };
        _capacity = new CapacityObserver(run.Store.View, Now, replay.Warmup, step);
        _blast = new BlastObserver(run.Store.View);
        _failures = new NodeFailureObserver(run.Fleet.Count, Now);
        _stale = new StaleRunObserver(Now);
        run.Store.Subscribe(_faults);
        run.Store.Subscribe(_capacity);
        run.Store.Subscribe(_blast);
        run.Store.Subscribe(_failures);
        run.Store.Subscribe(_stale);
        run.Facts.Subscribe(_faults);
        run.Facts.Subscribe(_blast);
        run.Health!.Subscribe(_blast);
        run.Health!.Subscribe(_failures);
        run.Processes!.Observe(_faults);
        run.Processes!.Observe(_capacity);
        run.Processes!.Observe(_stale);
        if (healAt is not { } healed) return;
        _convergence = new ConvergenceObserver(run.Store.View, Now, healed);
        run.Store.Subscribe(_convergence);
        run.Facts.Subscribe(_convergence);
    }

    /// <summary>Whether no fault hit anything.</summary>
    public bool IsVoid => _faults.Faults == 0;

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        _faults.Report(end, sink);
        _capacity.Report(end, sink);
        _blast.Report(sink);
        _failures.Report(end, sink);
        _stale.Report(end, sink);
        _convergence?.Report(sink);
    }
}
