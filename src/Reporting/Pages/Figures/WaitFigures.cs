using SchedBench.Reporting.Charts;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>Distribution of waiting times, a figure a combination: at every percent of the pods, the mean over the seeds of that quantile.</summary>
internal static class WaitFigures
{
    /// <summary>The series that holds the quantiles.</summary>
    public const string Metric = "wait_seconds";

    /// <summary>A spread beyond which an equal scale would squeeze most pods into one line.</summary>
    private const double LogarithmicFrom = 100;

    /// <summary>What a logarithmic axis shows instead of 0: no pod cares for less.</summary>
    private const double ShortestSeconds = 1;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        foreach (Combination combination in data.Curves.Where(curve => curve.Metric == Metric).Select(curve => curve.Combination).Distinct())
        {
            // The quantile at 0 % is the smallest wait, which the one at 1 % already stands for.
            ILookup<string, double> waits = (
                from strategy in data.Shown
                from quantile in from cell in data.SoundCells(combination, strategy)
                                 from point in cell.Series
                                 where point.Metric == Metric && point.X > 0
                                 group point.Value by point.X
                select (strategy, Mean: Sample.Mean([.. quantile])!.Value)).ToLookup(wait => wait.strategy, wait => wait.Mean);
            if (waits.Count > 0 && waits.Max(strategy => strategy.Max()) > 0) yield return Draw(data, combination, waits);
        }
    }

    private static Figure Draw(ReportData data, Combination combination, ILookup<string, double> waits)
    {
        double largest = waits.Max(strategy => strategy.Max());
        bool isLogarithmic = largest >= LogarithmicFrom * ShortestSeconds;
        TimeUnit unit = isLogarithmic ? new TimeUnit("seconds", 1) : TimeUnit.For(largest);
        Func<double, double> onAxis = isLogarithmic ? wait => Math.Max(wait, ShortestSeconds) : wait => wait / unit.Seconds;
        EcdfSeries[] series = [.. data.Shown.Select(strategy => new EcdfSeries(data.ShortNameOf(strategy), [.. waits[strategy].Select(onAxis)]))];
        var axis = new AxisSpec($"wait ({unit.Name})", isLogarithmic ? AxisScale.Log10 : AxisScale.Linear);
        var chart = new EcdfChart(axis, series) { Title = data.LabelOf(combination), YTitle = "share of pods" };
        bool isClipped = isLogarithmic && waits.Any(strategy => strategy.Min() < ShortestSeconds);
        string clipped = isClipped ? "; waits below 1 s are drawn at 1 s" : "";
        string caption = $"Share of pods that waited no longer, {data.NameOf(combination)}: quantiles averaged over {data.SeedWords}{clipped}.";
        return Figure.Of(FigureCatalog.Ecdf, ["wait", .. data.FileNameOf(combination)], caption, chart, data.CurveSize);
    }
}
