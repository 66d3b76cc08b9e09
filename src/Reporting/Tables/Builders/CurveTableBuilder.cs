using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>Tables of curves: a metric at chosen x.</summary>
public static class CurveTableBuilder
{
    private const int Decimals = 2;

    /// <summary>A metric at chosen points of x: a row a strategy, a column an x, mean ± half of the 95 % interval.</summary>
    /// <param name="curves">Points of all curves.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="at">The x, such as 10, 20, … 130; an x that a curve lacks is an empty cell.</param>
    public static Table At(IReadOnlyList<CurvePoint> curves, string metric, IReadOnlyList<double> at)
    {
        CurvePoint[] points = [.. curves.Where(point => point.Metric == metric)];
        var factors = new FactorColumns(points.Select(point => point.Combination));
        var byKey = points.Where(point => at.Contains(point.X)).ToDictionary(point => (point.Combination, point.Strategy, point.X), point => point.Sample);
        string xName = points.Length == 0 ? "" : points[0].XName;
        (Combination Combination, string Strategy)[] keys = [.. points.Select(point => (point.Combination, point.Strategy)).Distinct()];
        TableColumn[] columns =
        [
            .. factors.Columns, new("strategy", ["strategy"], ColumnAlignment.Left),
            .. at.Select(x => new TableColumn(ResultNumber.Format(x), [$"x{ResultNumber.Format(x)}_mean", $"x{ResultNumber.Format(x)}_ci95_low", $"x{ResultNumber.Format(x)}_ci95_high"])),
        ];
        return new Table($"curve-{metric.Replace('_', '-')}", columns, [.. keys.Select((key, i) => Row(key, i > 0 && keys[i - 1].Combination != key.Combination))])
        {
            Caption = factors.Caption($"{MetricLabel.WithUnit(metric)} by {MetricLabel.WithUnit(xName)}"),
            Notes = ["Mean over the seeds ± half of its 95 % interval (Student's t)."],
        };

        TableRow Row((Combination Combination, string Strategy) key, bool startsGroup) => new(
            [.. factors.Cells(key.Combination), TableCell.Words(key.Strategy), .. at.Select(x => Cell(byKey.GetValueOrDefault((key.Combination, key.Strategy, x))))], startsGroup);

        static TableCell Cell(SampleSummary? sample) => new(
            FigureText.WithHalfWidth(sample?.Mean, sample?.Confidence95, Decimals),
            [TableValue.Of(sample?.Mean), TableValue.Of(sample?.Confidence95?.Low), TableValue.Of(sample?.Confidence95?.High)]);
    }
}
