namespace SchedBench.Core.Randomness;

public static partial class DeterministicMath
{
    private const double HalfLogOfTwoPi = 0.91893853320467274178;
    private const int MostTerms = 100_000;

    /// <summary>Stirling's series in 1/x², the highest power first: B(2n)/(2n(2n − 1)).</summary>
    private static readonly double[] Stirling = [1 / 156.0, -691 / 360360.0, 1 / 1188.0, -1 / 1680.0, 1 / 1260.0, -1 / 360.0, 1 / 12.0];

    /// <summary>Natural logarithm of the gamma function for x &gt; 0; error below 1e-12 relative to the larger of 1 and the result.</summary>
    public static double LogGamma(double x)
    {
        if (!(x > 0)) return double.NaN;
        if (double.IsPositiveInfinity(x)) return x;

        // Γ(x) = Γ(x + n) / (x·(x + 1)···(x + n − 1)) brings x to where the series ends below 1e-17.
        double product = 1;
        for (; x < 12; x++) product *= x;
        double inverse = 1 / x;
        return ((((x - 0.5) * Log(x)) - x) + (HalfLogOfTwoPi + (inverse * Series(Stirling, inverse * inverse)))) - Log(product);
    }

    /// <summary>The regularised lower incomplete gamma function P(a, x), a &gt; 0, x ≥ 0: the share of a gamma distribution of shape a (scale 1) below x.
    /// Error below 1e-11 for a up to 1,000.</summary>
    public static double GammaShareBelow(double a, double x)
    {
        if (!(a > 0) || !(x >= 0)) return double.NaN;
        if (x == 0) return 0;
        double front = Exp(((a * Log(x)) - x) - LogGamma(a));
        return x < a + 1 ? front * LowerSeries(a, x) : 1 - (front * UpperFraction(a, x));
    }

    /// <summary>The x with <see cref="GammaShareBelow"/>(a, x) = p: the quantile of a gamma distribution of shape a, scale 1. Relative error below 1e-9.</summary>
    public static double InverseGammaShare(double a, double p)
    {
        if (!(a > 0) || !(p >= 0 && p <= 1)) return double.NaN;
        if (p == 0) return 0;
        if (p == 1) return double.PositiveInfinity;
        double x = FirstGuess(a, p), logGamma = LogGamma(a);
        for (int step = 0; step < 60; step++)
        {
            if (x <= 0) return 0;

            // Halley's method; a step below zero is halved instead.
            double density = Exp((((a - 1) * Log(x)) - x) - logGamma);
            if (density == 0) return x;
            double newton = (GammaShareBelow(a, x) - p) / density;
            double change = newton / (1 - (0.5 * Math.Min(1, newton * (((a - 1) / x) - 1))));
            double next = x - change;
            if (next <= 0) next = x / 2;
            if (Math.Abs(next - x) <= 1e-13 * next) return next;
            x = next;
        }

        return x;
    }

    /// <summary>Wilson and Hilferty's normal approximation for a &gt; 1; below, the power of the lower end joined to an exponential tail.</summary>
    private static double FirstGuess(double a, double p)
    {
        if (a > 1)
        {
            double t = InverseNormal(p), root = 1 - (1 / (9 * a)) + (t / (3 * Math.Sqrt(a)));
            return Math.Max(1e-3, a * root * root * root);
        }

        double split = 1 - (a * (0.253 + (a * 0.12)));
        return p < split ? Pow(p / split, 1 / a) : 1 - Log(1 - ((p - split) / (1 - split)));
    }

    private static double LowerSeries(double a, double x)
    {
        double term = 1 / a, sum = term;
        for (int n = 1; n < MostTerms && term > sum * 1e-17; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return sum;
    }

    /// <summary>Legendre's continued fraction, evaluated by Lentz's method.</summary>
    private static double UpperFraction(double a, double x)
    {
        const double tiny = 1e-300;
        double b = x + 1 - a, c = 1 / tiny, d = 1 / b, value = d;
        for (int n = 1; n < MostTerms; n++)
        {
            double factor = -n * (n - a);
            b += 2;
            d = (factor * d) + b;
            if (Math.Abs(d) < tiny) d = tiny;
            c = b + (factor / c);
            if (Math.Abs(c) < tiny) c = tiny;
            d = 1 / d;
            double change = d * c;
            value *= change;
            if (Math.Abs(change - 1) < 1e-16) break;
        }

        return value;
    }
}
