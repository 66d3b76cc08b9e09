using System.Globalization;
using SchedBench.Reporting.Charts;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>Figures at the limits: nothing to show, one thing, equal things, too many things, names from hell.</summary>
internal static class EdgeCharts
{
    public const string LongName = "a-very-long-strategy-name-that-nobody-would-write-but-somebody-does-{weightCpu=0.5,weightGpu=1.5,tieBreak=uniform}";

    public const string HostileName = "<b a='1'>&amp; \"é\" α≤β 日本 \u0007\t\ud800 😀 --> ]]> \\( )";

    private static readonly string[] Strategies = SampleCharts.FourteenStrategies;

    private static readonly AxisSpec Seconds = new("Seconds"), LogSeconds = new("Seconds", AxisScale.Log10);

    public static IReadOnlyDictionary<string, ChartSpec> All { get; } = new SortedDictionary<string, ChartSpec>(StringComparer.Ordinal)
    {
        ["line without series"] = new LineChart(Seconds, Seconds, []),
        ["line without points"] = new LineChart(Seconds, Seconds, [new("none", []), new("one", [new(3, 5)])]),
        ["line of equal values"] = new LineChart(Seconds, new("Ratio"), [new("equal", [.. Enumerable.Range(0, 20).Select(i => new LinePoint(i, 0.25))])]),
        ["line of zeros"] = new LineChart(Seconds, Seconds, [new("zero", [new(0, 0), new(0, 0)])]),
        ["line across zero"] = new LineChart(Seconds, Seconds, [new("a", [.. Enumerable.Range(0, 40).Select(i => new LinePoint(i * 2500, (i * 0.16) - 3, (i * 0.16) - 4, (i * 0.16) - 1))])]),
        ["line of fourteen"] = new LineChart(Seconds, Seconds, [.. Strategies.Select((name, s) => new LineSeries(name, [.. Enumerable.Range(0, 131).Select(i => new LinePoint(i, s * i))]))]),
        ["line with long names"] = new LineChart(new(LongName + " " + LongName), new(LongName.Replace('-', ' ')), [new(LongName + 1, [new(0, 1e6), new(1, 3e6)]), new(HostileName, [new(0, 1)])])
        {
            Title = HostileName + " " + LongName.Replace('-', ' '),
            Description = HostileName,
        },
        ["line of extremes"] = new LineChart(Seconds, Seconds, [new("a", [new(-1e99, 1e-99), new(0, 2e-99), new(1e99, -1e-99)])]),
        ["line of nearly equal"] = new LineChart(Seconds, Seconds, [new("a", [new(1e15, 1e15), new(1e15 + 0.125, 1e15 + 0.125)])]),
        ["line on logarithms"] = new LineChart(new("Nodes", AxisScale.Log10), LogSeconds, [new("a", [new(1000, 2e6), new(5000, 1.9e6), new(100000, 8e3)])]),
        ["line within a decade"] = new LineChart(LogSeconds, LogSeconds, [new("a", [new(3.1, 1e-90), new(4.9, 1e90)])]),
        ["line of one on logarithms"] = new LineChart(LogSeconds, LogSeconds, [new("a", [new(7, 7)])]),
        ["line with fixed ends"] = new LineChart(new("x", Min: 2, Max: 5), new("y", Min: 0), [new("a", [.. Enumerable.Range(0, 10).Select(i => new LinePoint(i, i))])]),
        ["ecdf of anything"] = new EcdfChart(Seconds, [new("none", []), new("one", [3]), new("equal", [5, 5, 5]), new("many", [.. Enumerable.Range(0, 50_000).Select(i => i * 7919 % 50_000 / 5000.0)])]),
        ["ecdf of nothing"] = new EcdfChart(LogSeconds, []),
        ["box of anything"] = new BoxChart(LogSeconds, [new("none", []), new("one", [3]), new("equal", [5, 5, 5, 5]), new("two", [1, 100]), new(LongName, [2, 3, 4, 5, 6, 7, 200])]),
        ["box of nothing"] = new BoxChart(Seconds, []),
        ["bars of fourteen"] = new BarChart(Seconds, ["default", "gpushare40", "multigpu20"], [.. Strategies.Select((name, i) => new BarSeries(name, [new(80 + i, 78 + i, 82 + i), null, new(60 + i)]))]),
        ["bars without legend"] = new BarChart(Seconds, Strategies, [new("", [.. Strategies.Select((_, i) => (Bar?)new Bar(200_000 + (i * 77_000)))])]),
        ["bars across zero"] = new BarChart(Seconds, Strategies, [new("default", [.. Strategies.Select((_, i) => (Bar?)new Bar(i - 6, i - 7, i - 5.2))])]),
        ["stack with gaps"] = new BarChart(Seconds, ["a", "b", "c"], [new("x", [new(3), null, new(0)]), new("y", [null, new(2), new(0)]), new(HostileName, [new(1), new(1), null])]) { Stacked = true },
        ["bars of nothing"] = new BarChart(Seconds, [], []),
        ["bars of one zero"] = new BarChart(Seconds, ["only"], [new("s", [new(0)])]),
        ["bars of ninety"] = new BarChart(Seconds, Many("category", 90), [new("s", [.. Enumerable.Range(0, 90).Select(i => (Bar?)new Bar(i % 13))])]),
        ["bars with long names"] = new BarChart(Seconds, [LongName, LongName + 2, HostileName], [new(LongName, [new(1), new(2), new(3)])]),
        ["heat map of many"] = new HeatMapChart(Many("node", 120), Many("hour", 96), [.. Enumerable.Range(0, 120).Select(i => (IReadOnlyList<double?>)[.. Enumerable.Range(0, 96).Select(j => (double?)(((i * 31) + (j * j * 7)) % 101))])], "CPU"),
        ["heat map of one"] = new HeatMapChart(["a"], ["b"], [[5]], "v") { Center = 5 },
        ["heat map of nothing"] = new HeatMapChart([], [], [], ""),
        ["heat map with long names"] = new HeatMapChart([LongName], [LongName, LongName + 2], [[1.5, null]], LongName),
        ["timeline of many"] = new TimelineChart(Seconds, Many("node", 200), [new("pods", [.. Enumerable.Range(0, 3000).Select(i => new TimelineBar(i * 37 % 200, i * 91 % 1000, (i * 91 % 1000) + 1 + (i % 90), ((i % 4) + 1) / 4.0))])]),
        ["timeline of fourteen"] = new TimelineChart(Seconds, ["n1", "n2"], [.. Strategies.Select((name, i) => new TimelineSeries(name, [new(i % 2, i, i + 3, 0.3), new((i + 1) % 2, i * 0.75, i * 0.75, 0)]))]),
        ["timeline of nothing"] = new TimelineChart(Seconds, [], []),
        ["ranks of nothing"] = new CriticalDifferenceChart([], []),
        ["ranks of one"] = new CriticalDifferenceChart([new("only", 1)], [["only"]]),
        ["ranks with long names"] = new CriticalDifferenceChart([new(LongName, 1.5), new(HostileName, 1.5), new("c", 3)], [[LongName, HostileName]]) { CriticalDifference = 5, Title = LongName.Replace('-', ' ') },
    };

    /// <summary>The names of all figures, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    private static string[] Many(string name, int count) => [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"))];
}
