using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Tests.Readers;

public sealed class NumberTextTests
{
    [Fact]
    public void Every_64_bit_number_reads_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>(), value =>
        {
            Assert.Equal(NumberOutcome.Exact, NumberText.Whole(Utf8(value.ToString(CultureInfo.InvariantCulture)), out long read));
            Assert.Equal(value, read);
        }).Check(Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL));

    [Theory]
    [InlineData("9223372036854775807", NumberOutcome.Exact)]
    [InlineData("9223372036854775808", NumberOutcome.TooLarge)]
    [InlineData("-9223372036854775808", NumberOutcome.Exact)]
    [InlineData("-9223372036854775809", NumberOutcome.TooLarge)]
    [InlineData("99999999999999999999999999999999999999", NumberOutcome.TooLarge)]
    [InlineData("00000000000000000000000000000000000007", NumberOutcome.Exact)]
    [InlineData("-", NumberOutcome.NotANumber)]
    [InlineData("", NumberOutcome.NotANumber)]
    [InlineData("1.0", NumberOutcome.NotANumber)]
    [InlineData("1 ", NumberOutcome.NotANumber)]
    public void Whole_numbers_end_at_64_bits(string text, object outcome) => Assert.Equal(outcome, NumberText.Whole(Utf8(text), out _));

    [Fact]
    public void Decimals_are_exact_in_steps_or_rounded_as_asked()
    {
        // The oracle computes with integers of any size.
        Gen<(string Whole, string Fraction, bool Negative, long Steps)> number =
            from whole in Gen.Choose(0, 9).Select(digit => (char)('0' + digit)).ListOf().Select(Joined)
            from fraction in Gen.Choose(0, 9).Select(digit => (char)('0' + digit)).ListOf().Select(Joined)
            from negative in Gen.Elements(true, false)
            from steps in Gen.Elements(1L, 1000L, 10_000_000L, 1L << 30, long.MaxValue)
            select (whole.Length == 0 ? "0" : whole[..Math.Min(whole.Length, 19)], fraction[..Math.Min(fraction.Length, 40)], negative, steps);
        Prop.ForAll(number.ToArbitrary(), parts =>
        {
            string text = (parts.Negative ? "-" : "") + parts.Whole + (parts.Fraction.Length > 0 ? "." + parts.Fraction : "");
            BigInteger scale = BigInteger.Pow(10, parts.Fraction.Length), scaled = BigInteger.Parse(parts.Whole + parts.Fraction, CultureInfo.InvariantCulture) * parts.Steps;
            BigInteger floor = BigInteger.DivRem(scaled, scale, out BigInteger rest);
            BigInteger up = rest.IsZero ? floor : floor + 1, nearest = rest * 2 >= scale ? floor + 1 : floor;
            foreach ((Rounding rounding, BigInteger expected) in new[] { (Rounding.Up, up), (Rounding.Nearest, nearest) })
            {
                NumberOutcome outcome = NumberText.Decimal(Utf8(text), parts.Steps, rounding, out Int128 read);
                Assert.Equal(rest.IsZero ? NumberOutcome.Exact : NumberOutcome.Rounded, outcome);
                Assert.Equal(parts.Negative ? -expected : expected, (BigInteger)read);
            }
        }).Check(Config.QuickThrowOnFailure.WithReplay(1905UL, 7UL).WithMaxTest(2000));
    }

    [Theory]
    [InlineData("12345678901234567890", NumberOutcome.TooLarge)]
    [InlineData("0.00000000000000000000000000000000000000001", NumberOutcome.TooLarge)]
    [InlineData("1e5", NumberOutcome.NotANumber)]
    [InlineData("1.", NumberOutcome.NotANumber)]
    [InlineData(".5", NumberOutcome.NotANumber)]
    [InlineData("1.2.3", NumberOutcome.NotANumber)]
    [InlineData("--1", NumberOutcome.NotANumber)]
    [InlineData("+1", NumberOutcome.NotANumber)]
    [InlineData("1-", NumberOutcome.NotANumber)]
    [InlineData("-0.000", NumberOutcome.Exact)]
    public void Other_notations_are_no_numbers(string text, object outcome) => Assert.Equal(outcome, NumberText.Decimal(Utf8(text), 1000, Rounding.Nearest, out _));

    private static string Joined(IEnumerable<char> digits) => string.Concat(digits);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
