namespace SchedBench.Core.Randomness;

/// <summary>Elementary functions that give the same bits on every CPU and runtime: only + − × ÷ and √ in a fixed order, and exponent bits.</summary>
/// <remarks>The library's functions call the platform's, which differ in the last bit between CPUs; what reaches a decision or a draw uses these.
/// Errors against the exact value are stated at each function and tested. An ulp is the distance to the next double.</remarks>
public static partial class DeterministicMath
{
    // ln 2 in two parts: the first has 32 significant bits, so that k·Ln2High is exact for |k| < 2^20.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double OneOverLn2 = 1.44269504088896340736;
    private const double SquareRootOfTwo = 1.41421356237309504880;
    private const double LargestExponent = 709.782712893384;
    private const double SmallestExponent = -745.133219101942;

    /// <summary>1/n! from 1/2! to 1/15!, highest first.</summary>
    private static readonly double[] ExpSeries =
    [
        1 / 1307674368000.0, 1 / 87178291200.0, 1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0, 1 / 362880.0, 1 / 40320.0, 1 / 5040.0, 1 / 720.0,
        1 / 120.0, 1 / 24.0, 1 / 6.0, 0.5,
    ];

    /// <summary>1/n for odd n from 25 down to 3.</summary>
    private static readonly double[] AtanhSeries =
        [1 / 25.0, 1 / 23.0, 1 / 21.0, 1 / 19.0, 1 / 17.0, 1 / 15.0, 1 / 13.0, 1 / 11.0, 1 / 9.0, 1 / 7.0, 1 / 5.0, 1 / 3.0];

    /// <summary>Natural logarithm; error at most 1 ulp. NaN below 0, −∞ at 0.</summary>
    public static double Log(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x)) return LogOfSpecial(x);
        int k = Reduce(x, out double m);

        // ln(1 + f) = 2·atanh(s) with s = f/(2 + f), |s| ≤ 0.1716; as 2s = f − s·f, the exact f carries the result and the rest corrects it.
        double f = m - 1, s = f / (2 + f), z = s * s;
        double rest = 2 * z * Series(AtanhSeries, z);
        return k == 0 ? f - (s * (f - rest)) : (k * Ln2High) - (((s * (f - rest)) - (k * Ln2Low)) - f);
    }

    /// <summary>e to the x; error at most 1 ulp (2 among subnormal results). 0 below the smallest double, ∞ above the largest.</summary>
    public static double Exp(double x) => ExpOfSum(x, 0);

    /// <summary>x to the power y for x ≥ 0; error at most 2 ulp. The logarithm is taken to about 70 bits, so that large powers keep their last digits.</summary>
    public static double Pow(double x, double y)
    {
        if (y == 0 || x == 1) return 1;
        if (y == 1) return x;
        if (!(x > 0) || double.IsPositiveInfinity(x) || !double.IsFinite(y)) return Exp(y * Log(x));
        LogInTwoParts(x, out double high, out double low);
        TwoProduct(y, high, out double product, out double error);
        return double.IsFinite(error) ? ExpOfSum(product, error + (y * low)) : Exp(product);
    }

    /// <summary>e to the (x + tail), where tail is far smaller than x.</summary>
    private static double ExpOfSum(double x, double tail)
    {
        if (double.IsNaN(x)) return x;
        if (x > LargestExponent) return double.PositiveInfinity;
        if (x < SmallestExponent) return 0;
        double k = Math.Floor((x * OneOverLn2) + 0.5);
        double high = x - (k * Ln2High), low = (k * Ln2Low) - tail;
        double r = high - low;

        // Taylor in |r| ≤ 0.3466: the first left-out term, r^16/16!, is below 1e-20. What r lost in rounding comes back as a correction.
        double lost = (high - r) - low;
        double power = r * r * Series(ExpSeries, r);
        return Math.ScaleB(1 + (r + (power + (lost * (1 + r)))), (int)k);
    }

    /// <summary>Splits x into 2^k·m with m in (√½, √2].</summary>
    private static int Reduce(double x, out double m)
    {
        int k = Math.ILogB(x);
        m = Math.ScaleB(x, -k);
        if (m <= SquareRootOfTwo) return k;
        m *= 0.5;
        return k + 1;
    }

    private static double LogOfSpecial(double x) => x == 0 ? double.NegativeInfinity : double.IsPositiveInfinity(x) ? x : double.NaN;

    /// <summary>The logarithm of a positive finite x as the sum of two doubles, to about 70 bits.</summary>
    private static void LogInTwoParts(double x, out double high, out double low)
    {
        int k = Reduce(x, out double m);
        double f = m - 1;

        // s = f/(m + 1) in two parts.
        TwoSum(m, 1, out double divisor, out double divisorRest);
        double s = f / divisor;
        TwoProduct(s, divisor, out double back, out double backRest);
        double sRest = (((f - back) - backRest) - (s * divisorRest)) / divisor;

        // 2·atanh(s) = 2s + ⅔s³ + the rest; the first two terms in two parts.
        TwoProduct(s, s, out double z, out double zRest);
        zRest += 2 * s * sRest;
        TwoProduct(z, s, out double cube, out double cubeRest);
        cubeRest += (z * sRest) + (zRest * s);
        const double twoThirds = 2.0 / 3, twoThirdsRest = 3.7007434154171886e-17;
        TwoProduct(cube, twoThirds, out double third, out double thirdRest);
        thirdRest += (cube * twoThirdsRest) + (cubeRest * twoThirds);
        double series = 2 * cube * z * Series(AtanhSeries.AsSpan(0, AtanhSeries.Length - 1), z);

        TwoSum(k * Ln2High, 2 * s, out double sum, out double sumRest);
        TwoSum(sum, third, out high, out double highRest);
        low = highRest + (sumRest + ((k * Ln2Low) + ((2 * sRest) + (thirdRest + series))));
    }

    /// <summary>Σ c·x^i, the coefficient of the highest power first.</summary>
    private static double Series(ReadOnlySpan<double> coefficients, double x)
    {
        double sum = 0;
        foreach (double coefficient in coefficients) sum = (sum * x) + coefficient;
        return sum;
    }

    /// <summary>a + b exactly, as rounded sum and rest (Knuth).</summary>
    private static void TwoSum(double a, double b, out double sum, out double rest)
    {
        sum = a + b;
        double bPart = sum - a;
        rest = (a - (sum - bPart)) + (b - bPart);
    }

    /// <summary>a·b exactly, as rounded product and rest (Dekker, with Veltkamp's splitting into halves of 26 bits).</summary>
    private static void TwoProduct(double a, double b, out double product, out double rest)
    {
        const double splitter = (1 << 27) + 1;
        product = a * b;
        double t = splitter * a, aHigh = t - (t - a), aLow = a - aHigh;
        t = splitter * b;
        double bHigh = t - (t - b), bLow = b - bHigh;
        rest = (aLow * bLow) - (((product - (aHigh * bHigh)) - (aLow * bHigh)) - (aHigh * bLow));
    }
}
