using SchedBench.Core.Recording;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Files;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench explain --log</c>: every decision of a cell as a file.</summary>
internal static class DecisionLogging
{
    /// <summary>Runs the cell again and writes its decisions as they are made; of a run that fails, those it made.</summary>
    public static int Write(ExperimentSession session, PlannedCell cell, string path, Terminal terminal, CancellationToken cancellation)
    {
        CellRunner runner = session.Runner([cell]);
        string failure = "";
        long count = 0;
        AtomicFile.WriteText(path, text =>
        {
            using var log = new DecisionLogWriter(text, cell.Key);
            DecisionLogger? logger = null;
            failure = runner.Observe(cell, scene => logger = new DecisionLogger(scene, log.Write, withReasons: true), cancellation);
            logger?.Complete();
            log.End(failure);
            count = log.Count;
        });
        terminal.Note($"{path}: {DivergenceTables.Decisions(count)}");
        if (failure.Length == 0) return ExitCode.Ok;
        terminal.Note($"schedbench: the run failed: {failure}");
        return ExitCode.RunFailed;
    }
}
