namespace SchedBench.Results.Schema;

/// <summary>Which metrics a set of cells has.</summary>
public static class MetricColumns
{
    /// <summary>Names of the scalar metrics that occur in any of <paramref name="cells"/>, in catalog order. A metric whose every value is an empty sample occurs too.</summary>
    /// <exception cref="ArgumentException">A metric is not in the catalog.</exception>
    public static IReadOnlyList<string> Of(IEnumerable<CellResult> cells)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (CellResult cell in cells)
        {
            foreach (MetricValue metric in cell.Metrics) names.Add(metric.Metric);
        }

        return [.. names.OrderBy(MetricCatalog.PositionOf)];
    }
}
