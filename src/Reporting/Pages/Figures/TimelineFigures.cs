using SchedBench.Reporting.Charts;
using SchedBench.Results.Schema;
using TimelineBar = SchedBench.Reporting.Charts.TimelineBar;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>Who ran where and when: the first nodes of a combination under the baseline and under the best strategy.</summary>
internal static class TimelineFigures
{
    private const int MostNodes = 20, MostBars = 6_000;

    /// <summary>Pods by the share of the node that they take.</summary>
    private static readonly (string Name, double UpTo)[] Sizes = [("up to ¼ of the node", 0.25), ("up to ½", 0.5), ("up to ¾", 0.75), ("more", 1)];

    public static IEnumerable<Figure> Of(ReportData data)
    {
        foreach (Combination combination in data.Combinations)
        {
            foreach ((string strategy, string role) in Chosen(data, combination))
            {
                // In a saturation replay all pods arrive at one instant: there is no time to draw.
                CellResult? cell = data.SoundCells(combination, strategy).FirstOrDefault(cell => cell.Timeline.Any(bar => bar.EndSeconds > bar.StartSeconds));
                if (cell is not null) yield return Draw(data, combination, cell, role);
            }
        }
    }

    /// <summary>The baseline and the best by the first headline metric; the first strategy when there is no baseline.</summary>
    private static IEnumerable<(string Strategy, string Role)> Chosen(ReportData data, Combination combination)
    {
        string? best = data.BestOf(combination);
        if (data.Baseline is { } baseline) yield return (baseline, best == baseline ? "baseline and best" : "baseline");
        if (best is not null && best != data.Baseline) yield return (best, "best");
        if (best is null && data.Baseline is null && data.Strategies.Count > 0) yield return (data.Strategies[0], "only strategy");
    }

    private static Figure Draw(ReportData data, Combination combination, CellResult cell, string role)
    {
        string[] rows = [.. cell.Timeline.Select(bar => bar.Node).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MostNodes)];
        Results.Schema.TimelineBar[] all = [.. cell.Timeline.Where(bar => rows.Contains(bar.Node, StringComparer.Ordinal))];
        Results.Schema.TimelineBar[] bars = [.. all.OrderBy(bar => bar.StartSeconds).Take(MostBars)];
        TimeUnit unit = TimeUnit.For(bars.Max(bar => bar.EndSeconds));
        TimelineSeries[] series = [.. Sizes.Select((size, i) => new TimelineSeries(size.Name, [.. bars.Where(bar => SizeOf(bar.Share) == i).Select(bar => Scale(bar, rows, unit))]))];
        var chart = new TimelineChart(new AxisSpec($"time ({unit.Name})"), rows, series) { Title = data.LabelOf(combination) };
        string thinned = bars.Length < all.Length ? $"; the first {bars.Length} of {all.Length} stays" : "";
        string caption = $"Placement on {rows.Length} nodes under {cell.Key.Strategy} ({role}), {data.NameOf(combination)}, seed {cell.Key.Seed}{thinned}.";
        return Figure.Of(FigureCatalog.Timeline, [cell.Key.Strategy, .. data.FileNameOf(combination)], caption, chart, ChartSize.DoubleColumn);
    }

    private static TimelineBar Scale(Results.Schema.TimelineBar bar, string[] rows, TimeUnit unit) =>
        new(Array.IndexOf(rows, bar.Node), bar.StartSeconds / unit.Seconds, bar.EndSeconds / unit.Seconds, Math.Clamp(bar.Share, 0, 1));

    private static int SizeOf(double share) => Array.FindIndex(Sizes, size => share <= size.UpTo) is var i and >= 0 ? i : Sizes.Length - 1;
}
