using SchedBench.Core.Input;
using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Files;

/// <summary><c>summary.csv</c>: every metric of every strategy over the seeds. Figures that the sample is too small for are empty.</summary>
public static class SummaryCsv
{
    private static readonly string[] Columns =
        ["experiment", "fleet", "workload", "faults", "strategy", "metric", "mean", "stdev", "n", "ci95_low", "ci95_high", "min", "p50", "max"];

    /// <summary>Writes <paramref name="rows"/> in their order.</summary>
    public static void Write(TextWriter text, IReadOnlyList<SummaryRow> rows)
    {
        using var csv = new CsvRowWriter(text, Columns);
        foreach (SummaryRow row in rows)
        {
            SampleSummary s = row.Sample;
            csv.Combination(row.Combination).Text(row.Strategy).Text(row.Metric)
                .Number(s.Mean).Number(s.StandardDeviation).Whole((ulong)s.Count).Ends(s.Confidence95).Number(s.Minimum).Number(s.P50).Number(s.Maximum).End();
        }
    }

    /// <summary>Reads the rows back.</summary>
    /// <exception cref="InputException">The file is missing, or a row cannot be used.</exception>
    public static IReadOnlyList<SummaryRow> Read(string path)
    {
        using var csv = new CsvRowReader(path, Columns);
        var rows = new List<SummaryRow>();
        while (csv.Next())
        {
            var sample = new SampleSummary(
                csv.Count("n"), csv.Optional("mean"), csv.Optional("stdev"), csv.Ends("ci95_low", "ci95_high"), csv.Optional("min"), csv.Optional("p50"), csv.Optional("max"));
            rows.Add(new SummaryRow(csv.Combination(), csv.Text("strategy"), csv.Metric("metric", MetricPlace.Result), sample));
        }

        return rows;
    }
}
