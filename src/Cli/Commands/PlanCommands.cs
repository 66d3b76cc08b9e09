using System.CommandLine;
using SchedBench.Experiments.External;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Plugins;
using SchedBench.Experiments.Runner;
using SchedBench.Reporting.Tables;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench plan</c>: the cells, without running them.</summary>
internal static class PlanCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("plan", "Print the cells of an experiment without running them.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var session = ExperimentSession.Open(experiment.Request(parsed));
            var table = new SimpleTable($"{session.Plan.Experiment.Name}: {session.Plan.Cells.Count} cells", "#cell", "fleet", "workload", "faults", "strategy", "#seed");
            foreach (PlannedCell cell in session.Plan.Cells)
                table.Add($"{cell.Index}", cell.Key.Fleet, cell.Key.Workload, cell.Key.Faults, cell.Key.Strategy, $"{cell.Key.Seed}");
            TableOutput.Write(terminal, table.Build(), parsed.GetValue(format));
            terminal.Note($"{session.Plan.Cells.Count} cells, plan {session.Plan.Fingerprint.Hash}");
            return ExitCode.Ok;
        });
        return command;
    }
}

/// <summary><c>schedbench validate</c>: reads the experiment and everything it names, and says what is wrong.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("validate", "Check an experiment and every file it names, without running it.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        command.SetAction(parsed =>
        {
            RunRequest request = experiment.Request(parsed);
            var session = ExperimentSession.Open(request);
            var inputs = LoadedInputs.Load(session.Plan.Cells);
            foreach (string note in Manifest.Notes(session.Plan, inputs, session.Strategies, [])) terminal.Note($"note: {note}");
            terminal.Out.WriteLine($"{request.ExperimentPath}: valid, {session.Plan.Cells.Count} cells");
            return ExitCode.Ok;
        });
        return command;
    }
}

/// <summary><c>schedbench strategies</c>: what an experiment can name.</summary>
internal static class StrategiesCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("strategies", "List the strategies and their options.");
        var plugins = new Option<string[]>("--plugin") { Description = "Assembly with strategies; may be given several times.", HelpName = "DLL" };
        command.Options.Add(plugins);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var catalog = StrategyCatalog.BuiltIn();
            ExternalStrategies.AddTo(catalog, TimeProvider.System);
            foreach (string plugin in parsed.GetValue(plugins) ?? []) StrategyPlugin.AddTo(plugin, catalog);
            var table = new SimpleTable("Strategies", "strategy", "prefers", "options");
            foreach (StrategyEntry entry in catalog.Entries)
                table.Add(entry.Name, entry.Summary, string.Join(", ", entry.Options.Select(option => $"{option.Name}={option.Default}")));
            TableOutput.Write(terminal, table.Build(), parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }
}

/// <summary><c>schedbench version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("version", "Print version, build and machine.");
        command.SetAction(_ =>
        {
            terminal.Out.WriteLine(ExperimentSession.Product);
            terminal.Out.WriteLine($"build   {ExperimentSession.Build}");
            terminal.Out.WriteLine($"machine {ExperimentSession.Machine}");
            return ExitCode.Ok;
        });
        return command;
    }
}
