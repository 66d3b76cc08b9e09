using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables.Builders;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>What the time to replace a lost pod was spent on: a figure a combination in which new pods took the place of lost ones, a bar a strategy, a part a phase.</summary>
internal static class RecoveryFigures
{
    public static IEnumerable<Figure> Of(ReportData data)
    {
        foreach (Combination combination in data.Combinations)
        {
            BarSeries[] phases = [.. TopicTableBuilder.RecoveryPhases.Select(phase => new BarSeries(phase, [.. data.Shown.Select(strategy => PartOf(data, combination, strategy, phase))]))];
            // A phase that took no time anywhere has no place in the legend.
            BarSeries[] shown = [.. phases.Where(phase => phase.Bars.Any(bar => bar is { Value: > 0 }))];
            if (shown.Length == 0) continue;
            var chart = new BarChart(new AxisSpec("time to replace a pod (s)"), [.. data.Shown.Select(data.ShortNameOf)], shown) { Stacked = true, Title = data.LabelOf(combination) };
            string rest = shown.Length < phases.Length ? $"; no time went into {string.Join(", ", phases.Except(shown).Select(phase => phase.Name))}" : "";
            string[] without = [.. data.Shown.Where((_, i) => shown.All(phase => phase.Bars[i] is null)).Select(data.ShortNameOf)];
            if (without.Length > 0) rest += $"; no new pod took a place under {string.Join(", ", without)}";
            string caption = $"mean time from the loss of a pod until a new one answers, by phase, {data.NameOf(combination)}: mean over {data.SeedWords}{rest}.";
            yield return Figure.Of(FigureCatalog.Recovery, data.FileNameOf(combination), caption, chart, data.FigureSize);
        }
    }

    private static Bar? PartOf(ReportData data, Combination combination, string strategy, string phase) =>
        data.Sample(combination, strategy, $"recovery_{phase}_seconds_mean")?.Mean is { } mean ? new Bar(mean) : null;
}
