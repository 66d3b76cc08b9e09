using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>What stands before a name in the legend.</summary>
internal enum Swatch
{
    Line,
    LineWithMarker,
    Filled,
}

/// <summary>Names with swatches in a grid outside the data: as many columns as fit, read row by row, rows balanced.</summary>
internal sealed class Legend
{
    private readonly IReadOnlyList<string> _names;
    private readonly Swatch _swatch;
    private readonly ChartSize _size;
    private readonly double _swatchWidth, _room;
    private readonly double[] _columnWidths = [];

    /// <summary>Plans a legend of at most <paramref name="room"/> points in width.</summary>
    public Legend(IReadOnlyList<string> names, Swatch swatch, ChartSize size, double room)
    {
        (_names, _swatch, _size, _room) = (names, swatch, size, room);
        _swatchWidth = size.FontPt * (swatch == Swatch.Filled ? 1.1 : 2.5);
        for (int columns = names.Count; columns > 0; columns--)
        {
            _columnWidths = ColumnWidths(columns);
            if (_columnWidths.Sum() - Gap <= room) break;
        }

        if (names.Count == 0) return;
        Rows = ((names.Count - 1) / _columnWidths.Length) + 1;
        _columnWidths = ColumnWidths(((names.Count - 1) / Rows) + 1);
    }

    /// <summary>Height of the whole legend, 0 without names.</summary>
    public double Height => Rows * RowHeight;

    private int Rows { get; }

    private double RowHeight => _size.FontPt * TextMetrics.LineHeight;

    private double Gap => _size.FontPt;

    private double TextStart => _swatchWidth + (_size.FontPt * 0.4);

    private double Width => _columnWidths.Sum() - Gap;

    /// <summary>Draws the legend with its upper edge at <paramref name="top"/>, centred on <paramref name="center"/> but inside <paramref name="left"/>..left + room.</summary>
    public void Draw(ICanvas canvas, double left, double center, double top)
    {
        if (_names.Count == 0) return;
        canvas.BeginGroup("legend");
        double start = Math.Clamp(center - (Width / 2), left, Math.Max(left, left + _room - Width));
        double font = _size.FontPt;
        for (int i = 0; i < _names.Count; i++)
        {
            int column = i % _columnWidths.Length;
            double x = start + _columnWidths.Take(column).Sum(), middle = top + (((i / _columnWidths.Length) + 0.5) * RowHeight);
            DrawSwatch(canvas, new Spot(x, middle), SeriesStyle.At(i));
            string name = TextMetrics.Fit(_names[i], font, _room - TextStart);
            canvas.Text(new Spot(x + TextStart, middle + (font * TextMetrics.CapHeight / 2)), name, new TextStyle(font, Rgb.Black));
        }

        canvas.EndGroup();
    }

    /// <summary>Each column is as wide as its widest entry; a single column may have to shorten its names.</summary>
    private double[] ColumnWidths(int columns)
    {
        double[] widths = new double[columns];
        for (int i = 0; i < _names.Count; i++)
        {
            double width = Math.Min(_room, TextStart + TextMetrics.Width(_names[i], _size.FontPt)) + Gap;
            widths[i % columns] = Math.Max(widths[i % columns], width);
        }

        return widths;
    }

    private void DrawSwatch(ICanvas canvas, Spot start, SeriesStyle style)
    {
        double font = _size.FontPt;
        if (_swatch == Swatch.Filled)
        {
            Marks.FillArea(canvas, new Area(start.X, start.Y - (font * 0.38), _swatchWidth, font * 0.76), style, _size.StrokePt * 0.6);
            return;
        }

        canvas.Path([start, new Spot(start.X + _swatchWidth, start.Y)], closed: false, new Paint(null, style.Line(_size.StrokePt)));
        if (_swatch == Swatch.LineWithMarker) Marks.Draw(canvas, new Spot(start.X + (_swatchWidth / 2), start.Y), font * 0.28, style);
    }
}
