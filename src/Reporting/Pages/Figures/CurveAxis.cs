using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Tables;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The x axis of a curve: what it is called, and in which unit it is read.</summary>
/// <param name="Spec">The axis.</param>
/// <param name="Divisor">What x of the series is divided by.</param>
internal sealed record CurveAxis(AxisSpec Spec, double Divisor)
{
    /// <summary>GPU requests that arrived, as a percentage of the fleet's capacity.</summary>
    public const string GpuArrivals = "gpu_arrived_percent";

    private const string Time = "time_seconds";

    /// <summary>The axis of a series.</summary>
    /// <param name="xName">Metric on it.</param>
    /// <param name="largest">Largest x.</param>
    public static CurveAxis Of(string xName, double largest)
    {
        switch (xName)
        {
            case GpuArrivals: return new CurveAxis(new AxisSpec("GPU requests arrived (% of capacity)"), 1);
            case Time:
                var unit = TimeUnit.For(largest);
                return new CurveAxis(new AxisSpec($"time ({unit.Name})"), unit.Seconds);
            default: return new CurveAxis(new AxisSpec(MetricLabel.WithUnit(xName)), 1);
        }
    }
}
