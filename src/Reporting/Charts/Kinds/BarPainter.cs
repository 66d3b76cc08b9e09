using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>Groups of bars with intervals, side by side or upon each other.</summary>
internal static class BarPainter
{
    private const double GroupShare = 0.84, WidestBarEm = 4;

    public static void Paint(BarChart chart, ChartSize size, ICanvas canvas)
    {
        DataRange range = DataRange.Of(chart.Series.SelectMany((s, i) => s.Bars.SelectMany((bar, c) => bar is { } b ? Ends(b, chart.FootOf(i, c)) : [])));
        var frame = new Frame(new FrameRequest(
            chart, size,
            _ => new CategoryAxis(chart.CategoryTitle, chart.Categories),
            count => NumericAxis.Create(chart.Value, range, AxisEnds.WithZero, count))
        {
            Legend = chart.Series is [{ Name: "" }] ? [] : [.. chart.Series.Select(s => s.Name)],
            Swatch = Swatch.Filled,
            IsEmpty = range.IsEmpty,
        });
        frame.Draw(canvas);
        double zero = ((NumericAxis)frame.Y).At(0), bar = 0;
        if (chart.Categories.Count > 0 && chart.Series.Count > 0)
            bar = Math.Min(frame.Plot.Width / chart.Categories.Count * GroupShare / (chart.Stacked ? 1 : chart.Series.Count), size.FontPt * WidestBarEm);
        frame.BeginClip(canvas, size.StrokePt);
        for (int i = 0; i < chart.Series.Count; i++)
        {
            for (int c = 0; c < chart.Categories.Count; c++)
            {
                if (chart.Series[i].Bars[c] is not { } value) continue;
                double left = frame.At(frame.X.Ticks[c].At, 0).X + ((chart.Stacked ? -0.5 : i - (chart.Series.Count / 2d)) * bar);
                Draw(value, chart.FootOf(i, c), frame, SeriesStyle.At(i), left, bar, canvas);
            }
        }

        canvas.EndClip();
        frame.DrawSpines(canvas);
        if (zero > 0) canvas.Path([frame.At(0, zero), frame.At(1, zero)], closed: false, new Paint(null, frame.Hairline(Rgb.Black)));
    }

    private static double[] Ends(Bar bar, double from) => [from + bar.Value, bar.Low ?? (from + bar.Value), bar.High ?? (from + bar.Value)];

    private static void Draw(Bar bar, double start, Frame frame, SeriesStyle style, double left, double width, ICanvas canvas)
    {
        var axis = (NumericAxis)frame.Y;
        double end = frame.At(0, axis.At(start + bar.Value)).Y, foot = frame.At(0, axis.At(start)).Y, gap = Math.Min(width * 0.1, 1);
        double hairline = frame.Hairline(style.Color).Width;
        Marks.FillArea(canvas, new Area(left + (gap / 2), Math.Min(end, foot), width - gap, Math.Abs(foot - end)), style, Math.Min(hairline, width * 0.2));
        if (bar.Low is not { } low || bar.High is not { } high) return;
        double middle = left + (width / 2);
        Spot from = new(middle, frame.At(0, axis.At(low)).Y), to = new(middle, frame.At(0, axis.At(high)).Y);
        double cap = Math.Min(width * 0.25, hairline * 4);
        Marks.Whisker(canvas, from, to, cap, new Stroke(Rgb.White, hairline * 2.6)); // keeps the interval visible on dark bars
        Marks.Whisker(canvas, from, to, cap, new Stroke(new Rgb(0x30, 0x30, 0x30), hairline * 1.2));
    }
}
