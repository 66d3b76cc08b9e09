namespace SchedBench.Reporting.Charts;

/// <summary>Bars in groups, each bar with an optional interval; or one bar a group, made of the series' parts.</summary>
/// <param name="Value">The values' axis; always linear, because a bar's length is its message, and always includes zero.</param>
/// <param name="Categories">The groups, from left to right.</param>
/// <param name="Series">One bar, or part of the bar, in each group each.</param>
public sealed record BarChart(AxisSpec Value, IReadOnlyList<string> Categories, IReadOnlyList<BarSeries> Series) : ChartSpec
{
    private const int MostBars = 5_000;

    /// <summary>Title of the groups' axis; empty for none.</summary>
    public string CategoryTitle { get; init; } = "";

    /// <summary>Whether the bars of a group stand upon each other, the first series lowest: parts of a whole, none negative and without intervals.</summary>
    public bool Stacked { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        SpecCheck.Axis(Value);
        if (Value.Scale != AxisScale.Linear) throw new ArgumentException($"axis {Value.Title}: bars start at zero and need a linear axis");
        if (Value.Min > 0 || Value.Max < 0) throw new ArgumentException($"axis {Value.Title}: bars start at zero, which the fixed ends leave out");
        SpecCheck.DistinctNames(Categories, "category");
        SpecCheck.DistinctNames(Series.Select(s => s.Name), "series");
        SpecCheck.Count(Categories.Count * Math.Max(1, Series.Count), MostBars, "bars");
        foreach (BarSeries series in Series)
        {
            if (series.Bars.Count != Categories.Count)
                throw new ArgumentException(SpecCheck.Invariant($"series '{series.Name}': {series.Bars.Count} bars for {Categories.Count} categories"));
            for (int i = 0; i < series.Bars.Count; i++)
            {
                if (series.Bars[i] is not { } bar) continue;
                SpecCheck.Value(bar.Value, AxisScale.Linear, series.Name, $"the bar of '{Categories[i]}'");
                SpecCheck.Interval(bar.Low, bar.High, AxisScale.Linear, series.Name, $"the interval of '{Categories[i]}'");
                if (!Stacked) continue;
                if (bar.Value < 0) throw new ArgumentException(SpecCheck.Invariant($"series '{series.Name}': the part of '{Categories[i]}' is {bar.Value}, and parts of a whole are not negative"));
                if (bar.Low is not null) throw new ArgumentException($"series '{series.Name}': the part of '{Categories[i]}' has an interval, which would hide the part above it");
            }
        }
    }

    /// <summary>Where a bar begins: at zero, or on top of those below it.</summary>
    internal double FootOf(int series, int category)
    {
        double foot = 0;
        for (int below = 0; Stacked && below < series; below++) foot += Series[below].Bars[category]?.Value ?? 0;
        return foot;
    }
}

/// <summary>The bars of one series.</summary>
/// <param name="Name">As it stands in the legend.</param>
/// <param name="Bars">One for each category, in their order; <see langword="null"/> where there is no value.</param>
public sealed record BarSeries(string Name, IReadOnlyList<Bar?> Bars);

/// <summary>One bar with an optional interval (both ends or none).</summary>
/// <param name="Value">Length of the bar.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct Bar(double Value, double? Low = null, double? High = null);
