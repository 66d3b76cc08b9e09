namespace SchedBench.Results.Schema;

/// <summary>What must hold of a cell before it enters a journal or a file.</summary>
public static class CellResultRules
{
    /// <summary>Refuses a cell with a metric outside of the catalog or in the wrong place, a metric named twice, or a value that is NaN or infinite.</summary>
    /// <exception cref="ArgumentException">A rule is broken; the message names the metric and the cell.</exception>
    public static void Check(CellResult cell)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (MetricValue metric in cell.Metrics)
        {
            Require(cell, metric.Metric, MetricPlace.Result);
            if (metric.Value is { } value) RequireFinite(cell, metric.Metric, value);
            if (!seen.Add(metric.Metric)) throw Broken(cell, metric.Metric, "is given twice");
        }

        foreach (SeriesPoint point in cell.Series)
        {
            Require(cell, point.Metric, MetricPlace.Result);
            Require(cell, point.XName, MetricPlace.Axis);
            RequireFinite(cell, point.XName, point.X);
            RequireFinite(cell, point.Metric, point.Value);
        }

        foreach (ServiceValue value in cell.Services)
        {
            Require(cell, value.Metric, MetricPlace.Result);
            if (value.Value is { } number) RequireFinite(cell, $"{value.Metric} of {value.Service}", number);
        }

        foreach (MetricValue timing in cell.Timing)
        {
            Require(cell, timing.Metric, MetricPlace.Timing);
            if (timing.Value is { } value) RequireFinite(cell, timing.Metric, value);
        }

        foreach (TimelineBar bar in cell.Timeline)
        {
            RequireFinite(cell, "timeline start", bar.StartSeconds);
            RequireFinite(cell, "timeline end", bar.EndSeconds);
            RequireFinite(cell, "timeline share", bar.Share);
        }
    }

    private static void Require(CellResult cell, string metric, MetricPlace place)
    {
        MetricPlace actual = MetricCatalog.Get(metric).Place;
        if (actual != place) throw Broken(cell, metric, $"belongs to {actual}, not to {place}");
    }

    private static void RequireFinite(CellResult cell, string what, double value)
    {
        if (!double.IsFinite(value)) throw Broken(cell, what, $"is {value}; only finite values enter a result");
    }

    private static ArgumentException Broken(CellResult cell, string what, string trouble) =>
        new($"Cell {cell.Key.Fleet}/{cell.Key.Workload}/{cell.Key.Faults}/{cell.Key.Strategy}/{cell.Key.Seed}: {what} {trouble}.", nameof(cell));
}
