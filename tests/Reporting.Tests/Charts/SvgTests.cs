using System.Text;
using System.Xml;
using System.Xml.Linq;
using SchedBench.Reporting.Charts;

namespace SchedBench.Reporting.Tests.Charts;

public class SvgTests
{
    [Theory]
    [MemberData(nameof(EdgeCharts.Names), MemberType = typeof(EdgeCharts))]
    public void Every_figure_is_well_formed_xml_with_unique_ids_and_finite_numbers(string name)
    {
        string svg = new SvgRenderer().RenderToString(EdgeCharts.All[name], ChartSize.SingleColumn);
        XElement root = Parse(svg);
        string[] ids = [.. root.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_escaped_and_stay_text()
    {
        XElement root = Parse(new SvgRenderer().RenderToString(EdgeCharts.All["line with long names"], ChartSize.Slide));
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Contains(root.Descendants(svg + "text"), text => text.Value.Contains("<b a='1'>&amp; \"é\" α≤β", StringComparison.Ordinal));
        Assert.Contains("日本 \uFFFD \uFFFD 😀", root.Element(svg + "desc")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_outside_the_file_is_referred_to()
    {
        string svg = new SvgRenderer().RenderToString(SampleCharts.Line, ChartSize.SingleColumn).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
        Assert.DoesNotContain("http", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("href", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_of_a_million_points_makes_a_small_file()
    {
        var chart = new LineChart(new("x"), new("y"), [new("noise", [.. Enumerable.Range(0, 400_000).Select(i => new LinePoint(i, i * 7919L % 10_007))])]);
        string svg = new SvgRenderer().RenderToString(chart, ChartSize.DoubleColumn);
        Assert.InRange(svg.Length, 1_000, 200_000);
    }

    [Fact]
    public void Line_ends_are_line_feeds()
    {
        byte[] svg = Encoding.UTF8.GetBytes(new SvgRenderer().RenderToString(SampleCharts.Bars, ChartSize.SingleColumn));
        Assert.DoesNotContain((byte)'\r', svg);
        Assert.Equal((byte)'\n', svg[^1]);
    }

    private static XElement Parse(string svg)
    {
        using var reader = XmlReader.Create(new StringReader(svg), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XElement.Load(reader);
    }
}
