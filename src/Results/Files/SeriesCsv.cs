using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary><c>series.csv</c>: a row a point, cells in plan order, points in the order of the cell.</summary>
public static class SeriesCsv
{
    private static readonly string[] Columns = ["experiment", "fleet", "workload", "faults", "strategy", "seed", "metric", "x_name", "x", "value"];

    /// <summary>Writes the series of all cells.</summary>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static void Write(TextWriter text, IReadOnlyList<CellResult> cells)
    {
        using var rows = new CsvRowWriter(text, Columns);
        foreach (CellResult cell in cells)
        {
            foreach (SeriesPoint point in cell.Series) rows.Key(cell.Key).Text(point.Metric).Text(point.XName).Number(point.X).Number(point.Value).End();
        }
    }

    /// <summary>Reads the points back, by cell.</summary>
    /// <exception cref="InputException">The file is missing, or a row cannot be used.</exception>
    public static IReadOnlyDictionary<CellKey, IReadOnlyList<SeriesPoint>> Read(string path)
    {
        using var rows = new CsvRowReader(path, Columns);
        var series = new Dictionary<CellKey, List<SeriesPoint>>();
        while (rows.Next())
        {
            CellKey key = rows.Key();
            if (!series.TryGetValue(key, out List<SeriesPoint>? points)) series.Add(key, points = []);
            points.Add(new SeriesPoint(
                rows.Metric("metric", MetricPlace.Result), rows.Metric("x_name", MetricPlace.Axis), rows.Number("x"), rows.Number("value")));
        }

        return series.ToDictionary(entry => entry.Key, IReadOnlyList<SeriesPoint> (entry) => entry.Value);
    }
}
