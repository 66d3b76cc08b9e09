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
            default: throw new ArgumentException($"no painter for {spec.GetType().Name}", nameof(spec));
        }
    }
}
