using System.Collections.Concurrent;
using SchedBench.Core.Recording;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Decisions;

/// <summary>The decisions of a cell while it runs, on a thread of its own that is never far ahead of the reader: a run of any length takes no more memory, and one whose reader has
/// seen enough ends.</summary>
public sealed class RunDecisions : DecisionSource
{
    private const int MostAhead = 1 << 12;

    private readonly BlockingCollection<LoggedDecision> _decisions = new(MostAhead);
    private readonly CancellationTokenSource _enough;
    private readonly CancellationToken _cancellation;
    private readonly Thread _thread;
    private readonly CellRunner _runner;
    private readonly PlannedCell _cell;
    private string _failure = "";

    /// <summary>Starts the run.</summary>
    /// <param name="runner">Runs the cell.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="cancellation">Ends the run.</param>
    public RunDecisions(CellRunner runner, PlannedCell cell, CancellationToken cancellation)
    {
        _runner = runner;
        _cell = cell;
        _cancellation = cancellation;
        _enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _thread = new Thread(Run) { IsBackground = true, Name = $"decisions of {cell.Key.Strategy}" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override CellKey Cell => _cell.Key;

    /// <inheritdoc/>
    public override string Failure => _failure;

    /// <inheritdoc/>
    public override bool TryNext(out LoggedDecision decision)
    {
        if (_decisions.TryTake(out decision, Timeout.Infinite, _cancellation)) return true;
        _cancellation.ThrowIfCancellationRequested();
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _enough.Cancel();
        _thread.Join();
        _enough.Dispose();
        _decisions.Dispose();
    }

    private void Run()
    {
        try
        {
            DecisionLogger? logger = null;
            _failure = _runner.Observe(_cell, scene => logger = new DecisionLogger(scene, decision => _decisions.Add(decision, _enough.Token)), _enough.Token);
            logger?.Complete();
        }
        catch (OperationCanceledException)
        {
            // The reader has seen enough, or the user has.
        }
        finally
        {
            _decisions.CompleteAdding();
        }
    }
}
