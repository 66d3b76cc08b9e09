using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Kinds;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>Laws that hold for every figure at every size: what a reader would notice first.</summary>
public class LayoutTests
{
    private static readonly ChartSpec[] Samples =
    [
        SampleCharts.Line, SampleCharts.Ecdf, SampleCharts.Box, SampleCharts.Bars, SampleCharts.HeatMap, SampleCharts.Differences, SampleCharts.Timeline, SampleCharts.Ranks,
    ];

    public static TheoryData<string> Presets => [.. ChartSize.Presets.Select(size => size.Name)];

    [Theory]
    [MemberData(nameof(EdgeCharts.Names), MemberType = typeof(EdgeCharts))]
    public void Text_of_an_extreme_figure_stays_on_the_page_and_clear_of_other_text(string name)
    {
        foreach (ChartSize size in ChartSize.Presets) AssertReadable(EdgeCharts.All[name], size);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Text_of_a_sample_figure_stays_on_the_page_and_clear_of_other_text(string preset)
    {
        foreach (ChartSpec spec in Samples) AssertReadable(spec, ChartSize.Presets.First(size => size.Name == preset));
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_figure_keeps_its_width_and_is_at_least_as_high_as_asked(string preset)
    {
        ChartSize size = ChartSize.Presets.First(s => s.Name == preset);
        foreach (ChartSpec spec in Samples.Where(spec => spec is not CriticalDifferenceChart))
        {
            Area page = Draw(spec, size).Page;
            Assert.Equal(size.WidthPt, page.Width);
            Assert.True(page.Height >= size.HeightPt - 0.01, $"{spec.GetType().Name} is {page.Height} pt high");
        }
    }

    [Theory]
    [MemberData(nameof(EdgeCharts.Names), MemberType = typeof(EdgeCharts))]
    public void Lines_and_bars_stay_on_the_page(string name)
    {
        if (name == "line with fixed ends") return; // its data are cut by the clip, which is not recorded
        RecordingCanvas canvas = Draw(EdgeCharts.All[name], ChartSize.SingleColumn);
        Assert.All(canvas.Corners, corner => Assert.True(
            corner.X >= -0.01 && corner.X <= canvas.Page.Width + 0.01 && corner.Y >= -0.01 && corner.Y <= canvas.Page.Height + 0.01, $"{corner} on {canvas.Page}"));
    }

    [Fact]
    public void Every_strategy_of_fourteen_is_named_in_the_legend()
    {
        IEnumerable<string> texts = Draw(EdgeCharts.All["line of fourteen"], ChartSize.SingleColumn).Texts.Select(t => t.Text);
        Assert.Empty(SampleCharts.FourteenStrategies.Except(texts));
    }

    [Fact]
    public void A_figure_without_data_says_so() =>
        Assert.Contains(Draw(EdgeCharts.All["bars of nothing"], ChartSize.SingleColumn).Texts, text => text.Text == "no data");

    private static RecordingCanvas Draw(ChartSpec spec, ChartSize size)
    {
        var canvas = new RecordingCanvas();
        ChartPainter.Paint(spec, size, canvas);
        return canvas;
    }

    private static void AssertReadable(ChartSpec spec, ChartSize size)
    {
        RecordingCanvas canvas = Draw(spec, size);
        for (int i = 0; i < canvas.Texts.Count; i++)
        {
            (string text, Area box, Turn turn) = canvas.Texts[i];
            Assert.True(box.X >= -0.01 && box.Right <= canvas.Page.Width + 0.01 && box.Y >= -0.01 && box.Bottom <= canvas.Page.Height + 0.01, $"'{text}' leaves the page at {size.Name}: {box}");
            foreach ((string other, Area otherBox, Turn otherTurn) in canvas.Texts.Take(i))
            {
                // The rectangles around two slanted texts overlap though the texts do not.
                bool apart = (turn == Turn.Slanted && otherTurn == Turn.Slanted) || box.Right <= otherBox.X || otherBox.Right <= box.X || box.Bottom <= otherBox.Y || otherBox.Bottom <= box.Y;
                Assert.True(apart, $"'{text}' lies on '{other}' at {size.Name}: {box}, {otherBox}");
            }
        }
    }
}
