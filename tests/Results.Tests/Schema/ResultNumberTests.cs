using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Schema;
using SchedBench.Results.Tests.Statistics;

namespace SchedBench.Results.Tests.Schema;

public sealed class ResultNumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "0")]
    [InlineData(42, "42")]
    [InlineData(-7, "-7")]
    [InlineData(100_000_000, "100000000")]
    [InlineData(123_456_789_012_345, "123456789012345")]
    [InlineData(1e15, "1e15")]
    [InlineData(1.5e16, "1.5e16")]
    [InlineData(0.1, "0.1")]
    [InlineData(2.0 / 3, "0.666666667")]
    [InlineData(-95.2, "-95.2")]
    [InlineData(95.123456789123, "95.1234568")]
    [InlineData(99.9999999999, "100")]
    [InlineData(1234567890.5, "1234567890")]
    [InlineData(12345678901.5, "12345678900")]
    [InlineData(0.001953125, "0.001953125")]
    [InlineData(1.862645149230957e-9, "0.00000000186264515")]
    [InlineData(1e-10, "1e-10")]
    [InlineData(1.244603055572228e-60, "1.24460306e-60")]
    [InlineData(double.MaxValue, "1.79769313e308")]
    [InlineData(double.Epsilon, "4.94065646e-324")]
    public void Numbers_print_in_one_form(double value, string expected) => Assert.Equal(expected, ResultNumber.Format(value));

    [Fact]
    public void Empty_sample_prints_as_nothing() => Assert.Equal("", ResultNumber.Format((double?)null));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Values_that_are_not_finite_never_leave(double value) => Assert.Throws<ArgumentOutOfRangeException>(() => ResultNumber.Format(value));

    [Theory]
    [InlineData("1e999")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-∞")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,5")]
    [InlineData("1,000")]
    [InlineData("1.1.")]
    [InlineData("")]
    [InlineData("0x1p3")]
    public void Other_forms_are_not_numbers(string text) => Assert.False(ResultNumber.TryParse(text, out _));

    [Fact]
    public void Printing_is_idempotent_and_keeps_nine_digits() => Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), number =>
    {
        double value = number.Get;
        string text = ResultNumber.Format(value);
        return ResultNumber.TryParse(text, out double back)
            && ResultNumber.Format(back) == text
            && ResultNumber.Round(value) == back
            && Math.Abs(back - value) <= Math.Abs(value) * 5.0000001e-9;
    }).Check(Generators.Pinned.WithMaxTest(2000));

    [Fact]
    public void Rounding_keeps_the_order() => Prop.ForAll(Generators.Sample, sample =>
    {
        double[] thirds = [.. sample.Select(x => x / 3).Order()];
        return thirds.Zip(thirds.Skip(1)).All(pair => ResultNumber.Round(pair.First) <= ResultNumber.Round(pair.Second));
    }).Check(Generators.Pinned);

    [Fact]
    public void Culture_plays_no_part()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("-1.5", ResultNumber.Format(-1.5));
            Assert.Equal("-12", ResultNumber.Format(-12));
            Assert.True(ResultNumber.TryParse("-1.5", out double value));
            Assert.Equal(-1.5, value);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
