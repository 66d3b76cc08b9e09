namespace SchedBench.Reporting.Charts;

/// <summary>Lines over a numeric axis, each with an optional interval band.</summary>
/// <param name="X">The horizontal axis; spans the data exactly unless its ends are fixed.</param>
/// <param name="Y">The vertical axis; ends on round numbers.</param>
/// <param name="Series">One line each; may be empty.</param>
public sealed record LineChart(AxisSpec X, AxisSpec Y, IReadOnlyList<LineSeries> Series) : ChartSpec
{
    private const int MostPoints = 500_000;

    /// <summary>Whether a value holds until the next point (counts and states over time) instead of changing linearly towards it.</summary>
    public bool Stepped { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        SpecCheck.Axis(X);
        SpecCheck.Axis(Y);
        SpecCheck.DistinctNames(Series.Select(s => s.Name), "series");
        SpecCheck.Count(Series.Sum(s => s.Points.Count), MostPoints, "points");
        foreach (LineSeries series in Series)
        {
            for (int i = 0; i < series.Points.Count; i++)
            {
                LinePoint point = series.Points[i];
                SpecCheck.Value(point.X, X.Scale, series.Name, SpecCheck.Invariant($"x of point {i + 1}"));
                SpecCheck.Value(point.Y, Y.Scale, series.Name, SpecCheck.Invariant($"y of point {i + 1}"));
                SpecCheck.Interval(point.Low, point.High, Y.Scale, series.Name, SpecCheck.Invariant($"the interval of point {i + 1}"));
                if (i > 0 && point.X < series.Points[i - 1].X)
                    throw new ArgumentException(SpecCheck.Invariant($"series '{series.Name}': x goes back from {series.Points[i - 1].X} to {point.X} at point {i + 1}"));
            }
        }
    }
}

/// <summary>One line.</summary>
/// <param name="Name">As it stands in the legend.</param>
/// <param name="Points">In order of x.</param>
public sealed record LineSeries(string Name, IReadOnlyList<LinePoint> Points);

/// <summary>One point of a line, with an optional interval around it (both ends or none).</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value, for example the mean over seeds.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct LinePoint(double X, double Y, double? Low = null, double? High = null);
