using SchedBench.Reporting.Charts;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>One series of one strategy, a curve a seed.</summary>
internal sealed class SeedCurves
{
    private readonly Dictionary<ulong, SeriesPoint[]> _curves;

    private SeedCurves(Dictionary<ulong, SeriesPoint[]> curves) => _curves = curves;

    /// <summary>The curves of some cells.</summary>
    /// <param name="cells">Cells of one strategy and combination.</param>
    /// <param name="metric">Metric on the y axis.</param>
    /// <param name="xName">Metric on the x axis.</param>
    public static SeedCurves Of(IEnumerable<CellResult> cells, string metric, string xName)
    {
        var curves = new Dictionary<ulong, SeriesPoint[]>();
        foreach (CellResult cell in cells)
        {
            SeriesPoint[] points = [.. cell.Series.Where(point => point.Metric == metric && point.XName == xName).OrderBy(point => point.X)];
            if (points.Length > 0) curves.Add(cell.Key.Seed, points);
        }

        return new SeedCurves(curves);
    }

    /// <summary>The x at which curves of several seeds can be averaged: their own where all agree; where each seed has its own,
    /// as in a replay whose arrivals the seed jitters, as many equal steps over the range that all cover.</summary>
    /// <param name="strategies">The curves that share a figure.</param>
    /// <returns>The grid and whether curves have to be interpolated onto it; empty without curves or a common range.</returns>
    public static (double[] Grid, bool IsInterpolated) Grid(IReadOnlyCollection<SeedCurves> strategies)
    {
        SeriesPoint[][] curves = [.. strategies.SelectMany(strategy => strategy._curves.Values)];
        if (curves.Length == 0) return ([], false);
        double[] first = [.. curves[0].Select(point => point.X)];
        if (curves.All(curve => IsWhole(curve) || curve.Select(point => point.X).SequenceEqual(first)))
            return ([.. curves.SelectMany(curve => curve.Select(point => point.X)).Distinct().Order()], false);
        double from = curves.Max(curve => curve[0].X), to = curves.Min(curve => curve[^1].X);
        int steps = curves.Min(curve => curve.Length) - 1;
        return from >= to || steps < 1 ? ([], true) : ([.. Enumerable.Range(0, steps + 1).Select(i => from + ((to - from) * i / steps))], true);
    }

    /// <summary>Mean and 95 % interval over the seeds that have a value, at every x of a grid.</summary>
    public IReadOnlyList<LinePoint> Means(double[] grid, double divisor) => Points(grid, divisor, x => _curves.Values.Select(curve => At(curve, x)));

    /// <summary>Mean and 95 % interval of the differences to another strategy under the same seed, at every x of a grid.</summary>
    public IReadOnlyList<LinePoint> Differences(SeedCurves usual, double[] grid, double divisor)
    {
        ulong[] seeds = [.. _curves.Keys.Where(usual._curves.ContainsKey)];
        return Points(grid, divisor, x => seeds.Select(seed => Difference(At(_curves[seed], x), At(usual._curves[seed], x))));

        static double? Difference(double? mine, double? other) => mine is { } a && other is { } b ? PairedDifferences.Subtract(a, b) : null;
    }

    private static LinePoint[] Points(double[] grid, double divisor, Func<double, IEnumerable<double?>> values) =>
    [
        .. from x in grid
           let sample = SampleSummary.Of([.. values(x).OfType<double>()])
           where sample.Count > 0
           select new LinePoint(x / divisor, sample.Mean!.Value, sample.Confidence95?.Low, sample.Confidence95?.High),
    ];

    /// <summary>Curves over whole percents share their x even where a seed has no value for some of them.</summary>
    private static bool IsWhole(SeriesPoint[] curve) => curve.All(point => Math.Floor(point.X) == point.X && point.XName == CurveAxis.GpuArrivals);

    /// <summary>The value at an x: the point there, or on the line between its neighbours where curves have an x of their own;
    /// none outside of the curve.</summary>
    private static double? At(SeriesPoint[] curve, double x)
    {
        int low = 0, high = curve.Length - 1;
        if (x < curve[low].X || x > curve[high].X) return null;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (curve[middle].X < x) low = middle + 1;
            else high = middle;
        }

        if (curve[low].X == x) return curve[low].Value;
        if (IsWhole(curve)) return null;
        (SeriesPoint left, SeriesPoint right) = (curve[low - 1], curve[low]);
        return left.Value + ((right.Value - left.Value) * (x - left.X) / (right.X - left.X));
    }
}
