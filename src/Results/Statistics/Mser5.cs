namespace SchedBench.Results.Statistics;

/// <summary>MSER-5: where the warm-up of a series ends (White, Simulation 69(6), 1997; Spratt 1998 for the batches of five; its limits: Wang and Glynn, TOMACS 2016).</summary>
/// <param name="CutObservations">Leading observations to drop, a multiple of 5.</param>
/// <param name="Mean">Mean of what remains (of the whole batches; a rest of fewer than five observations at the end takes no part).</param>
/// <param name="IsTooShort">The best cut lies at the limit of half the series, so the warm-up may not have ended: run longer.</param>
public sealed record Mser5(int CutObservations, double Mean, bool IsTooShort)
{
    /// <summary>Observations averaged into one batch.</summary>
    public const int BatchSize = 5;

    /// <summary>Finds the cut: over the n batch means x, <c>argmin over d ≤ ⌊n/2⌋ of Σ(i&gt;d)(x(i) − mean(d))² / (n − d)²</c>; the smallest d among equals. O(n).</summary>
    /// <param name="series">Observations in order of time, equally spaced.</param>
    /// <returns>The cut, or <see langword="null"/> below two batches (ten observations).</returns>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static Mser5? Of(ReadOnlySpan<double> series)
    {
        Sample.RequireFinite(series);
        int batches = series.Length / BatchSize;
        if (batches < 2) return null;

        // From the last batch backwards, mean and sum of squared deviations of the tail grow by Welford's update.
        double mean = 0, squares = 0, best = double.PositiveInfinity, bestMean = 0;
        int cut = 0, limit = batches / 2;
        for (int d = batches - 1; d >= 0; d--)
        {
            double batch = Sample.Mean(series.Slice(d * BatchSize, BatchSize))!.Value;
            double distance = batch - mean;
            int kept = batches - d;
            mean += distance / kept;
            squares += distance * (batch - mean);
            double score = squares / ((double)kept * kept);
            if (d > limit || score > best) continue;
            (best, bestMean, cut) = (score, mean, d);
        }

        return new Mser5(cut * BatchSize, bestMean, cut == limit);
    }
}
