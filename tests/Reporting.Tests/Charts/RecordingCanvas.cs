using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>Remembers what was drawn, so that laws of the layout can be checked without reading pictures.</summary>
internal sealed class RecordingCanvas : ICanvas
{
    /// <summary>Level and upright texts with the rectangles they may fill; slanted ones with the rectangle around them.</summary>
    public List<(string Text, Area Box, Turn Turn)> Texts { get; } = [];

    public List<Spot> Corners { get; } = [];

    public Area Page { get; private set; }

    public void Begin(double width, double height, string title, string description) => Page = new Area(0, 0, width, height);

    public void BeginGroup(string name)
    {
        // Groups leave no trace on paper.
    }

    public void EndGroup()
    {
        // Groups leave no trace on paper.
    }

    public void BeginClip(Area area)
    {
        // Corners are recorded unclipped: only data with fixed axis ends may lie outside.
    }

    public void EndClip()
    {
        // See BeginClip.
    }

    public void Path(IReadOnlyList<Spot> spots, bool closed, Paint paint) => Corners.AddRange(spots);

    public void Rectangle(Area area, Paint paint)
    {
        Assert.True(area.Width >= 0 && area.Height >= 0, $"a rectangle of {area.Width} by {area.Height}");
        Corners.AddRange([new Spot(area.X, area.Y), new Spot(area.Right, area.Bottom)]);
    }

    public void Circle(Spot center, double radius, Paint paint) => Corners.Add(center);

    public void Text(Spot at, string text, TextStyle style)
    {
        if (text.Length == 0) return;
        double width = TextMetrics.Width(text, style.Size), back = style.Anchor switch { Anchor.Start => 0, Anchor.Middle => width / 2, _ => width };
        double above = style.Size * TextMetrics.CapHeight, below = style.Size * TextMetrics.Descent, diagonal = Math.Sqrt(0.5);
        Area box = style.Turn switch
        {
            Turn.None => new Area(at.X - back, at.Y - above, width, above + below),
            Turn.Upwards => new Area(at.X - above, at.Y + back - width, above + below, width),
            _ => new Area(at.X - ((back + above) * diagonal), at.Y - ((width - back + above) * diagonal), (width + above) * diagonal, (width + above + below) * diagonal),
        };
        Texts.Add((text, box, style.Turn));
    }
}
