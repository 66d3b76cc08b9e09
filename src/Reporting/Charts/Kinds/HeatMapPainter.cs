using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>Coloured cells, their values where they fit, and the colour scale at the right.</summary>
internal static class HeatMapPainter
{
    private const int ScaleSteps = 96, MostTitleLines = 2;
    private static readonly Rgb Missing = new(0xE4, 0xE4, 0xE4), MissingMark = new(0x90, 0x90, 0x90);

    public static void Paint(HeatMapChart chart, ChartSize size, ICanvas canvas)
    {
        double font = size.FontPt, rowHeight = chart.Rows.Count <= 40 ? font * 1.5 : font * 0.6;
        DataRange range = DataRange.Of(chart.Values.SelectMany(row => row).OfType<double>());
        var scale = new ColorScale(chart.ValueTitle, range, chart.Center, 6);
        double labels = scale.Axis.Ticks.Select(t => TextMetrics.Width(t.Label, font)).DefaultIfEmpty().Max();
        var frame = new Frame(new FrameRequest(
            chart, size,
            _ => new CategoryAxis(chart.ColumnTitle, chart.Columns),
            _ => new CategoryAxis(chart.RowTitle, chart.Rows))
        {
            RowsFromTop = true,
            IsEmpty = range.IsEmpty,
            Grid = false,
            LeastPlotHeight = chart.Rows.Count * rowHeight,
            RightRoom = (font * (2.6 + (MostTitleLines * TextMetrics.LineHeight))) + labels,
        });
        frame.Draw(canvas);
        DrawCells(chart, frame, scale, range, font, canvas);
        DrawScale(frame, scale, labels, font, canvas);
    }

    private static void DrawCells(HeatMapChart chart, Frame frame, ColorScale scale, DataRange range, double font, ICanvas canvas)
    {
        double width = frame.Plot.Width / Math.Max(1, chart.Columns.Count), height = frame.Plot.Height / Math.Max(1, chart.Rows.Count);
        bool separated = width >= 4 && height >= 4;
        double[] values = [.. chart.Values.SelectMany(row => row).OfType<double>()];
        int decimals = values.All(double.IsInteger) ? 0 : Decimals(Math.Max(Math.Abs(range.Min), Math.Abs(range.Max)));
        double widest = values.Select(v => TextMetrics.Width(TickText.Fixed(v, decimals), font)).DefaultIfEmpty().Max();
        bool printed = widest + (font * 0.5) <= width && height >= font * 1.15;
        canvas.BeginGroup("cells");
        for (int row = 0; row < chart.Rows.Count; row++)
        {
            for (int column = 0; column < chart.Columns.Count; column++)
            {
                var area = new Area(frame.Plot.X + (column * width), frame.Plot.Y + (row * height), width, height);
                double? value = chart.Values[row][column];
                Rgb fill = value is { } known ? scale.Of(known) : Missing;

                // Without a line between them, small cells are outlined in their own colour: viewers would let the page shine through the seams.
                canvas.Rectangle(area, new Paint(fill, separated ? new Stroke(Rgb.White, 0.5) : new Stroke(fill, 0.25)));
                if (value is null) canvas.Path([new Spot(area.X, area.Bottom), new Spot(area.Right, area.Y)], closed: false, new Paint(null, new Stroke(MissingMark, 0.5)));
                if (value is null || !printed) continue;
                var at = new Spot(area.CenterX, area.CenterY + (font * TextMetrics.CapHeight / 2));
                canvas.Text(at, TickText.Fixed(value.Value, decimals), new TextStyle(font, ColorScale.TextOn(fill), Anchor.Middle));
            }
        }

        canvas.EndGroup();
    }

    /// <summary>Three significant digits of the largest value, at most four decimals; whole numbers stay whole.</summary>
    private static int Decimals(double largest) => Math.Clamp(2 - Decades.FloorLog10(largest), 0, 4);

    private static void DrawScale(Frame frame, ColorScale scale, double labels, double font, ICanvas canvas)
    {
        Area bar = new(frame.Plot.Right + font, frame.Plot.Y, font, frame.Plot.Height);
        canvas.BeginGroup("scale");
        for (int i = 0; i < ScaleSteps; i++)
        {
            // Every step reaches to the bottom and is painted over by the next ones, so that no seams show.
            double top = bar.Y + (bar.Height * i / ScaleSteps);
            canvas.Rectangle(bar with { Y = top, Height = bar.Bottom - top }, new Paint(scale.At(1 - ((i + 0.5) / ScaleSteps))));
        }

        Stroke line = frame.Hairline(Rgb.Black);
        canvas.Rectangle(bar, new Paint(null, line));
        foreach (AxisTick tick in scale.Axis.Ticks)
        {
            double y = bar.Bottom - (tick.At * bar.Height);
            canvas.Path([new Spot(bar.Right, y), new Spot(bar.Right + (font * 0.3), y)], closed: false, new Paint(null, line));
            canvas.Text(new Spot(bar.Right + (font * 0.5), y + (font * TextMetrics.CapHeight / 2)), tick.Label, new TextStyle(font, Rgb.Black));
        }

        List<string> title = TextMetrics.Wrap(scale.Axis.Title, font, bar.Height, MostTitleLines);
        for (int i = 0; i < title.Count; i++)
        {
            double baseline = bar.Right + labels + (font * (1.5 + (i * TextMetrics.LineHeight)));
            canvas.Text(new Spot(baseline, bar.CenterY), title[i], new TextStyle(font, Rgb.Black, Anchor.Middle, Turn.Upwards));
        }

        canvas.EndGroup();
    }
}
