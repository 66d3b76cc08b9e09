using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Input;

namespace SchedBench.Core.Tests.Input;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("90s", 900_000_000)]
    [InlineData("500ms", 5_000_000)]
    [InlineData("1h30m", 54_000_000_000)]
    [InlineData("7d", 6_048_000_000_000)]
    [InlineData("1.5h", 54_000_000_000)]
    [InlineData("1d12h", 1_296_000_000_000)]
    [InlineData("100us", 1000)]
    [InlineData("100µs", 1000)]
    [InlineData("100ns", 1)]
    [InlineData("-10m", -6_000_000_000)]
    [InlineData("+1s", 10_000_000)]
    public void Durations_are_exact_in_ticks(string text, long ticks)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration, out _));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("-", 1)]
    [InlineData("30", 2)]
    [InlineData("1h30", 4)]
    [InlineData("h", 0)]
    [InlineData("1", 1)]
    [InlineData("1.s", 2)]
    [InlineData(".5s", 0)]
    [InlineData("1 h", 1)]
    [InlineData(" 1h", 0)]
    [InlineData("1h ", 2)]
    [InlineData("1S", 1)]
    [InlineData("1w", 1)]
    [InlineData("1:30", 1)]
    [InlineData("PT1H", 0)]
    [InlineData("Infinity", 0)]
    [InlineData("NaN", 0)]
    [InlineData("1e3s", 1)]
    [InlineData("1h-30m", 2)]
    [InlineData("50ns", 0)]
    [InlineData("0.1ns", 0)]
    [InlineData("10675200d", 0)]
    [InlineData("9999999999999999999d", 0)]
    [InlineData("99999999999999999999s", 0)]
    [InlineData("1s00000000000000000000000000000000000000000000000000000000000000000000000000000", 64)]
    public void Nonsense_and_overflow_are_rejected_where_they_begin(string text, int position)
    {
        Assert.False(DurationText.TryParse(text, out _, out TextError error));
        Assert.Equal(position, error.Position);
        Assert.StartsWith("expected", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_unit_is_named() =>
        Assert.Contains("unit is missing", Error("30"), StringComparison.Ordinal);

    [Theory]
    [InlineData("90s", "1m30s")]
    [InlineData("24h", "1d")]
    [InlineData("1.5s", "1s500ms")]
    [InlineData("0ms", "0s")]
    public void Printing_takes_the_largest_units_first(string text, string printed)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan duration, out _));
        Assert.Equal(printed, DurationText.Format(duration));
    }

    [Fact]
    public void Printing_and_parsing_again_keeps_every_tick()
    {
        Gen<long> ticks = from value in ArbMap.Default.GeneratorFor<long>() from shift in Gen.Choose(0, 62) select value >> shift;
        Prop.ForAll(ticks.ToArbitrary(), value =>
        {
            var duration = new TimeSpan(Math.Max(value, -long.MaxValue));
            return DurationText.TryParse(DurationText.Format(duration), out TimeSpan again, out _) && again == duration;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(1905UL, 7UL));
    }

    private static string Error(string text)
    {
        Assert.False(DurationText.TryParse(text, out _, out TextError error));
        return error.Expected;
    }
}
