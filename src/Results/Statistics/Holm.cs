namespace SchedBench.Results.Statistics;

/// <summary>Holm's step-down correction for several tests (Scandinavian Journal of Statistics 6(2), 1979): controls the chance of one or more false rejections.</summary>
public static class Holm
{
    /// <summary>Adjusted p-values in the order of the input: with p ascending, <c>p'(j) = max over i ≤ j of min(1, (m − i + 1)·p(i))</c>.
    /// Comparing p' with α rejects exactly what Holm's rule <c>p(j) ≤ α/(m − j + 1)</c> rejects.</summary>
    /// <param name="pValues">Raw p-values, 0..1. <see langword="null"/> = a planned test without data: it keeps counting in m and stays <see langword="null"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is not within 0..1.</exception>
    public static double?[] Adjust(ReadOnlySpan<double?> pValues)
    {
        int tests = pValues.Length;
        int[] order = new int[tests];
        double[] sorted = new double[tests];
        for (int i = 0; i < tests; i++)
        {
            double p = pValues[i] ?? 1;
            if (p is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(pValues), p, "A p-value lies within 0..1.");
            order[i] = i;
            sorted[i] = p;
        }

        Array.Sort(sorted, order);
        double?[] adjusted = new double?[tests];
        double largest = 0;
        for (int j = 0; j < tests; j++)
        {
            largest = Math.Max(largest, Math.Min(1, (tests - j) * sorted[j]));
            if (pValues[order[j]] is not null) adjusted[order[j]] = largest;
        }

        return adjusted;
    }

    /// <summary>Adjusted p-values where every test has one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is not within 0..1.</exception>
    public static double[] Adjust(ReadOnlySpan<double> pValues)
    {
        double?[] raw = new double?[pValues.Length];
        for (int i = 0; i < raw.Length; i++) raw[i] = pValues[i];
        return Array.ConvertAll(Adjust(raw), p => p!.Value);
    }
}
