using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using SchedBench.Reporting.Charts;
using SchedBench.Reporting.Charts.Drawing;
using SchedBench.Reporting.Charts.Layout;

namespace SchedBench.Reporting.Tests.Charts;

/// <summary>Ticks, axes, decimals and widths.</summary>
public class NumberTests
{
    private static Config Pinned => Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(500);

    /// <summary>Ranges of every magnitude, some of them narrow and far from zero.</summary>
    private static Arbitrary<(double Min, double Max, int Most)> Ranges => (
        from start in Gen.Choose(-1_000_000, 1_000_000)
        from width in Gen.Choose(1, 1_000_000)
        from exponent in Gen.Choose(-60, 60)
        from most in Gen.Choose(3, 15)
        let unit = double.Parse(string.Create(CultureInfo.InvariantCulture, $"1E{exponent}"), CultureInfo.InvariantCulture)
        select (start * unit, (start + width) * unit, most)).ToArbitrary();

    [Fact]
    public void Ticks_cover_the_range_in_equal_steps_and_are_few_but_not_too_few() => Prop.ForAll(Ranges, range =>
    {
        var ticks = NiceTicks.Covering(range.Min, range.Max, range.Most);
        double[] values = [.. Enumerable.Range(0, ticks.Count).Select(i => ticks.Value(ticks.First + i))];
        double step = ticks.Value(1);
        return values[0] <= range.Min && values[^1] >= range.Max
            && values[0] + step > range.Min - (step * 1e-6) && values[^1] - step < range.Max + (step * 1e-6)
            && ticks.Count <= range.Most && ticks.Count >= Math.Max(2, range.Most / 3)
            && values.Zip(values.Skip(1)).All(pair => pair.First < pair.Second && Math.Abs(pair.Second - pair.First - step) <= step * 1e-6)
            && ticks.Mantissa is 1 or 2 or 5;
    }).Check(Pinned);

    [Fact]
    public void Labels_of_one_axis_differ_and_read_back_to_their_values() => Prop.ForAll(Ranges, range =>
    {
        var ticks = NiceTicks.Covering(range.Min, range.Max, range.Most);
        string[] labels = [.. Enumerable.Range(0, ticks.Count).Select(i => ticks.Label(ticks.First + i))];
        return labels.Distinct().Count() == labels.Length
            && labels.Select((label, i) => (Read(label), ticks.Value(ticks.First + i))).All(pair => Math.Abs(pair.Item1 - pair.Item2) <= Math.Abs(pair.Item2) * 1e-9);
    }).Check(Pinned);

    [Fact]
    public void Axes_show_every_value_of_their_data_and_keep_their_order() => Prop.ForAll(Ranges, range =>
    {
        foreach (AxisEnds ends in Enum.GetValues<AxisEnds>())
        {
            var axis = NumericAxis.Create(new AxisSpec("x"), new DataRange(range.Min, range.Max), ends, range.Most);
            double low = axis.At(range.Min), high = axis.At(range.Max);
            if (!(low >= -1e-9 && high <= 1 + 1e-9 && low < high)) return false;
            if (axis.Ticks.Any(t => t.At is < -1e-9 or > 1 + 1e-9) || axis.Ticks.Count < 2 || axis.Ticks.Count > Math.Max(6, range.Most)) return false;
        }

        return true;
    }).Check(Pinned);

    [Theory]
    [InlineData(1, 1000, "1 10 100 1k")]
    [InlineData(0.001, 1, "0.001 0.01 0.1 1")]
    [InlineData(2, 60, "2 5 10 20 50")]
    [InlineData(1e-6, 1, "1e−6 1e−4 0.01 1")]
    [InlineData(3.1, 4.9, "3.5 4.0 4.5")]
    [InlineData(1e3, 1e9, "10k 1M 100M")]
    public void Logarithmic_axes_label_round_numbers(double min, double max, string labels) =>
        Assert.Equal(labels, string.Join(' ', NumericAxis.Create(new AxisSpec("x", AxisScale.Log10), new DataRange(min, max), AxisEnds.Exact, 6).Ticks.Select(t => t.Label)));

