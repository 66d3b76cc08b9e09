using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Experiments.Files;
using SchedBench.Results.Journal;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Plan;

/// <summary>What the command line changes about an experiment.</summary>
public sealed record PlanOverrides
{
    /// <summary>Seeds instead of the file's, or <see langword="null"/>.</summary>
    public IReadOnlyList<ulong>? Seeds { get; init; }

    /// <summary>Which cells are run.</summary>
    public CellFilter Only { get; init; } = CellFilter.All;
}

/// <summary>One cell to run.</summary>
/// <param name="Index">Zero-based place in the plan, which is the order of all result files.</param>
/// <param name="Key">What identifies it in results.</param>
/// <param name="Fleet">Its fleet.</param>
/// <param name="Workload">Its workload.</param>
/// <param name="Strategy">Its strategy.</param>
/// <param name="RecordsTimeline">Whether the placement timeline is recorded: cells of the plan's first seed, when the experiment asks for it.</param>
/// <param name="Pair">Index of the cell that it is measured against: the same without its update; null for none.</param>
public sealed record PlannedCell(int Index, CellKey Key, FleetSpec Fleet, WorkloadSpec Workload, StrategySpec Strategy, bool RecordsTimeline, int? Pair = null)
{
    /// <summary>What its machines suffer.</summary>
    public FaultSet Faults { get; init; } = new(Experiment.NoFaults, []);

    /// <summary>Place of the same cell without faults; null for one without faults, and where that one is not run.</summary>
    public int? Calm { get; init; }
}

/// <summary>A file that the experiment reads, with the hash of its bytes.</summary>
/// <param name="Path">The path as the experiment states it.</param>
/// <param name="Sha256Hex">64 lower-case hex digits over the file's raw bytes.</param>
public sealed record PlannedInput(string Path, string Sha256Hex);

/// <summary>All cells of an experiment in order, and the fingerprint of everything they are a function of.</summary>
/// <remarks>Factor levels multiply: fleets × workloads × faults × strategies × seeds, the seeds innermost.</remarks>
public sealed class ExperimentPlan
{
    /// <summary>More cells than anybody can run; a typing mistake in the seeds is more likely.</summary>
    public const int MostCells = 1_000_000;

    private const int LongestPart = 400;

    private ExperimentPlan(Experiment experiment, IReadOnlyList<PlannedCell> cells, IReadOnlyList<PlannedInput> inputs) =>
        (Experiment, Cells, Inputs) = (experiment, cells, inputs);

    /// <summary>The experiment, with the seeds that are run.</summary>
    public Experiment Experiment { get; }

    /// <summary>The cells in order, at least one.</summary>
    public IReadOnlyList<PlannedCell> Cells { get; }

    /// <summary>The files the experiment reads, in order of first mention.</summary>
    public IReadOnlyList<PlannedInput> Inputs { get; }

    /// <summary>The resolved experiment as UTF-8 JSON, for the manifest: product and version, every setting with its default filled in, the seeds, the filter
    /// and the hashes of all inputs; fixed order of keys, no blanks, paths as the file states them. Equal plans have equal bytes on every machine.</summary>
    public required ReadOnlyMemory<byte> CanonicalJson { get; init; }

    /// <summary>What the cells and their order are a function of: product and version, experiment, epoch, seeds, filter, timeline, fleets, workloads,
    /// strategies, and the hashes of the files they read. The journal of a run belongs to the plan of its fingerprint and to no other. Baseline, report,
    /// published values and expectations are not in it, so finished cells survive a change of theirs.</summary>
    public required PlanFingerprint Fingerprint { get; init; }

