using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The first headline metrics as boxes over the seeds, a figure a combination and metric, a box a strategy.</summary>
internal static class BoxFigures
{
    private const int Metrics = 2;

    /// <summary>Fewer values have no quartiles worth a box.</summary>
    private const int FewestSeeds = 5;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        if (data.SeedCount < FewestSeeds) yield break;
        foreach (string metric in data.Headline.Take(Metrics))
        {
            foreach (Combination combination in data.Combinations)
            {
                BoxSeries[] boxes =
                [
                    .. from strategy in data.Shown
                       let values = data.Values(combination, strategy, metric)
                       select new BoxSeries(data.ShortNameOf(strategy), [.. values.Select(value => value.Value)]),
                ];
                if (boxes.All(box => box.Samples.Count == 0)) continue;
                var chart = new BoxChart(new AxisSpec(MetricLabel.WithUnit(metric)), boxes) { Title = data.LabelOf(combination) };
                yield return Figure.Of(
                    FigureCatalog.Boxes, [metric, .. data.FileNameOf(combination)],
                    $"{MetricLabel.WithUnit(metric)} over {data.SeedWords}, {data.NameOf(combination)}.", chart, data.FigureSize);
            }
        }
    }
}
