using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>What a chart with two axes hands to its <see cref="Frame"/>.</summary>
/// <param name="Spec">Title and description.</param>
/// <param name="Size">The figure's size.</param>
/// <param name="X">Makes the horizontal axis for a given number of labels.</param>
/// <param name="Y">Makes the vertical axis for a given number of labels.</param>
internal sealed record FrameRequest(ChartSpec Spec, ChartSize Size, Func<int, IAxis> X, Func<int, IAxis> Y)
{
    /// <summary>Legend entries, none for no legend.</summary>
    public IReadOnlyList<string> Legend { get; init; } = [];

    public Swatch Swatch { get; init; }

    /// <summary>Least height of the data area; 0 leaves it to the figure's size.</summary>
    public double LeastPlotHeight { get; init; }

    /// <summary>Room kept free at the right of the data area, for a colour scale.</summary>
    public double RightRoom { get; init; }

    /// <summary>The vertical axis counts from the top (rows of a table) instead of from the bottom.</summary>
    public bool RowsFromTop { get; init; }

    /// <summary>There is nothing to draw; the figure says so.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Grid lines at the ticks of the numeric axes.</summary>
    public bool Grid { get; init; } = true;
}

/// <summary>The data area with everything around it: title, legend, axes, labels. Finds room for all of it, then draws it.</summary>
internal sealed class Frame
{
    private const double LeastPlotShare = 0.52;
    private const byte GridGrey = 0xE6, ZeroGrey = 0x80;
    private const int MostTitleLines = 3, MostLabels = 12;

    private readonly FrameRequest _request;
    private readonly double _font, _pad, _tick;
    private readonly List<string> _titleLines, _yTitleLines;
    private readonly Legend _legend;
    private readonly CategoryLabels? _xNames;
    private readonly double _rowLabelRoom;

    /// <summary>Plans the layout; nothing is drawn yet.</summary>
    public Frame(FrameRequest request)
    {
        _request = request;
        ChartSize size = request.Size;
        _font = size.FontPt;
        _pad = _font * 0.4;
        _tick = _font * 0.35;
        double line = _font * TextMetrics.LineHeight;

        // From the top: title, legend. Both use the whole width.
        double inner = size.WidthPt - (2 * _pad);
        _titleLines = TextMetrics.Wrap(request.Spec.Title, TitleSize, inner, MostTitleLines);
        _legend = new Legend(request.Legend, request.Swatch, size, inner);
        double top = _pad + (_titleLines.Count * TitleSize * TextMetrics.LineHeight) + _legend.Height + (_font * 0.5);

        // From the left: title of the vertical axis, its labels. The title may run along the whole data area, whose height is estimated for this.
        double estimate = Math.Max(Math.Max(size.HeightPt - top - (3.2 * line), size.HeightPt * LeastPlotShare), request.LeastPlotHeight);
        Y = request.Y(Math.Min(MostLabels, (int)(estimate / (_font * 1.9)) + 1));
        _yTitleLines = TextMetrics.Wrap(Y.Title, _font, Math.Max(estimate, _font * 8), MostTitleLines);
        double longestTitle = _yTitleLines.Select(text => TextMetrics.Width(text, _font)).DefaultIfEmpty().Max();
        double widestLabel = Y.Ticks.Select(tick => TextMetrics.Width(tick.Label, _font)).DefaultIfEmpty().Max();
        _rowLabelRoom = Math.Min(widestLabel, size.WidthPt * (Y.IsCategorical ? 0.42 : 0.3));
        double left = _pad + (_yTitleLines.Count * line) + (_yTitleLines.Count > 0 ? _font * 0.25 : 0) + _rowLabelRoom + _tick + (_font * 0.3);

        // The horizontal axis: as many labels as stand clear of each other; names are turned or thinned out.
        double right = _pad + request.RightRoom, width = size.WidthPt - left - right;
        X = SpacedAxis(request.X, width);
        if (X.IsCategorical)
        {
            _xNames = new CategoryLabels(X.Ticks, width, left - _pad, _font, size.HeightPt * 0.4);
        }
        else
        {
            // Half of the last label hangs over the end of the axis.
            double hang = X.Ticks.Select(tick => (TextMetrics.Width(tick.Label, _font) / 2) - ((1 - tick.At) * width)).DefaultIfEmpty().Max();
            width -= Math.Max(0, hang - request.RightRoom);
        }

        double below = _tick + (_font * 0.3) + (_xNames?.Height ?? _font) + (X.Title.Length > 0 ? line + (_font * 0.15) : _font * 0.2) + _pad;
        double height = Math.Max(Math.Max(size.HeightPt - top - below, size.HeightPt * LeastPlotShare), Math.Max(request.LeastPlotHeight, longestTitle));
        Plot = new Area(left, top, width, height);
        PageHeight = top + height + below;
    }

