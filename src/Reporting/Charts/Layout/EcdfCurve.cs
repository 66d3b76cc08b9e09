namespace SchedBench.Reporting.Charts.Layout;

/// <summary>The steps of an empirical distribution function, as all renderers show them.</summary>
internal static class EcdfCurve
{
    /// <summary>A curve keeps at most this many steps, which moves no point by more than a thousandth of the height.</summary>
    private const int MostSteps = 1000;

    /// <summary>Distinct values in ascending order, each with the share of samples that are no larger; the last share is 1.</summary>
    public static List<(double Value, double Share)> Of(IReadOnlyList<double> samples)
    {
        double[] sorted = [.. samples];
        Array.Sort(sorted);
        var steps = new List<(double, double)>();
        long printed = -1;
        for (int i = 0; i < sorted.Length; i++)
        {
            bool lastOfValue = i + 1 == sorted.Length || sorted[i + 1] > sorted[i];
            if (!lastOfValue) continue;
            long level = (long)(i + 1) * MostSteps / sorted.Length;
            if (steps.Count > 0 && level == printed && i + 1 < sorted.Length) continue;
            steps.Add((sorted[i], (double)(i + 1) / sorted.Length));
            printed = level;
        }

        return steps;
    }
}
