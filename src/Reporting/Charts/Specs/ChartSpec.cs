namespace SchedBench.Reporting.Charts;

/// <summary>What a figure shows, as pure data: no colours, no positions, no fonts.</summary>
/// <remarks>The kinds are <see cref="LineChart"/>, <see cref="EcdfChart"/>, <see cref="BoxChart"/>, <see cref="BarChart"/>, <see cref="HeatMapChart"/>,
/// <see cref="TimelineChart"/> and <see cref="CriticalDifferenceChart"/>; the hierarchy is closed, so that every renderer can be complete.
/// Series are styled by their position: keep the order of strategies the same in all figures of a report, and a strategy keeps its colour.</remarks>
public abstract record ChartSpec
{
    private protected ChartSpec()
    {
    }

    /// <summary>Printed above the figure; empty for none (papers have captions instead). Always the document's title, where the format has one.</summary>
    public string Title { get; init; } = "";

    /// <summary>One or two sentences for readers who cannot see the figure (SVG <c>desc</c>, PDF subject, Vega-Lite description).</summary>
    public string Description { get; init; } = "";

    /// <summary>Refuses what no renderer could draw honestly.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite, a list has the wrong length, a name occurs twice, …;
    /// the message names the series and the value.</exception>
    public abstract void Validate();
}

/// <summary>How values are spread along an axis.</summary>
public enum AxisScale
{
    /// <summary>Equal differences are equal lengths.</summary>
    Linear,

    /// <summary>Equal ratios are equal lengths; every value must be above zero.</summary>
    Log10,
}

/// <summary>A numeric axis.</summary>
/// <param name="Title">What is measured, with its unit: <c>GPU allocated (% of capacity)</c>.</param>
/// <param name="Scale">Linear or logarithmic.</param>
/// <param name="Min">Lower end, or <see langword="null"/> to let the data decide; data outside fixed ends are cut off at the frame.</param>
/// <param name="Max">Upper end, or <see langword="null"/> to let the data decide.</param>
public sealed record AxisSpec(string Title, AxisScale Scale = AxisScale.Linear, double? Min = null, double? Max = null);
