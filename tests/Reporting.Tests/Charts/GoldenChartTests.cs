using SchedBench.Reporting.Charts;

namespace SchedBench.Reporting.Tests.Charts;

public class GoldenChartTests
{
    [Fact]
    public void Line_charts_keep_their_bytes() => Check("line", SampleCharts.Line, ChartSize.SingleColumn);

    [Fact]
    public void Ecdf_charts_keep_their_bytes() => Check("ecdf", SampleCharts.Ecdf, ChartSize.SingleColumn);

    [Fact]
    public void Box_charts_keep_their_bytes() => Check("box", SampleCharts.Box, ChartSize.SingleColumn);

    [Fact]
    public void Bar_charts_keep_their_bytes() => Check("bars", SampleCharts.Bars, ChartSize.DoubleColumn);

    [Fact]
    public void Stacked_bars_keep_their_bytes() => Check("stack", SampleCharts.Stack, ChartSize.SingleColumn);

    [Fact]
    public void Heat_maps_keep_their_bytes() => Check("heat-map", SampleCharts.HeatMap, ChartSize.SingleColumn);

    [Fact]
    public void Two_sided_heat_maps_keep_their_bytes() => Check("differences", SampleCharts.Differences, ChartSize.DoubleColumn);

    [Fact]
    public void Timelines_keep_their_bytes() => Check("timeline", SampleCharts.Timeline, ChartSize.DoubleColumn);

    [Fact]
    public void Critical_difference_diagrams_keep_their_bytes() => Check("ranks", SampleCharts.Ranks, ChartSize.SingleColumn);

    private static void Check(string name, ChartSpec spec, ChartSize size)
    {
        foreach (IChartRenderer renderer in (IChartRenderer[])[new SvgRenderer(), new PdfRenderer(PdfFont.Helvetica), new VegaLiteRenderer()])
        {
            Golden.Check($"charts/{name}.{renderer.FileExtension}", () =>
            {
                using var output = new MemoryStream();
                renderer.Render(spec, size, output);
                return output.ToArray();
            });
        }
    }
}
