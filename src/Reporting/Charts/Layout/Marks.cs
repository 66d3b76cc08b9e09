using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>Draws the small things: markers, hatched rectangles, interval whiskers.</summary>
internal static class Marks
{
    /// <summary>A marker of about <paramref name="radius"/> around <paramref name="center"/>, all shapes of similar weight.</summary>
    public static void Draw(ICanvas canvas, Spot center, double radius, SeriesStyle style)
    {
        double thin = radius * 0.45;
        var filled = new Paint(style.Color, new Stroke(Rgb.White, radius * 0.2));
        var open = new Paint(Rgb.White, new Stroke(style.Color, thin));
        var lines = new Paint(null, new Stroke(style.Color, thin));
        switch (style.Marker)
        {
            case Marker.Disc: canvas.Circle(center, radius, filled); break;
            case Marker.Circle: canvas.Circle(center, radius * 0.9, open); break;
            case Marker.Square: Polygon(canvas, center, radius * 0.9, filled, (-1, -1), (1, -1), (1, 1), (-1, 1)); break;
            case Marker.OpenSquare: Polygon(canvas, center, radius * 0.8, open, (-1, -1), (1, -1), (1, 1), (-1, 1)); break;
            case Marker.Triangle: Polygon(canvas, center, radius * 1.2, filled, (0, -1), (0.95, 0.75), (-0.95, 0.75)); break;
            case Marker.OpenTriangle: Polygon(canvas, center, radius * 1.1, open, (0, -1), (0.95, 0.75), (-0.95, 0.75)); break;
            case Marker.TriangleDown: Polygon(canvas, center, radius * 1.2, filled, (0, 1), (0.95, -0.75), (-0.95, -0.75)); break;
            case Marker.OpenTriangleDown: Polygon(canvas, center, radius * 1.1, open, (0, 1), (0.95, -0.75), (-0.95, -0.75)); break;
            case Marker.Diamond: Polygon(canvas, center, radius * 1.3, filled, (0, -1), (0.85, 0), (0, 1), (-0.85, 0)); break;
            case Marker.OpenDiamond: Polygon(canvas, center, radius * 1.2, open, (0, -1), (0.85, 0), (0, 1), (-0.85, 0)); break;
            case Marker.Hourglass: Polygon(canvas, center, radius, filled, (-1, -1.1), (1, -1.1), (-1, 1.1), (1, 1.1)); break;
            case Marker.Cross: Spokes(canvas, center, radius * 0.9, lines, (1, 1), (1, -1)); break;
            case Marker.Plus: Spokes(canvas, center, radius * 1.2, lines, (1, 0), (0, 1)); break;
            case Marker.Asterisk: Spokes(canvas, center, radius * 1.2, lines, (0, 1), (0.87, 0.5), (0.87, -0.5)); break;
            default: throw new ArgumentOutOfRangeException(nameof(style));
        }
    }

    /// <summary>A rectangle filled as the series asks: solid, or white with diagonal lines of its colour.</summary>
    public static void FillArea(ICanvas canvas, Area area, SeriesStyle style, double hairline)
    {
        var outline = new Stroke(style.Color, hairline);
        if (style.Hatch == Hatch.Solid)
        {
            canvas.Rectangle(area, new Paint(style.Color, outline));
            return;
        }

        canvas.Rectangle(area, new Paint(Rgb.White, outline));
        double distance = hairline * 5;
        if (style.Hatch is Hatch.Rising or Hatch.Crossed) Diagonals(canvas, area, rising: true, distance, outline);
        if (style.Hatch is Hatch.Falling or Hatch.Crossed) Diagonals(canvas, area, rising: false, distance, outline);
    }

    /// <summary>An interval: a line with caps across its ends.</summary>
    public static void Whisker(ICanvas canvas, Spot from, Spot to, double halfCap, Stroke stroke)
    {
        var paint = new Paint(null, stroke);
        bool upright = Math.Abs(to.Y - from.Y) > Math.Abs(to.X - from.X);
        (double dx, double dy) = upright ? (halfCap, 0d) : (0d, halfCap);
        canvas.Path([from, to], closed: false, paint);
        canvas.Path([new Spot(from.X - dx, from.Y - dy), new Spot(from.X + dx, from.Y + dy)], closed: false, paint);
        canvas.Path([new Spot(to.X - dx, to.Y - dy), new Spot(to.X + dx, to.Y + dy)], closed: false, paint);
    }

    /// <summary>Lines at 45 degrees, cut at the rectangle by arithmetic: x + y = c (rising) or x - y = c (falling), counted from the lower left corner.</summary>
    private static void Diagonals(ICanvas canvas, Area area, bool rising, double distance, Stroke stroke)
    {
        var paint = new Paint(null, stroke);
        double sum = area.Width + area.Height;
        for (int k = 1; k * distance < sum; k++)
        {
            double c = k * distance;
            var a = new Spot(Math.Max(0, c - area.Height), Math.Min(c, area.Height));
            var b = new Spot(Math.Min(c, area.Width), Math.Max(0, c - area.Width));
            canvas.Path([Place(a), Place(b)], closed: false, paint);
        }

        Spot Place(Spot p) => new(area.X + p.X, rising ? area.Y + p.Y : area.Bottom - p.Y);
    }

    private static void Polygon(ICanvas canvas, Spot center, double radius, Paint paint, params ReadOnlySpan<(double X, double Y)> corners)
    {
        var spots = new Spot[corners.Length];
        for (int i = 0; i < corners.Length; i++) spots[i] = new Spot(center.X + (corners[i].X * radius), center.Y + (corners[i].Y * radius));
        canvas.Path(spots, closed: true, paint);
    }

    private static void Spokes(ICanvas canvas, Spot center, double radius, Paint paint, params ReadOnlySpan<(double X, double Y)> directions)
    {
        foreach ((double x, double y) in directions)
        {
            canvas.Path([new Spot(center.X - (x * radius), center.Y - (y * radius)), new Spot(center.X + (x * radius), center.Y + (y * radius))], closed: false, paint);
        }
    }
}
