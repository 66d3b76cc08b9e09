using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>The long tables: a row a strategy and metric.</summary>
public static class SummaryTableBuilder
{
    /// <summary>Mean, standard deviation, n, interval, minimum, p50 and maximum of every metric.</summary>
    /// <param name="summary">The rows, in their order.</param>
    /// <param name="metrics">Metrics to show; empty for all.</param>
    public static Table Of(IReadOnlyList<SummaryRow> summary, IReadOnlyList<string>? metrics = null)
    {
        SummaryRow[] chosen = [.. summary.Where(row => metrics is null || metrics.Count == 0 || metrics.Contains(row.Metric))];
        var factors = new FactorColumns(chosen.Select(row => row.Combination));
        TableColumn[] columns =
        [
            .. factors.Columns, new("strategy", ["strategy"], ColumnAlignment.Left), new("metric", ["metric"], ColumnAlignment.Left), new("mean", ["mean"]), new("stdev", ["stdev"]),
            new("n", ["n"]), new("95 % low", ["ci95_low"]), new("95 % high", ["ci95_high"]), new("min", ["min"]), new("p50", ["p50"]), new("max", ["max"]),
        ];
        return new Table("summary", columns, [.. chosen.Select((row, i) => Row(factors, row, i > 0 && !SameStrategy(chosen[i - 1], row)))])
        {
            Caption = factors.Caption("Every metric over the seeds"),
            Notes = ["95 %: interval of the mean by Student's t; p50: nearest rank. Failed and void cells take no part."],
        };
    }

    private static TableRow Row(FactorColumns factors, SummaryRow row, bool startsGroup)
    {
        SampleSummary s = row.Sample;
        int decimals = HumanNumber.Decimals([s.Mean, s.Minimum, s.Maximum], [s.StandardDeviation]);
        return new TableRow(
            [
                .. factors.Cells(row.Combination), TableCell.Words(row.Strategy), TableCell.Words(row.Metric), Cell(s.Mean), Cell(s.StandardDeviation),
                TableCell.Number(HumanNumber.Fixed(s.Count, 0), s.Count), Cell(s.Confidence95?.Low), Cell(s.Confidence95?.High), Cell(s.Minimum), Cell(s.P50), Cell(s.Maximum),
            ],
            startsGroup);

        TableCell Cell(double? value) => TableCell.Number(value is { } number ? HumanNumber.Fixed(number, decimals) : "", value);
    }

    private static bool SameStrategy(SummaryRow a, SummaryRow b) => a.Combination == b.Combination && a.Strategy == b.Strategy;
}
