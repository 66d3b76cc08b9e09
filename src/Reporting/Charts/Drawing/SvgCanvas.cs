using System.Globalization;
using System.Text;

namespace SchedBench.Reporting.Charts.Drawing;

/// <summary>Writes SVG 1.1 that stands alone: text stays text, no script, no style sheet, no external reference.</summary>
/// <param name="embedding">How the drawing fits into a page; <see langword="null"/> for a document of its own.</param>
internal sealed class SvgCanvas(SvgEmbedding? embedding = null) : ICanvas
{
    private const string Fonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

    private readonly StringBuilder _text = new();
    private int _clips;

    /// <summary>The whole document.</summary>
    public string Finish() => _text.Append("</svg>\n").ToString();

    public void Begin(double width, double height, string title, string description)
    {
        string w = Decimals.Print(width), h = Decimals.Print(height);
        _text.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"").Append(w).Append("pt\" height=\"").Append(h)
            .Append("pt\" viewBox=\"0 0 ").Append(w).Append(' ').Append(h).Append("\" role=\"img\"");
        if (embedding is not null)
        {
            _text.Append(" aria-labelledby=\"").AppendMarkup(embedding.LabelledBy).Append('"');
        }

        _text.Append(" font-family=\"").Append(Fonts).Append("\">\n");
        if (title.Length > 0) AppendElement("title", title);
        if (description.Length > 0) AppendElement("desc", description);
        Rectangle(new Area(0, 0, width, height), new Paint(Rgb.White));
    }

    public void BeginGroup(string name)
    {
        _text.Append("<g data-name=\"").AppendMarkup(name).Append("\">\n");
    }

    public void EndGroup() => _text.Append("</g>\n");

    public void BeginClip(Area area)
    {
        // An id must be unique in the page that may hold several figures; the rectangle itself makes it so, and equal rectangles may share it.
        var id = new StringBuilder(embedding?.IdPrefix).Append("clip");
        foreach (double number in (ReadOnlySpan<double>)[area.X, area.Y, area.Width, area.Height]) id.Append('-').AppendDecimal(number);
        id.Append('-').Append(CultureInfo.InvariantCulture, $"{++_clips}");
        _text.Append("<clipPath id=\"").Append(id).Append("\"><rect");
        AppendArea(area);
        _text.Append("/></clipPath>\n<g clip-path=\"url(#").Append(id).Append(")\">\n");
    }

    public void EndClip() => _text.Append("</g>\n");

    public void Path(IReadOnlyList<Spot> spots, bool closed, Paint paint)
    {
        if (spots.Count == 0) return;
        _text.Append("<path d=\"");
        for (int i = 0; i < spots.Count; i++)
        {
            _text.Append(i == 0 ? 'M' : 'L').AppendDecimal(spots[i].X);
            _text.Append(' ').AppendDecimal(spots[i].Y);
        }

        _text.Append(closed ? "Z\"" : "\"");
        AppendPaint(paint);
        _text.Append("/>\n");
    }

    public void Rectangle(Area area, Paint paint)
    {
        _text.Append("<rect");
        AppendArea(area);
        AppendPaint(paint);
        _text.Append("/>\n");
    }

    public void Circle(Spot center, double radius, Paint paint)
    {
        _text.Append("<circle");
        Append("cx", center.X);
        Append("cy", center.Y);
        Append("r", radius);
        AppendPaint(paint);
        _text.Append("/>\n");
    }

    public void Text(Spot at, string text, TextStyle style)
    {
        if (text.Length == 0) return;
        _text.Append("<text");
        if (style.Turn == Turn.None)
        {
            Append("x", at.X);
            Append("y", at.Y);
        }
        else
        {
            _text.Append(" transform=\"translate(").AppendDecimal(at.X).Append(' ').AppendDecimal(at.Y)
                .Append(style.Turn == Turn.Upwards ? ") rotate(-90)\"" : ") rotate(-45)\"");
        }

        Append("font-size", style.Size);
        if (style.Anchor != Anchor.Start) _text.Append(style.Anchor == Anchor.Middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"");
        _text.Append(" fill=\"").Append(Hex(style.Color)).Append("\">").AppendMarkup(text).Append("</text>\n");
    }

    private void AppendArea(Area area)
    {
        Append("x", area.X);
        Append("y", area.Y);
        Append("width", area.Width);
        Append("height", area.Height);
    }

    private void AppendPaint(Paint paint)
    {
        _text.Append(" fill=\"").Append(paint.Fill is { } fill ? Hex(fill) : "none").Append('"');
        if (paint.Fill is not null && paint.FillOpacity < 1) Append("fill-opacity", paint.FillOpacity);
        if (paint.Stroke is not { } stroke) return;
        _text.Append(" stroke=\"").Append(Hex(stroke.Color)).Append('"');
        Append("stroke-width", stroke.Width);
        _text.Append(" stroke-linejoin=\"round\"");
        if (stroke.Dash is not { Count: > 0 } dash) return;
        _text.Append(" stroke-dasharray=\"");
        for (int i = 0; i < dash.Count; i++)
        {
            if (i > 0) _text.Append(' ');
            _text.AppendDecimal(dash[i]);
        }

        _text.Append('"');
    }

    private void Append(string attribute, double value) => _text.Append(' ').Append(attribute).Append("=\"").AppendDecimal(value).Append('"');

    private void AppendElement(string name, string content) =>
        _text.Append('<').Append(name).Append('>').AppendMarkup(content).Append("</").Append(name).Append(">\n");

    private static string Hex(Rgb color) => string.Create(CultureInfo.InvariantCulture, $"#{color.R:x2}{color.G:x2}{color.B:x2}");
}
