using System.Text;
using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Kinds;

namespace SchedBench.Reporting.Charts;

/// <summary>Scalable vector graphics for browsers and reports. The bytes depend on nothing but the specification and the size.</summary>
public sealed class SvgRenderer : IChartRenderer
{
    /// <inheritdoc/>
    public string FileExtension => "svg";

    /// <inheritdoc/>
    public void Render(ChartSpec spec, ChartSize size, Stream output) => output.Write(Encoding.UTF8.GetBytes(RenderToString(spec, size)));

    /// <summary>The document as text, for reports that embed the figure; it carries no XML declaration and starts with <c>&lt;svg</c>.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Render"/>.</exception>
    public string RenderToString(ChartSpec spec, ChartSize size)
    {
        var canvas = new SvgCanvas();
        ChartPainter.Paint(spec, size, canvas);
        return canvas.Finish();
    }
}
