using System.CommandLine;
using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Nodes;
using SchedBench.Core.Time;
using SchedBench.Experiments.Expectations;
using SchedBench.Experiments.Runner;
using SchedBench.Reporting.Pages;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench run</c>: all cells of an experiment, its result files, tables, figures and report.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("run", "Run an experiment and write its results.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        var runOptions = new RunOptions(command);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            RunRequest request = runOptions.Complete(experiment.Request(parsed), parsed);
            return Run(request, parsed.GetValue(format), terminal, cancellation);
        });
        return command;
    }

    private static int Run(RunRequest request, TableFormat format, Terminal terminal, CancellationToken cancellation)
    {
        var session = ExperimentSession.Open(request);
        if (request.FromScratch && session.Plan.Cells.All(cell => cell.Strategy.Name != "kube-scheduler"))
            terminal.Note("note: --no-cache makes no difference here: of all strategies kube-scheduler alone keeps scores of its own");
        RunOutcome outcome;
        using (var progress = CellProgress.Start(terminal, session.Plan))
        {
            try
            {
                outcome = session.Run(CellCommand.Of(request), progress, cancellation);
            }
            catch (OperationCanceledException)
            {
                progress.Dispose();
                terminal.Note($"schedbench: interrupted; {progress.Finished} of {session.Plan.Cells.Count} cells have finished and are kept");
                terminal.Note($"schedbench: the same command{(request.Fresh ? " without --fresh" : "")} goes on where this one stopped (results folder: {session.Folder})");
                return ExitCode.Interrupted;
            }
        }

        ReportFiles report = ResultsReport.Write(outcome.Folder);
        TableOutput.Write(terminal, report.Headline, format);
        foreach (string note in outcome.Notes) terminal.Note($"note: {note}");
        terminal.Note($"results: {outcome.Folder}");
        terminal.Note($"report:  {Path.Combine(outcome.Folder, report.Page)}");
        return Judge(outcome, terminal);
    }

    /// <summary>Says what went wrong and picks the exit code: failures come before expectations.</summary>
    private static int Judge(RunOutcome outcome, Terminal terminal)
    {
        CellResult[] bad = [.. outcome.Cells.Where(cell => cell.Status != CellStatus.Ok)];
        foreach (CellResult cell in bad.Take(10)) terminal.Note($"schedbench: {Name(cell.Key)}: {cell.Status.ToString().ToLowerInvariant()}: {cell.Failure}");
        if (bad.Length > 10) terminal.Note($"schedbench: and {bad.Length - 10} more cells that are not ok; cells.csv lists them");
        CellResult[] faulty = [.. outcome.Cells.Where(cell => Value(cell, "strategy_errors_total") > 0)];
        foreach (CellResult cell in faulty.Take(10))
            terminal.Note($"schedbench: {Name(cell.Key)}: the strategy threw in {Value(cell, "strategy_errors_total")} decisions, which were refused; first {cell.Failure}");
        foreach (CellResult cell in outcome.Cells.Where(cell => Value(cell, "refused_decisions_total") > 0).Take(10))
            terminal.Note($"warning: {Name(cell.Key)}: {Value(cell, "refused_decisions_total")} decisions of the strategy were refused");
        foreach (string line in VerdictSummary.Lines(outcome.Verdicts)) terminal.Note($"expectation {line}");
        if (bad.Length > 0 || faulty.Length > 0) return ExitCode.RunFailed;
        return outcome.Verdicts.All(verdict => verdict.Holds) ? ExitCode.Ok : ExitCode.ExpectationFailed;
    }

    private static double Value(CellResult cell, string metric) => cell.Metrics.FirstOrDefault(value => value.Metric == metric).Value ?? 0;

    private static string Name(CellKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Fleet}/{key.Workload}/{key.Faults}/{key.Strategy}/seed {key.Seed}");
}

