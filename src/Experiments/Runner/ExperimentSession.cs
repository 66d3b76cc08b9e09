using System.Reflection;
using System.Runtime.InteropServices;
using SchedBench.Core.Input;
using SchedBench.Experiments.Expectations;
using SchedBench.Experiments.External;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Plugins;
using SchedBench.Results.Files;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Runner;

/// <summary>What a run left behind.</summary>
/// <param name="Folder">The results folder.</param>
/// <param name="Cells">All cells in plan order.</param>
/// <param name="Verdicts">Expectations, judged.</param>
/// <param name="Published">Published values with ours beside them; empty without.</param>
/// <param name="Notes">What every output has to say.</param>
public sealed record RunOutcome(
    string Folder, IReadOnlyList<CellResult> Cells, IReadOnlyList<Verdict> Verdicts, IReadOnlyList<PublishedRow> Published, IReadOnlyList<string> Notes);

/// <summary>One experiment from file to results folder: read, plan, run what is left, write the final files.</summary>
public sealed class ExperimentSession
{
    private static readonly Assembly Program = typeof(ExperimentSession).Assembly;
    private readonly RunRequest _request;
    private readonly TimeProvider _time;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _fleetNotes = new();

    private ExperimentSession(RunRequest request, StrategyCatalog strategies, ExperimentPlan plan, TimeProvider time)
    {
        _request = request;
        _time = time;
        Strategies = strategies;
        Plan = plan;
        Folder = request.OutFolder ?? Path.Combine("results", request.OpenFleet is null ? plan.Experiment.Name : $"{plan.Experiment.Name}-{request.FleetKind}");
    }

    /// <summary>Name and version of the program, without the commit.</summary>
    public static string Product => $"SchedBench {Program.GetName().Version!.ToString(3)}";

    /// <summary>Version with the commit the program was built from, where the build knew it.</summary>
    public static string Build => Program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The machine, for the manifest's volatile section and for benchmark tables.</summary>
    public static string Machine =>
        $"{Environment.ProcessorCount} × {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>Built-in strategies and those of plug-ins.</summary>
    public StrategyCatalog Strategies { get; }

    /// <summary>The plan.</summary>
    public ExperimentPlan Plan { get; }

    /// <summary>The results folder.</summary>
    public string Folder { get; }

    /// <summary>Reads the experiment and makes the plan.</summary>
    /// <exception cref="InputException">Anything that is wrong with the file, the options or the plug-ins.</exception>
    public static ExperimentSession Open(RunRequest request, TimeProvider? time = null)
    {
        var strategies = StrategyCatalog.BuiltIn(request.FromScratch, extender => new HttpExtender(extender, time ?? TimeProvider.System));
        ExternalStrategies.AddTo(strategies, time ?? TimeProvider.System);
        foreach (string plugin in request.Plugins) StrategyPlugin.AddTo(plugin, strategies);
        Experiment experiment = ExperimentFile.Read(request.ExperimentPath, request.DataFolder, Vocabulary(strategies));
        if (experiment.Published is { } table) PublishedComparison.Check(table);
        var plan = ExperimentPlan.Create(experiment, new PlanOverrides { Seeds = request.Seeds, Only = request.Only }, Product + PluginHashes(request.Plugins) + ExternalStrategies.Hashes(experiment) + (request.OpenFleet is null ? "" : $" + fleet {request.FleetKind}") + (request.Calibration is { } file ? $" + calibration {InputFile.Sha256Hex(file, file)}" : ""));
        if (request.OpenFleet is not null) CheckFleet(request, plan);
        return new ExperimentSession(request, strategies, plan, time ?? TimeProvider.System);
    }

    /// <summary>Real fleets run Kubernetes objects, inside of this process.</summary>
    private static void CheckFleet(RunRequest request, ExperimentPlan plan)
    {
        if (plan.Cells.FirstOrDefault(cell => cell.Workload.Replay is not ClusterReplay) is { } trace) throw Refused($"expected workloads of Kubernetes objects (cluster): '{trace.Workload.Name}' replays a trace");
        if (request.Plugins.Count > 0) throw Refused("expected no plug-ins: they run in processes of their own, to which no fleet is attached");

        InputException Refused(string expected) => new(new InputProblem("--fleet", 0, 0, "", request.FleetKind, expected));
    }

    /// <summary>What plug-ins add to the version: results are a function of their bytes too.</summary>
    private static string PluginHashes(IReadOnlyList<string> plugins) =>
        string.Concat(plugins.Select(plugin => $" + {Path.GetFileName(plugin)} {InputFile.Sha256Hex(plugin, plugin)}"));

    /// <summary>The names that experiment files may use.</summary>
    public static ExperimentVocabulary Vocabulary(StrategyCatalog strategies) => new()
    {
        Strategies = new CatalogStrategies(strategies),
        Figures = FigureCatalog.Names,
    };

