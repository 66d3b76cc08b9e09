using SchedBench.Results.Schema;

namespace SchedBench.Results.Statistics;

/// <summary>Series over the seeds: means and intervals at every x, for tables and for the bands of line charts.</summary>
public static class CurveTable
{
    /// <summary>One point for every combination, strategy, metric, axis and x that occurs in a cell that ended well, each in the order of first appearance; x ascending.
    /// Values and x are taken as <c>series.csv</c> prints them.</summary>
    /// <param name="cells">The cells in plan order.</param>
    public static IReadOnlyList<CurvePoint> Of(IReadOnlyList<CellResult> cells)
    {
        var order = new List<Curve>();
        var samples = new Dictionary<Curve, SortedDictionary<double, List<double>>>();
        foreach (CellResult cell in cells.Where(cell => cell.Status == CellStatus.Ok))
        {
            var combination = Combination.Of(cell.Key);
            foreach (SeriesPoint point in cell.Series)
            {
                var curve = new Curve(combination, cell.Key.Strategy, point.Metric, point.XName);
                if (!samples.TryGetValue(curve, out SortedDictionary<double, List<double>>? points))
                {
                    samples.Add(curve, points = []);
                    order.Add(curve);
                }

                double x = ResultNumber.Round(point.X);
                if (!points.TryGetValue(x, out List<double>? values)) points.Add(x, values = []);
                values.Add(ResultNumber.Round(point.Value));
            }
        }

        return
        [
            .. from curve in order
               from point in samples[curve]
               select new CurvePoint(curve.Combination, curve.Strategy, curve.Metric, curve.XName, point.Key, SampleSummary.Of([.. point.Value])),
        ];
    }

    private sealed record Curve(Combination Combination, string Strategy, string Metric, string XName);
}
