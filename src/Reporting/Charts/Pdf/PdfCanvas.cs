using System.Globalization;
using System.Text;
using SchedBench.Reporting.Charts.Drawing;

namespace SchedBench.Reporting.Charts.Pdf;

/// <summary>Writes one page of PDF.</summary>
internal sealed class PdfCanvas(PdfFont font) : ICanvas
{
    /// <summary>Handle length of the four Bézier curves that make a circle.</summary>
    private const double CircleHandle = 0.55228474983079;

    private const double HalfRoot = 0.70710678118654752;

    private readonly StringBuilder _content = new();
    private readonly List<(int At, IReadOnlyList<ushort> Codes)> _texts = [];
    private readonly SortedSet<int> _opacities = [];
    private readonly PdfText _text = new(font);
    private double _width, _height;
    private string _title = "", _description = "";

    /// <summary>The whole document.</summary>
    public byte[] Finish()
    {
        TrueTypeSubset? subset = _text.Subset();
        var file = new PdfFile();
        int catalog = file.Reserve(), pages = file.Reserve(), page = file.Reserve(), info = file.Reserve();
        int fontNumber = _text.Write(file, subset);
        int content = file.AddStream("", Encoding.Latin1.GetBytes(WithTexts(subset)));
        string states = string.Concat(_opacities.Select(percent => string.Create(CultureInfo.InvariantCulture, $" /A{percent} << /ca {Decimals.Print(percent / 100d)} >>")));
        file.Set(catalog, $"<< /Type /Catalog /Pages {pages} 0 R /ViewerPreferences << /DisplayDocTitle true >> >>");
        file.Set(pages, $"<< /Type /Pages /Kids [{page} 0 R] /Count 1 >>");
        file.Set(page, $"<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 {Decimals.Print(_width)} {Decimals.Print(_height)}] " +
            $"/Resources << /Font << /F {fontNumber} 0 R >> /ExtGState <<{states} >> >> /Contents {content} 0 R >>");
        file.Set(info, $"<< /Title {PdfFile.TextString(_title)} /Subject {PdfFile.TextString(_description)} /Producer (SchedBench) >>");
        return file.Finish(catalog, info);
    }

    public void Begin(double width, double height, string title, string description) => (_width, _height, _title, _description) = (width, height, title, description);

    public void BeginGroup(string name)
    {
        // Names of groups serve people who edit SVG; a PDF page has no use for them.
    }

    public void EndGroup()
    {
        // See BeginGroup.
    }

    public void BeginClip(Area area)
    {
        _content.Append("q ");
        AppendRectangle(area);
        _content.Append(" W n\n");
    }

    public void EndClip() => _content.Append("Q\n");

    public void Path(IReadOnlyList<Spot> spots, bool closed, Paint paint)
    {
        if (spots.Count == 0) return;
        BeginPaint(paint);
        for (int i = 0; i < spots.Count; i++) Append(spots[i], i == 0 ? " m " : " l ");
        if (closed) _content.Append("h ");
        EndPaint(paint);
    }

    public void Rectangle(Area area, Paint paint)
    {
        BeginPaint(paint);
        AppendRectangle(area);
        _content.Append(' ');
        EndPaint(paint);
    }

    public void Circle(Spot center, double radius, Paint paint)
    {
        BeginPaint(paint);
        double handle = radius * CircleHandle;
        Append(At(radius, 0), " m ");
        Curve((radius, handle), (handle, radius), (0, radius));
        Curve((-handle, radius), (-radius, handle), (-radius, 0));
        Curve((-radius, -handle), (-handle, -radius), (0, -radius));
        Curve((handle, -radius), (radius, -handle), (radius, 0));
        _content.Append("h ");
        EndPaint(paint);

        Spot At(double dx, double dy) => new(center.X + dx, center.Y + dy);

        void Curve((double X, double Y) a, (double X, double Y) b, (double X, double Y) end)
        {
            Append(At(a.X, a.Y), " ");
            Append(At(b.X, b.Y), " ");
            Append(At(end.X, end.Y), " c ");
        }
    }

