using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>What is computed from the data before anything is drawn.</summary>
public class ShapeTests
{
    private static Config Pinned => Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(300);

    [Fact]
    public void Fourteen_series_differ_by_marker_and_ninety_eight_by_colour_dash_and_marker()
    {
        var styles = Enumerable.Range(0, 98).Select(SeriesStyle.At).ToList();
        Assert.Equal(14, styles.Take(14).Select(s => s.Marker).Distinct().Count());
        Assert.Equal(14, styles.Take(14).Select(s => (s.Color, s.Hatch)).Distinct().Count());
        Assert.Equal(14, styles.Take(14).Select(s => (s.Color, Dash: string.Join(' ', s.Dash ?? []))).Distinct().Count());
        Assert.Equal(98, styles.Select(s => (s.Color, Dash: string.Join(' ', s.Dash ?? []), s.Marker)).Distinct().Count());
    }

    [Fact]
    public void Stacked_bars_never_overlap_and_stay_in_their_row() => Prop.ForAll(Bars, bars =>
    {
        var chart = new TimelineChart(new("t"), ["a", "b"], [new("s", bars)]);
        (double Lower, double Upper)[] edges = Lanes.Stack(chart)[0];
        for (int i = 0; i < bars.Length; i++)
        {
            if (edges[i].Lower < 0 || edges[i].Upper > 1 + 1e-9 || edges[i].Upper <= edges[i].Lower) return false;
            for (int j = 0; j < i; j++)
            {
                bool meet = bars[i].Row == bars[j].Row && bars[i].Start < bars[j].End && bars[j].Start < bars[i].End;
                if (meet && edges[i].Lower < edges[j].Upper - 1e-6 && edges[j].Lower < edges[i].Upper - 1e-6) return false;
            }
        }

        return true;
    }).Check(Pinned);

    [Fact]
    public void Parts_of_a_whole_begin_where_those_below_end()
    {
        var chart = new BarChart(new("s"), ["a", "b"], [new("x", [new(3), null]), new("y", [new(1), new(2)]), new("z", [new(5), new(4)])]);
        Assert.Equal([0, 3, 4, 0, 0, 2], from category in (int[])[0, 1] from series in (int[])[0, 1, 2] select (chart with { Stacked = true }).FootOf(series, category));
        Assert.Equal(0, chart.FootOf(2, 0));
    }

    [Fact]
    public void Bars_that_fit_keep_their_share_of_the_row()
    {
        var chart = new TimelineChart(new("t"), ["a"], [new("s", [new(0, 0, 4, 0.5), new(0, 1, 3, 0.25), new(0, 4, 5, 1)])]);
        Assert.Equal([(0, 0.5), (0.5, 0.75), (0, 1)], Lanes.Stack(chart)[0]);
    }

    [Fact]
    public void Distribution_steps_climb_to_one_and_miss_no_share_by_more_than_a_thousandth() => Prop.ForAll(Samples, samples =>
    {
        List<(double Value, double Share)> steps = EcdfCurve.Of(samples);
        return steps.Count <= 1002
            && steps.Zip(steps.Skip(1)).All(pair => pair.First.Value < pair.Second.Value && pair.First.Share < pair.Second.Share)
            && steps[^1] == (samples.Max(), 1)
            && steps[0].Value == samples.Min()
            && samples.Take(20).All(x => Math.Abs(steps.LastOrDefault(s => s.Value <= x).Share - ((double)samples.Count(y => y <= x) / samples.Length)) <= 0.001);
    }).Check(Pinned.WithMaxTest(60));

    [Fact]
    public void Quartiles_whiskers_and_samples_beyond_follow_tukey()
    {
        // R: quantile(c(1:9, 30)) = 1, 3.25, 5.5, 7.75, 30; the fence is at 7.75 + 1.5 · 4.5 = 14.5.
        var box = BoxSummary.Of([30, 1, 2, 3, 4, 5, 6, 7, 8, 9])!;
        Assert.Equal((1, 3.25, 5.5, 7.75, 9, 7.5), (box.LowWhisker, box.LowerQuartile, box.Median, box.UpperQuartile, box.HighWhisker, box.Mean));
        Assert.Equal([30], box.Beyond);
        Assert.Null(BoxSummary.Of([]));
    }

    [Fact]
    public void Whiskers_never_end_inside_the_box() => Prop.ForAll(Samples, samples =>
    {
        var box = BoxSummary.Of(samples)!;
        return box.LowWhisker <= box.LowerQuartile && box.LowerQuartile <= box.Median && box.Median <= box.UpperQuartile && box.UpperQuartile <= box.HighWhisker;
    }).Check(Pinned);

    [Fact]
    public void Thinning_keeps_the_ends_and_the_extremes()
    {
        Spot[] spots = [.. Enumerable.Range(0, 100_000).Select(i => new Spot(i / 500d, i == 77_777 ? -5 : i * 7919 % 101))];
        IReadOnlyList<Spot> kept = Curves.Thin(spots);
        Assert.InRange(kept.Count, 1000, 4100);
        Assert.Equal((spots[0], spots[^1]), (kept[0], kept[^1]));
        Assert.Contains(spots[77_777], kept);
        Assert.Equal(kept.OrderBy(s => s.X), kept);
    }

    [Fact]
    public void Colours_of_values_darken_steadily()
    {
        var scale = new ColorScale("v", new DataRange(0, 1), null, 5);
        double[] lightness = [.. Enumerable.Range(0, 50).Select(i => scale.Of(i / 49d)).Select(c => (0.299 * c.R) + (0.587 * c.G) + (0.114 * c.B))];
        Assert.Equal(lightness.OrderDescending(), lightness);
        Assert.Equal(50, lightness.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(EdgeCharts.Names), MemberType = typeof(EdgeCharts))]
    public void Every_vega_specification_is_json_whose_layers_find_their_data(string name)
    {
        using var output = new MemoryStream();
        new VegaLiteRenderer().Render(EdgeCharts.All[name], ChartSize.SingleColumn, output);
        using var json = JsonDocument.Parse(output.ToArray());
        JsonElement data = json.RootElement.GetProperty("datasets");
        foreach (JsonElement layer in json.RootElement.GetProperty("layer").EnumerateArray())
        {
            JsonElement rows = data.GetProperty(layer.GetProperty("data").GetProperty("name").GetString()!);
            foreach (JsonElement row in rows.EnumerateArray().Take(1))
            {
                foreach (JsonProperty channel in layer.GetProperty("encoding").EnumerateObject())
                    Assert.True(row.TryGetProperty(channel.Value.GetProperty("field").GetString()!, out _), $"{channel.Name} of {name}");
            }
        }
    }

    private static Arbitrary<TimelineBar[]> Bars => (
        from row in Gen.Choose(0, 1)
        from start in Gen.Choose(0, 20)
        from length in Gen.Choose(0, 10)
        from eighths in Gen.Choose(0, 8)
        select new TimelineBar(row, start, start + length, eighths / 8d)).ArrayOf().ToArbitrary();

    private static Arbitrary<double[]> Samples => (
        from size in Gen.Elements(1, 2, 5, 100, 5000)
        from values in Gen.Choose(0, 100_000).Select(v => v / 16d).ArrayOf(size)
        select values).ToArbitrary();
}
