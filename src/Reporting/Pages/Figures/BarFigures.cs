using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The first headline metrics as bars with intervals: a group a combination, a bar a strategy.</summary>
internal static class BarFigures
{
    private const int Metrics = 3;

    /// <summary>Bars that fit across both columns of a paper.</summary>
    private const int MostBars = 120;

    /// <summary>Bars that fit into one column.</summary>
    private const int MostInOneColumn = 20;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        int groups = Math.Max(1, MostBars / data.Shown.Count);
        foreach (string metric in data.Headline.Take(Metrics))
        {
            Combination[][] pages = [.. data.Combinations.Chunk(groups)];
            for (int p = 0; p < pages.Length; p++) yield return Draw(data, metric, pages[p], p, pages.Length);
        }
    }

    private static Figure Draw(ReportData data, string metric, Combination[] combinations, int page, int pages)
    {
        BarSeries[] series = [.. data.Shown.Select(Series)];
        string what = MetricLabel.WithUnit(metric);
        var chart = new BarChart(new AxisSpec(what), [.. combinations.Select(data.ShortNameOf)], series) { Title = data.LabelOf(combinations) };
        string part = pages > 1 ? $" (part {page + 1} of {pages})" : "", whisker = data.SeedCount > 1 ? ", whisker: 95 % interval" : "";
        string caption = $"{what} by workload and strategy{part}: mean over {data.SeedWords}{whisker}.";
        ChartSize size = combinations.Length * data.Shown.Count > MostInOneColumn ? ChartSize.DoubleColumn : data.FigureSize;
        return Figure.Of(FigureCatalog.Bars, pages > 1 ? [metric, $"{page + 1}"] : [metric], caption, chart, size);

        BarSeries Series(string strategy) =>
            new(data.ShortNameOf(strategy), [.. combinations.Select(combination => BarOf(data.Sample(combination, strategy, metric)))]);
    }

    private static Bar? BarOf(SampleSummary? sample) =>
        sample?.Mean is { } mean ? new Bar(mean, sample.Confidence95?.Low, sample.Confidence95?.High) : null;
}