    public void Text(Spot at, string text, TextStyle style)
    {
        if (text.Length == 0) return;
        (IReadOnlyList<ushort> codes, double natural) = _text.Encode(text, style.Size);

        // A font wider than the layout reckons with is condensed to the room that it has.
        double room = TextMetrics.Width(text, style.Size), squeeze = natural > room ? room / natural : 1, width = natural * squeeze;
        double back = style.Anchor switch { Anchor.Start => 0, Anchor.Middle => width / 2, _ => width };
        (double cos, double sin) = style.Turn switch { Turn.None => (1d, 0d), Turn.Slanted => (HalfRoot, HalfRoot), _ => (0d, 1d) };
        _content.Append("BT ");
        AppendColor(style.Color, "rg ");
        _content.Append("/F ").AppendDecimal(style.Size).Append(" Tf ").AppendDecimal(100 * squeeze).Append(" Tz ");
        foreach (double entry in (ReadOnlySpan<double>)[cos, sin, -sin, cos]) AppendMatrixEntry(entry);
        Append(new Spot(at.X - (back * cos), at.Y + (back * sin)), " Tm ");
        _texts.Add((_content.Length, codes));
        _content.Append(" Tj ET\n");
    }

    /// <summary>The content with the texts in place: their codes are known only when all texts are.</summary>
    private string WithTexts(TrueTypeSubset? subset)
    {
        string content = _content.ToString();
        var whole = new StringBuilder(content.Length * 2);
        int from = 0;
        foreach ((int at, IReadOnlyList<ushort> codes) in _texts)
        {
            whole.Append(content, from, at - from).Append(PdfText.Operand(codes, subset));
            from = at;
        }

        return whole.Append(content, from, content.Length - from).ToString();
    }

    private void BeginPaint(Paint paint)
    {
        _content.Append("q ");
        if (paint.Fill is { } fill)
        {
            AppendColor(fill, "rg ");
            if (paint.FillOpacity < 1)
            {
                int percent = (int)Math.Round(paint.FillOpacity * 100, MidpointRounding.AwayFromZero);
                _opacities.Add(percent);
                _content.Append(CultureInfo.InvariantCulture, $"/A{percent} gs ");
            }
        }

        if (paint.Stroke is not { } stroke) return;
        AppendColor(stroke.Color, "RG ");
        _content.AppendDecimal(stroke.Width).Append(" w 1 j ");
        if (stroke.Dash is not { Count: > 0 } dash) return;
        _content.Append('[');
        foreach (double length in dash) _content.AppendDecimal(length).Append(' ');
        _content.Append("] 0 d ");
    }

    private void EndPaint(Paint paint) =>
        _content.Append((paint.Fill, paint.Stroke) switch { (null, null) => "n", (null, _) => "S", (_, null) => "f", _ => "B" }).Append(" Q\n");

    private void AppendRectangle(Area area)
    {
        _content.AppendDecimal(area.X).Append(' ').AppendDecimal(_height - area.Bottom).Append(' ')
            .AppendDecimal(area.Width).Append(' ').AppendDecimal(area.Height).Append(" re");
    }

    private void Append(Spot spot, string suffix) => _content.AppendDecimal(spot.X).Append(' ').AppendDecimal(_height - spot.Y).Append(suffix);

    /// <summary>Two decimals would turn text by a hair and scale it by 0.4 %; the only value that needs more is a constant.</summary>
    private void AppendMatrixEntry(double entry)
    {
        if (Math.Abs(entry) == HalfRoot) _content.Append(entry < 0 ? "-0.707107 " : "0.707107 ");
        else _content.AppendDecimal(entry).Append(' ');
    }

    private void AppendColor(Rgb color, string suffix)
    {
        foreach (byte channel in (ReadOnlySpan<byte>)[color.R, color.G, color.B]) _content.Append(CultureInfo.InvariantCulture, $"{Thousandths(channel)} ");
        _content.Append(suffix);
    }

    /// <summary>Three decimals, so that every channel comes back to its byte.</summary>
    private static string Thousandths(byte channel)
    {
        int thousandths = ((channel * 1000) + 127) / 255;
        return thousandths switch { 0 => "0", 1000 => "1", _ => string.Create(CultureInfo.InvariantCulture, $"0.{thousandths:D3}") };
    }
}
