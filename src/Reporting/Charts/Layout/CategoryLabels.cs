using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>Names under the bands of a horizontal axis: level when they fit, else slanted, else upright, else only every n-th.</summary>
internal sealed class CategoryLabels
{
    private const double HalfRoot = 0.70710678118654752;

    private readonly IReadOnlyList<AxisTick> _names;
    private readonly double _width, _font, _room;
    private readonly Turn _turn;
    private readonly int _stride = 1;

    /// <summary>Chooses the turn and the room that a name gets.</summary>
    /// <param name="names">One per band.</param>
    /// <param name="width">Length of the axis in points.</param>
    /// <param name="leftRoom">Free width at the left of the axis, into which the first slanted name may reach.</param>
    /// <param name="font">Size of the text.</param>
    /// <param name="mostHeight">Longer names are shortened.</param>
    public CategoryLabels(IReadOnlyList<AxisTick> names, double width, double leftRoom, double font, double mostHeight)
    {
        (_names, _width, _font) = (names, width, font);
        if (names.Count == 0)
        {
            Height = font;
            return;
        }

        double band = width / names.Count, widest = names.Max(name => TextMetrics.Width(name.Label, font));
        if (widest + (font * 0.5) <= band)
        {
            (_turn, _room, Height) = (Turn.None, band, font);
            return;
        }

        bool slantedFits = band * HalfRoot >= font * 1.05;
        if (slantedFits)
        {
            // The first name reaches farthest to the left: its length is limited by what lies there.
            double reach = (leftRoom + (band / 2)) / HalfRoot;
            (_turn, _room) = (Turn.Slanted, Math.Min(widest, Math.Min(mostHeight / HalfRoot, reach)));
            Height = ((_room + (font * TextMetrics.CapHeight)) * HalfRoot) + (font * 0.1);
            if (_room >= widest || _room >= font * 10) return;
        }

        _stride = (int)Math.Ceiling(font * 1.1 / band);
        (_turn, _room) = (Turn.Upwards, Math.Min(widest, mostHeight));
        Height = _room + (font * 0.1);
    }

    /// <summary>Depth of the labels below the axis.</summary>
    public double Height { get; }

    /// <summary>Draws the names below <paramref name="top"/>, for an axis that begins at <paramref name="left"/>.</summary>
    public void Draw(ICanvas canvas, double left, double top)
    {
        for (int i = 0; i < _names.Count; i += _stride)
        {
            double x = left + (_names[i].At * _width), cap = _font * TextMetrics.CapHeight;
            string name = TextMetrics.Fit(_names[i].Label, _font, _room + 0.01);
            var style = new TextStyle(_font, Rgb.Black, _turn == Turn.None ? Anchor.Middle : Anchor.End, _turn);
            Spot at = _turn switch
            {
                Turn.None => new Spot(x, top + cap),
                Turn.Slanted => new Spot(x + (cap * HalfRoot), top + (cap * HalfRoot)),
                _ => new Spot(x + (cap / 2), top),
            };
            canvas.Text(at, name, style);
        }
    }
}
