namespace SchedBench.Core.Randomness;

/// <summary>Elementary functions that give the same bits on every CPU and runtime: only + − × ÷ and √ in a fixed order, and exponent bits.</summary>
/// <remarks>The library's functions call the platform's, which differ in the last bit between CPUs; what reaches a decision or a draw uses these.
/// Errors against the exact value are stated at each function and tested.</remarks>
public static class DeterministicMath
{
    // ln 2 in two parts: the first has 32 significant bits, so that k·Ln2High is exact for |k| < 2^20.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double SquareRootOfHalf = 0.70710678118654752440;

    /// <summary>Natural logarithm; relative error below 1e-15. NaN below 0, −∞ at 0.</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0) return double.NaN;
        if (x == 0) return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x)) return x;
        int k = Math.ILogB(x);
        double m = Math.ScaleB(x, -k);
        if (m > 2 * SquareRootOfHalf)
        {
            m *= 0.5;
            k++;
        }

        // ln m = 2·atanh(s), s = (m − 1)/(m + 1), |s| ≤ 0.1716; the first left-out term is below 1e-18.
        double s = (m - 1) / (m + 1), z = s * s, series = 1.0 / 23;
        for (int odd = 21; odd >= 3; odd -= 2) series = (series * z) + (1.0 / odd);
        double small = 2 * s * z * series;
        return (k * Ln2High) + ((2 * s) + (small + (k * Ln2Low)));
    }

    /// <summary>e to the x; relative error below 1e-15. 0 below the smallest double, ∞ above the largest.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > 709.782712893384) return double.PositiveInfinity;
        if (x < -745.2) return 0;
        double k = Math.Floor((x / (Ln2High + Ln2Low)) + 0.5);
        double r = (x - (k * Ln2High)) - (k * Ln2Low);
        // Taylor in |r| ≤ 0.3466: the first left-out term, r^16/16!, is below 1e-20.
        double sum = 1;
        for (int n = 15; n >= 1; n--) sum = 1 + (r / n * sum);
        return Math.ScaleB(sum, (int)k);
    }

    /// <summary>x to the power y for x ≥ 0, as e^(y·ln x); relative error below 1e-15·(2 + |y·ln x|).</summary>
    public static double Pow(double x, double y)
    {
        if (y == 0) return 1;
        return x == 0 ? (y > 0 ? 0 : double.PositiveInfinity) : Exp(y * Log(x));
    }
}
