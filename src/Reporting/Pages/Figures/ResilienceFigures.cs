using SchedBench.Reporting.Charts;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The resilience curve: what really answers as a percentage of what is wanted, over time; a figure a combination in which services dip, a line a strategy.</summary>
internal static class ResilienceFigures
{
    /// <summary>The series shown here, and therefore not as a curve of its own.</summary>
    public const string Metric = "available_ratio";

    private const string Time = "time_seconds";
    private const double Percent = 100;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        foreach (Combination combination in data.Combinations)
        {
            SeedCurves[] curves = [.. data.Shown.Select(strategy => SeedCurves.Of(data.SoundCells(combination, strategy), Metric, Time))];
            (double[] grid, _) = SeedCurves.Grid(curves);
            var axis = CurveAxis.Of(Time, grid.LastOrDefault());
            LineSeries[] series = [.. data.Shown.Select((strategy, i) => new LineSeries(data.ShortNameOf(strategy), [.. curves[i].Means(grid, axis.Divisor).Select(InPercent)]))];
            if (series.All(line => line.Points.All(point => point.Y == Percent))) continue; // nothing was lost
            var chart = new LineChart(axis.Spec, new AxisSpec("pods that answer (% of wanted)", Max: Percent, Min: LowestY(series)), series) { Stepped = true, Title = data.LabelOf(combination) };
            string band = data.SeedCount > 1 ? ", band: 95 % interval" : "";
            string caption = $"pods of all services that would answer, as a percentage of those that are wanted, over time, {data.NameOf(combination)}: mean over {data.SeedWords}{band}.";
            yield return Figure.Of(FigureCatalog.Resilience, data.FileNameOf(combination), caption, chart, data.CurveSize);
        }
    }

    /// <summary>Intervals end where percentages of a whole do.</summary>
    private static LinePoint InPercent(LinePoint point) => new(point.X, point.Y * Percent, point.Low is { } low ? Math.Max(0, low * Percent) : null, point.High is { } high ? Math.Min(Percent, high * Percent) : null);

    /// <summary>0 where all there was is lost, otherwise the data decide.</summary>
    private static double? LowestY(LineSeries[] series) => series.Any(line => line.Points.Any(point => point.Y == 0)) ? 0 : null;
}
