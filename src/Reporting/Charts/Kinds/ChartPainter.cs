using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>The one way from a specification to a canvas: check, then let the painter of the kind draw.</summary>
internal static class ChartPainter
{
    public static void Paint(ChartSpec spec, ChartSize size, ICanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(size);
        size.Validate();
        spec.Validate();
        switch (spec)
        {
            case LineChart line: LinePainter.Paint(line, size, canvas); break;
            case EcdfChart ecdf: EcdfPainter.Paint(ecdf, size, canvas); break;
            case BoxChart box: BoxPainter.Paint(box, size, canvas); break;
            case BarChart bars: BarPainter.Paint(bars, size, canvas); break;
            case HeatMapChart heatMap: HeatMapPainter.Paint(heatMap, size, canvas); break;
            case TimelineChart timeline: TimelinePainter.Paint(timeline, size, canvas); break;
            case CriticalDifferenceChart ranks: CriticalDifferencePainter.Paint(ranks, size, canvas); break;
            default: throw new ArgumentException($"no painter for {spec.GetType().Name}", nameof(spec));
        }
    }
}
