using SchedBench.Results.Schema;

namespace SchedBench.Results.Statistics;

/// <summary>The rows of <c>comparisons.csv</c>: every strategy against the baseline, paired by seed.</summary>
public static class ComparisonTable
{
    /// <summary>One row for every strategy but the baseline, every combination and every metric, in the order of <see cref="SummaryTable"/>.</summary>
    /// <remarks>p is Holm-adjusted within one metric and combination, over its k − 1 comparisons; a comparison without a pair keeps counting.
    /// A combination without the baseline has rows with n = 0.</remarks>
    /// <param name="cells">The cells in plan order.</param>
    /// <param name="baseline">Label of the baseline strategy.</param>
    /// <exception cref="ArgumentException">A metric is not in the catalog.</exception>
    public static IReadOnlyList<ComparisonRow> Of(IReadOnlyList<CellResult> cells, string baseline)
    {
        var samples = new CellSamples(cells);
        var rows = new List<ComparisonRow>();
        foreach (CellSamples.CombinationSamples combination in samples.Combinations)
        {
            CellSamples.StrategySamples? theirs = combination.Find(baseline);
            (CellSamples.StrategySamples, CellSamples.StrategySamples?)[] pairs =
                [.. combination.Strategies.Where(s => s.Strategy != baseline).Select(mine => (mine, theirs))];
            rows.AddRange(Compare(combination.Combination, baseline, samples.Metrics, pairs));
        }

        return rows;
    }

    /// <summary>Two sets of cells side by side, as after a change of the program or the machine: one row for every combination, strategy and metric of both, pairing cells of one seed.
    /// Differences are <paramref name="after"/> − <paramref name="before"/>; the names of the experiments need not agree. p is adjusted over the strategies of a combination.</summary>
    /// <param name="before">Cells to compare with.</param>
    /// <param name="after">Cells to compare; their order is the order of the rows.</param>
    /// <param name="beforeName">What stands in the rows as baseline.</param>
    /// <exception cref="ArgumentException">A metric is not in the catalog.</exception>
    public static IReadOnlyList<ComparisonRow> Between(IReadOnlyList<CellResult> before, IReadOnlyList<CellResult> after, string beforeName)
    {
        CellSamples old = new(before), fresh = new(after);
        string[] metrics = [.. fresh.Metrics.Intersect(old.Metrics, StringComparer.Ordinal)];
        var rows = new List<ComparisonRow>();
        foreach (CellSamples.CombinationSamples combination in fresh.Combinations)
        {
            CellSamples.CombinationSamples? match = old.Combinations.FirstOrDefault(c => SameButName(c.Combination, combination.Combination));
            (CellSamples.StrategySamples Mine, CellSamples.StrategySamples? Theirs)[] pairs =
                [.. combination.Strategies.Select(mine => (mine, match?.Find(mine.Strategy))).Where(pair => pair.Item2 is not null)];
            rows.AddRange(Compare(combination.Combination, beforeName, metrics, pairs));
        }

        return rows;
    }

    /// <summary>Rows by strategy, then metric; p adjusted over the strategies of a metric.</summary>
    private static IEnumerable<ComparisonRow> Compare(
        Combination combination, string baseline, IReadOnlyList<string> metrics, (CellSamples.StrategySamples Mine, CellSamples.StrategySamples? Theirs)[] pairs)
    {
        ComparisonFigures[][] byMetric = [.. metrics.Select(metric => Adjust([.. pairs.Select(pair => Figures(pair.Mine, pair.Theirs, metric))]))];
        return pairs.SelectMany((pair, i) => metrics.Select((metric, m) => new ComparisonRow(combination, pair.Mine.Strategy, baseline, metric, byMetric[m][i])));
    }

    private static ComparisonFigures Figures(CellSamples.StrategySamples mine, CellSamples.StrategySamples? theirs, string metric)
    {
        (double[] a, double[] b) = theirs is null ? ([], []) : mine.Pairs(theirs, metric);
        return ComparisonFigures.Of(PairedDifferences.Of(a, b));
    }

    private static ComparisonFigures[] Adjust(ComparisonFigures[] family)
    {
        double?[] adjusted = Holm.Adjust(Array.ConvertAll(family, f => f.WilcoxonP));
        return [.. family.Select((figures, i) => figures with { HolmP = adjusted[i] })];
    }

    private static bool SameButName(Combination a, Combination b) => a with { Experiment = b.Experiment } == b;
}
