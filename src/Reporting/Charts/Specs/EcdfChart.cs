namespace SchedBench.Reporting.Charts;

/// <summary>Empirical distribution functions: for each value, the share of samples that are no larger.</summary>
/// <param name="X">The values' axis.</param>
/// <param name="Series">One curve each; a series without samples appears in the legend only.</param>
public sealed record EcdfChart(AxisSpec X, IReadOnlyList<EcdfSeries> Series) : ChartSpec
{
    private const int MostSamples = 20_000_000;

    /// <summary>Title of the vertical axis, which runs from 0 to 1.</summary>
    public string YTitle { get; init; } = "Cumulative fraction";

    /// <inheritdoc/>
    public override void Validate()
    {
        SpecCheck.Axis(X);
        SpecCheck.DistinctNames(Series.Select(s => s.Name), "series");
        SpecCheck.Count(Series.Sum(s => s.Samples.Count), MostSamples, "samples");
        foreach (EcdfSeries series in Series)
        {
            for (int i = 0; i < series.Samples.Count; i++) SpecCheck.Value(series.Samples[i], X.Scale, series.Name, SpecCheck.Invariant($"sample {i + 1}"));
        }
    }
}

/// <summary>The samples behind one curve.</summary>
/// <param name="Name">As it stands in the legend.</param>
/// <param name="Samples">In any order.</param>
public sealed record EcdfSeries(string Name, IReadOnlyList<double> Samples);
