using System.CommandLine;
using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Experiments.Fidelity;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Fleets;
using SchedBench.Fleets.Runtime;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Cli.Commands;

/// <summary><c>schedbench fidelity</c>: the same cells real and simulated, and how far the simulation is off.</summary>
internal static class FidelityCommand
{
    private const string Calibration = "calibration.yaml";
    private const string Rows = "fidelity.csv";

    /// <summary>Metrics that are compared.</summary>
    private static readonly string[] Metrics =
    [
        "rollout_duration_seconds", "time_to_detect_seconds_p50", "time_to_replace_seconds_mean", "time_to_recover_seconds_mean", "lost_capacity_replica_seconds", "surge_replica_seconds", "request_availability_ratio", "request_latency_seconds_p50",
    ];

    /// <summary>Metrics that the tolerance is about: how long rollouts and recoveries take.</summary>
    private static readonly string[] JudgedMetrics = ["rollout_duration_seconds", "time_to_recover_seconds_mean"];

    public static Command Create(Terminal terminal, CancellationToken cancellation)
    {
        var command = new Command("fidelity", "Run an experiment on real machines and simulated, and say how far the simulation is off.");
        ExperimentOptions experiment = new ExperimentOptions().AddTo(command);
        var fleet = new Option<string>("--fleet") { Description = $"Real machines: {string.Join(", ", FleetKinds.Names)}.", HelpName = "FLEET", DefaultValueFactory = _ => FleetKinds.Names[0] };
        Option<string[]> engine = FleetKinds.EngineOption();
        var folder = new Option<string?>("--out") { Description = "Folder for the calibration and the comparison (default results/NAME-fidelity).", HelpName = "DIR" };
        var tolerance = new Option<double>("--tolerance") { Description = "Most error of rollouts and recoveries in percent; beyond it the exit code is 3.", HelpName = "PERCENT", DefaultValueFactory = _ => 15, CustomParser = OptionValues.Number<double>("--tolerance", "expected a number of percents") };
        foreach (Option option in (Option[])[fleet, engine, folder, tolerance]) command.Options.Add(option);
        Option<TableFormat> format = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            string kind = parsed.GetValue(fleet)!;
            if (kind == FleetKinds.Simulated || FleetKinds.Opener(kind, FleetKinds.Engines(parsed.GetValue(engine))) is not { } open)
                throw new InputException(new InputProblem("--fleet", 0, 0, "", kind, $"expected real machines: {string.Join(", ", FleetKinds.Names)}"));
            return Compare(experiment.Request(parsed), kind, open, parsed.GetValue(folder), parsed.GetValue(tolerance), parsed.GetValue(format), terminal, cancellation);
        });
        return command;
    }

    private static int Compare(
        RunRequest request, string kind, Func<Core.Time.WallClock, Core.Time.Mailbox, TimeSpan, Core.Nodes.INodeFleet> open, string? folder, double tolerance, TableFormat format, Terminal terminal, CancellationToken cancellation)
    {
        var samples = new RuntimeSamples();
        RealFleet? last = null;
        var session = ExperimentSession.Open(request with
        {
            FleetKind = kind,
            OpenFleet = (clock, mailbox, until) => last = (RealFleet)open(clock, mailbox, until),
        });
        folder ??= Path.Combine("results", $"{session.Plan.Experiment.Name}-fidelity");
        var placed = new PlacementLog();
        CellRunner runner = session.Runner(session.Plan.Cells, placed.Watch);
        var real = new List<CellResult>();
        foreach (PlannedCell cell in session.Plan.Cells)
        {
            real.Add(runner.Run(cell, null, cancellation));
            if (last?.Measured is { } measured) samples.Add(measured);
            terminal.Note($"{real.Count} of {session.Plan.Cells.Count} real cells: {Name(cell.Key)}{(real[^1].Status == CellStatus.Ok ? "" : $": {real[^1].Failure}")}");
        }

        Directory.CreateDirectory(folder);
        string calibration = Path.Combine(folder, Calibration);
        File.WriteAllText(calibration, CalibrationFile.Write($"the {kind} fleet", samples.Start, samples.Stop, samples.Kill));
        var simulation = ExperimentSession.Open(request with { Calibration = calibration });
        var predicted = new PlacementLog();
        CellRunner simulator = simulation.Runner(simulation.Plan.Cells, predicted.Watch);
        CellResult[] simulated = PairedMetrics.Add(simulation.Plan.Cells, [.. simulation.Plan.Cells.Select(cell => simulator.Run(cell, null, cancellation))]).ToArray();
        CellResult[] measuredCells = PairedMetrics.Add(session.Plan.Cells, real).ToArray();
        IReadOnlyList<FidelityRow> rows = FidelityTable.Rows(measuredCells, simulated, Metrics);
        Write(Path.Combine(folder, Rows), rows);
        TableOutput.WriteAll(terminal, [Table(session, rows), RankingTable(FidelityTable.Rankings(rows))], format);
        int differing = placed.Differences(predicted);
        terminal.Note($"initial placements: {(differing == 0 ? $"the same in all {placed.Count} cells" : $"{differing} of {placed.Count} cells differ")}");
        terminal.Note($"calibration: {calibration} ({samples.Start.Count} starts, {samples.Stop.Count} stops, {samples.Kill.Count} kills)");
        terminal.Note($"comparison:  {Path.Combine(folder, Rows)}");
        if (real.Any(cell => cell.Status == CellStatus.Failed) || simulated.Any(cell => cell.Status == CellStatus.Failed)) return ExitCode.RunFailed;
        FidelityRow[] off = [.. rows.Where(row => JudgedMetrics.Contains(row.Metric) && !(Math.Abs(row.ErrorPercent ?? double.PositiveInfinity) <= tolerance))];
        foreach (FidelityRow row in off) terminal.Note(string.Create(CultureInfo.InvariantCulture, $"beyond {tolerance} %: {Name(row.Key)} {row.Metric}: {row.ErrorPercent:+0.0;-0.0} %"));
        return off.Length == 0 && differing == 0 ? ExitCode.Ok : ExitCode.ExpectationFailed;
    }

    private static Table Table(ExperimentSession session, IReadOnlyList<FidelityRow> rows)
    {
        var table = new SimpleTable($"{session.Plan.Experiment.Name}: how far the simulation is off (medians over the seeds, 95 % intervals)", "workload", "faults", "strategy", "metric", "#seeds", "#real", "real interval", "#simulated", "simulated interval", "#error %", "error interval");
        foreach (FidelityRow row in rows)
            table.Add(row.Key.Workload, row.Key.Faults, row.Key.Strategy, row.Metric, $"{row.Count}", Text(row.Real), Text(row.RealInterval), Text(row.Simulated), Text(row.SimulatedInterval), row.ErrorPercent is { } error ? error.ToString("0.0", CultureInfo.InvariantCulture) : "", Text(row.ErrorInterval));
        return table.Build();
    }

    private static Table RankingTable(IReadOnlyList<FidelityRanking> rankings)
    {
        var table = new SimpleTable("Ranking of the strategies, the best first", "workload", "faults", "metric", "real", "simulated", "alike");
        foreach (FidelityRanking ranking in rankings) table.Add(ranking.Key.Workload, ranking.Key.Faults, ranking.Metric, ranking.Real, ranking.Simulated, ranking.Agrees ? "yes" : "NO");
        return table.Build();
    }

    private static void Write(string path, IReadOnlyList<FidelityRow> rows) => AtomicFile.WriteText(path, text =>
    {
        text.Write("fleet,workload,faults,strategy,metric,seeds,real_p50,real_ci95_low,real_ci95_high,simulated_p50,simulated_ci95_low,simulated_ci95_high,error_percent,error_low,error_high\n");
        foreach (FidelityRow row in rows)
        {
            text.Write(string.Join(',', row.Key.Fleet, row.Key.Workload, row.Key.Faults, row.Key.Strategy, row.Metric, row.Count.ToString(CultureInfo.InvariantCulture), Text(row.Real), Ends(row.RealInterval), Text(row.Simulated), Ends(row.SimulatedInterval), row.ErrorPercent is { } error ? Text(error) : "", Ends(row.ErrorInterval)));
            text.Write('\n');
        }
    });

    private static string Name(CellKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Workload}/{key.Faults}/{key.Strategy}{(key.Seed > 0 ? $"/seed {key.Seed}" : "")}");

    private static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Text(Interval? interval) => interval is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Low:0.###} to {known.High:0.###}") : "";

    private static string Ends(Interval? interval) => interval is { } known ? $"{Text(known.Low)},{Text(known.High)}" : ",";

    /// <summary>Where pods were bound before the end of the warm-up, cell by cell.</summary>
    private sealed class PlacementLog
    {
        private readonly Dictionary<CellKey, FirstPlacements> _cells = [];

        public int Count => _cells.Count;

        public void Watch(PlannedCell cell, OrchestratedRun run)
        {
            var first = new FirstPlacements(run, ((ClusterReplay)cell.Workload.Replay).Warmup);
            _cells[cell.Key] = first;
            run.Store.Subscribe(first);
        }

        public int Differences(PlacementLog other) => _cells.Count(cell => !other._cells.TryGetValue(cell.Key, out FirstPlacements? known) || !known.Nodes.SequenceEqual(cell.Value.Nodes));
    }

    private sealed class FirstPlacements(OrchestratedRun run, TimeSpan until) : IStoreListener
    {
        public SortedDictionary<string, int> Nodes { get; } = new(StringComparer.Ordinal);

        public void OnChange(in StoreChange change)
        {
            if (change.After is Pod { Node.IsNode: true } pod && run.Loop.Now < until) Nodes.TryAdd(pod.Key.ToString(), pod.Node.Value);
        }
    }
}
