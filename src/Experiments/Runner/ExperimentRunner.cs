using System.Collections.Concurrent;
using SchedBench.Experiments.Plan;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Runner;

/// <summary>Told about a run as it goes on. Called from the threads that run cells, one call at a time.</summary>
public interface IRunProgress
{
    /// <summary>A cell has finished and its result is on the disk.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="result">Its result.</param>
    /// <param name="finished">Cells finished so far, those of an earlier process among them.</param>
    /// <param name="total">Cells of the plan.</param>
    void CellFinished(PlannedCell cell, CellResult result, int finished, int total);
}

/// <summary>Runs the cells of a plan that the journal does not hold yet, several at a time; each result is on the disk before the next cell of its thread starts.</summary>
public static class ExperimentRunner
{
    /// <summary>Runs what is left.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="runCell">Runs one cell; must be thread-safe.</param>
    /// <param name="journal">Where results go.</param>
    /// <param name="jobs">Cells that run at a time, ≥ 1.</param>
    /// <param name="progress">Told about each cell.</param>
    /// <param name="cancellation">Stops between cells and inside them; what has finished stays.</param>
    /// <exception cref="OperationCanceledException">Cancelled before all cells had finished.</exception>
    /// <exception cref="Results.Files.ResultsUnwritableException">The disk is full or gone; finished cells are intact.</exception>
    public static void Run(
        ExperimentPlan plan, Func<PlannedCell, CancellationToken, CellResult> runCell, ResultsJournal journal, int jobs, IRunProgress progress, CancellationToken cancellation)
    {
        var left = new ConcurrentQueue<PlannedCell>(plan.Cells.Where(cell => !journal.Finished.ContainsKey(cell.Index)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var failures = new ConcurrentQueue<Exception>();
        var gate = new Lock();
        // Counted where it is told, not in the journal: another cell may be in there already and not told yet.
        int finished = journal.Finished.Count;
        // Threads of our own: a cell computes for seconds, and the thread pool would start it beside others at will.
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(jobs, Math.Max(1, left.Count))).Select(k => new Thread(Work) { Name = $"cells-{k}", IsBackground = true })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failures.TryDequeue(out Exception? failure)) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        cancellation.ThrowIfCancellationRequested();

        void Work()
        {
            try
            {
                while (!stop.IsCancellationRequested && left.TryDequeue(out PlannedCell? cell))
                {
                    CellResult result = runCell(cell, stop.Token);
                    journal.Append(cell.Index, result);
                    lock (gate) progress.CellFinished(cell, result, ++finished, plan.Cells.Count);
                }
            }
            catch (OperationCanceledException)
            {
                // The caller sees the cancellation; this thread has nothing to add.
            }
            catch (Exception error)
            {
                failures.Enqueue(error);
                stop.Cancel();
            }
        }
    }
}
