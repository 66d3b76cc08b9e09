using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Forking;
using SchedBench.Experiments.Plan;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Runner;

/// <content>Runs that are stopped at an instant, and runs in which something is otherwise from an instant on.</content>
public sealed partial class CellRunner
{
    /// <summary>Runs a cell to an instant. What goes wrong in it is thrown.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="at">The instant: what is due by then has happened.</param>
    /// <param name="cancellation">Ends the run.</param>
    public SavedPoint RunTo(PlannedCell cell, TimeSpan at, CancellationToken cancellation)
    {
        if (cell.Workload.Replay is ClusterReplay replay)
        {
            var running = new ClusterCell(cell, ClusterCellSetup.Options(cell, replay, _inputs, _strategies), replay, new VirtualClock(), isJudged: false);
            using var ended = new LastStrategy(() => running.Run.Strategy);
            running.Run.RunTo(at, cancellation);
            return running.Point(at);
        }

        var run = new ClusterRun(CellSetup.Options(cell, _inputs, _strategies), new VirtualClock());
        using var last = new LastStrategy(() => run.Strategy);
        var fingerprint = new FingerprintObserver();
        run.Facts.Subscribe(fingerprint);
        run.RunTo(at, cancellation);
        return new SavedPoint(at, run.Loop.EventsHandled, fingerprint.Value);
    }

    /// <summary>Runs a cell in which something is otherwise from an instant on. What goes wrong in it becomes its status, but for what <see cref="ForkPoint.Reached"/> throws.</summary>
    internal CellResult Fork(PlannedCell cell, ForkPoint point, CancellationToken cancellation)
    {
        long begun = _options.Time.GetTimestamp();
        try
        {
            CellResult result = cell.Workload.Replay is ClusterReplay replay ? RunCluster(cell, replay, begun, point, cancellation) : RunChecked(cell, null, begun, point, cancellation);
            // A fork without faults is no void run: it stands beside one with them.
            return result.Status == CellStatus.Void && point.Faults is not null ? result with { Status = CellStatus.Ok, Failure = "" } : result;
        }
        catch (Exception error) when (error is not (OperationCanceledException or ForkDivergedException))
        {
            return Failed(cell.Key, FailureOf(error)) with { Timing = [Seconds(begun)] };
        }
    }

    private void PassBy(ClusterCell running, ForkPoint point, CancellationToken cancellation)
    {
        running.Run.RunTo(point.At, cancellation);
        point.Reached(running.Point(point.At));
        if (point.Strategy is { } strategy) running.Run.Exchange(NextOf(strategy));
    }

    private void PassBy(ClusterRun run, FingerprintObserver fingerprint, ForkPoint point, CancellationToken cancellation)
    {
        run.RunTo(point.At, cancellation);
        point.Reached(new SavedPoint(point.At, run.Loop.EventsHandled, fingerprint.Value));
        if (point.Faults is not null) throw new RunStepException("a trace has no machines that fail: expected a what-if about the strategy");
        if (point.Strategy is not { } strategy) return;
        if (run.RefusesExchange is { } reason) throw new RunStepException($"the scheduler of this workload cannot be followed by another: {reason}");
        run.Exchange(NextOf(strategy));
    }

    private NextStrategy NextOf(StrategySpec strategy) => new(() => Build(strategy), strategy.TieBreak);

    private SchedulingStrategy Build(StrategySpec strategy) =>
        (_strategies.Find(strategy.Name) ?? throw new InvalidOperationException($"The plan names a strategy '{strategy.Name}' that is not in the catalog.")).Build(strategy.Options, strategy.File);

    /// <summary>Strategies of a fork, to tell pods apart by what they read.</summary>
    private SchedulingStrategy[] Successors(ForkPoint? point) => point?.Strategy is { } strategy ? [Build(strategy)] : [];

    /// <summary>The cell as its observers know it: the faults that begin from the fork on are faults of it.</summary>
    private static PlannedCell Observed(PlannedCell cell, ForkPoint? point) => point?.Faults is { Sources.Count: > 0 } faults ? cell with { Faults = faults } : cell;
}
