using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>A pale strip for every node, filled by the pods that run there.</summary>
internal static class TimelinePainter
{
    private const double RowShare = 0.86, ShortestPt = 0.3;
    private static readonly Rgb Idle = new(0xF0, 0xF0, 0xF0);

    public static void Paint(TimelineChart chart, ChartSize size, ICanvas canvas)
    {
        DataRange range = DataRange.Of(chart.Series.SelectMany(s => s.Bars).SelectMany(b => (double[])[b.Start, b.End]));
        var frame = new Frame(new FrameRequest(
            chart, size,
            count => NumericAxis.Create(chart.Time, range, AxisEnds.Exact, count),
            _ => new CategoryAxis(chart.RowTitle, chart.Rows))
        {
            RowsFromTop = true,
            IsEmpty = range.IsEmpty,
            LeastPlotHeight = chart.Rows.Count * size.FontPt * (chart.Rows.Count <= 40 ? 1.6 : 0.4),
            Legend = chart.Series is [{ Name: "" }] ? [] : [.. chart.Series.Select(s => s.Name)],
            Swatch = Swatch.Filled,
            Grid = false,
        });
        frame.Draw(canvas);
        frame.BeginClip(canvas, 0);
        double height = frame.Plot.Height / Math.Max(1, chart.Rows.Count) * RowShare;
        for (int row = 0; row < chart.Rows.Count; row++) canvas.Rectangle(new Area(frame.Plot.X, Top(row), frame.Plot.Width, height), new Paint(Idle));
        List<(double Lower, double Upper)[]> edges = Lanes.Stack(chart);
        var axis = (NumericAxis)frame.X;
        for (int s = 0; s < chart.Series.Count; s++)
        {
            for (int b = 0; b < chart.Series[s].Bars.Count; b++)
            {
                TimelineBar bar = chart.Series[s].Bars[b];
                (double lower, double upper) = edges[s][b];
                double left = frame.At(axis.At(bar.Start), 0).X, width = Math.Max(ShortestPt, frame.At(axis.At(bar.End), 0).X - left);
                Draw(canvas, new Area(left, Top(bar.Row) + (height * (1 - upper)), width, height * (upper - lower)), SeriesStyle.At(s), size.StrokePt);
            }
        }

        canvas.EndClip();
        frame.DrawSpines(canvas);

        double Top(int row) => frame.Plot.Y + (((row + ((1 - RowShare) / 2)) / chart.Rows.Count) * frame.Plot.Height);
    }

    /// <summary>A white edge keeps neighbours apart; a bar too small for it is plain colour.</summary>
    private static void Draw(ICanvas canvas, Area area, SeriesStyle style, double strokePt)
    {
        double edge = Math.Min(strokePt * 0.4, Math.Min(area.Width, area.Height) * 0.2);
        var inner = new Area(area.X + (edge / 2), area.Y + (edge / 2), area.Width - edge, area.Height - edge);
        if (style.Hatch != Hatch.Solid && Math.Min(area.Width, area.Height) > 2) Marks.FillArea(canvas, inner, style, strokePt * 0.5);
        else canvas.Rectangle(inner, new Paint(style.Color));
    }
}
