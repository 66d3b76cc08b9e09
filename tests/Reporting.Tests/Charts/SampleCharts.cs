using SchedBench.Reporting.Charts;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>Figures like those of a placement study: six policies, arrivals up to 130 % of the capacity. Values follow formulas, so the goldens never move by themselves.</summary>
internal static class SampleCharts
{
    public static readonly string[] Policies = ["random", "dot-product", "best-fit", "gpu-packing", "gpu-clustering", "fgd"];

    public static readonly string[] FourteenStrategies =
    [
        "random", "round-robin", "first-fit", "best-fit", "worst-fit", "power-of-two", "dot-product", "gpu-packing", "gpu-clustering", "fgd",
        "swarm-spread", "least-allocated", "most-allocated", "balanced",
    ];

    private static readonly double[] Plateaus = [83.5, 87.9, 91.2, 92.4, 93.1, 96.3];

    public static LineChart Line { get; } = new(
        new AxisSpec("Arrived GPU requests (% of capacity)"),
        new AxisSpec("GPUs allocated (% of capacity)"),
        [.. Policies.Select((name, i) => new LineSeries(name, [.. Enumerable.Range(0, 131).Select(x => Saturating(x, Plateaus[i], 0.6 + (0.35 * (6 - i))))]))])
    {
        Title = "Allocation under saturation, default trace",
        Description = "Six policies; the line is the mean of ten seeds, the band its 95 % interval.",
    };

    public static EcdfChart Ecdf { get; } = new(
        new AxisSpec("Waiting time (s)", AxisScale.Log10),
        [.. Policies.Select((name, i) => new EcdfSeries(name, Spread(200 + (40 * i), 0.5 * (6 - i), 900 - (100 * i))))]);

    public static BoxChart Box { get; } = new(
        new AxisSpec("GPUs allocated at 100 % arrived (% of capacity)"),
        [.. FourteenStrategies.Select((name, i) => new BoxSeries(name, [.. Spread(40, 1, 30).Select(x => 80 + (i % 5 * 2.5) + (x / 9) - (i * 0.2))]))]);

    public static BarChart Bars { get; } = new(
        new AxisSpec("GPUs allocated (% of capacity)"),
        ["default", "gpushare40", "multigpu20"],
        [.. Policies.Select((name, i) => new BarSeries(name, [Around(Plateaus[i], 1.5), Around(Plateaus[i] - 4 + i, 2.5), i == 2 ? null : Around(Plateaus[i] - 11, 1)]))]);

    public static BarChart Stack { get; } = new(
        new AxisSpec("Time to replace a pod (s)"),
        Policies,
        [.. ((string[])["detect", "evict", "place", "pull"]).Select((name, s) => new BarSeries(name, [.. Policies.Select((_, p) => p == 2 ? (Bar?)null : new Bar((40 + (60 * s % 130) + (7 * p)) % 150))]))])
    {
        Stacked = true,
    };

    public static HeatMapChart HeatMap { get; } = new(
        Policies,
        ["default", "cpu050", "gpushare40", "gpushare100", "multigpu20", "multigpu50"],
        [.. Policies.Select((_, i) => (IReadOnlyList<double?>)[.. Enumerable.Range(0, 6).Select(j => (i, j) == (1, 3) ? (double?)null : Plateaus[i] - (j * j * 0.7) + (i * j * 0.3))])],
        "GPUs allocated (% of capacity)")
    {
        ColumnTitle = "Trace",
    };

    public static HeatMapChart Differences { get; } = HeatMap with
    {
        Values = [.. HeatMap.Values.Select(row => (IReadOnlyList<double?>)[.. row.Select(v => v - 88)])],
        ValueTitle = "Difference to best-fit (percentage points)",
        Center = 0,
    };

    public static TimelineChart Timeline { get; } = new(
        new AxisSpec("Time (h)"),
        [.. Enumerable.Range(1, 8).Select(n => FormattableString.Invariant($"node-{n}"))],
        [.. ((string[])["1/4 GPU", "1/2 GPU", "1 GPU", "1/8 GPU"]).Select((name, s) => new TimelineSeries(name, [.. Enumerable.Range(0, 28).Select(k => Stay(s, k))]))])
    {
        RowTitle = "Node",
    };

    public static CriticalDifferenceChart Ranks { get; } = new(
        [.. FourteenStrategies.Select((name, i) => new RankedName(name, 1.3 + (RankOf(name) * 0.9) + (i % 3 * 0.1)))],
        [["fgd", "gpu-clustering", "gpu-packing"], ["gpu-packing", "best-fit", "dot-product"], ["most-allocated", "first-fit", "balanced"], ["worst-fit", "swarm-spread", "round-robin", "random"]])
    {
        CriticalDifference = 2.6,
    };

    private static int RankOf(string name) => Array.IndexOf(
        ["fgd", "gpu-clustering", "gpu-packing", "best-fit", "dot-product", "most-allocated", "first-fit", "balanced", "least-allocated", "power-of-two"], name) is >= 0 and var place
        ? place
        : 9 + (name.Length % 5);

    private static TimelineBar Stay(int series, int k)
    {
        double share = ((double[])[0.25, 0.5, 1, 0.125])[series], start = ((k * 29) + (series * 7)) % 67 * 0.34;
        int row = series == 2 ? 6 + (k % 2) : ((k * 5) + series) % 6;
        if (series == 2) start = k / 2 * 1.7;
        return new TimelineBar(row, start, start + (series == 2 ? 1.2 + (k % 3 * 0.15) : 0.6 + (k % 5 * 0.4)), share);
    }

    private static Bar Around(double value, double half) => new(value, value - half, value + half);

    /// <summary>A skewed sample with a long tail, by a rational formula.</summary>
    private static double[] Spread(int count, double low, double scale) =>
        [.. Enumerable.Range(0, count).Select(k => (k * 97 % count) + 0.5).Select(u => low + (scale * (u / count) * (u / count) / (1.15 - (u / count)) / 6))];

    /// <summary>Follows the diagonal and bends towards its plateau; the band opens where the curve bends.</summary>
    private static LinePoint Saturating(int x, double plateau, double halfWidth)
    {
        double bend = plateau - 9, y = x <= bend ? x : plateau - (9 * 9 / (9 + (1.4 * (x - bend))));
        double half = halfWidth * Math.Min(1, x / plateau);
        return new LinePoint(x, y, y - half, y + half);
    }
}
