using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Tests.Randomness;

public sealed class DeterministicMathTests
{
    private const int Samples = 200_000;
    private static readonly Draw Draws = Draw.Stream(1905, "tests/deterministic-math");

    [Fact]
    public void Log_is_within_an_ulp_of_the_library_over_the_whole_range()
    {
        Assert.InRange(WorstUlps(x => DeterministicMath.Log(x), Math.Log, Spread(-308, 308)), 0, 1.01);
        Assert.InRange(WorstUlps(x => DeterministicMath.Log(x), Math.Log, Between(0.5, 2)), 0, 1.01);
        Assert.InRange(WorstUlps(x => DeterministicMath.Log(x), Math.Log, Between(0.999, 1.001)), 0, 1.01);
    }

    [Fact]
    public void Exp_is_within_an_ulp_of_the_library_over_the_whole_range()
    {
        Assert.InRange(WorstUlps(DeterministicMath.Exp, Math.Exp, Between(-708, 709.7)), 0, 1.01);
        Assert.InRange(WorstUlps(DeterministicMath.Exp, Math.Exp, Between(-1, 1)), 0, 1.01);
        Assert.InRange(WorstUlps(DeterministicMath.Exp, Math.Exp, Between(-745, -708)), 0, 2.01);
    }

    [Fact]
    public void Pow_is_within_two_ulps_of_the_library_also_for_large_powers()
    {
        int i = 0;
        double worst = 0;
        foreach (double x in Spread(-300, 300).Concat(Between(0.5, 2)))
        {
            // An exponent that keeps the result in range.
            double y = ((2 * Draws.Uniform(7, (ulong)i++)) - 1) * 690 / Math.Max(1, Math.Abs(Math.Log(x)));
            worst = Math.Max(worst, Ulps(DeterministicMath.Pow(x, y), Math.Pow(x, y)));
        }

        Assert.InRange(worst, 0, 2.01);
    }

