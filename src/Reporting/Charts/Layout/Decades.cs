using System.Globalization;

namespace SchedBench.Reporting.Charts.Layout;

/// <summary>Powers and logarithms of ten that give the same bits on every machine, which the mathematics library of the platform does not promise.</summary>
internal static class Decades
{
    private const double Ln2 = 0.69314718055994530942, Ln10 = 2.30258509299404568402, SquareRootOf2 = 1.41421356237309504880;

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

    /// <summary>The decimal logarithm of a positive, finite <paramref name="value"/>, from additions, multiplications and divisions in a fixed order;
    /// error below 1e-14, exact for powers of ten.</summary>
    public static double Log10(double value)
    {
        // value = m · 2^e with m near 1; ln m = 2 artanh((m - 1) / (m + 1)), whose series falls by 34 with each term.
        int exponent = 0;
        double m = value;
        if (m < 1e-300)
        {
            m *= 18014398509481984d; // 2^54 lifts subnormal numbers
            exponent = -54;
        }

        long bits = BitConverter.DoubleToInt64Bits(m);
        exponent += (int)((bits >> 52) & 0x7FF) - 1023;
        m = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFFL) | (1023L << 52));
        if (m > SquareRootOf2)
        {
            m /= 2;
            exponent++;
        }

        double s = (m - 1) / (m + 1), square = s * s, sum = 0;
        for (int k = 21; k >= 1; k -= 2) sum = (sum * square) + (1d / k);
        double log = ((2 * s * sum) + (exponent * Ln2)) / Ln10;
        double whole = Math.Round(log);
        return Math.Abs(log - whole) < 1e-12 ? whole : log;
    }
}
