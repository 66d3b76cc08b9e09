using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary><c>published.csv</c>: published values with ours beside them; and the tables they come from.</summary>
public static class PublishedCsv
{
    private static readonly string[] Header =
    [
        "workload", "strategy", "metric", "x", "published_runs", "published_mean", "published_stdev", "n", "mean", "stdev", "difference", "standard_error",
    ];

    /// <summary>Writes the rows.</summary>
    public static void Write(TextWriter text, IEnumerable<PublishedRow> rows)
    {
        using var csv = new CsvRowWriter(text, Header);
        foreach (PublishedRow row in rows)
        {
            PublishedValue value = row.Published;
            csv.Text(value.Workload).Text(value.Policy).Text(value.Metric).Number(value.X).Number(value.Runs).Number(value.Mean).Number(value.StandardDeviation)
                .Number(row.Seeds).Number(row.Mean).Number(row.StandardDeviation).Number(row.Difference).Number(row.StandardError).End();
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; empty when there is no such file.</summary>
    /// <exception cref="Core.Input.InputException">The file is damaged.</exception>
    public static IReadOnlyList<PublishedRow> Read(string path)
    {
        if (!File.Exists(path)) return [];
        using var csv = new CsvRowReader(path, Header);
        var rows = new List<PublishedRow>();
        while (csv.Next())
        {
            rows.Add(new PublishedRow(
                new PublishedValue(
                    csv.Text("workload"), csv.Text("strategy"), csv.Text("metric"), csv.Number("x"), csv.Count("published_runs"), csv.Number("published_mean"), csv.Number("published_stdev")),
                csv.Optional("mean"), csv.Optional("stdev"), csv.Count("n")));
        }

        return rows;
    }

    /// <summary>Reads a table of published values with the columns workload, policy, metric, runs, mean, stdev and one for x.</summary>
    /// <exception cref="Core.Input.InputException">A column is missing or a cell is no number.</exception>
    public static IReadOnlyList<PublishedValue> ReadSource(string path, string xColumn)
    {
        using var csv = new CsvRowReader(path, ["workload", "policy", "metric", xColumn, "runs", "mean", "stdev"]);
        var values = new List<PublishedValue>();
        while (csv.Next())
        {
            int runs = csv.Count("runs");
            double deviation = csv.Number("stdev");
            if (runs == 0) throw csv.Problem("runs", "0", "expected at least 1 run");
            if (deviation < 0) throw csv.Problem("stdev", csv.Text("stdev"), "expected a number that is not negative");
            values.Add(new PublishedValue(csv.Text("workload"), csv.Text("policy"), csv.Text("metric"), csv.Number(xColumn), runs, csv.Number("mean"), deviation));
        }

        return values;
    }
}
