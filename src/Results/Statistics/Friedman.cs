using MathNet.Numerics;

namespace SchedBench.Results.Statistics;

/// <summary>Friedman's test that k treatments measured in N blocks (seeds) rank alike (JASA 32(200), 1937), corrected for ties.</summary>
/// <param name="MeanRanks">Mean rank of each treatment, 1 = best, in the order of the columns; <c>Σ = k(k+1)/2</c>.</param>
/// <param name="Statistic"><c>χ² = (12/(N·k·(k+1))·ΣR² − 3N(k+1)) / (1 − Σ(t³−t)/(N·(k³−k)))</c> with rank sums R and ties t within a block; 0 when every block ties entirely.</param>
/// <param name="PValue">Upper tail of χ² with k − 1 degrees of freedom: an approximation that is rough below about ten blocks.</param>
public sealed record Friedman(IReadOnlyList<double> MeanRanks, double Statistic, double PValue)
{
    /// <summary>Tests <paramref name="values"/>.</summary>
    /// <param name="values"><c>[block, treatment]</c>, at least one block and two treatments, all finite.</param>
    /// <param name="higherIsBetter">Whether rank 1 goes to the largest value of a block or to the smallest.</param>
    /// <exception cref="ArgumentException">Too few blocks or treatments, or a value is NaN or infinite.</exception>
    public static Friedman Of(double[,] values, bool higherIsBetter)
    {
        int blocks = values.GetLength(0), treatments = values.GetLength(1);
        if (blocks < 1 || treatments < 2) throw new ArgumentException($"Needs a block and two treatments, not {blocks} and {treatments}.", nameof(values));
        long[] doubledSums = new long[treatments];
        double[] row = new double[treatments];
        double ties = 0;
        for (int block = 0; block < blocks; block++)
        {
            for (int t = 0; t < treatments; t++) row[t] = higherIsBetter ? -values[block, t] : values[block, t];
            int[] doubled = MidRanks.Doubled(row);
            for (int t = 0; t < treatments; t++) doubledSums[t] += doubled[t];
            ties += MidRanks.TieTerm(row);
        }

        double n = blocks, k = treatments, squares = 0;
        foreach (long doubledSum in doubledSums) squares += doubledSum / 2.0 * (doubledSum / 2.0);
        double untied = 1 - (ties / (n * ((k * k * k) - k)));
        double statistic = untied <= 0 ? 0 : Math.Max(0, ((12 / (n * k * (k + 1)) * squares) - (3 * n * (k + 1))) / untied);
        double p = statistic == 0 ? 1 : SpecialFunctions.GammaUpperRegularized((k - 1) / 2, statistic / 2);
        return new Friedman(Array.ConvertAll(doubledSums, sum => sum / 2.0 / n), statistic, p);
    }
}
