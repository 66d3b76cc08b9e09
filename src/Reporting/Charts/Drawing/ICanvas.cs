namespace SchedBench.Reporting.Charts.Drawing;

/// <summary>What the layout draws on. Lengths are points (1/72 inch), the origin is the upper left corner, y grows downwards.</summary>
/// <remarks>Back-ends round every number to 0.01 pt, so that equal figures are equal bytes.</remarks>
internal interface ICanvas
{
    /// <summary>Starts the page; called once, before anything is drawn.</summary>
    void Begin(double width, double height, string title, string description);

    /// <summary>Names what is drawn until <see cref="EndGroup"/>, for people who edit the figure afterwards.</summary>
    void BeginGroup(string name);

    /// <summary>Ends the innermost group.</summary>
    void EndGroup();

    /// <summary>Until <see cref="EndClip"/>, nothing outside <paramref name="area"/> is visible. Does not nest.</summary>
    void BeginClip(Area area);

    /// <summary>Ends the clipping.</summary>
    void EndClip();

    /// <summary>Straight lines from point to point.</summary>
    void Path(IReadOnlyList<Spot> spots, bool closed, Paint paint);

    /// <summary>A rectangle.</summary>
    void Rectangle(Area area, Paint paint);

    /// <summary>A circle.</summary>
    void Circle(Spot center, double radius, Paint paint);

    /// <summary>One line of text whose baseline passes through <paramref name="at"/>.</summary>
    void Text(Spot at, string text, TextStyle style);
}

/// <summary>A point on the page.</summary>
internal readonly record struct Spot(double X, double Y);

/// <summary>A rectangle on the page; <paramref name="Y"/> is its upper edge.</summary>
internal readonly record struct Area(double X, double Y, double Width, double Height)
{
    public double Right => X + Width;

    public double Bottom => Y + Height;

    public double CenterX => X + (Width / 2);

    public double CenterY => Y + (Height / 2);
}

/// <summary>An opaque colour.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    public static Rgb Black => new(0, 0, 0);

    public static Rgb White => new(255, 255, 255);

    /// <summary>Straight mix: 0 is <paramref name="from"/>, 1 is <paramref name="to"/>.</summary>
    public static Rgb Mix(Rgb from, Rgb to, double share) => new(MixChannel(from.R, to.R, share), MixChannel(from.G, to.G, share), MixChannel(from.B, to.B, share));

    private static byte MixChannel(byte from, byte to, double share) => (byte)Math.Round(from + ((to - from) * share), MidpointRounding.AwayFromZero);
}

/// <summary>How an outline is drawn; dash lengths alternate on and off, in points.</summary>
internal sealed record Stroke(Rgb Color, double Width, IReadOnlyList<double>? Dash = null);

/// <summary>How a shape is drawn: filled, outlined, or both.</summary>
internal sealed record Paint(Rgb? Fill = null, Stroke? Stroke = null, double FillOpacity = 1);

/// <summary>Which point of the text stands at the given spot.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>How text is turned; only angles whose sines are exact or one constant.</summary>
internal enum Turn
{
    None,

    /// <summary>Reads upwards to the right at 45 degrees.</summary>
    Slanted,

    /// <summary>Reads upwards.</summary>
    Upwards,
}

/// <summary>How text is drawn.</summary>
internal sealed record TextStyle(double Size, Rgb Color, Anchor Anchor = Anchor.Start, Turn Turn = Turn.None);
