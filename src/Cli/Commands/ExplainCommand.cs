using System.CommandLine;
using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench explain</c>: why a pod went where it went, or nowhere. Runs the cell again: a run is a pure function of its inputs.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("explain", "Show why a pod was placed where it was, or what became of an object of a cluster: a timeline.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        var pod = new Option<string>("--pod") { Description = "Name of the pod.", HelpName = "NAME" };
        var item = new Option<string>("--object") { Description = "Object of a cluster workload, such as deployment/web or pod/web-7d9c-x2k4.", HelpName = "KIND/NAME" };
        var pods = new Option<bool>("--pods") { Description = "With --object: tell its pods one by one." };
        var nodes = new Option<int>("--nodes") { Description = "Nodes shown a decision, best first (0: all).", HelpName = "N", DefaultValueFactory = _ => 20, CustomParser = OptionValues.Whole("--nodes") };
        command.Options.Add(pod);
        command.Options.Add(item);
        command.Options.Add(pods);
        var attempt = new Option<int?>("--attempt") { Description = "With --pod: the attempt that is shown, from 1 (default: all).", HelpName = "N" };
        var log = new Option<string>("--log") { Description = "Write every decision of the cell to a file, for 'schedbench diff' (CSV).", HelpName = "FILE" };
        command.Options.Add(nodes);
        command.Options.Add(attempt);
        command.Options.Add(log);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var session = ExperimentSession.Open(experiment.Request(parsed));
            var filter = new DecisionFilter(OptionValues.Whole("--nodes", parsed.GetValue(nodes), 0, int.MaxValue), parsed.GetValue(attempt));
            if (parsed.GetValue(log) is { } file)
            {
                Option? other = ((Option[])[pod, item, attempt]).FirstOrDefault(option => parsed.GetResult(option) is not null);
                if (other is not null) throw new InputException(new InputProblem("--log", 0, 0, "", file, $"expected no {other.Name} beside it: the log has every decision of the cell"));
                return DecisionLogging.Write(session, FirstCell(session, terminal), file, terminal, cancellation);
            }

            return parsed.GetValue(item) is { } wanted || parsed.GetValue(pod) is not { } name
                ? HistoryTimeline.Show(session, parsed.GetValue(item), parsed.GetValue(pods), parsed.GetValue(format), terminal, cancellation)
                : Explain(session, name, filter, parsed.GetValue(format), terminal, cancellation);
        });
        return command;
    }

    private static int Explain(ExperimentSession session, string pod, DecisionFilter filter, TableFormat format, Terminal terminal, CancellationToken cancellation)
    {
        PlannedCell cell = FirstCell(session, terminal);
        if (cell.Workload.Replay is ClusterReplay) return HistoryTimeline.Show(session, $"pod/{pod}", withPods: true, format, terminal, cancellation, "--pod", filter);
        RequirePod(session, cell, pod);
        DecisionRecorder? recorder = null;
        CellResult result = session.Runner([cell]).Run(cell, run => recorder = new DecisionRecorder(run, pod), cancellation);
        if (result.Status == CellStatus.Failed) terminal.Note($"schedbench: the run failed: {result.Failure}");
        if (recorder is null) return ExitCode.RunFailed;
        if (recorder.Decisions.Count == 0)
        {
            terminal.Note($"schedbench: pod '{pod}' was never decided on alone: it lies outside of the replayed part, was left out by the saturation limit, or belongs to a group");
            return ExitCode.RunFailed;
        }

        DecisionTables.Write(recorder.Decisions, pod, filter, format, terminal);
        return result.Status == CellStatus.Failed ? ExitCode.RunFailed : ExitCode.Ok;
    }

    /// <summary>The cell that is explained; which one goes to standard error when there are several.</summary>
    internal static PlannedCell FirstCell(ExperimentSession session, Terminal terminal)
    {
        PlannedCell cell = session.Plan.Cells[0];
        // A cell and the run without its update that belongs to it are one choice.
        if (session.Plan.Cells.Count == 1 || (session.Plan.Cells.Count == 2 && cell.Pair == 1)) return cell;
        terminal.Note($"note: the experiment has {session.Plan.Cells.Count} cells; this is the first: fleet={cell.Key.Fleet},workload={cell.Key.Workload},strategy={cell.Key.Strategy},seed={cell.Key.Seed}");
        terminal.Note("note: --only picks another");
        return cell;
    }

    private static void RequirePod(ExperimentSession session, PlannedCell cell, string pod)
    {
        ReadOnlyMemory<Core.Arrivals.PodArrival> pods = LoadedInputs.Load([cell]).WorkloadOf(cell).Workload.Pods;
        foreach (ref readonly Core.Arrivals.PodArrival arrival in pods.Span)
        {
            if (arrival.Name == pod) return;
        }

        string[] names = new string[Math.Min(pods.Length, 100_000)];
        for (int i = 0; i < names.Length; i++) names[i] = pods.Span[i].Name;
        throw new InputException(new InputProblem("--pod", 0, 0, "", pod, $"expected a pod of workload {cell.Key.Workload}", NearestName.Find(pod, names)));
    }
}
