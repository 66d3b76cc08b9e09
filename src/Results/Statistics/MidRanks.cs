namespace SchedBench.Results.Statistics;

/// <summary>Ranks of a sample, 1 for the smallest; equal values share the mean of the ranks they cover (mid-ranks).</summary>
public static class MidRanks
{
    /// <summary>Twice the mid-rank of each value, in the order of the input: doubled, every mid-rank is a whole number. {5, 7, 7} has {2, 5, 5}.</summary>
    public static int[] Doubled(ReadOnlySpan<double> values)
    {
        Sample.RequireFinite(values);
        double[] sorted = values.ToArray();
        int[] order = new int[values.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(sorted, order);
        int[] doubled = new int[values.Length];
        for (int start = 0; start < sorted.Length;)
        {
            int end = EndOfTie(sorted, start);
            for (int i = start; i < end; i++) doubled[order[i]] = start + 1 + end;
            start = end;
        }

        return doubled;
    }

    /// <summary>The tie term <c>Σ(t³ − t)</c> over the groups of t equal values, which corrects the variance of a rank sum.</summary>
    public static double TieTerm(ReadOnlySpan<double> values)
    {
        Sample.RequireFinite(values);
        double[] sorted = Sample.Sorted(values);
        double term = 0;
        for (int start = 0; start < sorted.Length;)
        {
            int end = EndOfTie(sorted, start);
            double tied = end - start;
            term += (tied * tied * tied) - tied;
            start = end;
        }

        return term;
    }

    private static int EndOfTie(double[] sorted, int start)
    {
        int end = start + 1;
        while (end < sorted.Length && sorted[end] == sorted[start]) end++;
        return end;
    }
}
