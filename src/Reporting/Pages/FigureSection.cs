using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Pages.Figures;
using SchedBench.Reporting.Pages.Html;
using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages;

/// <summary>The figures of a report, drawn into the page, by kind.</summary>
internal static class FigureSection
{
    /// <summary>Length of all drawings in one page, so that it stays below five megabytes.</summary>
    private const int MostCharacters = 4_000_000;

    public static void Write(HtmlWriter html, FigureSet figures)
    {
        var renderer = new SvgRenderer();
        int number = 0, length = 0;
        var left = new List<string>();
        foreach (FigureDefinition kind in FigureCatalog.All)
        {
            Figure[] ofKind = [.. figures.Figures.Where(figure => figure.Kind == kind.Name)];
            if (ofKind.Length == 0) continue;
            html.Element("h3", kind.Title).Element("p", kind.Shows).Start("div", ("class", "figures"));
            foreach (Figure figure in ofKind)
            {
                string caption = $"figure-{number + 1}";
                string drawing = renderer.RenderToString(figure.Spec, figure.Size, new SvgEmbedding($"f{number + 1}-", caption));
                if (length + drawing.Length > MostCharacters)
                {
                    left.Add(figure.Name);
                    continue;
                }

                number++;
                length += drawing.Length;
                html.Start("figure", ("class", figure.Size.WidthPt > ChartSize.SingleColumn.WidthPt ? "broad" : "slim")).Raw(drawing);
                html.Element("figcaption", $"Figure {number}. {figure.Caption}", ("id", caption)).End();
            }

            html.End();
        }

        if (left.Count > 0) html.Element("p", $"Too large for this page, but in {ResultsReport.FiguresFolder}/: {string.Join(", ", left)}.", ("class", "note"));
        foreach (string note in figures.Notes) html.Element("p", note, ("class", "note"));
        string where = $"Every figure is in {ResultsReport.FiguresFolder}/ as SVG, PDF and Vega-Lite; {FigureFiles.IndexName} there lists the captions.";
        html.Element("p", where, ("class", "note"));
    }
}
