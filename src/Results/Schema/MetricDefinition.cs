namespace SchedBench.Results.Schema;

/// <summary>Which way a metric is better.</summary>
public enum MetricDirection
{
    /// <summary>Describes the run; neither more nor less is better.</summary>
    Neither,

    /// <summary>More is better.</summary>
    Higher,

    /// <summary>Less is better.</summary>
    Lower,
}

/// <summary>Where a metric may appear.</summary>
public enum MetricPlace
{
    /// <summary>In <c>cells.csv</c> as a scalar and in <c>series.csv</c> as the y axis: a pure function of the cell's inputs.</summary>
    Result,

    /// <summary>In <c>series.csv</c> as the x axis only.</summary>
    Axis,

    /// <summary>In <c>timing.csv</c> only: measured by a wall clock, or a property of the machine.</summary>
    Timing,
}

/// <summary>One metric of the catalog: the only names that enter a result file.</summary>
/// <param name="Name">snake_case, the unit last.</param>
/// <param name="Unit">Unit as a table head shows it: <c>%</c>, <c>s</c>, <c>B</c>, <c>1/s</c>; empty for counts and ratios.</param>
/// <param name="Definition">Formula or meaning in a line.</param>
/// <param name="Better">Which way it is better.</param>
/// <param name="Population">What it is taken over: which pods or nodes, which instants.</param>
/// <param name="Reference">Id of the definition among the project's formulas (<c>alloc.util</c>, <c>bsld</c>), or <c>–</c> for a definition of our own.</param>
/// <param name="Place">The files it may appear in.</param>
public sealed record MetricDefinition(
    string Name, string Unit, string Definition, MetricDirection Better, string Population, string Reference, MetricPlace Place = MetricPlace.Result);
