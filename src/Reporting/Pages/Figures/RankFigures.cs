using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The critical-difference diagram of the first headline metric that has a better side: ranks over every seed of every combination.</summary>
internal static class RankFigures
{
    private const int FewestStrategies = 3, FewestBlocks = 2;
    private const double Alpha = 0.05;

    public static IEnumerable<Figure> Of(ReportData data)
    {
        if (data.Headline.FirstOrDefault(metric => MetricCatalog.Get(metric).Better != MetricDirection.Neither) is not { } metric) yield break;
        if (data.Shown.Count < FewestStrategies) yield break;
        List<double[]> blocks = [.. data.Combinations.SelectMany(combination => Blocks(data, combination, metric))];
        if (blocks.Count < FewestBlocks) yield break;
        double[,] values = new double[blocks.Count, data.Shown.Count];
        for (int block = 0; block < blocks.Count; block++)
        {
            for (int strategy = 0; strategy < data.Shown.Count; strategy++) values[block, strategy] = blocks[block][strategy];
        }

        var ranks = CriticalDifference.Of([.. data.Shown.Select(data.ShortNameOf)], values, MetricCatalog.Get(metric).Better == MetricDirection.Higher, Alpha);
        CriticalDifferenceChart chart = CriticalDifferenceChart.Of(ranks) with { Title = data.LabelOf(data.Combinations) };
        string p = ranks.Friedman.PValue < 0.001 ? "p < 0.001" : $"p = {HumanNumber.Probability(ranks.Friedman.PValue)}";
        int pairs = ranks.Pairs.Count;
        bool isTooFew = WilcoxonSignedRank.SmallestAttainableP(blocks.Count) * pairs > Alpha;
        string caption = $"Mean ranks by {MetricLabel.WithUnit(metric)} over {blocks.Count} blocks (every seed of every {data.CombinationNoun}), 1 is best; "
            + $"bars join what paired Wilcoxon tests with Holm's adjustment do not separate at 0.05; Friedman's test that all rank alike: {p}."
            + (isTooFew ? $" With {blocks.Count} blocks none of the {pairs} pairs can be told apart, however clear." : "");
        yield return Figure.Of(FigureCatalog.CriticalDifference, [metric], caption, chart, data.FigureSize);
    }

    /// <summary>The seeds under which every strategy has a value, one value a strategy.</summary>
    private static IEnumerable<double[]> Blocks(ReportData data, Combination combination, string metric)
    {
        Dictionary<ulong, double>[] byStrategy =
            [.. data.Shown.Select(strategy => data.Values(combination, strategy, metric).ToDictionary(value => value.Seed, value => value.Value))];
        return byStrategy[0].Keys
            .Where(seed => byStrategy.All(values => values.ContainsKey(seed)))
            .Select(seed => byStrategy.Select(values => values[seed]).ToArray());
    }
}
