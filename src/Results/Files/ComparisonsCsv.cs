using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary><c>comparisons.csv</c>: every strategy against the baseline, paired by seed; differences are strategy − baseline. Figures that there are too few pairs for are empty.</summary>
public static class ComparisonsCsv
{
    private static readonly string[] Columns =
    [
        "experiment", "fleet", "workload", "faults", "strategy", "baseline", "metric", "n_pairs", "zero_pairs", "mean_difference", "ci95_low", "ci95_high",
        "median_difference", "median_ci95_low", "median_ci95_high", "wilcoxon_p", "holm_p", "a12", "smallest_p",
    ];

    /// <summary>Writes <paramref name="rows"/> in their order.</summary>
    public static void Write(TextWriter text, IReadOnlyList<ComparisonRow> rows)
    {
        using var csv = new CsvRowWriter(text, Columns);
        foreach (ComparisonRow row in rows)
        {
            ComparisonFigures f = row.Figures;
            csv.Combination(row.Combination).Text(row.Strategy).Text(row.Baseline).Text(row.Metric)
                .Whole((ulong)f.Pairs).Whole((ulong)f.ZeroPairs).Number(f.MeanDifference).Ends(f.Confidence95)
                .Number(f.MedianDifference).Ends(f.MedianConfidence95).Number(f.WilcoxonP).Number(f.HolmP).Number(f.A12).Number(f.SmallestP).End();
        }
    }

    /// <summary>Reads the rows back.</summary>
    /// <exception cref="InputException">The file is missing, or a row cannot be used.</exception>
    public static IReadOnlyList<ComparisonRow> Read(string path)
    {
        using var csv = new CsvRowReader(path, Columns);
        var rows = new List<ComparisonRow>();
        while (csv.Next())
        {
            var figures = new ComparisonFigures(
                csv.Count("n_pairs"), csv.Count("zero_pairs"), csv.Optional("mean_difference"), csv.Ends("ci95_low", "ci95_high"),
                csv.Optional("median_difference"), csv.Ends("median_ci95_low", "median_ci95_high"),
                csv.Optional("wilcoxon_p"), csv.Optional("holm_p"), csv.Optional("a12"), csv.Optional("smallest_p"));
            rows.Add(new ComparisonRow(csv.Combination(), csv.Text("strategy"), csv.Text("baseline"), csv.Metric("metric", MetricPlace.Result), figures));
        }

        return rows;
    }
}
