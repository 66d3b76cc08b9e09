using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tables.Builders;

/// <summary>Our curves beside published ones.</summary>
public static class PublishedTableBuilder
{
    /// <summary>Name of the table of <see cref="Agreement"/>.</summary>
    public const string AgreementName = "published";

    private const int Decimals = 2;

    /// <summary>In full: a row a point, with both means and their difference.</summary>
    /// <param name="rows">The points, in their order.</param>
    /// <param name="source">Where the values were published, in a line.</param>
    public static Table Points(IReadOnlyList<PublishedRow> rows, string source)
    {
        TableColumn[] columns =
        [
            new("workload", ["workload"], ColumnAlignment.Left), new("metric", ["metric"], ColumnAlignment.Left), new("strategy", ["strategy"], ColumnAlignment.Left),
            new("x", ["x"]), new("mean", ["mean"]), new("stdev", ["stdev"]), new("n", ["n"]),
            new("published", ["published_mean"]), new("its stdev", ["published_stdev"]), new("its n", ["published_n"]),
            new("difference", ["difference"]), new("std. error", ["standard_error"]),
        ];
        return new Table("published-points", columns, [.. rows.Select((row, i) => PointRow(row, i > 0 && CurveOf(rows[i - 1]) != CurveOf(row)))])
        {
            Caption = $"Every point beside the published one ({source})",
            Notes = ["difference: our mean − published mean; std. error: that of the difference of the two means."],
        };
    }

    /// <summary>How well the curves agree: a row a curve, with both values at one x, and over all its points the mean absolute difference, the largest and where it lies.</summary>
    /// <param name="rows">The points.</param>
    /// <param name="source">Where the values were published, in a line.</param>
    /// <param name="at">The x whose values are shown, such as 100; a curve without it has empty cells there.</param>
    public static Table Agreement(IReadOnlyList<PublishedRow> rows, string source, double at)
    {
        TableColumn[] columns =
        [
            new("workload", ["workload"], ColumnAlignment.Left), new("metric", ["metric"], ColumnAlignment.Left), new("strategy", ["strategy"], ColumnAlignment.Left),
            new($"at {ResultNumber.Format(at)}", ["mean", "ci95_low", "ci95_high"]), new("published", ["published_mean"]), new("difference", ["difference"]),
            new("points", ["points"]), new("mean |diff.|", ["mean_absolute_difference"]), new("largest", ["largest_difference"]), new("at x", ["largest_at"]),
        ];
        IGrouping<Curve, PublishedRow>[] curves = [.. rows.GroupBy(CurveOf)];
        double[] all = [.. rows.Select(row => row.Difference).OfType<double>().Select(Math.Abs)];
        string overall = all.Length == 0
            ? "No point of ours has a value."
            : $"Over all {all.Length} points the mean absolute difference is {HumanNumber.Fixed(Sample.Mean(all)!.Value, 3)}, the largest {HumanNumber.Fixed(all.Max(), 3)}.";
        int missing = rows.Count - all.Length;
        if (all.Length > 0 && missing > 0) overall += $" {missing} published {(missing == 1 ? "point has" : "points have")} no value of ours.";
        return new Table(AgreementName, columns, [.. curves.Select((curve, i) => CurveRow(curve.Key, [.. curve], at, i > 0 && !SameGroup(curves[i - 1].Key, curve.Key)))])
        {
            Caption = $"Beside the published values ({source})",
            Notes = ["Mean over the seeds ± half of its 95 % interval (Student's t); difference: our mean − published mean.", overall],
        };
    }

    private static TableRow CurveRow(Curve curve, PublishedRow[] rows, double at, bool startsGroup)
    {
        PublishedRow? shown = Array.Find(rows, row => row.Published.X == at);
        PublishedRow[] judged = [.. rows.Where(row => row.Difference is not null)];
        PublishedRow? largest = judged.MaxBy(row => Math.Abs(row.Difference!.Value));
        double? mean = Sample.Mean([.. judged.Select(row => Math.Abs(row.Difference!.Value))]);
        Interval? interval = shown is null ? null : Confidence95(shown);
        return new TableRow(
            [
                TableCell.Words(curve.Workload), TableCell.Words(curve.Metric), TableCell.Words(curve.Strategy),
                new TableCell(
                    FigureText.WithHalfWidth(shown?.Mean, interval, Decimals),
                    [TableValue.Of(shown?.Mean), TableValue.Of(interval?.Low), TableValue.Of(interval?.High)]),
                Plain(shown?.Published.Mean), Signed(shown?.Difference), Count(judged.Length),
                TableCell.Number(mean is { } m ? HumanNumber.Fixed(m, 3) : "", mean), Signed(largest?.Difference),
                TableCell.Number(largest is null ? "" : ResultNumber.Format(largest.Published.X), largest?.Published.X),
            ],
            startsGroup);
    }

    private static TableRow PointRow(PublishedRow row, bool startsGroup) => new(
        [
            TableCell.Words(row.Published.Workload), TableCell.Words(row.Published.Metric), TableCell.Words(row.Published.Policy),
            TableCell.Number(ResultNumber.Format(row.Published.X), row.Published.X), Plain(row.Mean), Plain(row.StandardDeviation), Count(row.Seeds),
            Plain(row.Published.Mean), Plain(row.Published.StandardDeviation), Count(row.Published.Runs), Signed(row.Difference), Plain(row.StandardError),
        ],
        startsGroup);

    private static Interval? Confidence95(PublishedRow row)
    {
        if (row.Mean is not { } mean || row.StandardDeviation is not { } deviation || row.Seeds < 2) return null;
        double half = StudentT.Quantile975(row.Seeds - 1) * deviation / Math.Sqrt(row.Seeds);
        return new Interval(mean - half, mean + half);
    }

    private static Curve CurveOf(PublishedRow row) => new(row.Published.Workload, row.Published.Metric, row.Published.Policy);

    private static bool SameGroup(Curve a, Curve b) => a.Workload == b.Workload && a.Metric == b.Metric;

    private static TableCell Count(int count) => TableCell.Number(HumanNumber.Fixed(count, 0), count);

    private static TableCell Plain(double? value) => TableCell.Number(value is { } number ? HumanNumber.Fixed(number, Decimals) : "", value);

    private static TableCell Signed(double? value) => TableCell.Number(value is { } number ? HumanNumber.Signed(number, Decimals) : "", value);

    private sealed record Curve(string Workload, string Metric, string Strategy);
}
