using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;
using Spectre.Console;

namespace SchedBench.Cli;

/// <summary>Shows how far a run is: a bar on a terminal, otherwise a line each tenth of the cells.</summary>
internal sealed class CellProgress : IRunProgress, IDisposable
{
    private readonly Terminal _terminal;
    private readonly ManualResetEventSlim _done = new();
    private readonly Thread? _bar;
    private readonly int _total;
    private volatile int _finished;
    private volatile string _last = "";
    private int _lastTenth;

    private CellProgress(Terminal terminal, int total)
    {
        _terminal = terminal;
        _total = total;
        if (!terminal.IsInteractive) return;
        _bar = new Thread(DrawBar) { IsBackground = true, Name = "progress" };
        _bar.Start();
    }

    /// <summary>Cells finished so far.</summary>
    public int Finished => _finished;

    /// <summary>Begins to show progress.</summary>
    public static CellProgress Start(Terminal terminal, ExperimentPlan plan)
    {
        if (!terminal.IsInteractive) terminal.Note($"{plan.Experiment.Name}: {plan.Cells.Count} cells");
        return new CellProgress(terminal, plan.Cells.Count);
    }

    /// <inheritdoc/>
    public void CellFinished(PlannedCell cell, CellResult result, int finished, int total)
    {
        _finished = finished;
        _last = $"{cell.Key.Workload} {cell.Key.Strategy} {cell.Key.Seed}";
        if (_bar is not null) return;
        int tenth = 10 * finished / total;
        if (tenth == _lastTenth) return;
        _lastTenth = tenth;
        _terminal.Note($"{finished} of {total} cells");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _done.Set();
        _bar?.Join();
    }

    private void DrawBar()
    {
        _terminal.ErrorConsole().Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }).Start(context =>
        {
            ProgressTask task = context.AddTask("cells", maxValue: _total);
            bool ended;
            do
            {
                ended = _done.Wait(TimeSpan.FromMilliseconds(100));
                task.Value = _finished;
                task.Description = Markup.Escape($"{_finished} of {_total} cells  {_last}");
            }
            while (!ended);
        });
    }
}
