using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Pages.Run;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>How much the tie-break decides: strategies that run under several tie-breaks, side by side; and their paired difference to the default one.</summary>
/// <remarks>The first headline metric, where it is a curve over arrivals at 100 % arrival, otherwise as in the comparison table.</remarks>
internal static class TieBreakFigures
{
    private const double WholeCapacity = 100;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        Variant[] variants = [.. Variants(data)];
        if (variants.Length == 0 || data.Headline.Count == 0) yield break;
        string metric = data.Headline[0];
        foreach (Combination combination in data.Combinations)
        {
            bool isCurve = data.Curves.Contains(new CurveKey(combination, metric, CurveAxis.GpuArrivals));
            var values = variants.SelectMany(variant => variant.Labels.Values).Distinct(StringComparer.Ordinal).ToDictionary(
                label => label, label => Values(data, combination, label, metric, isCurve), StringComparer.Ordinal);
            if (values.Values.All(seeds => seeds.Count == 0)) continue;
            string what = MetricLabel.WithUnit(metric), at = isCurve ? " at 100 % arrival" : "";
            yield return Draw(
                data, combination, metric, variants, "", $"{what}{at}", $"{what}{at} by strategy and tie-break, {data.NameOf(combination)}: mean over {data.SeedWords}, whisker: 95 % interval.",
                (variant, rule) => Level(values[variant.Labels[rule]]));
            yield return Draw(
                data, combination, metric, variants, "difference", $"difference in {what}{at}",
                $"Difference in {what}{at} to the same strategy under {StrategyText.DefaultTieBreak}, paired by seed, {data.NameOf(combination)}: mean over {data.SeedWords}, whisker: 95 % interval.",
                (variant, rule) => variant.Labels.TryGetValue(StrategyText.DefaultTieBreak, out string? usual) && rule != StrategyText.DefaultTieBreak
                    ? Difference(values[variant.Labels[rule]], values[usual])
                    : null);
        }
    }

    private static Figure Draw(
        ReportData data, Combination combination, string metric, Variant[] variants, string name, string axis, string caption, Func<Variant, string, Bar?> bar)
    {
        string[] rules = [.. variants.SelectMany(variant => variant.Labels.Keys).Distinct(StringComparer.Ordinal)];
        BarSeries[] series = [.. rules.Select(rule => new BarSeries(rule, [.. variants.Select(variant => variant.Labels.ContainsKey(rule) ? bar(variant, rule) : null)]))];
        var chart = new BarChart(new AxisSpec(axis), [.. variants.Select(variant => variant.Name)], series) { Title = data.LabelOf(combination) };
        string[] parts = name.Length == 0 ? [metric] : [name, metric];
        return Figure.Of(FigureCatalog.TieBreaks, [.. parts, .. data.FileNameOf(combination)], caption, chart, ChartSize.DoubleColumn);
    }

    /// <summary>The strategies that differ in nothing but the tie-break, with the label that each tie-break has.</summary>
    private static IEnumerable<Variant> Variants(ReportData data)
    {
        var groups = data.Run.Strategies
            .Where(strategy => data.Shown.Contains(strategy.Label, StringComparer.Ordinal))
            .GroupBy(strategy => (strategy.Name, strategy.Options))
            .Where(group => group.Select(strategy => strategy.TieBreak).Distinct(StringComparer.Ordinal).Count() > 1)
            .ToList();
        foreach (IGrouping<(string Name, string Options), StrategyText> group in groups)
        {
            bool isAlone = groups.Count(other => other.Key.Name == group.Key.Name) == 1;
            yield return new Variant(
                isAlone ? group.Key.Name : $"{group.Key.Name} ({group.Key.Options})",
                group.DistinctBy(strategy => strategy.TieBreak).ToDictionary(strategy => strategy.TieBreak, strategy => strategy.Label, StringComparer.Ordinal));
        }
    }

    private static Dictionary<ulong, double> Values(ReportData data, Combination combination, string label, string metric, bool isCurve) => isCurve
        ? (from cell in data.SoundCells(combination, label)
           from point in cell.Series
           where point.Metric == metric && point.XName == CurveAxis.GpuArrivals && point.X == WholeCapacity
           select (cell.Key.Seed, point.Value)).ToDictionary(value => value.Seed, value => value.Value)
        : data.Values(combination, label, metric).ToDictionary(value => value.Seed, value => value.Value);

    private static Bar? Level(Dictionary<ulong, double> values)
    {
        var sample = SampleSummary.Of([.. values.Values]);
        return sample.Mean is { } mean ? new Bar(mean, sample.Confidence95?.Low, sample.Confidence95?.High) : null;
    }

    private static Bar? Difference(Dictionary<ulong, double> values, Dictionary<ulong, double> usual)
    {
        ulong[] seeds = [.. values.Keys.Where(usual.ContainsKey)];
        var paired = PairedDifferences.Of([.. seeds.Select(seed => values[seed])], [.. seeds.Select(seed => usual[seed])]);
        return paired.Mean is { } mean ? new Bar(mean, paired.Confidence95?.Low, paired.Confidence95?.High) : null;
    }

    /// <summary>A strategy with several tie-breaks.</summary>
    /// <param name="Name">As it stands below its bars.</param>
    /// <param name="Labels">Tie-break to label.</param>
    private sealed record Variant(string Name, IReadOnlyDictionary<string, string> Labels);
}
