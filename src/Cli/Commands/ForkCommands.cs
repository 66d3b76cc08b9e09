using System.CommandLine;
using SchedBench.Core.Input;
using SchedBench.Experiments.Forking;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench save</c>: a run up to an instant, as a file from which it can go on.</summary>
internal static class SaveCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("save", "Run one cell up to an instant and write where it is, for 'fork' to go on from there.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        var at = new Option<string>("--at") { Description = "Instant of the run, such as 6m.", HelpName = "TIME", Required = true };
        var output = new Option<string>("--out") { Description = "File to write.", HelpName = "FILE", Required = true };
        command.Options.Add(at);
        command.Options.Add(output);
        command.SetAction(parsed =>
        {
            string file = parsed.GetValue(output)!;
            SavedRun saved = RunForks.Save(experiment.Request(parsed), OptionValues.Duration("--at", parsed.GetValue(at)!), file, cancellation);
            AtomicFile.WriteText(file, text => text.Write(SavedRunFile.Write(saved)));
            terminal.Note($"{file}: {saved.Cell.Strategy} on {saved.Cell.Workload} under {saved.Cell.Faults}, seed {saved.Cell.Seed}, at {DurationText.Format(saved.Point.At)} after {saved.Point.Events} events");
            return ExitCode.Ok;
        });
        return command;
    }
}

/// <summary><c>schedbench fork</c>: a saved run goes on, as it was and otherwise.</summary>
internal static class ForkCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("fork", "Let a saved run go on: as it was, and with another strategy or other faults from then on.");
        var file = new Argument<string>("saved") { Description = "File of 'save'." };
        var whatIfs = new Option<string[]>("--what-if") { Description = "What is otherwise: strategy=LEVEL, faults=LEVEL, or both with a comma; may be given several times.", HelpName = "CHANGE" };
        var output = new Option<string?>("--out") { Description = "Folder for cells.csv, series.csv and the like.", HelpName = "DIR" };
        var all = new Option<bool>("--all") { Description = "Show every metric, not only those that differ." };
        command.Arguments.Add(file);
        foreach (Option option in (Option[])[whatIfs, output, all]) command.Options.Add(option);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            WhatIf[] branches = [WhatIf.Nothing, .. (parsed.GetValue(whatIfs) ?? []).Select(WhatIf.Parse)];
            SavedRun saved = SavedRunFile.Read(path);
            (ExperimentSession session, PlannedCell cell) = RunForks.Open(saved, path);
            CellResult[] results;
            try
            {
                results = [.. branches.Select(branch => RunForks.Continue(saved, session, cell, branch, cancellation))];
            }
            catch (ForkDivergedException diverged)
            {
                terminal.Note($"schedbench: {path}: {diverged.Message}");
                return ExitCode.RunFailed;
            }

            TableOutput.Write(terminal, Table(saved, branches, results, parsed.GetValue(all)), parsed.GetValue(format));
            if (parsed.GetValue(output) is { } folder)
            {
                ResultFiles.WriteAll(folder, [.. results.Select((result, place) => result with { Key = Named(result.Key, branches[place], saved) })], saved.Cell.Strategy);
                terminal.Note($"results: {folder}");
            }

            foreach ((CellResult result, int place) in results.Select((result, place) => (result, place)))
            {
                if (result.Status != CellStatus.Ok) terminal.Note($"schedbench: {branches[place]}: {result.Status.ToString().ToLowerInvariant()}: {result.Failure}");
            }

            return results.All(result => result.Status == CellStatus.Ok) ? ExitCode.Ok : ExitCode.RunFailed;
        });
        return command;
    }

    private static Table Table(SavedRun saved, WhatIf[] branches, CellResult[] results, bool all)
    {
        var table = new SimpleTable($"{saved.Cell.Strategy} on {saved.Cell.Workload} under {saved.Cell.Faults}, seed {saved.Cell.Seed}, forked at {DurationText.Format(saved.Point.At)}", ["metric", .. branches.Select(branch => $"#{branch}")]);
        foreach (MetricDefinition metric in MetricCatalog.All.Where(metric => metric.Place == MetricPlace.Result))
        {
            double?[] values = [.. results.Select(result => result.Metrics.FirstOrDefault(value => value.Metric == metric.Name).Value)];
            if (values.All(value => value is null) || (!all && branches.Length > 1 && values.Distinct().Count() == 1)) continue;
            table.Add([metric.Name, .. values.Select(value => value is { } known ? ResultNumber.Format(known) : "")]);
        }

        return table.Build();
    }

    /// <summary>What results call a branch: levels that say from when on they hold.</summary>
    private static CellKey Named(CellKey key, WhatIf branch, SavedRun saved)
    {
        string from = $" from {DurationText.Format(saved.Point.At)}";
        return key with { Strategy = branch.Strategy is { } strategy ? strategy + from : key.Strategy, Faults = branch.Faults is { } faults ? faults + from : key.Faults };
    }
}
