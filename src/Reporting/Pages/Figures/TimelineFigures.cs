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
            // In a saturation replay all pods arrive at one instant: there is no time to draw.
            List<CellResult> cells =
            [
                .. from strategy in data.Strategies
                   from cell in data.SoundCells(combination, strategy)
                   where cell.Timeline.Any(bar => bar.EndSeconds > bar.StartSeconds)
                   select cell,
            ];
            // Rows and time are the same in all figures of a combination, so that they can be compared;
            // a node that only some strategy uses is an empty row in the others.
            IEnumerable<string> nodes = cells.SelectMany(cell => cell.Timeline).Select(bar => bar.Node).Distinct(StringComparer.Ordinal);
            string[] rows = [.. nodes.Order(StringComparer.Ordinal).Take(MostNodes)];
            (CellResult Cell, string Role)[] chosen =
                [.. from choice in Chosen(data, combination) from cell in cells where cell.Key.Strategy == choice.Strategy select (cell, choice.Role)];
            double end = chosen.SelectMany(choice => choice.Cell.Timeline).Select(bar => bar.EndSeconds).DefaultIfEmpty().Max();
            foreach ((CellResult cell, string role) in chosen) yield return Draw(data, cell, role, rows, end);
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

    private static Figure Draw(ReportData data, CellResult cell, string role, string[] rows, double endSeconds)
    {
        var combination = Combination.Of(cell.Key);
        Results.Schema.TimelineBar[] all = [.. cell.Timeline.Where(bar => rows.Contains(bar.Node, StringComparer.Ordinal))];
        Results.Schema.TimelineBar[] bars = [.. all.OrderBy(bar => bar.StartSeconds).Take(MostBars)];
        var unit = TimeUnit.For(endSeconds);
        ILookup<int, TimelineBar> bySize = bars.ToLookup(bar => SizeOf(bar.Share), bar => Scale(bar, rows, unit));
        TimelineSeries[] series = [.. Sizes.Select((size, i) => new TimelineSeries(size.Name, [.. bySize[i]]))];
        var axis = new AxisSpec($"time ({unit.Name})", Min: 0, Max: endSeconds / unit.Seconds);
        var chart = new TimelineChart(axis, rows, series) { Title = data.LabelOf(combination) };
        string thinned = bars.Length < all.Length ? $"; the first {bars.Length} of {all.Length} stays" : "";
        string caption = $"Placement on {rows.Length} nodes under {cell.Key.Strategy} ({role}), {data.NameOf(combination)}, seed {cell.Key.Seed}{thinned}.";
        return Figure.Of(FigureCatalog.Timeline, [cell.Key.Strategy, .. data.FileNameOf(combination)], caption, chart, ChartSize.DoubleColumn);
    }

    private static TimelineBar Scale(Results.Schema.TimelineBar bar, string[] rows, TimeUnit unit) =>
        new(Array.IndexOf(rows, bar.Node), bar.StartSeconds / unit.Seconds, bar.EndSeconds / unit.Seconds, Math.Clamp(bar.Share, 0, 1));

    private static int SizeOf(double share) => Array.FindIndex(Sizes, size => share <= size.UpTo) is var i and >= 0 ? i : Sizes.Length - 1;
}
