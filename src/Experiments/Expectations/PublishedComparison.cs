using SchedBench.Experiments.Files;
using SchedBench.Results.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Expectations;

/// <summary>Sets published values beside ours.</summary>
public static class PublishedComparison
{
    /// <summary>Reads the published table, so that a mistake in it is told before anything has run.</summary>
    /// <exception cref="Core.Input.InputException">The table cannot be read.</exception>
    public static void Check(PublishedSpec published) => Of(published, []);

    /// <summary>Reads the published table and looks our values up: those of its fleet, without faults. Rows about workloads or policies that the cells do not have are
    /// left out.</summary>
    /// <exception cref="Core.Input.InputException">The table cannot be read.</exception>
    public static IReadOnlyList<PublishedRow> Of(PublishedSpec published, IReadOnlyList<CellResult> cells)
    {
        if (published.Path is not { } path) return [];
        Dictionary<string, string> metrics = published.Metrics.ToDictionary(StringComparer.Ordinal), strategies = published.Strategies.ToDictionary(StringComparer.Ordinal);
        CellResult[] comparable = [.. cells.Where(cell => cell.Key.Fleet == published.Fleet && cell.Key.Faults == Experiment.NoFaults)];
        HashSet<(string, string)> levels = [.. comparable.Select(cell => (cell.Key.Workload, cell.Key.Strategy))];
        var ours = comparable.Where(cell => cell.Status == CellStatus.Ok)
            .SelectMany(cell => cell.Series.Where(point => point.XName == published.XMetric).Select(point => (cell.Key, Point: point)))
            .ToLookup(row => (row.Key.Workload, row.Key.Strategy, row.Point.Metric, row.Point.X), row => row.Point.Value);
        var rows = new List<PublishedRow>();
        foreach (PublishedValue value in PublishedCsv.ReadSource(path.FullPath, published.XColumn))
        {
            if (!strategies.TryGetValue(value.Policy, out string? strategy) || !metrics.TryGetValue(value.Metric, out string? metric)) continue;
            if (!levels.Contains((value.Workload, strategy))) continue;
            rows.Add(PublishedRow.Of(value with { Policy = strategy, Metric = metric }, [.. ours[(value.Workload, strategy, metric, value.X)]]));
        }

        return rows;
    }
}
