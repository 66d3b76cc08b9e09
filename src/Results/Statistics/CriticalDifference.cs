namespace SchedBench.Results.Statistics;

/// <summary>One treatment's place in a critical-difference diagram.</summary>
/// <param name="Name">The strategy.</param>
/// <param name="MeanRank">Mean rank over the blocks, 1 = best.</param>
public sealed record RankedTreatment(string Name, double MeanRank);

/// <summary>The verdict on one pair of treatments, named by their places in the ranking.</summary>
/// <param name="First">Place of the better ranked one, from 0.</param>
/// <param name="Second">Place of the other, above <paramref name="First"/>.</param>
/// <param name="WilcoxonP">Exact two-sided signed-rank p over the blocks.</param>
/// <param name="HolmP">The same, Holm-adjusted over all <c>k(k−1)/2</c> pairs.</param>
public sealed record TreatmentPair(int First, int Second, double WilcoxonP, double HolmP);

/// <summary>A bar of the diagram: the places <paramref name="First"/>..<paramref name="Last"/> of the ranking, no two of which are separated.</summary>
/// <param name="First">Best place covered, from 0.</param>
/// <param name="Last">Worst place covered, above <paramref name="First"/>.</param>
public readonly record struct Clique(int First, int Last);

/// <summary>What a critical-difference diagram shows (Demšar, JMLR 7, 2006, with the pairwise Wilcoxon tests of Benavoli, Corani and Mangili, JMLR 17, 2016, in place of Nemenyi's).</summary>
/// <param name="Ranking">Treatments by mean rank, best first; equal ranks stay in the order of the input.</param>
/// <param name="Friedman">The test that any difference exists.</param>
/// <param name="Pairs">All pairs, by first, then second place.</param>
/// <param name="Cliques">Maximal runs of the ranking, two places or longer, in which Holm's correction separates no pair; best first.</param>
public sealed record CriticalDifference(
    IReadOnlyList<RankedTreatment> Ranking, Friedman Friedman, IReadOnlyList<TreatmentPair> Pairs, IReadOnlyList<Clique> Cliques)
{
    /// <summary>Ranks and separates treatments.</summary>
    /// <param name="names">Name of each treatment, one a column.</param>
    /// <param name="values"><c>[block, treatment]</c>: one row a seed; at least one block and two treatments, all finite.</param>
    /// <param name="higherIsBetter">Whether rank 1 goes to the largest value of a block or to the smallest.</param>
    /// <param name="alpha">A pair is separated when its adjusted p is at most this.</param>
    /// <exception cref="ArgumentException">Names and columns differ in number, there are too few of either, or a value is NaN or infinite.</exception>
    public static CriticalDifference Of(IReadOnlyList<string> names, double[,] values, bool higherIsBetter, double alpha = 0.05)
    {
        if (names.Count != values.GetLength(1)) throw new ArgumentException($"{names.Count} names for {values.GetLength(1)} treatments.", nameof(names));
        var friedman = Friedman.Of(values, higherIsBetter);
        int[] order = [.. Enumerable.Range(0, names.Count).OrderBy(t => friedman.MeanRanks[t])];
        TreatmentPair[] pairs = Compare(order, values);
        return new CriticalDifference(
            [.. order.Select(t => new RankedTreatment(names[t], friedman.MeanRanks[t]))],
            friedman,
            pairs,
            FindCliques(order.Length, [.. pairs.Where(pair => pair.HolmP <= alpha)]));
    }

    private static TreatmentPair[] Compare(int[] order, double[,] values)
    {
        var raw = new List<TreatmentPair>();
        double[] differences = new double[values.GetLength(0)];
        for (int first = 0; first < order.Length; first++)
        {
            for (int second = first + 1; second < order.Length; second++)
            {
                for (int block = 0; block < differences.Length; block++)
                {
                    differences[block] = PairedDifferences.Subtract(values[block, order[first]], values[block, order[second]]);
                }

                raw.Add(new TreatmentPair(first, second, WilcoxonSignedRank.Of(differences).PValue, 0));
            }
        }

        double[] adjusted = Holm.Adjust(raw.ConvertAll(pair => pair.WilcoxonP).ToArray());
        return [.. raw.Select((pair, i) => pair with { HolmP = adjusted[i] })];
    }

    /// <summary>From every place, the run reaches as far as no separated pair lies within it; runs inside an earlier one are not maximal.</summary>
    private static List<Clique> FindCliques(int places, TreatmentPair[] separated)
    {
        var cliques = new List<Clique>();
        int reached = 0;
        for (int first = 0; first < places; first++)
        {
            int last = places - 1;
            foreach (TreatmentPair pair in separated)
            {
                if (pair.First >= first) last = Math.Min(last, pair.Second - 1);
            }

            if (last > first && last > reached) cliques.Add(new Clique(first, last));
            reached = Math.Max(reached, last);
        }

        return cliques;
    }
}
