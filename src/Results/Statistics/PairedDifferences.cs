namespace SchedBench.Results.Statistics;

/// <summary>Two treatments measured under the same seeds: their difference per seed, and what can be said of it.</summary>
/// <param name="Differences"><c>d(s) = a(s) − b(s)</c>, in the order of the seeds.</param>
/// <param name="Mean">Mean difference.</param>
/// <param name="Confidence95">95 % interval of the mean difference: <c>mean ± t(n−1; 0.975)·sd(d)/√n</c>; needs two pairs.</param>
/// <param name="Median">Median difference.</param>
/// <param name="MedianConfidence95">95 % BCa bootstrap interval of the median difference, from the seeded stream <c>statistics/bca</c>; needs two pairs.</param>
/// <param name="Wilcoxon">Exact signed-rank test that the differences are centred on 0; <see langword="null"/> without a pair.</param>
/// <param name="A12">Â12 of the two samples: chance that a value of a exceeds a value of b.</param>
public sealed record PairedDifferences(
    IReadOnlyList<double> Differences,
    double? Mean,
    Interval? Confidence95,
    double? Median,
    Interval? MedianConfidence95,
    WilcoxonSignedRank? Wilcoxon,
    double? A12)
{
    /// <summary>Number of pairs, n.</summary>
    public int Count => Differences.Count;

    /// <summary>Pairs without a difference.</summary>
    public int Zeros => Wilcoxon?.Zeros ?? 0;

    /// <summary>Compares <paramref name="a"/> with <paramref name="b"/>; element s of both was measured under the same seed.</summary>
    /// <exception cref="ArgumentException">The samples differ in length, or a value is NaN or infinite.</exception>
    public static PairedDifferences Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"Pairs need equal lengths, not {a.Length} and {b.Length}.", nameof(b));
        Sample.RequireFinite(a);
        Sample.RequireFinite(b);
        double[] differences = new double[a.Length];
        for (int s = 0; s < differences.Length; s++) differences[s] = Subtract(a[s], b[s]);
        return new PairedDifferences(
            differences,
            Sample.Mean(differences),
            StudentT.Confidence95(differences),
            Sample.Median(differences),
            BcaBootstrap.Median95(differences),
            differences.Length == 0 ? null : WilcoxonSignedRank.Of(differences),
            EffectSize.A12(a, b));
    }

    /// <summary>The difference of two recorded figures, in decimal: 0.3 − 0.2 and 0.2 − 0.1 are the same number, and tie in a rank test.
    /// In binary they differ in the last places, and the noise would decide the ranks.</summary>
    /// <remarks>Figures are rounded to 15 significant digits first; beyond the range in which a decimal holds those, the difference is binary.</remarks>
    public static double Subtract(double a, double b) => FitsDecimal(a) && FitsDecimal(b) ? (double)((decimal)a - (decimal)b) : a - b;

    private static bool FitsDecimal(double value) => value == 0 || Math.Abs(value) is >= 1e-12 and <= 1e15;
}
