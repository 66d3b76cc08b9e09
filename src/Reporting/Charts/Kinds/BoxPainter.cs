using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>One horizontal box a row.</summary>
internal static class BoxPainter
{
    private const double BoxShare = 0.6, Tint = 0.7;

    public static void Paint(BoxChart chart, ChartSize size, ICanvas canvas)
    {
        List<BoxSummary?> boxes = [.. chart.Boxes.Select(b => BoxSummary.Of(b.Samples))];
        DataRange range = DataRange.Of(boxes.OfType<BoxSummary>().SelectMany(b => (double[])[b.LowWhisker, b.HighWhisker, b.Mean, .. b.Beyond]));
        var frame = new Frame(new FrameRequest(
            chart, size,
            count => NumericAxis.Create(chart.Value, range, AxisEnds.Rounded, count),
            _ => new CategoryAxis(chart.CategoryTitle, [.. chart.Boxes.Select(b => b.Name)]))
        {
            RowsFromTop = true,
            IsEmpty = range.IsEmpty,
            LeastPlotHeight = chart.Boxes.Count * size.FontPt * 1.5,
        });
        frame.Draw(canvas);
        frame.BeginClip(canvas, size.FontPt * 0.4);
        for (int i = 0; i < boxes.Count; i++)
        {
            if (boxes[i] is { } box) Draw(box, frame, i, size, canvas);
        }

        canvas.EndClip();
        frame.DrawSpines(canvas);
    }

    private static void Draw(BoxSummary box, Frame frame, int row, ChartSize size, ICanvas canvas)
    {
        var axis = (NumericAxis)frame.X;
        double middle = frame.At(0, frame.Y.Ticks[row].At).Y, half = Math.Min(frame.Plot.Height / frame.Y.Ticks.Count * BoxShare / 2, size.FontPt);
        Rgb color = SeriesStyle.At(row).Color;
        var outline = new Stroke(color, size.StrokePt * 0.8);
        Marks.Whisker(canvas, At(box.LowerQuartile), At(box.LowWhisker), half * 0.5, outline);
        Marks.Whisker(canvas, At(box.UpperQuartile), At(box.HighWhisker), half * 0.5, outline);
        double left = At(box.LowerQuartile).X;
        canvas.Rectangle(new Area(left, middle - half, At(box.UpperQuartile).X - left, 2 * half), new Paint(Rgb.Mix(color, Rgb.White, Tint), outline));
        double median = At(box.Median).X;
        canvas.Path([new Spot(median, middle - half), new Spot(median, middle + half)], closed: false, new Paint(null, new Stroke(color, size.StrokePt * 1.8)));
        double drawn = double.NegativeInfinity;
        foreach (double sample in box.Beyond)
        {
            Spot spot = At(sample);
            if (spot.X - drawn < 0.2) continue; // the same circle
            canvas.Circle(spot, size.FontPt * 0.16, new Paint(null, new Stroke(color, size.StrokePt * 0.5)));
            drawn = spot.X;
        }

        Marks.Draw(canvas, At(box.Mean), Math.Min(size.FontPt * 0.2, half), new SeriesStyle(Rgb.Black, null, Marker.Diamond, Hatch.Solid));

        Spot At(double value) => new(frame.At(axis.At(value), 0).X, middle);
    }
}
