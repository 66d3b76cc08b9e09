using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary>An experiment as its file states it, with every default filled in. The file format is described in <c>docs/experiment-file.md</c>.</summary>
/// <remarks>Immutable. Levels of the factors keep the order of the file.</remarks>
public sealed record Experiment
{
    /// <summary>Version of the file format.</summary>
    public const string ApiVersion = "schedbench/v1";

    /// <summary>Kind of the file.</summary>
    public const string Kind = "Experiment";

    /// <summary>Fault level of experiments without faults.</summary>
    public const string NoFaults = "none";

    /// <summary>Epoch of experiments that do not state one.</summary>
    public static readonly DateTimeOffset DefaultEpoch = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Name: a Kubernetes name, and the default name of the results folder.</summary>
    public required string Name { get; init; }

    /// <summary>The instant, in UTC, that virtual time 0 stands for.</summary>
    public DateTimeOffset Epoch { get; init; } = DefaultEpoch;

    /// <summary>Seeds, distinct, in the order of the file.</summary>
    public required IReadOnlyList<ulong> Seeds { get; init; }

    /// <summary>Fleets, names distinct.</summary>
    public required IReadOnlyList<FleetSpec> Fleets { get; init; }

    /// <summary>Workloads, names distinct.</summary>
    public required IReadOnlyList<WorkloadSpec> Workloads { get; init; }

    /// <summary>Fault sets, names distinct, one of them without faults.</summary>
    public IReadOnlyList<FaultSet> Faults { get; init; } = [new FaultSet(NoFaults, [])];

    /// <summary>Strategies, labels distinct.</summary>
    public required IReadOnlyList<StrategySpec> Strategies { get; init; }

    /// <summary>Label of the strategy that the others are compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>How many nodes of the fleet the placement timeline shows (first seed only); 0 records none.</summary>
    public int TimelineNodes { get; init; }

    /// <summary>What the report puts first.</summary>
    public ReportSpec Report { get; init; } = new([], []);

    /// <summary>Published values to set beside the results, or <see langword="null"/>.</summary>
    public PublishedSpec? Published { get; init; }

    /// <summary>What has to hold of the results.</summary>
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];

    /// <summary>What the user should know about how the file was read: quantities that were rounded up, published values that were not found.</summary>
    public IReadOnlyList<InputProblem> Notes { get; init; } = [];

    /// <summary>Every file or folder that fleets, workloads and strategies read, once each, in the order of first mention.</summary>
    public IEnumerable<InputPath> CellInputs =>
        Fleets.Select(fleet => fleet.Nodes?.Path)
            .Concat(Workloads.SelectMany(workload => workload.Replay is ClusterReplay cluster ? cluster.Steps.Select(step => step.Manifests).Prepend(cluster.Manifests) : [workload.Trace?.Path]))
            .Concat(Strategies.Select(strategy => strategy.FilePath))
            .OfType<InputPath>()
            .DistinctBy(input => input.Written, StringComparer.Ordinal);
}

/// <summary>What the report puts first.</summary>
/// <param name="Metrics">Headline metrics, in order; empty leaves the choice to the report.</param>
/// <param name="Figures">Figures, in order; empty leaves the choice to the report.</param>
public sealed record ReportSpec(IReadOnlyList<string> Metrics, IReadOnlyList<string> Figures);