    [Theory]
    [InlineData(0, 130, "0 20 40 60 80 100 120")]
    [InlineData(0, 1, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-5, 5, "−4 −2 0 2 4")]
    [InlineData(0, 2_000_000, "0 0.5M 1.0M 1.5M 2.0M")]
    [InlineData(0, 3e-9, "0 5e−10 1e−9 1.5e−9 2e−9 2.5e−9 3e−9")]
    public void Linear_axes_label_round_numbers(double min, double max, string labels) =>
        Assert.Equal(labels, string.Join(' ', NumericAxis.Create(new AxisSpec("x"), new DataRange(min, max), AxisEnds.Exact, 7).Ticks.Select(t => t.Label)));

    [Theory]
    [InlineData(5, 0, 10)]
    [InlineData(0, 0, 1)]
    [InlineData(-5, -10, 0)]
    public void A_single_value_is_shown_against_zero(double value, double min, double max)
    {
        var axis = NumericAxis.Create(new AxisSpec("x"), new DataRange(value, value), AxisEnds.Exact, 6);
        Assert.Equal((min, max), (axis.Min, axis.Max));
    }

    [Fact]
    public void Powers_of_ten_are_exact_and_other_logarithms_close()
    {
        for (int n = -100; n <= 100; n++)
        {
            Assert.Equal(n, Decades.Log10(Decades.Power(n)));
            Assert.Equal(n, Decades.FloorLog10(Decades.Power(n)));
            Assert.Equal(Math.Log10(3.7 * Decades.Power(n)), Decades.Log10(3.7 * Decades.Power(n)), 11);
        }
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.004, "0")]
    [InlineData(0.005, "0.01")]
    [InlineData(-0.005, "-0.01")]
    [InlineData(12.3, "12.3")]
    [InlineData(-1234567.891, "-1234567.89")]
    [InlineData(100, "100")]
    public void Coordinates_have_at_most_two_decimals(double value, string text) => Assert.Equal(text, Decimals.Print(value));

    [Theory]
    [InlineData("Hamburgefonstiv", 8.65)]
    [InlineData("", 0)]
    [InlineData("−1", 1.474)]
    public void Text_is_as_wide_as_in_the_wider_of_two_fonts(string text, double em) => Assert.Equal(em, TextMetrics.Width(text, 1), 3);

    [Fact]
    public void Shortened_text_fits_and_keeps_both_ends()
    {
        string text = EdgeCharts.LongName;
        for (double room = 10; room < 700; room += 7)
        {
            string shortened = TextMetrics.Fit(text, 8, room);
            Assert.True(TextMetrics.Width(shortened, 8) <= room || shortened == "…");
            Assert.True(shortened == text || shortened.Contains('…', StringComparison.Ordinal));
            if (shortened.Length > 3) Assert.Equal((text[0], text[^1]), (shortened[0], shortened[^1]));
        }
    }

    [Fact]
    public void Wrapped_text_loses_no_word_while_lines_are_free()
    {
        const string Text = "GPUs allocated at the end of the run (% of the capacity of all nodes)";
        foreach (double room in (double[])[120, 150, 200, 400])
        {
            List<string> lines = TextMetrics.Wrap(Text, 8, room, 9);
            Assert.Equal(Text, string.Join(' ', lines));
            Assert.All(lines, line => Assert.True(TextMetrics.Width(line, 8) <= room));
        }

        Assert.Equal(2, TextMetrics.Wrap(Text, 8, 60, 2).Count);
    }

    [Fact]
    public void A_number_and_its_per_cent_sign_stand_on_one_line()
    {
        for (double room = 20; room < 160; room++)
            Assert.DoesNotContain(TextMetrics.Wrap("allocated at 100 % arrival, of 5 %", 8, room, 9), line => line.StartsWith('%'));
    }

    private static double Read(string label)
    {
        string digits = label.TrimEnd('k', 'M', 'G', 'T').Replace('−', '-');
        double unit = label[^1] switch { 'k' => 1e3, 'M' => 1e6, 'G' => 1e9, 'T' => 1e12, _ => 1 };
        return double.Parse(digits, CultureInfo.InvariantCulture) * unit;
    }
}
