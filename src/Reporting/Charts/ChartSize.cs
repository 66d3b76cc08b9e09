namespace SchedBench.Reporting.Charts;

/// <summary>How large a figure is printed, so that text has its final size on paper and is never scaled.</summary>
/// <param name="Name">A short name for file names and messages.</param>
/// <param name="WidthPt">Width in points (1/72 inch); kept exactly.</param>
/// <param name="HeightPt">Height in points; a figure whose legend, labels or rows need more becomes higher, so that the data keep their room.</param>
/// <param name="FontPt">Size of all text in points; titles are a tenth larger.</param>
/// <param name="StrokePt">Width of data lines in points.</param>
public sealed record ChartSize(string Name, double WidthPt, double HeightPt, double FontPt, double StrokePt)
{
    /// <summary>One column of a two-column paper (ACM, IEEE, USENIX): 3.33 inches.</summary>
    public static ChartSize SingleColumn { get; } = new("single-column", 240, 175, 7.5, 1.0);

    /// <summary>Both columns of such a paper: 7 inches.</summary>
    public static ChartSize DoubleColumn { get; } = new("double-column", 504, 230, 8, 1.2);

    /// <summary>A 16:9 slide of 10 by 5.6 inches, readable from the back of the room.</summary>
    public static ChartSize Slide { get; } = new("slide", 720, 405, 15, 2.2);

    /// <summary>All presets, smallest first.</summary>
    public static IReadOnlyList<ChartSize> Presets { get; } = [SingleColumn, DoubleColumn, Slide];

    /// <summary>Refuses sizes on which no figure fits.</summary>
    /// <exception cref="ArgumentException">A measure is not finite, the font is not within 4..100 pt, the stroke not within 0.1..20 pt,
    /// or a side is not within 16 font sizes..14,400 pt (the largest PDF page).</exception>
    internal void Validate()
    {
        Require(FontPt is >= 4 and <= 100, nameof(FontPt), FontPt, "4..100");
        Require(StrokePt is >= 0.1 and <= 20, nameof(StrokePt), StrokePt, "0.1..20");
        Require(WidthPt >= 16 * FontPt && WidthPt <= 14_400, nameof(WidthPt), WidthPt, "16 font sizes..14400");
        Require(HeightPt >= 0 && HeightPt <= 14_400, nameof(HeightPt), HeightPt, "0..14400");
    }

    private void Require(bool holds, string measure, double value, string range)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"chart size '{Name}': {measure} is {value}, expected {range}"));
    }
}
