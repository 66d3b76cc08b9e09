using SchedBench.Reporting.Charts;
using SchedBench.Results.Statistics;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>What is refused, and that the refusal names the culprit.</summary>
public class SpecTests
{
    private static readonly AxisSpec X = new("x"), LogX = new("x", AxisScale.Log10);

    private static readonly Dictionary<string, (ChartSpec Spec, string Message)> Refused = new(StringComparer.Ordinal)
    {
        ["NaN"] = (new LineChart(X, X, [new("fgd", [new(1, 2), new(2, double.NaN)])]), "series 'fgd': y of point 2 is NaN, a finite number"),
        ["infinity"] = (new LineChart(X, X, [new("fgd", [new(double.PositiveInfinity, 2)])]), "series 'fgd': x of point 1 is Infinity"),
        ["absurd"] = (new LineChart(X, X, [new("fgd", [new(1, -1e101)])]), "series 'fgd': y of point 1 is -1E+101"),
        ["NaN in a band"] = (new LineChart(X, X, [new("fgd", [new(1, 2, double.NaN, 3)])]), "series 'fgd': the interval of point 1, low end is NaN"),
        ["half a band"] = (new LineChart(X, X, [new("fgd", [new(1, 2, 1)])]), "series 'fgd': the interval of point 1 has one end"),
        ["a turned band"] = (new LineChart(X, X, [new("fgd", [new(1, 2, 3, 1)])]), "series 'fgd': the interval of point 1, low end is 3, the high end is 1"),
        ["x goes back"] = (new LineChart(X, X, [new("fgd", [new(2, 2), new(1, 2)])]), "series 'fgd': x goes back from 2 to 1 at point 2"),
        ["zero on logarithms"] = (new LineChart(X, LogX, [new("fgd", [new(1, 0)])]), "series 'fgd': y of point 1 is 0, a logarithmic axis"),
        ["a name twice"] = (new LineChart(X, X, [new("fgd", []), new("fgd", [])]), "series 'fgd' occurs twice"),
        ["ends turned"] = (new LineChart(X with { Min = 3, Max = 3 }, X, []), "series 'axis x': minimum is 3, the maximum is 3"),
        ["too many points"] = (new LineChart(X, X, [new("fgd", new LinePoint[500_001])]), "500001 points"),
        ["NaN sample"] = (new EcdfChart(X, [new("fgd", [1, double.NaN])]), "series 'fgd': sample 2 is NaN"),
        ["NaN in a box"] = (new BoxChart(X, [new("fgd", [double.NaN])]), "series 'fgd': sample 1 is NaN"),
        ["NaN bar"] = (new BarChart(X, ["a"], [new("fgd", [new(double.NaN)])]), "series 'fgd': the bar of 'a' is NaN"),
        ["bars missing"] = (new BarChart(X, ["a", "b"], [new("fgd", [new(1)])]), "series 'fgd': 1 bars for 2 categories"),
        ["logarithmic bars"] = (new BarChart(LogX, [], []), "linear axis"),
        ["bars without zero"] = (new BarChart(X with { Min = 1 }, [], []), "bars start at zero"),
        ["a negative part"] = (new BarChart(X, ["a"], [new("fgd", [new(-1)])]) { Stacked = true }, "series 'fgd': the part of 'a' is -1"),
        ["a part with an interval"] = (new BarChart(X, ["a"], [new("fgd", [new(2, 1, 3)])]) { Stacked = true }, "series 'fgd': the part of 'a' has an interval"),
        ["NaN cell"] = (new HeatMapChart(["fgd"], ["a"], [[double.NaN]], "v"), "series 'fgd': the cell of 'a' is NaN"),
        ["cells missing"] = (new HeatMapChart(["fgd"], ["a", "b"], [[1]], "v"), "row 'fgd': 1 values for 2 columns"),
        ["rows missing"] = (new HeatMapChart(["fgd", "b"], ["a"], [[1]], "v"), "1 rows of values for 2 names"),
        ["a column twice"] = (new HeatMapChart(["fgd"], ["a", "a"], [[1, 2]], "v"), "column 'a' occurs twice"),
        ["ends before its start"] = (new TimelineChart(X, ["n"], [new("fgd", [new(0, 2, 1, 1)])]), "series 'fgd': bar 1 ends at 1 before its start at 2"),
        ["share above one"] = (new TimelineChart(X, ["n"], [new("fgd", [new(0, 1, 2, 1.5)])]), "series 'fgd': share of bar 1 is 1.5"),
        ["NaN share"] = (new TimelineChart(X, ["n"], [new("fgd", [new(0, 1, 2, double.NaN)])]), "series 'fgd': share of bar 1 is NaN"),
        ["no such row"] = (new TimelineChart(X, ["n"], [new("fgd", [new(1, 1, 2, 1)])]), "series 'fgd': bar 1 is in row 1 of 1"),
        ["rank out of range"] = (new CriticalDifferenceChart([new("fgd", 2)], []), "series 'fgd': mean rank is 2, 1..1"),
        ["NaN rank"] = (new CriticalDifferenceChart([new("fgd", double.NaN)], []), "series 'fgd': mean rank is NaN"),
        ["unknown in a clique"] = (new CriticalDifferenceChart([new("fgd", 1)], [["fdg"]]), "a clique names 'fdg'"),
        ["no difference"] = (new CriticalDifferenceChart([new("fgd", 1)], []) { CriticalDifference = 0 }, "the critical difference is 0"),
    };