    /// <summary>Runs what the journal does not hold and writes the final files, but the tables, figures and the report.</summary>
    /// <param name="childCommand">Program and arguments that run one cell of this request (index, record file) in a child process.</param>
    /// <param name="progress">Told about each cell.</param>
    /// <param name="cancellation">Stops cleanly; finished cells stay.</param>
    /// <exception cref="InputException">An input cannot be used, or the folder holds something else.</exception>
    /// <exception cref="ResultsUnwritableException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public RunOutcome Run(Func<int, string, IReadOnlyList<string>> childCommand, IRunProgress progress, CancellationToken cancellation)
    {
        DateTimeOffset startedAt = _time.GetUtcNow();
        ResumePolicy policy = Policy();
        var inputs = LoadedInputs.Load(Plan.Cells);
        using var journal = ResultsJournal.Open(Folder, Plan.Fingerprint, Plan.Cells.Count, policy);
        // Real machines are not shared by cells: they would measure each other.
        ExperimentRunner.Run(Plan, Cells(inputs, childCommand), journal, _request.OpenFleet is null ? _request.Jobs : 1, progress, cancellation);

        IReadOnlyList<CellResult> cells = PairedMetrics.Add(Plan.Cells, journal.InPlanOrder());
        IReadOnlyList<Verdict> verdicts = ExpectationJudge.Judge(Plan.Experiment, cells);
        IReadOnlyList<string> notes = [.. Manifest.Notes(Plan, inputs, Strategies, cells), .. _fleetNotes.Distinct(StringComparer.Ordinal)];
        IReadOnlyList<PublishedRow> published = Plan.Experiment.Published is { } table ? PublishedComparison.Of(table, cells) : [];
        ResultFiles.WriteAll(Folder, cells, Plan.Experiment.Baseline);
        string publishedPath = Path.Combine(Folder, ResultFileNames.Published);
        if (published.Count > 0) AtomicFile.WriteText(publishedPath, text => PublishedCsv.Write(text, published));
        else AtomicFile.Delete(publishedPath); // an earlier run's would pass for this one's
        var facts = new VolatileFacts(
            Environment.CommandLine, Build, Machine, Path.GetFullPath(_request.ExperimentPath), _request.DataFolder is { } data ? Path.GetFullPath(data) : "",
            startedAt, _time.GetUtcNow(), _request.Jobs);
        Manifest.Write(Folder, Plan, inputs, Strategies, cells, notes, verdicts, Product, facts);
        journal.MarkFilesWritten();
        return new RunOutcome(Folder, cells, verdicts, published, notes);
    }

    /// <summary>Runs single cells as <see cref="Run"/> does, those of plug-ins in child processes: for verification.</summary>
    /// <param name="cells">The cells that will be run; their inputs are read now.</param>
    /// <param name="childCommand">As for <see cref="Run"/>.</param>
    public Func<PlannedCell, CancellationToken, CellResult> Cells(IEnumerable<PlannedCell> cells, Func<int, string, IReadOnlyList<string>> childCommand) =>
        Cells(LoadedInputs.Load(cells), childCommand);

    /// <summary>A runner for single cells of the plan inside this process: for explanations, and for the child processes themselves.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="onBuilt">Told of each run of Kubernetes objects before it begins; null for nobody.</param>
    public CellRunner Runner(IEnumerable<PlannedCell> cells, Action<PlannedCell, Core.Runs.OrchestratedRun>? onBuilt = null) => new(LoadedInputs.Load(cells), Strategies, onBuilt is null ? CellOptions() : CellOptions() with { OnBuilt = onBuilt });

    private Func<PlannedCell, CancellationToken, CellResult> Cells(LoadedInputs inputs, Func<int, string, IReadOnlyList<string>> childCommand)
    {
        var runner = new CellRunner(inputs, Strategies, CellOptions());
        var children = new ChildCells(childCommand, _request.Limits, _time);
        return (cell, token) => Strategies.Find(cell.Strategy.Name)!.Plugin.Length > 0 ? children.Run(cell, token) : runner.Run(cell, null, token);
    }

    private CellRunOptions CellOptions() => new()
    {
        WallClockPace = _request.WallClockPace,
        OpenFleet = _request.OpenFleet,
        Delays = _request.Calibration is { } file ? CalibrationFile.Read(file) : null,
        OnNote = (key, note) => _fleetNotes.Enqueue($"{key.Workload}/{key.Faults}/{key.Strategy}/seed {key.Seed}: {note}"),
        InvariantSampling = _request.InvariantSampling,
        TimelineNodes = Plan.Experiment.TimelineNodes,
        Time = _time,
    };

    /// <summary>Goes on with an unfinished run of the same plan by itself, replaces finished results, and refuses what would lose something.</summary>
    private ResumePolicy Policy()
    {
        if (_request.Fresh) return ResumePolicy.StartOver;
        JournalState? earlier = ResultsJournal.Peek(Folder);
        if (earlier is null)
        {
            if (ResultsJournal.IsBarelyBegun(Folder)) return ResumePolicy.Continue;
            if (_request.Resume) throw Problem("expected an earlier run to resume; this folder has none");
            bool foreign = Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Any()
                && !File.Exists(Path.Combine(Folder, ResultFileNames.Manifest));
            return foreign ? throw Problem("expected an empty folder or a results folder; this one holds other files") : ResumePolicy.Continue;
        }

        bool same = earlier.PlanHash == Plan.Fingerprint.Hash;
        if (_request.Resume || (same && !earlier.AreFilesWritten)) return ResumePolicy.Continue;
        if (earlier.AreFilesWritten) return ResumePolicy.StartOver;
        throw Problem(
            $"this folder holds an unfinished run of another plan ({earlier.Finished} of {earlier.Total} cells): choose another folder with --out, or discard it with --fresh");
    }

    private InputException Problem(string expected) => new(new InputProblem(Folder, 0, 0, "", null, expected));
}