    [Theory]
    [InlineData(0.0, double.NegativeInfinity)]
    [InlineData(1.0, 0.0)]
    [InlineData(-1.0, double.NaN)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.Epsilon, -744.44007192138122)]
    public void Log_knows_its_special_values(double x, double expected) => Assert.Equal(expected, DeterministicMath.Log(x));

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(1000.0, double.PositiveInfinity)]
    [InlineData(-1000.0, 0.0)]
    [InlineData(double.NegativeInfinity, 0.0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Exp_knows_its_special_values(double x, double expected) => Assert.Equal(expected, DeterministicMath.Exp(x));

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0, 2, 0)]
    [InlineData(0, -2, double.PositiveInfinity)]
    [InlineData(5, 0, 1)]
    [InlineData(1, double.PositiveInfinity, 1)]
    [InlineData(3, 1, 3)]
    [InlineData(10, 400, double.PositiveInfinity)]
    [InlineData(10, -400, 0)]
    [InlineData(-2, 2, double.NaN)]
    [InlineData(double.PositiveInfinity, -1, 0)]
    public void Pow_knows_its_special_values(double x, double y, double expected) => Assert.Equal(expected, DeterministicMath.Pow(x, y));

    [Fact]
    public void The_bits_are_pinned()
    {
        // A change of any of these is a change of every drawn workload.
        Assert.Equal(0x3FE62E42FEFA39EFUL, BitConverter.DoubleToUInt64Bits(DeterministicMath.Log(2)));
        Assert.Equal(0x4005BF0A8B145769UL, BitConverter.DoubleToUInt64Bits(DeterministicMath.Exp(1)));
        ulong fold = 0;
        for (int i = 0; i < 10_000; i++)
        {
            double u = Draws.Uniform(11, (ulong)i) + (1.0 / (1UL << 54));
            foreach (double value in new[] { DeterministicMath.Log(u), DeterministicMath.Exp(u * 50), DeterministicMath.Pow(u, 3.7), DeterministicMath.InverseNormal(u), DeterministicMath.LogGamma(u * 20) })
            {
                fold = (fold * 0x100000001B3) ^ BitConverter.DoubleToUInt64Bits(value);
            }
        }

        Assert.Equal(PinnedFold, fold);
    }

    private const ulong PinnedFold = 8691524473126013069;

    [Fact]
    public void The_normal_quantile_agrees_with_the_library_into_the_tails()
    {
        foreach (double p in Between(1e-9, 1 - 1e-9).Concat(Spread(-300, -1)))
        {
            double x = DeterministicMath.InverseNormal(p), oracle = Normal.InvCDF(0, 1, p);
            Assert.True(Math.Abs(x - oracle) <= 1e-13 * Math.Max(1e-3, Math.Abs(oracle)), $"{p:R}: {x:R} and {oracle:R}");
        }

        Assert.Equal(0, DeterministicMath.InverseNormal(0.5));
        Assert.Equal(1.9599639845400542, DeterministicMath.InverseNormal(0.975), 1e-15);
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity), (DeterministicMath.InverseNormal(0), DeterministicMath.InverseNormal(1)));
        Assert.True(double.IsNaN(DeterministicMath.InverseNormal(1.5)));
    }

    [Fact]
    public void The_normal_quantile_is_odd_and_rises()
    {
        double last = double.NegativeInfinity;
        for (int i = 1; i < 4096; i++)
        {
            double x = DeterministicMath.InverseNormal(i / 4096.0);
            Assert.True(x > last);
            Assert.Equal(-x, DeterministicMath.InverseNormal(1 - (i / 4096.0)));
            last = x;
        }
    }

    [Fact]
    public void LogGamma_agrees_with_the_library()
    {
        foreach (double x in Spread(-3, 6).Take(20_000))
        {
            double oracle = SpecialFunctions.GammaLn(x);
            Assert.Equal(oracle, DeterministicMath.LogGamma(x), 1e-12 * Math.Max(1, Math.Abs(oracle)));
        }

        double factorial = 1;
        for (int n = 1; n < 20; n++)
        {
            Assert.Equal(Math.Log(factorial), DeterministicMath.LogGamma(n), 1e-14 * Math.Max(1, Math.Log(factorial)));
            factorial *= n;
        }
    }

    [Fact]
    public void The_incomplete_gamma_function_and_its_inverse_agree_with_the_library()
    {
        for (int i = 0; i < 2_000; i++)
        {
            double a = 0.05 * Math.Pow(20_000, Draws.Uniform(3, (ulong)i)), p = (Draws.Uniform(4, (ulong)i) * 0.999998) + 1e-6;
            double x = DeterministicMath.InverseGammaShare(a, p);

            // The library gives 0 for tiny x, where the first term of the series is all there is.
            double oracle = x < 1e-12 ? Math.Pow(x, a) / (a * SpecialFunctions.Gamma(a)) : SpecialFunctions.GammaLowerRegularized(a, x);
            Assert.Equal(p, oracle, 1e-9);
            Assert.Equal(oracle, DeterministicMath.GammaShareBelow(a, x), 1e-11);
        }
    }

    /// <summary>Numbers of every size between two powers of ten.</summary>
    private static IEnumerable<double> Spread(int from, int to)
    {
        for (int i = 0; i < Samples; i++) yield return Math.Pow(10, from + ((to - from) * Draws.Uniform(1, (ulong)i)));
    }

    private static IEnumerable<double> Between(double from, double to)
    {
        for (int i = 0; i < Samples; i++) yield return from + ((to - from) * Draws.Uniform(2, (ulong)i));
    }

    private static double WorstUlps(Func<double, double> ours, Func<double, double> oracle, IEnumerable<double> values) => values.Max(x => Ulps(ours(x), oracle(x)));

    private static double Ulps(double value, double oracle) => value == oracle ? 0 : Math.Abs(value - oracle) / Math.Max(double.Epsilon, Math.BitIncrement(Math.Abs(oracle)) - Math.Abs(oracle));
}