    /// <summary>Where the data go.</summary>
    public Area Plot { get; }

    public IAxis X { get; }

    public IAxis Y { get; }

    /// <summary>Height of the figure; at least what was asked for, up to rounding.</summary>
    public double PageHeight { get; }

    private double TitleSize => _font * 1.1;

    /// <summary>The page position of the axis positions 0..1.</summary>
    public Spot At(double x, double y) => new(Plot.X + (x * Plot.Width), _request.RowsFromTop ? Plot.Y + (y * Plot.Height) : Plot.Bottom - (y * Plot.Height));

    /// <summary>Starts the page and draws everything but the data.</summary>
    public void Draw(ICanvas canvas)
    {
        ChartSize size = _request.Size;
        canvas.Begin(size.WidthPt, PageHeight, _request.Spec.Title, _request.Spec.Description);
        double baseline = _pad;
        foreach (string text in _titleLines)
        {
            baseline += TitleSize * TextMetrics.LineHeight;
            canvas.Text(new Spot(size.WidthPt / 2, baseline - (TitleSize * 0.35)), text, new TextStyle(TitleSize, Rgb.Black, Anchor.Middle));
        }

        _legend.Draw(canvas, _pad, Plot.CenterX, baseline);
        canvas.BeginGroup("axes");
        if (_request.Grid) DrawGrid(canvas);
        DrawX(canvas);
        DrawY(canvas);
        canvas.EndGroup();
        if (_request.IsEmpty)
            canvas.Text(new Spot(Plot.CenterX, Plot.CenterY), "no data", new TextStyle(_font, new Rgb(ZeroGrey, ZeroGrey, ZeroGrey), Anchor.Middle));
    }

    /// <summary>The two axis lines; drawn after the data, so that bars stand on a clean line.</summary>
    public void DrawSpines(ICanvas canvas) =>
        canvas.Path([new Spot(Plot.X, Plot.Y), new Spot(Plot.X, Plot.Bottom), new Spot(Plot.Right, Plot.Bottom)], closed: false, new Paint(null, Hairline(Rgb.Black)));

    /// <summary>What is drawn until <c>EndClip</c> ends at the frame, give or take <paramref name="overhang"/> for lines and marks that stand on it.</summary>
    public void BeginClip(ICanvas canvas, double overhang) =>
        canvas.BeginClip(new Area(Plot.X - overhang, Plot.Y - overhang, Plot.Width + (2 * overhang), Plot.Height + (2 * overhang)));

    /// <summary>A thin line in proportion to the figure.</summary>
    public Stroke Hairline(Rgb color) => new(color, _request.Size.StrokePt * 0.6);

    private IAxis SpacedAxis(Func<int, IAxis> create, double width)
    {
        int count = Math.Min(MostLabels, (int)(width / (_font * 2.2)) + 1);
        while (true)
        {
            IAxis axis = create(count);
            if (axis.IsCategorical || count <= 3 || StandClear(axis.Ticks, width)) return axis;
            count--;
        }
    }

