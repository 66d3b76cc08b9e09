using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The first headline metric as a map of strategies by combinations: its mean, and its mean paired difference to the baseline.</summary>
internal static class HeatMapFigures
{
    /// <summary>Columns that fit across both columns of a paper.</summary>
    private const int MostColumns = 40;

    private const int MostInOneColumn = 6;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        if (data.Combinations.Count < 2 || data.Shown.Count < 2 || data.Headline.Count == 0) yield break;
        string metric = data.Headline[0];
        Combination[][] pages = [.. data.Combinations.Chunk(MostColumns)];
        string what = MetricLabel.WithUnit(metric);
        for (int p = 0; p < pages.Length; p++)
        {
            string[] part = pages.Length > 1 ? [$"{p + 1}"] : [];
            Func<Combination, string, double?> mean = (combination, strategy) => data.Sample(combination, strategy, metric)?.Mean;
            HeatMapChart levels = Map(data, pages[p], data.Shown, mean, what);
            yield return Draw([metric, .. part], $"Mean {what} over {data.SeedWords}, strategy by workload.", levels);
            if (data.Baseline is not { } baseline) continue;
            var differences = data.Study.Comparisons.Where(row => row.Metric == metric)
                .ToDictionary(row => (row.Combination, row.Strategy), row => row.Figures.MeanDifference);
            string[] others = [.. data.Shown.Where(strategy => strategy != baseline)];
            Func<Combination, string, double?> delta = (combination, strategy) => differences.GetValueOrDefault((combination, strategy));
            string change = MetricLabel.OfDifference(metric);
            HeatMapChart deltas = Map(data, pages[p], others, delta, $"difference in {change}") with { Center = 0 };
            yield return Draw(["difference", metric, .. part], $"Mean difference to {baseline} in {change}, paired by seed, strategy by workload.", deltas);
        }

        Figure Draw(IEnumerable<string> name, string caption, HeatMapChart chart) =>
            Figure.Of(FigureCatalog.HeatMap, name, caption, chart, chart.Columns.Count > MostInOneColumn ? ChartSize.DoubleColumn : data.FigureSize);
    }

    private static HeatMapChart Map(ReportData data, Combination[] columns, IReadOnlyList<string> rows, Func<Combination, string, double?> value, string title)
    {
        IReadOnlyList<double?>[] values = [.. rows.Select(strategy => columns.Select(combination => value(combination, strategy)).ToArray())];
        return new HeatMapChart([.. rows.Select(data.ShortNameOf)], [.. columns.Select(data.ShortNameOf)], values, title) { Title = data.LabelOf(columns) };
    }
}