    public static TheoryData<string> Cases => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_cannot_be_drawn_honestly_is_refused_by_name_and_nothing_is_written(string name)
    {
        (ChartSpec spec, string message) = Refused[name];
        foreach (IChartRenderer renderer in (IChartRenderer[])[new SvgRenderer(), new PdfRenderer(PdfFont.Helvetica), new VegaLiteRenderer()])
        {
            using var output = new MemoryStream();
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => renderer.Render(spec, ChartSize.SingleColumn, output)).Message, StringComparison.Ordinal);
            Assert.Equal(0, output.Length);
        }
    }

    [Theory]
    [InlineData(50, 100, 8, 1)]
    [InlineData(240, double.NaN, 8, 1)]
    [InlineData(240, 100, 2, 1)]
    [InlineData(240, 100, 8, 0)]
    [InlineData(20_000, 100, 8, 1)]
    public void Sizes_on_which_nothing_fits_are_refused(double width, double height, double font, double stroke)
    {
        var size = new ChartSize("odd", width, height, font, stroke);
        Assert.Contains("'odd'", Assert.Throws<ArgumentException>(() => new SvgRenderer().RenderToString(SampleCharts.Line, size)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ranking_analysis_becomes_a_diagram()
    {
        double[,] values = new double[12, 3];
        for (int seed = 0; seed < 12; seed++) (values[seed, 0], values[seed, 1], values[seed, 2]) = (10 + seed, 20 + seed, 10.5 + (seed % 2) + seed - 1);
        var analysis = CriticalDifference.Of(["a", "b", "c"], values, higherIsBetter: true);
        var chart = CriticalDifferenceChart.Of(analysis);
        Assert.Equal("b", chart.Entries[0].Name);
        Assert.Equal(analysis.Ranking.Select(r => r.MeanRank), chart.Entries.Select(e => e.MeanRank));
        Assert.Equal(["a", "c"], Assert.Single(chart.Cliques).Order());
    }

    [Fact]
    public void Nothing_is_closed_and_everything_is_appended()
    {
        foreach (IChartRenderer renderer in (IChartRenderer[])[new SvgRenderer(), new PdfRenderer(PdfFont.Helvetica), new VegaLiteRenderer()])
        {
            using var output = new MemoryStream();
            renderer.Render(SampleCharts.Bars, ChartSize.SingleColumn, output);
            long once = output.Length;
            renderer.Render(SampleCharts.Bars, ChartSize.SingleColumn, output);
            Assert.Equal(2 * once, output.Length);
        }
    }
}
