using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The first headline metric as a map of strategies by combinations: its mean, and its mean paired difference to the baseline.</summary>
internal static class HeatMapFigures
{
    /// <summary>Columns that fit across both columns of a paper.</summary>
    private const int MostColumns = 40;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        if (data.Combinations.Count < 2 || data.Shown.Count < 2 || data.Headline.Count == 0) yield break;
        string metric = data.Headline[0];
        Combination[][] pages = [.. data.Combinations.Chunk(MostColumns)];
        for (int p = 0; p < pages.Length; p++)
        {
            string[] part = pages.Length > 1 ? [$"{p + 1}"] : [];
            yield return Draw(
                data, pages[p], data.Shown, (combination, strategy) => data.Sample(combination, strategy, metric)?.Mean,
                MetricLabel.WithUnit(metric), null, $"Mean {MetricLabel.WithUnit(metric)} over {data.SeedWords}, strategy by workload.", [metric, .. part]);
            if (data.Baseline is not { } baseline) continue;
            var differences = data.Study.Comparisons.Where(row => row.Metric == metric).ToDictionary(row => (row.Combination, row.Strategy), row => row.Figures.MeanDifference);
            yield return Draw(
                data, pages[p], [.. data.Shown.Where(strategy => strategy != baseline)], (combination, strategy) => differences.GetValueOrDefault((combination, strategy)),
                $"difference in {MetricLabel.WithUnit(metric)}", 0, $"Mean difference to {baseline} in {MetricLabel.WithUnit(metric)}, paired by seed, strategy by workload.", ["difference", metric, .. part]);
        }
    }

    private static Figure Draw(
        ReportData data, Combination[] columns, IReadOnlyList<string> rows, Func<Combination, string, double?> value, string title, double? center, string caption, IEnumerable<string> name)
    {
        IReadOnlyList<double?>[] values = [.. rows.Select(strategy => columns.Select(combination => value(combination, strategy)).ToArray())];
        var chart = new HeatMapChart([.. rows.Select(data.ShortNameOf)], [.. columns.Select(data.ShortNameOf)], values, title) { Center = center, Title = data.LabelOf(columns) };
        return Figure.Of(FigureCatalog.HeatMap, name, caption, chart, columns.Length > 6 ? ChartSize.DoubleColumn : data.FigureSize);
    }
}
