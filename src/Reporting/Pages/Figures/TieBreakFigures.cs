using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Pages.Run;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>How much the tie-break decides: strategies that run under several tie-breaks, side by side; and their paired difference to the default.</summary>
/// <remarks>The first headline metric: where it is a curve over arrivals, at 100 % arrival; otherwise as in the comparison table.</remarks>
internal static class TieBreakFigures
{
    private const double WholeCapacity = 100;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        Variant[] variants = [.. Variants(data)];
        if (variants.Length == 0 || data.Headline.Count == 0) yield break;
        foreach (Combination combination in data.Combinations)
        {
            Dictionary<string, Dictionary<ulong, double>> values = Read(AtWholeCapacity);
            string where = " at 100 % arrival";
            if (values.Values.All(seeds => seeds.Count == 0))
            {
                values = Read(AsScalar);
                where = "";
            }

            if (values.Values.All(seeds => seeds.Count == 0)) continue;
            string what = MetricLabel.WithUnit(data.Headline[0]) + where, change = MetricLabel.OfDifference(data.Headline[0], where);
            string whisker = data.SeedCount > 1 ? ", whisker: 95 % interval" : "";
            string end = $"{data.NameOf(combination)}: mean over {data.SeedWords}{whisker}.";
            BarChart levels = Chart(variants, (variant, rule) => Level(values[variant.Labels[rule]]), what);
            yield return Draw(data, combination, [], $"{what} by strategy and tie-break, {end}", levels);
            BarChart differences = Chart(variants, (variant, rule) => Difference(variant, rule, values), $"difference in {change}");
            string subject = $"Difference in {change} to the same strategy under {StrategyText.DefaultTieBreak}, paired by seed";
            yield return Draw(data, combination, ["difference"], $"{subject}, {end}", differences);

            Dictionary<string, Dictionary<ulong, double>> Read(Func<ReportData, Combination, string, IEnumerable<(ulong Seed, double Value)>> source) =>
                variants.SelectMany(variant => variant.Labels.Values).Distinct(StringComparer.Ordinal).ToDictionary(
                    label => label, label => source(data, combination, label).ToDictionary(value => value.Seed, value => value.Value), StringComparer.Ordinal);
        }
    }

    private static BarChart Chart(Variant[] variants, Func<Variant, string, Bar?> bar, string axis)
    {
        string[] rules = [.. variants.SelectMany(variant => variant.Labels.Keys).Distinct(StringComparer.Ordinal)];
        return new BarChart(new AxisSpec(axis), [.. variants.Select(variant => variant.Name)], [.. rules.Select(Series)]);

        BarSeries Series(string rule) => new(rule, [.. variants.Select(variant => variant.Labels.ContainsKey(rule) ? bar(variant, rule) : null)]);
    }

    private static Figure Draw(ReportData data, Combination combination, string[] name, string caption, BarChart chart) => Figure.Of(
        FigureCatalog.TieBreaks, [.. name, data.Headline[0], .. data.FileNameOf(combination)], caption,
        chart with { Title = data.LabelOf(combination) }, ChartSize.DoubleColumn);

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
            var labels = group.DistinctBy(strategy => strategy.TieBreak)
                .ToDictionary(strategy => strategy.TieBreak, strategy => strategy.Label, StringComparer.Ordinal);
            yield return new Variant(isAlone ? group.Key.Name : $"{group.Key.Name} ({group.Key.Options})", labels);
        }
    }

    private static IEnumerable<(ulong Seed, double Value)> AtWholeCapacity(ReportData data, Combination combination, string label) =>
        from cell in data.SoundCells(combination, label)
        from point in cell.Series
        where point.Metric == data.Headline[0] && point.XName == CurveAxis.GpuArrivals && point.X == WholeCapacity
        select (cell.Key.Seed, point.Value);

    private static IEnumerable<(ulong Seed, double Value)> AsScalar(ReportData data, Combination combination, string label) =>
        data.Values(combination, label, data.Headline[0]);

    private static Bar? Level(Dictionary<ulong, double> values)
    {
        var sample = SampleSummary.Of([.. values.Values]);
        return sample.Mean is { } mean ? new Bar(mean, sample.Confidence95?.Low, sample.Confidence95?.High) : null;
    }

    /// <summary>Nothing for the default itself, and where a strategy does not run under it.</summary>
    private static Bar? Difference(Variant variant, string rule, Dictionary<string, Dictionary<ulong, double>> values)
    {
        if (rule == StrategyText.DefaultTieBreak || !variant.Labels.TryGetValue(StrategyText.DefaultTieBreak, out string? label)) return null;
        Dictionary<ulong, double> mine = values[variant.Labels[rule]], usual = values[label];
        ulong[] seeds = [.. mine.Keys.Where(usual.ContainsKey)];
        var paired = PairedDifferences.Of([.. seeds.Select(seed => mine[seed])], [.. seeds.Select(seed => usual[seed])]);
        return paired.Mean is { } mean ? new Bar(mean, paired.Confidence95?.Low, paired.Confidence95?.High) : null;
    }

    /// <summary>A strategy with several tie-breaks.</summary>
    /// <param name="Name">As it stands below its bars.</param>
    /// <param name="Labels">Tie-break to label.</param>
    private sealed record Variant(string Name, IReadOnlyDictionary<string, string> Labels);
}
