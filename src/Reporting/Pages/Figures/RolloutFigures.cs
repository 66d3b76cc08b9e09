using SchedBench.Reporting.Charts;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>What a rollout looks like over time, a figure a workload with an update, under the baseline: ready pods of both versions as a percentage of those that were
/// there before, and the percentage of requests that failed. A workload without an update that loses pods for a while, as with a machine, is shown in the same way.</summary>
internal static class RolloutFigures
{
    private const string Old = "ready_old_pods";
    private const string New = "ready_new_pods";
    private const string Failed = "failed_requests_percent";
    private const string Time = "time_seconds";
    private const int LargestFactor = 1000;

    /// <summary>Whether a series is shown here, and therefore not as a curve of its own.</summary>
    public static bool Shows(string metric) => metric is Old or New;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        string strategy = data.Baseline ?? data.Strategies[0];
        foreach (Combination combination in data.Combinations)
        {
            CellResult[] cells = [.. data.SoundCells(combination, strategy)];
            // Only runs with an update have the series; of a version that never serves it is 0 throughout, which is what there is to see.
            bool isRollout = cells.Any(cell => cell.Series.Any(point => point.Metric == New));
            if (!isRollout && !cells.Any(LosesPods)) continue;
            if (Draw(data, combination, strategy, cells, isRollout) is { } figure) yield return figure;
        }
    }

    /// <summary>Whether there are fewer ready pods at some time than at one before.</summary>
    private static bool LosesPods(CellResult cell)
    {
        double most = 0;
        foreach (SeriesPoint point in cell.Series)
        {
            if (point.Metric != Old) continue;
            if (point.Value < most) return true;
            most = Math.Max(most, point.Value);
        }

        return false;
    }

    private static Figure? Draw(ReportData data, Combination combination, string strategy, CellResult[] cells, bool isRollout)
    {
        SeedCurves old = SeedCurves.Of(cells, Old, Time), fresh = SeedCurves.Of(cells, New, Time), failed = SeedCurves.Of(cells, Failed, Time);
        (double[] grid, _) = SeedCurves.Grid([old, fresh]);
        (double[] requestGrid, _) = SeedCurves.Grid([failed]);
        var axis = CurveAxis.Of(Time, grid.LastOrDefault());
        IReadOnlyList<LinePoint> before = old.Means(grid, axis.Divisor);
        IReadOnlyList<LinePoint> failures = failed.Means(requestGrid, axis.Divisor);
        double whole = before.Select(point => point.Y).DefaultIfEmpty().Max() / 100;
        if (whole == 0) return null; // nothing was there before
        int factor = FactorOf(failures);
        var series = new List<LineSeries> { new(isRollout ? "old version ready" : "pods ready", Scale(before, whole)) };
        if (isRollout) series.Add(new LineSeries("new version ready", Scale(fresh.Means(grid, axis.Divisor), whole)));
        if (failures.Count > 0) series.Add(new LineSeries(factor == 1 ? "requests failed" : $"requests failed × {factor}", Scale(failures, 1.0 / factor)));
        var chart = new LineChart(axis.Spec, new AxisSpec("% of the pods before, % of requests", Min: 0), series) { Title = data.LabelOf(combination) };
        string band = data.SeedCount > 1 ? ", band: 95 % interval" : "";
        string requests = failures.Count == 0 ? "" : factor == 1 ? " and failed requests" : $" and failed requests (their percentage times {factor})";
        string caption = $"ready pods{(isRollout ? " of both versions" : "")}{requests} over time, {data.NameOf(combination)}, {strategy}: mean over {data.SeedWords}{band}.";
        return Figure.Of(FigureCatalog.Rollout, data.FileNameOf(combination), caption, chart, data.FigureSize);
    }

    /// <summary>A power of ten that makes small shares visible beside pods.</summary>
    private static int FactorOf(IReadOnlyList<LinePoint> failures)
    {
        double most = failures.Count == 0 ? 0 : failures.Max(point => point.Y);
        int factor = 1;
        while (most > 0 && factor < LargestFactor && most * factor * 10 <= 100) factor *= 10;
        return factor;
    }

    private static IReadOnlyList<LinePoint> Scale(IReadOnlyList<LinePoint> points, double divisor) =>
        [.. points.Select(point => new LinePoint(point.X, point.Y / divisor, point.Low / divisor, point.High / divisor))];
}
