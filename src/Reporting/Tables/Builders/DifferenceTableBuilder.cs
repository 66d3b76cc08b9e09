using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>Paired comparisons in full: with a baseline strategy, or of two result folders.</summary>
public static class DifferenceTableBuilder
{
    /// <summary>A row a comparison: pairs, mean difference ± half of its interval, median difference, exact and adjusted p, Â12.</summary>
    /// <param name="comparisons">The rows, in their order.</param>
    /// <param name="caption">Caption; the factors that do not vary are added in brackets.</param>
    /// <param name="metrics">Metrics to show; empty for all.</param>
    public static Table Of(IReadOnlyList<ComparisonRow> comparisons, string caption, IReadOnlyList<string>? metrics = null)
    {
        ComparisonRow[] chosen = [.. comparisons.Where(row => metrics is null || metrics.Count == 0 || metrics.Contains(row.Metric))];
        var factors = new FactorColumns(chosen.Select(row => row.Combination));
        TableColumn[] columns =
        [
            .. factors.Columns, new("strategy", ["strategy"], ColumnAlignment.Left), new("baseline", ["baseline"], ColumnAlignment.Left, IsShown: false),
            new("metric", ["metric"], ColumnAlignment.Left), new("pairs", ["n_pairs"]), new("zeros", ["zero_pairs"]),
            new("difference", ["mean_difference", "ci95_low", "ci95_high"]), new("median", ["median_difference", "median_ci95_low", "median_ci95_high"]),
            new("p", ["wilcoxon_p"]), new("Holm p", ["holm_p"]), new("A12", ["a12"]), new("smallest p", ["smallest_p"]),
        ];
        return new Table("differences", columns, [.. chosen.Select((row, i) => Row(factors, row, i > 0 && (chosen[i - 1].Combination, chosen[i - 1].Strategy) != (row.Combination, row.Strategy)))])
        {
            Caption = factors.Caption(caption),
            Notes =
            [
                "Differences are paired by seed; ± is half of the 95 % interval (Student's t); p: exact two-sided Wilcoxon signed-rank test; * p ≤ 0.05, ** p ≤ 0.01, *** p ≤ 0.001 after Holm's adjustment.",
                "A12: chance that a value exceeds the baseline's; 0.5 is no difference.",
            ],
        };
    }

    private static TableRow Row(FactorColumns factors, ComparisonRow row, bool startsGroup)
    {
        ComparisonFigures f = row.Figures;
        int decimals = HumanNumber.Decimals([f.MeanDifference, f.MedianDifference], [f.Confidence95?.HalfWidth]);
        string difference = f.MeanDifference is { } mean ? HumanNumber.Signed(mean, decimals) : "";
        if (f.Confidence95 is { } interval) difference += $" ± {HumanNumber.Fixed(interval.HalfWidth, decimals)}";
        string median = f.MedianDifference is { } middle ? HumanNumber.Signed(middle, decimals) : "";
        return new TableRow(
            [
                .. factors.Cells(row.Combination), TableCell.Words(row.Strategy), TableCell.Words(row.Baseline), TableCell.Words(row.Metric),
                TableCell.Number(HumanNumber.Fixed(f.Pairs, 0), f.Pairs), TableCell.Number(HumanNumber.Fixed(f.ZeroPairs, 0), f.ZeroPairs),
                new TableCell(difference, [TableValue.Of(f.MeanDifference), TableValue.Of(f.Confidence95?.Low), TableValue.Of(f.Confidence95?.High)], FigureText.Stars(f.HolmP)),
                new TableCell(median, [TableValue.Of(f.MedianDifference), TableValue.Of(f.MedianConfidence95?.Low), TableValue.Of(f.MedianConfidence95?.High)]),
                Probability(f.WilcoxonP), Probability(f.HolmP), TableCell.Number(f.A12 is { } a12 ? HumanNumber.Fixed(a12, 2) : "", f.A12), Probability(f.SmallestP),
            ],
            startsGroup);
    }

    private static TableCell Probability(double? p) => TableCell.Number(p is { } value ? HumanNumber.Probability(value) : "", p);
}
