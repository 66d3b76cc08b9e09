namespace SchedBench.Core.Recording.Metrics;

/// <summary>Mean and nearest-rank percentiles of a sample, under the names of a metric. An empty sample is empty, not 0.</summary>
internal static class SampleFigures
{
    /// <summary>τ of the bounded slowdown (REFERENCE §1.2): shorter service times count as this.</summary>
    public static readonly TimeSpan BoundedSlowdownFloor = TimeSpan.FromSeconds(10);

    private static readonly (string Suffix, int Percentile)[] Percentiles = [("p50", 50), ("p95", 95), ("p99", 99)];

    /// <summary>Mean, p50, p95 and p99 of times, in seconds; <c>max</c> too where it is asked for. Sorts the sample.</summary>
    public static void Seconds(string name, List<long> ticks, MetricSink sink, bool withLargest = false)
    {
        AddMean(name, ticks, sink);
        foreach ((string suffix, int percentile) in Percentiles) AddRank(name, suffix, percentile, ticks, sink);
        if (withLargest) AddRank(name, "max", 100, ticks, sink);
    }

    /// <summary>Mean and p95 of times, in seconds. Sorts the sample.</summary>
    public static void MeanAndP95(string name, List<long> ticks, MetricSink sink)
    {
        AddMean(name, ticks, sink);
        AddRank(name, "p95", 95, ticks, sink);
    }

    /// <summary>Mean, p50, p95 and p99 of ratios. Sorts the sample.</summary>
    public static void Ratios(string name, List<double> values, MetricSink sink)
    {
        values.Sort();
        double sum = 0;
        foreach (double value in values) sum += value;
        sink.Add($"{name}_mean", values.Count == 0 ? null : sum / values.Count);
        foreach ((string suffix, int percentile) in Percentiles) sink.Add($"{name}_{suffix}", values.Count == 0 ? null : NearestRank(values, percentile));
    }

    /// <summary>x(⌈P·n⌉) of the sorted sample; the smallest for P = 0.</summary>
    public static T NearestRank<T>(List<T> sorted, int percentile) => sorted[(int)Math.Max(0, ((((long)percentile * sorted.Count) + 99) / 100) - 1)];

    /// <summary>Sorts, too.</summary>
    private static void AddMean(string name, List<long> ticks, MetricSink sink)
    {
        ticks.Sort();
        Int128 sum = 0;
        foreach (long value in ticks) sum += value;
        sink.AddRatio($"{name}_mean", sum, ticks.Count, 1.0 / TimeSpan.TicksPerSecond);
    }

    private static void AddRank(string name, string suffix, int percentile, List<long> sorted, MetricSink sink) =>
        sink.Add($"{name}_{suffix}", sorted.Count == 0 ? null : (double)NearestRank(sorted, percentile) / TimeSpan.TicksPerSecond);
}
