using System.CommandLine;
using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
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
        var command = new Command("explain", "Show why a pod was placed where it was: a score or the reasons for every node.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        var pod = new Option<string>("--pod") { Description = "Name of the pod in the trace.", HelpName = "NAME", Required = true };
        var nodes = new Option<int>("--nodes") { Description = "Nodes shown a decision, best first (0: all).", HelpName = "N", DefaultValueFactory = _ => 20, CustomParser = OptionValues.Whole("--nodes") };
        command.Options.Add(pod);
        command.Options.Add(nodes);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed => Explain(
            ExperimentSession.Open(experiment.Request(parsed)), parsed.GetValue(pod)!, OptionValues.Whole("--nodes", parsed.GetValue(nodes), 0, int.MaxValue),
            parsed.GetValue(format), terminal, cancellation));
        return command;
    }

    private static int Explain(ExperimentSession session, string pod, int nodes, TableFormat format, Terminal terminal, CancellationToken cancellation)
    {
        PlannedCell cell = session.Plan.Cells[0];
        if (session.Plan.Cells.Count > 1)
        {
            terminal.Note($"note: the experiment has {session.Plan.Cells.Count} cells; this is the first: fleet={cell.Key.Fleet},workload={cell.Key.Workload},strategy={cell.Key.Strategy},seed={cell.Key.Seed}");
            terminal.Note("note: --only picks another");
        }

        if (cell.Workload.Replay is ClusterReplay)
        {
            throw new InputException(new InputProblem(
                "--pod", 0, 0, "", pod, $"expected a workload that replays a trace; {cell.Key.Workload} applies manifests, whose pods get their names while it runs: explain cannot follow them"));
        }

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

        TableOutput.WriteAll(terminal.Out, [.. recorder.Decisions.Select(decision => TableOf(decision, pod, nodes, terminal))], format);
        return result.Status == CellStatus.Failed ? ExitCode.RunFailed : ExitCode.Ok;
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

    /// <summary>The nodes of a decision; what it came to goes to standard error.</summary>
    private static Table TableOf(RecordedDecision decision, string pod, int most, Terminal terminal)
    {
        NodeVerdict[] feasible = [.. decision.Nodes.Where(node => node.Reasons.Count == 0)];
        string outcome = decision.Chosen.Length == 0 ? "no node" : $"{decision.Chosen}{(decision.Devices.Count > 0 ? $", GPU {decision.Devices}" : "")}";
        terminal.Note(string.Create(CultureInfo.InvariantCulture,
            $"pod {pod}, attempt {decision.Attempt + 1} at {decision.At.TotalSeconds} s: {outcome}; {feasible.Length} of {decision.Nodes.Count} nodes fit"));
        foreach (IGrouping<InfeasibleReason, Infeasibility> reason in decision.Nodes.SelectMany(node => node.Reasons).GroupBy(reason => reason.Reason).OrderByDescending(group => group.Count()))
            terminal.Note($"  {reason.Count()} nodes: {reason.Key}");
        var table = new SimpleTable($"Decision on {pod}", "node", "#score", "outcome");
        IEnumerable<NodeVerdict> shown = decision.Nodes
            .OrderByDescending(node => node.Node == decision.Chosen)
            .ThenBy(node => node.Reasons.Count > 0)
            .ThenByDescending(node => node.Score ?? long.MinValue);
        foreach (NodeVerdict node in most == 0 ? shown : shown.Take(most))
        {
            string verdict = node.Node == decision.Chosen ? "chosen" : node.Reasons.Count == 0 ? "fits" : string.Join("; ", node.Reasons);
            table.Add(node.Node, node.Score is { } score ? ResultNumber.Format(score) : "", verdict);
        }

        return table.Build();
    }
}
