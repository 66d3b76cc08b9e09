using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Tables;

/// <summary>Metric names as heads for people: <c>gpu_allocated_percent</c> becomes "GPU allocated" with the unit %.</summary>
public static class MetricLabel
{
    /// <summary>Units of several words.</summary>
    private static readonly string[] Units = ["_per_second", "_per_hour", "_replica_seconds", "_node_seconds"];

    /// <summary>The label without its unit. A name outside of the catalog is shown with blanks for underscores.</summary>
    public static string Of(string metric)
    {
        string name = Units.FirstOrDefault(unit => metric.EndsWith(unit, StringComparison.Ordinal)) is { } unit ? metric[..^unit.Length] : metric;
        IEnumerable<string> words = name.Split('_').Where(word => word is not ("percent" or "seconds" or "bytes" or "total")).Select(Word);
        string label = string.Join(' ', words);
        return label.Length == 0 ? metric : label;
    }

    /// <summary>The unit, or empty.</summary>
    public static string UnitOf(string metric) => MetricCatalog.Find(metric)?.Unit ?? "";

    /// <summary>Label and unit, for an axis or a head: <c>GPU allocated (%)</c>.</summary>
    public static string WithUnit(string metric) => UnitOf(metric) is { Length: > 0 } unit ? $"{Of(metric)} ({unit})" : Of(metric);

    /// <summary>Label and unit of a difference of two values: <c>GPU allocated (percentage points)</c>, because 5 % less would be read as a share of the other value.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="where">What follows the label, such as <c> at 100 % arrival</c>.</param>
    public static string OfDifference(string metric, string where = "") => UnitOf(metric) switch
    {
        "" => Of(metric) + where,
        "%" => $"{Of(metric)}{where} (percentage points)",
        string unit => $"{Of(metric)}{where} ({unit})",
    };

    private static string Word(string word) => word is "gpu" or "cpu" or "cv" ? word.ToUpperInvariant() : word;
}