    /// <summary>Makes the plan and hashes the inputs.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="overrides">What the command line changes.</param>
    /// <param name="product">Product and version that will run it, such as <c>SchedBench 0.1.0</c>: another version may give other results.</param>
    /// <exception cref="InputException">The filter names unknown levels or leaves no cell, there are too many cells, or an input cannot be read.</exception>
    public static ExperimentPlan Create(Experiment experiment, PlanOverrides overrides, string product)
    {
        CellFilter only = overrides.Only;
        IReadOnlyList<FleetSpec> fleets = only.Pass("fleet", experiment.Fleets, fleet => [fleet.Name]);
        IReadOnlyList<WorkloadSpec> asked = only.Pass("workload", experiment.Workloads, workload => [workload.Name]);
        (IReadOnlyList<WorkloadSpec> workloads, IReadOnlyList<int> pairOf) = PairedWorkloads.Add(asked, experiment.Workloads);
        IReadOnlyList<FaultSet> faults = only.Pass("faults", experiment.Faults, set => [set.Name]);
        IReadOnlyList<StrategySpec> strategies = only.Pass("strategy", experiment.Strategies, strategy => [strategy.Label, strategy.Name]);
        IReadOnlyList<ulong> allSeeds = overrides.Seeds ?? experiment.Seeds;
        IReadOnlyList<ulong> seeds = only.Pass("seed", allSeeds, seed => [seed.ToString(CultureInfo.InvariantCulture)]);
        long count = (long)fleets.Count * workloads.Count * faults.Count * strategies.Count;
        if (count > MostCells / seeds.Count)
        {
            string expected = $"expected at most {MostCells} cells, found {(Int128)count * seeds.Count}";
            throw new InputException(new InputProblem(experiment.Name, 0, 0, "", null, expected));
        }

        var cells = new List<PlannedCell>();
        int none = faults.ToList().FindIndex(set => set.Name == Experiment.NoFaults), cellsOfFaults = strategies.Count * seeds.Count;
        // Cells of one workload: what lies between a cell and the one of its pair is a multiple of it.
        int cellsOfWorkload = faults.Count * strategies.Count * seeds.Count;
        foreach (FleetSpec fleet in fleets)
            for (int w = 0; w < workloads.Count; w++)
                for (int f = 0; f < faults.Count; f++)
                    foreach (StrategySpec strategy in strategies)
                        foreach (ulong seed in seeds)
                        {
                            WorkloadSpec workload = workloads[w];
                            var key = new CellKey(experiment.Name, fleet.Name, workload.Name, faults[f].Name, strategy.Label, seed);
                            int? pair = pairOf[w] < 0 ? null : cells.Count + ((pairOf[w] - w) * cellsOfWorkload);
                            cells.Add(new PlannedCell(cells.Count, key, fleet, workload, strategy, experiment.TimelineNodes > 0 && seed == seeds[0], pair)
                            {
                                Faults = faults[f],
                                Calm = none < 0 || none == f ? null : cells.Count + ((none - f) * cellsOfFaults),
                            });
                        }

        Experiment planned = experiment with { Seeds = allSeeds, Workloads = [.. experiment.Workloads.Union(workloads)] };
        // Published values change no cell: they are in the manifest, but not in the fingerprint.
        PlannedInput[] cellInputs = Hash(experiment.CellInputs);
        PlannedInput[] inputs = experiment.Published?.Path is { } published ? [.. cellInputs.UnionBy(Hash([published]), input => input.Path)] : cellInputs;
        return new ExperimentPlan(planned, cells, inputs)
        {
            CanonicalJson = ExperimentJson.Write(planned, only, inputs, product),
            Fingerprint = new PlanFingerprint(Parts(planned, only, cellInputs, product)),
        };
    }

    private static IEnumerable<PlanPart> Parts(Experiment experiment, CellFilter only, IReadOnlyList<PlannedInput> inputs, string product) =>
    [
        new("program version", product),
        new("experiment", experiment.Name),
        new("epoch", Rfc3339.Format(experiment.Epoch)),
        new("seeds", SeedList.Format(experiment.Seeds)),
        new("only", only.Text),
        new("timeline nodes", experiment.TimelineNodes.ToString(CultureInfo.InvariantCulture)),
        .. experiment.Fleets.Select(fleet => new PlanPart($"fleet {fleet.Name}", Brief(ExperimentJson.Text(fleet)))),
        .. experiment.Workloads.Select(workload => new PlanPart($"workload {workload.Name}", Brief(ExperimentJson.Text(workload)))),
        .. experiment.Faults.Where(set => set.Sources.Count > 0).Select(set => new PlanPart($"faults {set.Name}", Brief(ExperimentJson.Text(set)))),
        .. experiment.Strategies.Select(strategy => new PlanPart($"strategy {strategy.Label}", Brief(ExperimentJson.Text(strategy)))),
        .. inputs.Select(input => new PlanPart($"input {input.Path}", input.Sha256Hex)),
    ];

    /// <summary>A text that a person can compare with another, or the hash of a long one.</summary>
    private static string Brief(string text) => text.Length <= LongestPart ? text : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static PlannedInput[] Hash(IEnumerable<InputPath> inputs) =>
    [
        .. inputs.SelectMany(input => input.Files)
            .DistinctBy(file => file.Written, StringComparer.Ordinal)
            .Select(file => new PlannedInput(file.Written, InputFile.Sha256Hex(file.FullPath, file.Written))),
    ];
}
