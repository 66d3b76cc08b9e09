using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Results.Files;

/// <summary><c>services.csv</c>: a row a metric of a service, cells in plan order. The file is written for studies of Kubernetes objects alone.</summary>
public static class ServicesCsv
{
    private static readonly string[] Columns = ["experiment", "fleet", "workload", "faults", "strategy", "seed", "service", "metric", "value"];

    /// <summary>Writes the services of all cells.</summary>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static void Write(TextWriter text, IReadOnlyList<CellResult> cells)
    {
        using var rows = new CsvRowWriter(text, Columns);
        foreach (CellResult cell in cells)
        {
            foreach (ServiceValue value in cell.Services) rows.Key(cell.Key).Text(value.Service).Text(value.Metric).Number(value.Value).End();
        }
    }

    /// <summary>Reads the rows back, by cell.</summary>
    /// <exception cref="InputException">The file is missing, or a row cannot be used.</exception>
    public static IReadOnlyDictionary<CellKey, IReadOnlyList<ServiceValue>> Read(string path)
    {
        using var rows = new CsvRowReader(path, Columns);
        var services = new Dictionary<CellKey, List<ServiceValue>>();
        while (rows.Next())
        {
            CellKey key = rows.Key();
            if (!services.TryGetValue(key, out List<ServiceValue>? values)) services.Add(key, values = []);
            values.Add(new ServiceValue(rows.Text("service"), rows.Metric("metric", MetricPlace.Result), rows.Optional("value")));
        }

        return services.ToDictionary(entry => entry.Key, IReadOnlyList<ServiceValue> (entry) => entry.Value);
    }
}
