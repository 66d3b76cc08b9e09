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

    /// <summary>Follows the diagonal and bends towards its plateau; the band opens where the curve bends.</summary>
    private static LinePoint Saturating(int x, double plateau, double halfWidth)
    {
        double bend = plateau - 9, y = x <= bend ? x : plateau - (9 * 9 / (9 + (1.4 * (x - bend))));
        double half = halfWidth * Math.Min(1, x / plateau);
        return new LinePoint(x, y, y - half, y + half);
    }
}
