using FsCheck;
using FsCheck.Fluent;
using SchedBench.Core.Input;
using SchedBench.Core.Resources;

namespace SchedBench.Core.Tests.Resources;

public sealed class QuantityTests
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(1905UL, 7UL);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("0Ki", "0")]
    [InlineData("1", "1")]
    [InlineData("+16", "16")]
    [InlineData("500m", "500m")]
    [InlineData("0.5", "500m")]
    [InlineData("1.5", "1500m")]
    [InlineData("1000m", "1")]
    [InlineData("100", "100")]
    [InlineData("50000", "50k")]
    [InlineData("5n", "5n")]
    [InlineData("4u", "4u")]
    [InlineData("1E", "1E")]
    [InlineData("1000P", "1E")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("1024Ki", "1Mi")]
    [InlineData("0.5Ki", "512")]
    [InlineData("1023", "1023")]
    [InlineData("0.05Gi", "53687091200m")]
    [InlineData("100.035Ki", "102435840m")]
    [InlineData("12e6", "12e6")]
    [InlineData("1E-3", "1e-3")]
    [InlineData("1.3E+6", "1300e3")]
    [InlineData("0.5e0", "500e-3")]
    [InlineData("100.035k", "100035")]
    [InlineData(".001", "1m")]
    [InlineData("1.", "1")]
    [InlineData("1.G", "1G")]
    [InlineData("-3.01Mi", "-3156213760m")]
    [InlineData("00042", "42")]
    [InlineData("7Ei", "7Ei")]
    public void Canonical_form_is_that_of_apimachinery(string text, string canonical) => Assert.Equal(canonical, Quantity.Parse(text).ToString());

    [Theory]
    [InlineData("3.001n", "4n")]
    [InlineData("1.1E-9", "2e-9")]
    [InlineData("0.0000000001", "1n")]
    [InlineData("0.00000012345", "124n")]
    [InlineData("0.000000000001Ki", "2n")]
    [InlineData("1e-999", "1e-9")]
    [InlineData("-0.9n", "-1n")]
    public void Finer_than_a_billionth_rounds_away_from_zero_and_says_so(string text, string canonical)
    {
        Quantity quantity = Quantity.Parse(text);
        Assert.Equal(canonical, quantity.ToString());
        Assert.True(quantity.IsRounded);
    }

    [Theory]
    [InlineData("16", 16000, false)]
    [InlineData("500m", 500, false)]
    [InlineData("0.1m", 1, true)]
    [InlineData("1.0001", 1001, true)]
    [InlineData("0.0001n", 1, true)]
    [InlineData("-0.1m", -1, true)]
    [InlineData("9223372036854775807m", long.MaxValue, false)]
    public void Cpu_is_counted_in_milli_and_rounds_up(string text, long expectedMilli, bool expectedRounded)
    {
        Assert.True(Quantity.Parse(text).TryGetMilli(out long milli, out bool isRounded));
        Assert.Equal((expectedMilli, expectedRounded), (milli, isRounded));
    }

    [Theory]
    [InlineData("64Gi", 68719476736, false)]
    [InlineData("0.05Gi", 53687092, true)]
    [InlineData("1500m", 2, true)]
    [InlineData("1e3", 1000, false)]
    [InlineData("9223372036854775807", long.MaxValue, false)]
    [InlineData("-9223372036854775807", -long.MaxValue, false)]
    public void Bytes_are_whole_and_round_up(string text, long expectedBytes, bool expectedRounded)
    {
        Assert.True(Quantity.Parse(text).TryGetUnits(out long bytes, out bool isRounded));
        Assert.Equal((expectedBytes, expectedRounded), (bytes, isRounded));
    }

    [Fact]
    public void Milli_of_a_quantity_near_the_limit_does_not_fit_and_says_so() =>
        Assert.False(Quantity.Parse("9223372036854775807").TryGetMilli(out _, out _));

    [Theory]
    [InlineData("1e999")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775808")]
    [InlineData("9223372036854775807.000000001")]
    [InlineData("9223372036854775808Mi")]
    [InlineData("9223372036854775807Ki")]
    [InlineData("12E")]
    [InlineData("8Ei")]
    [InlineData("1e99999999999999999999")]
    public void What_Kubernetes_caps_is_an_error_here(string text)
    {
        Assert.False(Quantity.TryParse(text, out _, out TextError error));
        Assert.Contains("Kubernetes caps larger values silently", error.Expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("-", 1)]
    [InlineData(".", 1)]
    [InlineData("M", 0)]
    [InlineData("NaN", 0)]
    [InlineData("Infinity", 0)]
    [InlineData("-Infinity", 1)]
    [InlineData("aoeu", 0)]
    [InlineData("1.1.M", 3)]
    [InlineData("1+1.0M", 1)]
    [InlineData("--1", 1)]
    [InlineData("0.1mi", 4)]
    [InlineData("0.1am", 3)]
    [InlineData(".5i", 2)]
    [InlineData("1i", 1)]
    [InlineData("-3.01i", 5)]
    [InlineData("-3.01e-", 7)]
    [InlineData("1e", 2)]
    [InlineData("1e3.5", 3)]
    [InlineData("1e3Mi", 3)]
    [InlineData("1K", 2)]
    [InlineData("1ki", 2)]
    [InlineData("1MB", 2)]
    [InlineData("1GiB", 3)]
    [InlineData(" 1", 0)]
    [InlineData("1 ", 1)]
    [InlineData("1 Gi", 1)]
    [InlineData("1,5", 1)]
    [InlineData("1_000", 1)]
    [InlineData("0x10", 1)]
    [InlineData("٣", 0)]
    [InlineData("1\0", 1)]
    public void What_is_no_quantity_is_rejected_at_the_character_that_does_not_belong(string text, int position)
    {
        Assert.False(Quantity.TryParse(text, out _, out TextError error));
        Assert.Equal(position, error.Position);
        Assert.StartsWith("expected", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_digits_are_rejected_without_being_computed()
    {
        Assert.False(Quantity.TryParse(new string('9', 10_000_000), out _, out TextError error));
        Assert.Equal(128, error.Position);
    }

    [Fact]
    public void Printing_and_parsing_again_keeps_every_amount()
    {
        Gen<Quantity> quantities =
            from high in ArbMap.Default.GeneratorFor<long>()
            from low in Gen.Choose(0, 999_999_999)
            from shift in Gen.Choose(0, 62)
            from format in Gen.Elements(QuantityFormat.DecimalSi, QuantityFormat.BinarySi, QuantityFormat.DecimalExponent)
            from fraction in Gen.Elements(false, true)
            select Make(high >> shift, fraction ? low : 0, format);
        Prop.ForAll(quantities.ToArbitrary(), quantity =>
        {
            string text = quantity.ToString();
            Quantity again = Quantity.Parse(text);
            return again == quantity && !again.IsRounded && again.ToString() == text;
        }).Check(Fixed);
    }

    [Fact]
    public void Order_is_that_of_the_amounts_whatever_the_suffix()
    {
        Gen<long> longs = ArbMap.Default.GeneratorFor<long>();
        Prop.ForAll(Gen.Two(longs).ToArbitrary(), pair =>
        {
            (long a, long b) = (Math.Max(pair.Item1, -long.MaxValue), Math.Max(pair.Item2, -long.MaxValue));
            return Math.Sign(Quantity.FromBytes(a).CompareTo(Quantity.Parse($"{b}"))) == Math.Sign(a.CompareTo(b));
        }).Check(Fixed);
    }

    [Fact]
    public void Cpu_and_bytes_print_as_people_write_them()
    {
        Assert.Equal("2500m", Quantity.FromMilli(2500).ToString());
        Assert.Equal("128", Quantity.FromMilli(128_000).ToString());
        Assert.Equal("256Gi", Quantity.FromBytes(256L << 30).ToString());
        Assert.Equal("1001", Quantity.FromBytes(1001).ToString());
    }

    private static Quantity Make(long units, int nanos, QuantityFormat format)
    {
        // Built from text, so that the test needs no door into the type; the sign goes in front of both parts.
        string sign = units < 0 ? "-" : "";
        string number = $"{sign}{Int128.Abs(Int128.Max(units, -long.MaxValue + 1))}.{nanos:D9}";
        return Quantity.Parse(format switch
        {
            QuantityFormat.DecimalExponent => number + "e0",
            QuantityFormat.BinarySi when Int128.Abs(units) < (1L << 53) => number + "Ki",
            _ => number,
        });
    }
}
