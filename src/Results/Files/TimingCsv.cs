using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary><c>timing.csv</c>: everything that a wall clock measured, and nothing else; the one result file that differs between equal runs.</summary>
public static class TimingCsv
{
    private static readonly string[] Columns = ["experiment", "fleet", "workload", "faults", "strategy", "seed", "metric", "value"];

    /// <summary>Writes the timing of all cells, cells in plan order.</summary>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static void Write(TextWriter text, IReadOnlyList<CellResult> cells)
    {
        using var rows = new CsvRowWriter(text, Columns);
        foreach (CellResult cell in cells)
        {
            foreach (MetricValue timing in cell.Timing) rows.Key(cell.Key).Text(timing.Metric).Number(timing.Value).End();
        }
    }

    /// <summary>Reads the figures back, by cell.</summary>
    /// <exception cref="InputException">The file is missing, or a row cannot be used.</exception>
    public static IReadOnlyDictionary<CellKey, IReadOnlyList<MetricValue>> Read(string path)
    {
        using var rows = new CsvRowReader(path, Columns);
        var timing = new Dictionary<CellKey, List<MetricValue>>();
        while (rows.Next())
        {
            CellKey key = rows.Key();
            if (!timing.TryGetValue(key, out List<MetricValue>? values)) timing.Add(key, values = []);
            values.Add(new MetricValue(rows.Metric("metric", MetricPlace.Timing), rows.Optional("value")));
        }

        return timing.ToDictionary(entry => entry.Key, IReadOnlyList<MetricValue> (entry) => entry.Value);
    }
}
