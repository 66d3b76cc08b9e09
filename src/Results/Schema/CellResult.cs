namespace SchedBench.Results.Schema;

/// <summary>What identifies one cell: the levels of the experiment's factors and the seed.</summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Fleet">Name of the fleet.</param>
/// <param name="Workload">Name of the workload.</param>
/// <param name="Faults">Name of the fault set; <c>none</c> without one.</param>
/// <param name="Strategy">The strategy's label: its plain name unless options make two levels of one name.</param>
/// <param name="Seed">Seed of the run: the unit of replication.</param>
public sealed record CellKey(string Experiment, string Fleet, string Workload, string Faults, string Strategy, ulong Seed);

/// <summary>How a cell ended.</summary>
public enum CellStatus
{
    /// <summary>The run reached its end and no invariant broke.</summary>
    Ok,

    /// <summary>The strategy or the program failed, a limit was passed, or an invariant broke; <see cref="CellResult.Failure"/> says which.</summary>
    Failed,

    /// <summary>The run says nothing: no pod arrived, or no fault hit anything. Reported, never counted as a success.</summary>
    Void,
}

/// <summary>One scalar metric. Names are those of the metric catalog: snake_case, the unit last.</summary>
/// <param name="Metric">Name.</param>
/// <param name="Value">Value in the unit its name ends in; <see langword="null"/> for an empty sample. Never NaN or infinite.</param>
public readonly record struct MetricValue(string Metric, double? Value);

/// <summary>One point of a series.</summary>
/// <param name="Metric">Metric on the y axis.</param>
/// <param name="XName">Metric on the x axis.</param>
/// <param name="X">Where.</param>
/// <param name="Value">How much; finite.</param>
public readonly record struct SeriesPoint(string Metric, string XName, double X, double Value);

/// <summary>One pod's stay on a node, for the placement timeline.</summary>
/// <param name="Node">Node name.</param>
/// <param name="Pod">Pod name.</param>
/// <param name="StartSeconds">Start of the stay in virtual seconds.</param>
/// <param name="EndSeconds">End of the stay, or of the run.</param>
/// <param name="Share">Largest share of the node that the pod takes in any one resource, 0..1.</param>
public readonly record struct TimelineBar(string Node, string Pod, double StartSeconds, double EndSeconds, double Share);

/// <summary>A metric of one service of a cell of Kubernetes objects.</summary>
/// <param name="Service">Namespace and name, <c>shop/web</c>.</param>
/// <param name="Metric">Name, as in the metric catalog.</param>
/// <param name="Value">Value; <see langword="null"/> for an empty sample. Never NaN or infinite.</param>
public readonly record struct ServiceValue(string Service, string Metric, double? Value);

/// <summary>Everything one cell leaves behind. All but <see cref="Timing"/> is a pure function of the cell's inputs.</summary>
public sealed record CellResult
{
    /// <summary>Which cell.</summary>
    public required CellKey Key { get; init; }

    /// <summary>How it ended.</summary>
    public CellStatus Status { get; init; }

    /// <summary>Why it failed or is void, one line; for an ok cell the first error of the strategy, empty when there was none.</summary>
    public string Failure { get; init; } = "";

    /// <summary>Hash over the stream of facts: equal runs have equal fingerprints.</summary>
    public ulong Fingerprint { get; init; }

    /// <summary>Whether the strategy was given the workload's mix of requests beforehand; results have to say so. Also false for a cell that failed before its end.</summary>
    public bool KnewWorkload { get; init; }

    /// <summary>Scalar metrics in catalog order.</summary>
    public IReadOnlyList<MetricValue> Metrics { get; init; } = [];

    /// <summary>Series, grouped by metric, x ascending.</summary>
    public IReadOnlyList<SeriesPoint> Series { get; init; } = [];

    /// <summary>Metrics of services, by service and in catalog order; empty for cells of traces.</summary>
    public IReadOnlyList<ServiceValue> Services { get; init; } = [];

    /// <summary>Placement timeline of the first nodes of the fleet; recorded for the first seed only, otherwise empty.</summary>
    public IReadOnlyList<TimelineBar> Timeline { get; init; } = [];

    /// <summary>What a wall clock measured (<c>cell_wall_seconds</c>, <c>decisions_per_second</c>): goes to <c>timing.csv</c> and nowhere else.</summary>
    public IReadOnlyList<MetricValue> Timing { get; init; } = [];
}
