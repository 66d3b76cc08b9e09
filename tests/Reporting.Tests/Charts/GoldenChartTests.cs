using SchedBench.Reporting.Charts;

namespace SchedBench.Reporting.Tests.Charts;

public class GoldenChartTests
{
    [Fact]
    public void Line_charts_keep_their_bytes() => Check("line", SampleCharts.Line, ChartSize.SingleColumn);

    private static void Check(string name, ChartSpec spec, ChartSize size)
    {
        foreach (IChartRenderer renderer in (IChartRenderer[])[new SvgRenderer()])
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
