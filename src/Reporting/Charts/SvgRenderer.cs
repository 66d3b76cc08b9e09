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
    /// <param name="spec">What to draw.</param>
    /// <param name="size">As for <see cref="Render"/>.</param>
    /// <param name="embedding">How the drawing fits into the page around it; <see langword="null"/> for a drawing that stands alone.</param>
    /// <exception cref="ArgumentException">As for <see cref="Render"/>.</exception>
    public string RenderToString(ChartSpec spec, ChartSize size, SvgEmbedding? embedding = null)
    {
        var canvas = new SvgCanvas(embedding);
        ChartPainter.Paint(spec, size, canvas);
        return canvas.Finish();
    }
}

/// <summary>How a drawing fits into a page with others.</summary>
/// <param name="IdPrefix">Begins every id within the drawing, so that ids are unique in the page.</param>
/// <param name="LabelledBy">Id of the element in the page that names the drawing, such as its caption.</param>
public sealed record SvgEmbedding(string IdPrefix, string LabelledBy);
