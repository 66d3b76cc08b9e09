using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Charts.Kinds;

/// <summary>A rank axis at the top, best at the right; under it the clique bars, then the names, the better half at the right.</summary>
/// <remarks><code>
///                 CD
///               |-----|
///      4     3     2     1
///      |-----|-----|-----|
///        |  ====|====  |        cliques
///   d ---'  |        | '--- a
///       c --'        '----- b
/// </code></remarks>
internal static class CriticalDifferencePainter
{
    private const int MostTitleLines = 3;
    private const double LabelShare = 0.3;

    public static void Paint(CriticalDifferenceChart chart, ChartSize size, ICanvas canvas)
    {
        double font = size.FontPt, pad = font * 0.4, line = font * TextMetrics.LineHeight, lane = font * 0.7;
        RankedName[] ranked = [.. chart.Entries.OrderBy(e => e.MeanRank)];
        int best = (ranked.Length + 1) / 2;
        double names = Math.Min(ranked.Select(e => TextMetrics.Width(e.Name, font)).DefaultIfEmpty().Max(), size.WidthPt * LabelShare);
        double left = pad + names + (font * 0.8), right = size.WidthPt - left;
        int worst = Math.Max(2, ranked.Length);
        double X(double rank) => left + ((worst - rank) / (worst - 1) * (right - left));

        List<string> title = TextMetrics.Wrap(chart.Title, font * 1.1, size.WidthPt - (2 * pad), MostTitleLines);
        double differenceTop = pad + (title.Count * line * 1.1);
        double axisTitleTop = differenceTop + (chart.CriticalDifference is null ? 0 : line + (font * 0.9));
        double axisY = axisTitleTop + (chart.AxisTitle.Length > 0 ? line : 0) + line + (font * 0.5);
        List<(double From, double To, int Lane)> cliques = PlaceCliques(chart, ranked, X, font * 0.4);
        double firstRow = axisY + (font * 0.6) + (lane * cliques.Select(c => c.Lane + 1).DefaultIfEmpty().Max()) + (font * 0.9);
        double height = firstRow + (Math.Max(0, best - 1) * line) + (font * 0.6) + pad;

        canvas.Begin(size.WidthPt, height, chart.Title, chart.Description);
        for (int i = 0; i < title.Count; i++)
            canvas.Text(new Spot(size.WidthPt / 2, pad + (((i + 1) * line) - (font * 0.3)) * 1.1), title[i], new TextStyle(font * 1.1, Rgb.Black, Anchor.Middle));
        var thin = new Stroke(Rgb.Black, size.StrokePt * 0.6);
        if (chart.CriticalDifference is { } difference) DrawDifference(canvas, difference, differenceTop, left, right, worst, font, thin);
        canvas.Text(new Spot((left + right) / 2, axisTitleTop + font), chart.AxisTitle, new TextStyle(font, Rgb.Black, Anchor.Middle));
        DrawAxis(canvas, axisY, X, worst, font, thin);
        if (ranked.Length == 0) canvas.Text(new Spot((left + right) / 2, firstRow), "no data", new TextStyle(font, new Rgb(0x80, 0x80, 0x80), Anchor.Middle));

        for (int i = 0; i < ranked.Length; i++)
        {
            bool atRight = i < best;
            double x = X(ranked[i].MeanRank), y = firstRow + ((atRight ? i : ranked.Length - 1 - i) * line), end = atRight ? right + (font * 0.4) : left - (font * 0.4);
            canvas.Path([new Spot(x, axisY), new Spot(x, y), new Spot(end, y)], closed: false, new Paint(null, thin));
            var label = new Spot(atRight ? end + (font * 0.3) : end - (font * 0.3), y + (font * TextMetrics.CapHeight / 2));
            canvas.Text(label, TextMetrics.Fit(ranked[i].Name, font, names + 0.01), new TextStyle(font, Rgb.Black, atRight ? Anchor.Start : Anchor.End));
        }

        var thick = new Paint(null, new Stroke(Rgb.Black, size.StrokePt * 2.6));
        foreach ((double from, double to, int place) in cliques)
        {
            double y = axisY + (font * 0.6) + ((place + 0.5) * lane);
            canvas.Path([new Spot(from, y), new Spot(to, y)], closed: false, thick);
        }
    }

    /// <summary>Bars that would touch go into different lanes; the best clique is uppermost.</summary>
    private static List<(double From, double To, int Lane)> PlaceCliques(CriticalDifferenceChart chart, RankedName[] ranked, Func<double, double> x, double overhang)
    {
        var ends = new List<double>();
        var placed = new List<(double, double, int)>();
        var spans = chart.Cliques
            .Select(clique => clique.Distinct(StringComparer.Ordinal).Select(name => ranked.First(e => e.Name == name).MeanRank).ToList())
            .Where(ranks => ranks.Count > 1)
            .Select(ranks => (Best: ranks.Min(), Worst: ranks.Max()))
            .OrderBy(span => span.Best).ThenBy(span => span.Worst);
        foreach ((double bestRank, double worstRank) in spans)
        {
            double from = x(worstRank) - overhang, to = x(bestRank) + overhang;
            int lane = ends.FindIndex(end => to < end - overhang);
            if (lane < 0)
            {
                lane = ends.Count;
                ends.Add(from);
            }

            ends[lane] = from;
            placed.Add((from, to, lane));
        }

        return placed;
    }

    private static void DrawDifference(ICanvas canvas, double difference, double top, double left, double right, int worst, double font, Stroke thin)
    {
        double length = difference / (worst - 1) * (right - left);
        bool fits = length <= right - left;
        string text = "CD = " + TickText.Fixed(difference, 2) + (fits ? "" : " (wider than the axis)");
        canvas.Text(new Spot((left + right) / 2, top + font), text, new TextStyle(font, Rgb.Black, Anchor.Middle));
        double y = top + (font * 1.55), middle = (left + right) / 2;
        if (fits) Marks.Whisker(canvas, new Spot(middle - (length / 2), y), new Spot(middle + (length / 2), y), font * 0.25, thin);
    }

    private static void DrawAxis(ICanvas canvas, double y, Func<double, double> x, int worst, double font, Stroke thin)
    {
        var paint = new Paint(null, thin);
        canvas.Path([new Spot(x(worst), y), new Spot(x(1), y)], closed: false, paint);
        double room = Math.Abs(x(1) - x(2)), widest = TextMetrics.Width(TickText.Fixed(worst, 0), font) + (font * 0.5);
        int stride = Math.Max(1, (int)Math.Ceiling(widest / room));
        for (int rank = 1; rank <= worst; rank++)
        {
            bool labelled = (rank - 1) % stride == 0;
            canvas.Path([new Spot(x(rank), y - (font * (labelled ? 0.4 : 0.2))), new Spot(x(rank), y)], closed: false, paint);
            if (labelled) canvas.Text(new Spot(x(rank), y - (font * 0.6)), TickText.Fixed(rank, 0), new TextStyle(font, Rgb.Black, Anchor.Middle));
        }
    }
}