    private bool StandClear(IReadOnlyList<AxisTick> ticks, double width)
    {
        for (int i = 1; i < ticks.Count; i++)
        {
            double halves = (TextMetrics.Width(ticks[i].Label, _font) + TextMetrics.Width(ticks[i - 1].Label, _font)) / 2;
            if ((ticks[i].At - ticks[i - 1].At) * width < halves + (_font * 0.9)) return false;
        }

        return true;
    }

    private void DrawGrid(ICanvas canvas)
    {
        var paint = new Paint(null, Hairline(new Rgb(GridGrey, GridGrey, GridGrey)));
        if (!Y.IsCategorical)
        {
            foreach (AxisTick tick in Y.Ticks) canvas.Path([At(0, tick.At), At(1, tick.At)], closed: false, paint);
        }

        if (!X.IsCategorical)
        {
            foreach (AxisTick tick in X.Ticks) canvas.Path([At(tick.At, 0), At(tick.At, 1)], closed: false, paint);
        }

        // Where values of both signs meet, zero is a landmark.
        var zero = new Paint(null, Hairline(new Rgb(ZeroGrey, ZeroGrey, ZeroGrey)));
        if (Y is NumericAxis { Min: < 0, Max: > 0 } y) canvas.Path([At(0, y.At(0)), At(1, y.At(0))], closed: false, zero);
        if (X is NumericAxis { Min: < 0, Max: > 0 } x) canvas.Path([At(x.At(0), 0), At(x.At(0), 1)], closed: false, zero);
    }

    private void DrawX(ICanvas canvas)
    {
        var paint = new Paint(null, Hairline(Rgb.Black));
        double labelTop = Plot.Bottom + _tick + (_font * 0.3);
        if (_xNames is not null)
        {
            _xNames.Draw(canvas, Plot.X, labelTop);
        }
        else
        {
            foreach (AxisTick tick in X.Ticks)
            {
                double x = Plot.X + (tick.At * Plot.Width);
                canvas.Path([new Spot(x, Plot.Bottom), new Spot(x, Plot.Bottom + _tick)], closed: false, paint);
                canvas.Text(new Spot(x, labelTop + (_font * TextMetrics.CapHeight)), tick.Label, new TextStyle(_font, Rgb.Black, Anchor.Middle));
            }
        }

        string title = TextMetrics.Fit(X.Title, _font, _request.Size.WidthPt - (2 * _pad));
        double half = TextMetrics.Width(title, _font) / 2;
        double center = Math.Clamp(Plot.CenterX, _pad + half, Math.Max(_pad + half, _request.Size.WidthPt - _pad - half));
        canvas.Text(new Spot(center, PageHeight - _pad - (_font * TextMetrics.Descent)), title, new TextStyle(_font, Rgb.Black, Anchor.Middle));
    }

    private void DrawY(ICanvas canvas)
    {
        var paint = new Paint(null, Hairline(Rgb.Black));
        int stride = Y.IsCategorical && Y.Ticks.Count > 0 ? (int)Math.Ceiling(_font * 1.05 / (Plot.Height / Y.Ticks.Count)) : 1;
        for (int i = 0; i < Y.Ticks.Count; i += Math.Max(1, stride))
        {
            double y = At(0, Y.Ticks[i].At).Y;
            if (!Y.IsCategorical) canvas.Path([new Spot(Plot.X - _tick, y), new Spot(Plot.X, y)], closed: false, paint);
            string label = TextMetrics.Fit(Y.Ticks[i].Label, _font, _rowLabelRoom + 0.01);
            canvas.Text(new Spot(Plot.X - _tick - (_font * 0.3), y + (_font * TextMetrics.CapHeight / 2)), label, new TextStyle(_font, Rgb.Black, Anchor.End));
        }

        for (int i = 0; i < _yTitleLines.Count; i++)
        {
            double baseline = _pad + (_font * ((i * TextMetrics.LineHeight) + 0.85));
            canvas.Text(new Spot(baseline, Plot.CenterY), _yTitleLines[i], new TextStyle(_font, Rgb.Black, Anchor.Middle, Turn.Upwards));
        }
    }
}
