using System.CommandLine;
using SchedBench.Experiments.Decisions;
using SchedBench.Experiments.Runner;
using SchedBench.Reporting.Tables;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench diff</c>: the first decision in which two runs differ, and what was seen then. Runs both cells again, side by side until they part; then each once more up to
/// that decision, for what it saw.</summary>
internal static class DiffCommand
{
    private const string What = "Experiment file (YAML), or a decision log that 'schedbench explain --log' wrote";

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("diff", "Show the first decision in which two runs differ, and what each saw then.");
        ExperimentOptions experiment = new ExperimentOptions("a", $"{What}: the run A.").AddTo(command);
        var other = new Argument<string?>("b") { Description = "The same for the run B, when it is another file.", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(other);
        var ofA = new Option<string?>("--a") { Description = "The cell of A: strategy=fgd,seed=1.", HelpName = "FILTER" };
        var ofB = new Option<string?>("--b") { Description = "The cell of B: strategy=random,seed=1.", HelpName = "FILTER" };
        var dataOfB = new Option<string?>("--b-data") { Description = "Folder for files that are not beside the experiment of B (default: that of --data).", HelpName = "DIR" };
        var nodes = new Option<int>("--nodes") { Description = "Nodes shown a decision, best first (0: all).", HelpName = "N", DefaultValueFactory = _ => 10, CustomParser = OptionValues.Whole("--nodes") };
        foreach (Option option in (Option[])[ofA, ofB, dataOfB, nodes]) command.Options.Add(option);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            RunRequest shared = experiment.Request(parsed);
            RunRequest second = shared with { ExperimentPath = parsed.GetValue(other) ?? shared.ExperimentPath, DataFolder = ExperimentOptions.Folder("--b-data", parsed.GetValue(dataOfB)) ?? shared.DataFolder };
            int most = OptionValues.Whole("--nodes", parsed.GetValue(nodes), 0, int.MaxValue);
            var a = DiffSide.Open("A", "--a", parsed.GetValue(ofA), shared);
            var b = DiffSide.Open("B", "--b", parsed.GetValue(ofB), second);
            return Diff(a, b, most, parsed.GetValue(format), terminal, cancellation);
        });
        return command;
    }

    private static int Diff(DiffSide a, DiffSide b, int most, TableFormat format, Terminal terminal, CancellationToken cancellation)
    {
        Divergence divergence;
        using (DecisionSource ofA = a.Decisions(cancellation), ofB = b.Decisions(cancellation))
        {
            divergence = Divergence.Find(ofA, ofB);
            foreach ((DiffSide side, DecisionSource source, bool hasEnded) in ((DiffSide, DecisionSource, bool)[])[(a, ofA, divergence.A is null), (b, ofB, divergence.B is null)])
            {
                if (!hasEnded || source.Failure.Length == 0) continue;
                side.Failure = source.Failure;
                terminal.Note($"schedbench: the run {side.Name} failed: {source.Failure}");
            }
        }

        terminal.Note(DivergenceTables.Summary(divergence));
        List<Table> tables = DivergenceTables.Of(a, b, divergence, most, terminal, cancellation);
        TableOutput.WriteAll(terminal, tables, format);
        return divergence.IsNone && a.Failure.Length + b.Failure.Length == 0 ? ExitCode.Ok : ExitCode.RunFailed;
    }
}
