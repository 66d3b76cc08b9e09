using SchedBench.Reporting.Charts.Kinds;
using SchedBench.Reporting.Charts.Pdf;

namespace SchedBench.Reporting.Charts;

/// <summary>One-page PDF for LaTeX and print, with text that can be searched and copied.</summary>
/// <remarks>The bytes depend on the specification, the size and the font file. With <see cref="PdfFont.Helvetica"/> they are the same on every machine; with
/// <see cref="PdfFont.Installed()"/> they are the same on every run where the same font file is installed.</remarks>
/// <param name="font">The font; deliberately without a default, because the choice decides where the bytes are the same.</param>
public sealed class PdfRenderer(PdfFont font) : IChartRenderer
{
    /// <inheritdoc/>
    public string FileExtension => "pdf";

    /// <summary>The font in use.</summary>
    public PdfFont Font => font;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">An outline beyond printable ASCII is broken in the font file.</exception>
    public void Render(ChartSpec spec, ChartSize size, Stream output)
    {
        var canvas = new PdfCanvas(font);
        ChartPainter.Paint(spec, size, canvas);
        output.Write(canvas.Finish());
    }
}
