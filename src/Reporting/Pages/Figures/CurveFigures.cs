using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>Every series but waiting times over its x axis, a figure a combination and metric: mean over the seeds, 95 % band.
/// Over arrivals, curves lie on each other for most of the way; there the first headline metric is also drawn as the paired difference to the baseline.</summary>
internal static class CurveFigures
{
    public static IEnumerable<Figure> Of(ReportData data)
    {
        IEnumerable<IGrouping<(string Metric, string XName), CurvePoint>> metrics = data.Curves
            .Where(point => point.Metric != WaitFigures.Metric)
            .GroupBy(point => (point.Metric, point.XName))
            .OrderBy(curve => MetricCatalog.PositionOf(curve.Key.Metric));
        foreach (IGrouping<(string Metric, string XName), CurvePoint> metric in metrics)
        {
            var combinations = metric.Select(point => point.Combination).Distinct().ToList();
            foreach (Combination combination in combinations) yield return Draw(data, combination, metric.Key.Metric, metric.Key.XName, null);
            if (data.Baseline is not { } baseline || metric.Key.XName != CurveAxis.GpuArrivals || metric.Key.Metric != data.Headline.FirstOrDefault()) continue;
            foreach (Combination combination in combinations) yield return Draw(data, combination, metric.Key.Metric, metric.Key.XName, baseline);
        }
    }

    /// <summary>The curves themselves, or with a baseline their differences to it.</summary>
    private static Figure Draw(ReportData data, Combination combination, string metric, string xName, string? baseline)
    {
        var curves = data.Shown.Select(strategy => (Name: data.ShortNameOf(strategy), Curves: CurvesOf(strategy))).ToList();
        (double[] grid, bool isInterpolated) = SeedCurves.Grid([.. curves.Select(entry => entry.Curves)]);
        var axis = CurveAxis.Of(xName, grid.LastOrDefault());
        SeedCurves? usual = baseline is null ? null : CurvesOf(baseline);
        LineSeries[] series = [.. curves.Select(entry => new LineSeries(entry.Name, usual is null ? entry.Curves.Means(grid, axis.Divisor) : entry.Curves.Differences(usual, grid, axis.Divisor)))];
        string what = MetricLabel.WithUnit(metric);
        // Where no mean is below zero, an interval that is says nothing of values there.
        bool isPositive = series.All(line => line.Points.All(point => point.Y >= 0));
        var chart = new LineChart(axis.Spec, new AxisSpec(usual is null ? what : $"Δ {what}", Min: isPositive && series.Any(line => line.Points.Any(point => point.Low < 0)) ? 0 : null), series) { Title = data.LabelOf(combination) };
        string subject = baseline is null ? $"{what} by {axis.Spec.Title}" : $"Difference to {baseline} in {what}, paired by seed";
        string band = data.SeedCount > 1 ? ", band: 95 % interval" : "", interpolated = isInterpolated ? "; seeds interpolated to common instants" : "";
        IEnumerable<string> name = baseline is null ? [metric] : ["difference", metric];
        return Figure.Of(
            FigureCatalog.Curves, [.. name, .. data.FileNameOf(combination)], $"{subject}, {data.NameOf(combination)}: mean over {data.SeedWords}{band}{interpolated}.", chart, data.CurveSize);

        SeedCurves CurvesOf(string strategy) => SeedCurves.Of(data.SoundCells(combination, strategy), metric, xName);
    }
}
