using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>Bands first, lines over all bands, markers over all lines.</summary>
internal static class LinePainter
{
    private const double BandOpacity = 0.18;

    public static void Paint(LineChart chart, ChartSize size, ICanvas canvas)
    {
        DataRange xs = DataRange.Of(chart.Series.SelectMany(s => s.Points).Select(p => p.X));
        DataRange ys = DataRange.Of(chart.Series.SelectMany(s => s.Points).SelectMany(p => (double[])[p.Y, p.Low ?? p.Y, p.High ?? p.Y]));
        var frame = new Frame(new FrameRequest(
            chart, size,
            count => NumericAxis.Create(chart.X, xs, AxisEnds.Exact, count),
            count => NumericAxis.Create(chart.Y, ys, AxisEnds.Rounded, count))
        {
            Legend = [.. chart.Series.Select(s => s.Name)],
            Swatch = Swatch.LineWithMarker,
            IsEmpty = xs.IsEmpty,
        });
        frame.Draw(canvas);
        frame.BeginClip(canvas, size.StrokePt);
        for (int i = 0; i < chart.Series.Count; i++) DrawBands(chart, i, frame, canvas);
        for (int i = 0; i < chart.Series.Count; i++)
        {
            Spot[] spots = [.. chart.Series[i].Points.Select(p => At(frame, p.X, p.Y))];
            Curves.Line(canvas, Curves.Thin(chart.Stepped ? Curves.Steps(spots) : spots), SeriesStyle.At(i), size);
        }

        canvas.EndClip();
        frame.DrawSpines(canvas);
        for (int i = 0; i < chart.Series.Count; i++)
        {
            Curves.Markers(canvas, frame.Plot, [.. chart.Series[i].Points.Select(p => At(frame, p.X, p.Y))], i, chart.Series.Count, size);
        }
    }

    private static Spot At(Frame frame, double x, double y) => frame.At(((NumericAxis)frame.X).At(x), ((NumericAxis)frame.Y).At(y));

    /// <summary>One polygon for every run of points that have an interval.</summary>
    private static void DrawBands(LineChart chart, int index, Frame frame, ICanvas canvas)
    {
        IReadOnlyList<LinePoint> points = chart.Series[index].Points;
        for (int start = 0; start < points.Count; start++)
        {
            int end = start;
            while (end < points.Count && points[end].Low.HasValue) end++;
            if (end > start) DrawBand([.. points.Skip(start).Take(end - start)]);
            start = end;
        }

        void DrawBand(LinePoint[] run)
        {
            Spot[] upper = [.. run.Select(p => At(frame, p.X, p.High!.Value))], lower = [.. run.Select(p => At(frame, p.X, p.Low!.Value))];
            if (chart.Stepped) (upper, lower) = ([.. Curves.Steps(upper)], [.. Curves.Steps(lower)]);
            Array.Reverse(lower);
            canvas.Path([.. Curves.Thin(upper), .. Curves.Thin(lower)], closed: true, new Paint(SeriesStyle.At(index).Color, null, BandOpacity));
        }
    }
}
