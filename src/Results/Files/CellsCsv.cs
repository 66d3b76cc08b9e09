using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary><c>cells.csv</c>: key columns, then one column a scalar metric that occurs in any cell, in catalog order. A metric that a cell lacks, or whose sample is empty, is an empty field.</summary>
public static class CellsCsv
{
    private static readonly string[] KeyColumns = ["experiment", "fleet", "workload", "faults", "strategy", "seed", "status", "failure", "fingerprint"];

    /// <summary>Writes a row a cell, in the order given; failed and void cells too, with their reason.</summary>
    /// <exception cref="ArgumentException">A metric is not in the catalog, or a value is not finite.</exception>
    public static void Write(TextWriter text, IReadOnlyList<CellResult> cells)
    {
        IReadOnlyList<string> metrics = MetricColumns.Of(cells);
        using var rows = new CsvRowWriter(text, [.. KeyColumns, .. metrics]);
        foreach (CellResult cell in cells)
        {
            rows.Key(cell.Key).Text(StatusName(cell.Status)).Text(cell.Failure).Text(cell.Fingerprint.ToString("x16", CultureInfo.InvariantCulture));
            var values = cell.Metrics.ToDictionary(m => m.Metric, m => m.Value, StringComparer.Ordinal);
            foreach (string metric in metrics) rows.Number(values.GetValueOrDefault(metric));
            rows.End();
        }
    }

    /// <summary>Reads the cells back: keys, status and metrics. An empty field is a metric with an empty sample.</summary>
    /// <exception cref="InputException">The file is missing, or a row cannot be used.</exception>
    public static IReadOnlyList<CellResult> Read(string path)
    {
        using var rows = new CsvRowReader(path, KeyColumns);
        string[] metrics = [.. rows.Header.Except(KeyColumns, StringComparer.Ordinal)];
        foreach (string metric in metrics) rows.CheckMetric("", metric, MetricPlace.Result);
        var seen = new HashSet<CellKey>();
        var cells = new List<CellResult>();
        while (rows.Next())
        {
            CellKey key = rows.Key();
            if (!seen.Add(key)) throw rows.Problem("seed", rows.Text("seed"), "this cell stands in the file twice");
            cells.Add(new CellResult
            {
                Key = key,
                Status = ReadStatus(rows),
                Failure = rows.Text("failure"),
                Fingerprint = rows.Hex("fingerprint"),
                Metrics = [.. metrics.Select(metric => new MetricValue(metric, rows.Optional(metric)))],
            });
        }

        return cells;
    }

    private static string StatusName(CellStatus status) => status switch
    {
        CellStatus.Ok => "ok",
        CellStatus.Failed => "failed",
        CellStatus.Void => "void",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A status of a cell."),
    };

    private static CellStatus ReadStatus(CsvRowReader rows) => rows.Text("status") switch
    {
        "ok" => CellStatus.Ok,
        "failed" => CellStatus.Failed,
        "void" => CellStatus.Void,
        string other => throw rows.Problem("status", other, "expected ok, failed or void"),
    };
}
