using System.CommandLine;
using System.Globalization;
using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Models;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Reporting.Tables;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench chaos</c>: what an experiment's faults come to, without running it.</summary>
internal static class ChaosCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("chaos", "Faults: the exact schedule of a seed, and the effects and failure models there are.");
        command.Subcommands.Add(Plan(terminal));
        command.Subcommands.Add(Effects(terminal));
        command.Subcommands.Add(Models(terminal));
        return command;
    }

    private static Command Plan(Terminal terminal)
    {
        var command = new Command("plan", "Print the exact faults of every fault set and seed of an experiment.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        var file = new Option<string?>("--save") { Description = "Write the plan of one fault set and seed (see --only) as a file that a set with 'plan' replays.", HelpName = "FILE" };
        command.Options.Add(file);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var session = ExperimentSession.Open(experiment.Request(parsed));
            // All strategies meet the same faults: one cell of each stands for the others.
            PlannedCell[] cells = [.. session.Plan.Cells.Where(cell => cell.Faults.Sources.Count > 0).DistinctBy(cell => (cell.Key.Fleet, cell.Key.Workload, cell.Key.Faults, cell.Key.Seed))];
            var inputs = LoadedInputs.Load(session.Plan.Cells);
            (PlannedCell Cell, FaultPlan Plan)[] plans = [.. cells.Select(cell => (cell, FaultPlans.Of(cell, inputs)))];
            if (parsed.GetValue(file) is { } path) return Save(path, plans, terminal);
            var table = new SimpleTable($"{session.Plan.Experiment.Name}: faults", "fleet", "workload", "faults", "#seed", "#fault", "#at (s)", "#ends (s)", "effect", "from", "#nodes", "hit");
            foreach ((PlannedCell cell, FaultPlan plan) in plans)
            {
                foreach (PlannedFault fault in plan.Faults)
                {
                    table.Add(
                        cell.Key.Fleet, cell.Key.Workload, cell.Key.Faults, $"{cell.Key.Seed}", $"{fault.Number}", Seconds(fault.At), fault.Duration is { } duration ? Seconds(fault.At + duration) : "", $"{fault.Effect}",
                        fault.After is { } after ? $"{fault.Cause}, not before: at {after}{(fault.By is { } by ? $" until {by}" : "")}" : fault.Cause, fault.Nodes.Count > 0 ? $"{fault.Nodes.Count}" : "", HitBy(fault));
                }
            }

            TableOutput.Write(terminal, table.Build(), parsed.GetValue(format));
            foreach ((PlannedCell cell, FaultPlan plan) in plans)
            {
                if (plan.Faults.Count == 0) terminal.Note($"note: {cell.Key.Faults} under seed {cell.Key.Seed} hits nothing in {cell.Key.Workload}");
                if (plan.Spared > 0) terminal.Note($"note: {plan.Spared} hits of {cell.Key.Faults} under seed {cell.Key.Seed} were left out, as fewer than {cell.Faults.Survivors} nodes would have been well");
            }

            if (plans.Length == 0) terminal.Note("note: the experiment states no faults");
            return ExitCode.Ok;
        });
        return command;
    }

    private static int Save(string path, (PlannedCell Cell, FaultPlan Plan)[] plans, Terminal terminal)
    {
        if (plans.Length != 1) throw new InputException(new InputProblem("--save", 0, 0, "", path, $"expected --only to leave one fleet, workload, fault set and seed, found {plans.Length}"));
        File.WriteAllText(path, FaultPlanFile.Write(plans[0].Plan));
        terminal.Note($"{plans[0].Plan.Faults.Count} faults: {path}");
        return ExitCode.Ok;
    }

    private static Command Effects(Terminal terminal)
    {
        var command = new Command("effects", "List what faults can do, and what can be said about it.");
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var table = new SimpleTable("Effects", "effect", "whom", "truth", "what the control plane sees", "parameters");
            foreach (EffectKind kind in EffectCatalog.All) table.Add(kind.Name, $"{kind.Target}", kind.Truth, kind.Seen, string.Join(' ', kind.Parameters.Select(parameter => parameter.IsRequired ? parameter.Name : $"[{parameter.Name}]")));
            TableOutput.Write(terminal, table.Build(), parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Models(Terminal terminal)
    {
        var command = new Command("models", "List the failure models and where their figures come from.");
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var table = new SimpleTable("Failure models", "model", "fails", "effect", "time to failure (s)", "time to repair (s)", "source");
            foreach (FailurePreset preset in FailurePresets.All) table.Add(preset.Name, preset.Unit, $"{preset.Effect}", preset.TimeToFailure, preset.TimeToRepair, preset.Source);
            TableOutput.Write(terminal, table.Build(), parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string HitBy(PlannedFault fault)
    {
        if (fault.Pods is not { } target) return fault.Nodes.Count == 0 ? "the cluster" : string.Join(' ', fault.Nodes.Take(8)) + (fault.Nodes.Count > 8 ? " …" : "");
        string namespaces = target.NamespacePattern.Length > 0 ? target.NamespacePattern + " " : string.Concat(target.Namespaces.Select(name => name + " ")), names = string.Join(' ', target.Names);
        string whose = target.Selector is { } selector ? SelectorText.Format(selector) : names.Length > 0 ? names : target.NamePattern.Length > 0 ? target.NamePattern : "of any label";
        return $"pods {namespaces}{whose}, {target.Mode}{(target.Value > 0 ? $" {target.Value}" : "")}: drawn in the run";
    }

    private static string Seconds(TimeSpan at) => at.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
