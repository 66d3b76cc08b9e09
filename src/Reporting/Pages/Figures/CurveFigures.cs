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
        IEnumerable<IGrouping<(string Metric, string XName), CurveKey>> metrics = data.Curves
            .Where(curve => curve.Metric != WaitFigures.Metric)
            .GroupBy(curve => (curve.Metric, curve.XName))
            .OrderBy(curves => MetricCatalog.PositionOf(curves.Key.Metric));
        foreach (IGrouping<(string Metric, string XName), CurveKey> curves in metrics)
        {
            foreach (CurveKey curve in curves) yield return Draw(data, curve, null);
            if (data.Baseline is not { } baseline || curves.Key.XName != CurveAxis.GpuArrivals || data.Headline.Count == 0 || curves.Key.Metric != data.Headline[0]) continue;
            foreach (CurveKey curve in curves) yield return Draw(data, curve, baseline);
        }
    }

    /// <summary>The curves themselves, or with a baseline their differences to it.</summary>
    private static Figure Draw(ReportData data, CurveKey curve, string? baseline)
    {
        (Combination combination, string metric, string xName) = curve;
        var curves = data.Shown.Select(strategy => (Name: data.ShortNameOf(strategy), Curves: CurvesOf(strategy))).ToList();
        (double[] grid, bool isInterpolated) = SeedCurves.Grid([.. curves.Select(entry => entry.Curves)]);
        var axis = CurveAxis.Of(xName, grid.LastOrDefault());
        SeedCurves? usual = baseline is null ? null : CurvesOf(baseline);
        LineSeries[] series = [.. curves.Select(entry => new LineSeries(entry.Name, usual is null ? entry.Curves.Means(grid, axis.Divisor) : entry.Curves.Differences(usual, grid, axis.Divisor)))];
        string what = MetricLabel.WithUnit(metric);
        // Where no mean is below zero, an interval that is says nothing of values there.
        bool isPositive = series.All(line => line.Points.All(point => point.Y >= 0));
        var chart = new LineChart(axis.Spec, new AxisSpec(usual is null ? what : $"difference in {what}", Min: isPositive && series.Any(line => line.Points.Any(point => point.Low < 0)) ? 0 : null), series) { Title = data.LabelOf(combination) };
        string subject = baseline is null ? $"{what} by {axis.Spec.Title}" : $"Difference to {baseline} in {what}, paired by seed";
        string band = data.SeedCount > 1 ? ", band: 95 % interval" : "", interpolated = isInterpolated ? "; seeds interpolated to common instants" : "";
        IEnumerable<string> name = baseline is null ? [metric] : ["difference", metric];
        return Figure.Of(
            FigureCatalog.Curves, [.. name, .. data.FileNameOf(combination)], $"{subject}, {data.NameOf(combination)}: mean over {data.SeedWords}{band}{interpolated}.", chart, data.CurveSize);

        SeedCurves CurvesOf(string strategy) => SeedCurves.Of(data.SoundCells(combination, strategy), metric, xName);
    }
}
