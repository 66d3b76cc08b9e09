namespace SchedBench.Results.Statistics;

/// <summary>How often a value of one sample beats a value of another, whatever the unit.</summary>
public static class EffectSize
{
    /// <summary>Vargha and Delaney's <c>Â12 = (#(a &gt; b) + ½·#(a = b)) / (n·m)</c> over all pairs (J. Educ. Behav. Stat. 25(2), 2000): 0.5 is no difference,
    /// 0.56 small, 0.64 medium, 0.71 large. <see langword="null"/> when a sample is empty.</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static double? A12(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Sample.RequireFinite(a);
        Sample.RequireFinite(b);
        if (a.IsEmpty || b.IsEmpty) return null;
        long doubledWins = 0;
        foreach (double x in a)
        {
            foreach (double y in b) doubledWins += 1 + x.CompareTo(y);
        }

        return doubledWins / (2.0 * a.Length * b.Length);
    }

    /// <summary>Cliff's <c>δ = (#(a &gt; b) − #(a &lt; b)) / (n·m) = 2·Â12 − 1</c>, −1..1 (Psychological Bulletin 114(3), 1993).</summary>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static double? CliffsDelta(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => (2 * A12(a, b)) - 1;
}
