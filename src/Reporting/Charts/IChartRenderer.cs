namespace SchedBench.Reporting.Charts;

/// <summary>Turns a chart specification into the bytes of one file format.</summary>
/// <remarks>Equal specification, size and renderer settings give equal bytes: no clock, no culture, no random identifier reaches the output.
/// Renderers keep no state between calls and may be used from several threads.</remarks>
public interface IChartRenderer
{
    /// <summary>The end of the file's name, without a leading dot: <c>svg</c>, <c>pdf</c>, <c>vl.json</c>.</summary>
    string FileExtension { get; }

    /// <summary>Writes <paramref name="spec"/> to <paramref name="output"/>, which stays open.</summary>
    /// <param name="spec">What to draw.</param>
    /// <param name="size">The width (kept exactly), the height (grows when legend or rows need more), and the sizes of text and strokes.</param>
    /// <param name="output">Receives the whole file; nothing is written when the specification is refused.</param>
    /// <exception cref="ArgumentException">The specification cannot be drawn; the message names the series and the value.</exception>
    void Render(ChartSpec spec, ChartSize size, Stream output);
}
