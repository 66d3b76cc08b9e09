using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>Steps from 0 at the left edge to 1 at the right edge.</summary>
internal static class EcdfPainter
{
    public static void Paint(EcdfChart chart, ChartSize size, ICanvas canvas)
    {
        var curves = chart.Series.Select(s => EcdfCurve.Of(s.Samples)).ToList();
        DataRange range = DataRange.Of(curves.Where(c => c.Count > 0).SelectMany(c => (double[])[c[0].Value, c[^1].Value]));
        var y = new AxisSpec(chart.YTitle, AxisScale.Linear, 0, 1);
        var frame = new Frame(new FrameRequest(
            chart, size,
            count => NumericAxis.Create(chart.X, range, AxisEnds.Exact, count),
            count => NumericAxis.Create(y, DataRange.Empty, AxisEnds.Exact, count))
        {
            Legend = [.. chart.Series.Select(s => s.Name)],
            Swatch = Swatch.LineWithMarker,
            IsEmpty = range.IsEmpty,
        });
        frame.Draw(canvas);
        var xAxis = (NumericAxis)frame.X;
        var spots = curves.Select(curve => curve.Select(step => frame.At(xAxis.At(step.Value), step.Share)).ToArray()).ToList();
        frame.BeginClip(canvas, size.StrokePt);
        for (int i = 0; i < spots.Count; i++)
        {
            if (spots[i].Length == 0) continue;
            Spot[] whole = [new Spot(Math.Min(frame.Plot.X, spots[i][0].X), frame.Plot.Bottom), .. spots[i], new Spot(Math.Max(frame.Plot.Right, spots[i][^1].X), frame.Plot.Y)];
            Curves.Line(canvas, Curves.Thin(Curves.Steps(whole)), SeriesStyle.At(i), size);
        }

        canvas.EndClip();
        frame.DrawSpines(canvas);
        for (int i = 0; i < spots.Count; i++) Curves.Markers(canvas, frame.Plot, spots[i], i, spots.Count, size);
    }
}
