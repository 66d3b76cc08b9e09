using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>Every series but waiting times over its x axis, a figure a combination and metric: mean over the seeds, 95 % band.</summary>
internal static class CurveFigures
{
    public static IEnumerable<Figure> Of(ReportData data)
    {
        foreach (Combination combination in data.Combinations)
        {
            IEnumerable<IGrouping<(string Metric, string XName), CurvePoint>> curves = data.Curves
                .Where(point => point.Combination == combination && point.Metric != WaitFigures.Metric)
                .GroupBy(point => (point.Metric, point.XName))
                .OrderBy(curve => MetricCatalog.PositionOf(curve.Key.Metric));
            foreach (IGrouping<(string Metric, string XName), CurvePoint> curve in curves) yield return Draw(data, combination, curve.Key.Metric, curve.Key.XName, [.. curve]);
        }
    }

    private static Figure Draw(ReportData data, Combination combination, string metric, string xName, CurvePoint[] points)
    {
        TimeUnit? time = TimeUnit.ForAxis(xName, points.Max(point => point.X));
        double scale = time?.Seconds ?? 1;
        ILookup<string, CurvePoint> byStrategy = points.ToLookup(point => point.Strategy);
        LineSeries[] series = [.. data.Shown.Select(strategy => new LineSeries(strategy, [.. byStrategy[strategy].OrderBy(point => point.X).Select(point => At(point, scale))]))];
        string xTitle = time is { } unit ? $"{MetricLabel.Of(xName)} ({unit.Name})" : MetricLabel.WithUnit(xName);
        var chart = new LineChart(new AxisSpec(xTitle), new AxisSpec(MetricLabel.WithUnit(metric)), series) { Title = data.LabelOf(combination) };
        string caption = $"{MetricLabel.WithUnit(metric)} by {xTitle}, {data.NameOf(combination)}: mean over {data.SeedWords}{(data.SeedCount > 1 ? ", band: 95 % interval" : "")}.";
        return Figure.Of(FigureCatalog.Curves, [metric, .. data.FileNameOf(combination)], caption, chart, ChartSize.SingleColumn);
    }

    private static LinePoint At(CurvePoint point, double scale) =>
        new(point.X / scale, point.Sample.Mean!.Value, point.Sample.Confidence95?.Low, point.Sample.Confidence95?.High);
}
