using System.Globalization;
using SchedBench.Core.Randomness;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>Powers and logarithms of ten that give the same bits on every machine, which the mathematics library of the platform does not promise.</summary>
internal static class Decades
{
    private const double Ln10 = 2.30258509299404568402;

    /// <summary>10^<paramref name="exponent"/>, correctly rounded.</summary>
    public static double Power(int exponent) => double.Parse(string.Create(CultureInfo.InvariantCulture, $"1E{exponent}"), CultureInfo.InvariantCulture);

    /// <summary>The largest n with 10^n at or below <paramref name="value"/>, which is above zero.</summary>
    public static int FloorLog10(double value)
    {
        int n = (int)Math.Floor(Log10(value));
        while (Power(n) > value) n--;
        while (Power(n + 1) <= value) n++;
        return n;
    }

    /// <summary>The decimal logarithm of a positive, finite <paramref name="value"/>; error below 1e-12, exact for powers of ten.</summary>
    public static double Log10(double value)
    {
        double log = DeterministicMath.Log(value) / Ln10, whole = Math.Round(log);
        return Math.Abs(log - whole) < 1e-12 ? whole : log;
    }
}