/// <summary>Options of <c>run</c> beyond those that name the experiment.</summary>
internal sealed class RunOptions
{
    private const int MostJobs = 1024;
    private readonly Option<string?> _out = new("--out") { Description = "Results folder (default results/<name>).", HelpName = "DIR" };
    private readonly Option<int> _jobs = new("--jobs", "-j") { Description = "Cells at a time (default: processors).", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount, CustomParser = OptionValues.Whole("--jobs") };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with an earlier run; refuse when there is none of this plan." };
    private readonly Option<bool> _fresh = new("--fresh") { Description = "Discard what the results folder holds." };
    private readonly Option<string> _clock = new("--clock") { Description = "virtual or wall.", HelpName = "CLOCK", DefaultValueFactory = _ => "virtual" };
    private readonly Option<double> _pace = new("--pace") { Description = "With --clock wall: seconds of the run per real second.", HelpName = "X", DefaultValueFactory = _ => 1, CustomParser = OptionValues.Number<double>("--pace", "expected a finite number above 0") };
    private readonly Option<int> _invariants = new("--invariants") { Description = "Judge invariants; dense comparisons every N events (1: every event, 0: off).", HelpName = "N", CustomParser = OptionValues.Whole("--invariants") };
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Strategies keep no scores from one decision to the next: slower, the same decisions (kube-scheduler)." };
    private readonly Option<string> _fleet = new("--fleet") { Description = $"Where pods run: simulated, or for real on {string.Join(", ", FleetKinds.Names)}.", HelpName = "FLEET", DefaultValueFactory = _ => FleetKinds.Simulated };
    private readonly Option<string[]> _engine = FleetKinds.EngineOption();
    private readonly Option<string?> _calibration = new("--calibration") { Description = "What real machines took (a file that 'fidelity' wrote): simulated ones take as long.", HelpName = "FILE" };
    private readonly PluginLimitOptions _limits;

    public RunOptions(Command command)
    {
        foreach (Option option in (Option[])[_out, _jobs, _resume, _fresh, _clock, _pace, _invariants, _noCache, _fleet, _engine, _calibration]) command.Options.Add(option);
        _limits = new PluginLimitOptions(command);
    }

    /// <summary>The request with these options in it.</summary>
    public RunRequest Complete(RunRequest request, ParseResult parsed)
    {
        if (parsed.GetValue(_resume) && parsed.GetValue(_fresh)) throw Problem("--fresh", "true", "expected either --resume or --fresh");
        string fleet = parsed.GetValue(_fleet)!;
        Func<WallClock, Mailbox, TimeSpan, INodeFleet>? open = FleetKinds.Opener(fleet, parsed.GetValue(_engine) ?? []);
        if (open is not null && (parsed.GetResult(_clock) is { Implicit: false } || parsed.GetResult(_pace) is { Implicit: false })) throw Problem("--fleet", fleet, "expected no --clock and no --pace beside it: real machines run in real time");
        return request with
        {
            FleetKind = open is null ? "" : fleet,
            OpenFleet = open,
            Calibration = Calibration(parsed, open is not null),
            OutFolder = parsed.GetValue(_out),
            Jobs = OptionValues.Whole("--jobs", parsed.GetValue(_jobs), 1, MostJobs),
            Resume = parsed.GetValue(_resume),
            Fresh = parsed.GetValue(_fresh),
            WallClockPace = Pace(parsed),
            InvariantSampling = OptionValues.Whole("--invariants", parsed.GetValue(_invariants), 0, int.MaxValue),
            FromScratch = parsed.GetValue(_noCache),
            Limits = _limits.Of(parsed),
        };
    }

    private string? Calibration(ParseResult parsed, bool isReal)
    {
        if (parsed.GetValue(_calibration) is not { } file) return null;
        if (isReal) throw Problem("--calibration", file, "expected no --fleet beside it: real machines take what they take");
        return File.Exists(file) ? file : throw Problem("--calibration", file, "expected an existing file");
    }

    private double? Pace(ParseResult parsed)
    {
        string clock = parsed.GetValue(_clock)!;
        double pace = parsed.GetValue(_pace);
        if (clock is not ("virtual" or "wall")) throw Problem("--clock", clock, "expected virtual or wall", NearestName.Find(clock, ["virtual", "wall"]));
        if (!double.IsFinite(pace) || pace <= 0) throw Problem("--pace", pace.ToString(CultureInfo.InvariantCulture), "expected a finite number above 0");
        bool stated = parsed.GetResult(_pace) is { Implicit: false };
        if (stated && clock != "wall") throw Problem("--pace", pace.ToString(CultureInfo.InvariantCulture), "expected --clock wall beside it");
        return clock == "wall" ? pace : null;
    }

    private static InputException Problem(string option, string value, string expected, string? nearest = null) => new(new InputProblem(option, 0, 0, "", value, expected, nearest));
}
