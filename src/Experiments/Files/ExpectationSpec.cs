namespace SchedBench.Experiments.Files;

/// <summary>Which statistic over the seeds an expectation judges.</summary>
public enum ExpectationStatistic
{
    /// <summary>The mean. The default.</summary>
    Mean,

    /// <summary>The smallest value.</summary>
    Min,

    /// <summary>The largest value.</summary>
    Max,
}

/// <summary>A statement about the results. One that does not hold makes the command end with exit code 3.</summary>
/// <param name="Metric">Metric of the catalog.</param>
/// <param name="Statistic">Statistic over the seeds of one combination of levels.</param>
/// <param name="AtLeast">Smallest value that is allowed, or <see langword="null"/>.</param>
/// <param name="AtMost">Largest value that is allowed, or <see langword="null"/>. At least one of both is set.</param>
public sealed record Expectation(string Metric, ExpectationStatistic Statistic, decimal? AtLeast, decimal? AtMost)
{
    /// <summary>Label of the strategy it is about, or <see langword="null"/> for every strategy.</summary>
    public string? Strategy { get; init; }

    /// <summary>Name of the workload it is about, or <see langword="null"/> for every workload.</summary>
    public string? Workload { get; init; }

    /// <summary>Name of the fleet it is about, or <see langword="null"/> for every fleet.</summary>
    public string? Fleet { get; init; }

    /// <summary>Name of the fault set it is about, or <see langword="null"/> for every one.</summary>
    public string? Faults { get; init; }

    /// <summary>Service whose own figure is judged, <c>namespace/name</c> or <c>name</c>; <see langword="null"/> for the figure of the cell.</summary>
    public string? Service { get; init; }

    /// <summary>For a metric that is a series: the x of the point that is judged. <see langword="null"/> for a scalar metric.</summary>
    public decimal? At { get; init; }
}

/// <summary>A table of published values with the columns <c>workload,policy,metric,(x),runs,mean,stdev</c>, and how its words translate into ours.</summary>
/// <param name="Path">The file, or <see langword="null"/> when it was not found: the results then stand alone, and a note says so.</param>
/// <param name="Written">The path as the experiment states it.</param>
/// <param name="Source">Where the values were published, in a line.</param>
/// <param name="Fleet">Name of the fleet whose results they stand beside; undisturbed ones, where there are faults.</param>
/// <param name="XColumn">Name of the column that holds x.</param>
/// <param name="XMetric">Our name of x in <c>series.csv</c>.</param>
/// <param name="Metrics">Published metric name to ours, in order.</param>
/// <param name="Strategies">Published policy name to the label of ours, in order.</param>
public sealed record PublishedSpec(
    InputPath? Path,
    string Written,
    string Source,
    string Fleet,
    string XColumn,
    string XMetric,
    IReadOnlyList<KeyValuePair<string, string>> Metrics,
    IReadOnlyList<KeyValuePair<string, string>> Strategies);
