using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>What curves over an axis share: steps, thinning, lines and markers.</summary>
internal static class Curves
{
    /// <summary>Points closer than this cannot be told apart on paper (1/360 inch).</summary>
    private const double FinestPt = 0.2;

    private const int MarkersOnLine = 8;

    /// <summary>The corners of a function that holds each value until the next point.</summary>
    public static IReadOnlyList<Spot> Steps(IReadOnlyList<Spot> spots)
    {
        var corners = new List<Spot>((2 * spots.Count) + 1);
        for (int i = 0; i < spots.Count; i++)
        {
            if (i > 0) corners.Add(new Spot(spots[i].X, spots[i - 1].Y));
            corners.Add(spots[i]);
        }

        return corners;
    }

    /// <summary>Keeps a curve of a million points small: of all points within one hair's breadth of x, the first, the lowest, the highest and the last stay.</summary>
    public static IReadOnlyList<Spot> Thin(IReadOnlyList<Spot> spots)
    {
        if (spots.Count <= 1000) return spots;
        var kept = new List<Spot>();
        for (int start = 0, end; start < spots.Count; start = end)
        {
            int lowest = start, highest = start;
            for (end = start + 1; end < spots.Count && Math.Abs(spots[end].X - spots[start].X) < FinestPt; end++)
            {
                if (spots[end].Y < spots[lowest].Y) lowest = end;
                if (spots[end].Y > spots[highest].Y) highest = end;
            }

            int previous = -1;
            foreach (int index in (ReadOnlySpan<int>)[start, Math.Min(lowest, highest), Math.Max(lowest, highest), end - 1])
            {
                if (index > previous) kept.Add(spots[index]);
                previous = Math.Max(previous, index);
            }
        }

        return kept;
    }

    /// <summary>A data line in the style of its series.</summary>
    public static void Line(ICanvas canvas, IReadOnlyList<Spot> spots, SeriesStyle style, ChartSize size)
    {
        if (spots.Count > 1) canvas.Path(spots, closed: false, new Paint(null, style.Line(size.StrokePt)));
    }

    /// <summary>Markers on the points of a line: all of them when they are few, else eight, shifted from series to series so that they do not hide each other.</summary>
    public static void Markers(ICanvas canvas, Area plot, IReadOnlyList<Spot> spots, int index, int seriesCount, ChartSize size)
    {
        SeriesStyle style = SeriesStyle.At(index);
        int next = 0;
        for (int k = 0; next < spots.Count; k++)
        {
            if (spots.Count > MarkersOnLine * 3 / 2)
            {
                double target = plot.X + (plot.Width * (k + ((index + 0.5) / seriesCount)) / MarkersOnLine);
                while (next < spots.Count && spots[next].X < target) next++;
                if (next == spots.Count) return;
            }

            Spot spot = spots[next++];
            if (spot.X >= plot.X - 0.01 && spot.X <= plot.Right + 0.01 && spot.Y >= plot.Y - 0.01 && spot.Y <= plot.Bottom + 0.01)
                Marks.Draw(canvas, spot, size.FontPt * 0.26, style);
        }
    }
}
