using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables;

/// <summary>Metric names as heads for people: <c>gpu_allocated_percent</c> becomes "GPU allocated" with the unit %.</summary>
public static class MetricLabel
{
    /// <summary>The label without its unit. A name outside of the catalog is shown with blanks for underscores.</summary>
    public static string Of(string metric)
    {
        string name = metric.EndsWith("_per_second", StringComparison.Ordinal) ? metric[..^"_per_second".Length] : metric;
        IEnumerable<string> words = name.Split('_').Where(word => word is not ("percent" or "seconds" or "bytes" or "total")).Select(Word);
        string label = string.Join(' ', words);
        return label.Length == 0 ? metric : label;
    }

    /// <summary>The unit, or empty.</summary>
    public static string UnitOf(string metric) => MetricCatalog.Find(metric)?.Unit ?? "";

    /// <summary>Label and unit, for an axis or a head: <c>GPU allocated (%)</c>.</summary>
    public static string WithUnit(string metric) => UnitOf(metric) is { Length: > 0 } unit ? $"{Of(metric)} ({unit})" : Of(metric);

    private static string Word(string word) => word is "gpu" or "cpu" or "cv" ? word.ToUpperInvariant() : word;
}
