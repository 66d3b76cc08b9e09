using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>Every series but waiting times over its x axis, a figure a combination and metric: mean over the seeds, 95 % band.
/// Over arrivals, curves lie on each other for most of the way; there the first headline metric is also drawn as the difference to the baseline.</summary>
internal static class CurveFigures
{
    public static IEnumerable<Figure> Of(ReportData data)
    {
        IEnumerable<IGrouping<(string Metric, string XName), CurveKey>> metrics = data.Curves
            .Where(curve => curve.Metric != WaitFigures.Metric && !RolloutFigures.Shows(curve.Metric) && curve.Metric != ResilienceFigures.Metric)
            .GroupBy(curve => (curve.Metric, curve.XName))
            .OrderBy(curves => MetricCatalog.PositionOf(curves.Key.Metric));
        foreach (IGrouping<(string Metric, string XName), CurveKey> curves in metrics)
        {
            foreach (CurveKey curve in curves) yield return Levels(data, curve);
            bool isHeadline = curves.Key.XName == CurveAxis.GpuArrivals && curves.Key.Metric == (data.Headline.Count == 0 ? null : data.Headline[0]);
            if (data.Baseline is not { } baseline || !isHeadline) continue;
            foreach (CurveKey curve in curves) yield return Differences(data, curve, baseline);
        }
    }

    private static Figure Levels(ReportData data, CurveKey curve)
    {
        string what = MetricLabel.WithUnit(curve.Metric);
        Func<SeedCurves, double[], double, IReadOnlyList<LinePoint>> means = (curves, grid, divisor) => curves.Means(grid, divisor);
        return Draw(data, curve, [curve.Metric], axis => $"{what} by {axis}", what, means);
    }

    private static Figure Differences(ReportData data, CurveKey curve, string baseline)
    {
        string what = MetricLabel.OfDifference(curve.Metric);
        SeedCurves usual = CurvesOf(data, curve, baseline);
        return Draw(
            data, curve, ["difference", curve.Metric], _ => $"Difference to {baseline} in {what}, paired by seed", $"difference in {what}",
            (curves, grid, divisor) => curves.Differences(usual, grid, divisor));
    }

    /// <summary>Draws one line a strategy.</summary>
    /// <param name="data">The results.</param>
    /// <param name="curve">Whose curves.</param>
    /// <param name="name">First parts of the file's name.</param>
    /// <param name="subject">Begin of the caption, given the title of the x axis.</param>
    /// <param name="yTitle">Title of the y axis.</param>
    /// <param name="points">The line of a strategy on a grid of x, which are to be divided.</param>
    private static Figure Draw(
        ReportData data, CurveKey curve, string[] name, Func<string, string> subject, string yTitle,
        Func<SeedCurves, double[], double, IReadOnlyList<LinePoint>> points)
    {
        SeedCurves[] curves = [.. data.Shown.Select(strategy => CurvesOf(data, curve, strategy))];
        (double[] grid, bool isInterpolated) = SeedCurves.Grid(curves);
        var axis = CurveAxis.Of(curve.XName, grid.LastOrDefault());
        LineSeries[] series = [.. data.Shown.Select((strategy, i) => new LineSeries(data.ShortNameOf(strategy), points(curves[i], grid, axis.Divisor)))];
        var chart = new LineChart(axis.Spec, new AxisSpec(yTitle, Min: LowestY(series)), series) { Title = data.LabelOf(curve.Combination) };
        string band = data.SeedCount > 1 ? ", band: 95 % interval" : "", interpolated = isInterpolated ? "; seeds interpolated to common instants" : "";
        string caption = $"{subject(axis.Spec.Title)}, {data.NameOf(curve.Combination)}: mean over {data.SeedWords}{band}{interpolated}.";
        return Figure.Of(FigureCatalog.Curves, [.. name, .. data.FileNameOf(curve.Combination)], caption, chart, data.CurveSize);
    }

    /// <summary>0 where only intervals, and no mean, reach below it: there are no such values. Otherwise the data decide.</summary>
    private static double? LowestY(LineSeries[] series)
    {
        IEnumerable<LinePoint> points = series.SelectMany(line => line.Points);
        return points.All(point => point.Y >= 0) && points.Any(point => point.Low < 0) ? 0 : null;
    }

    private static SeedCurves CurvesOf(ReportData data, CurveKey curve, string strategy) =>
        SeedCurves.Of(data.SoundCells(curve.Combination, strategy), curve.Metric, curve.XName);
}
