namespace SchedBench.Reporting.Charts;

/// <summary>Mean ranks of several strategies and which of them a test could not tell apart.</summary>
/// <remarks>After J. Demšar, <i>Statistical Comparisons of Classifiers over Multiple Data Sets</i>, JMLR 7 (2006), section 3.2.3: the best rank (1) is at the right,
/// thick bars join the members of a clique.</remarks>
/// <param name="Entries">Names with mean ranks 1..n, in any order; ties keep the given order.</param>
/// <param name="Cliques">Groups of names whose differences are not significant; a bar spans from the best to the worst member. Groups of one draw nothing.</param>
public sealed record CriticalDifferenceChart(IReadOnlyList<RankedName> Entries, IReadOnlyList<IReadOnlyList<string>> Cliques) : ChartSpec
{
    private const int MostEntries = 200;
    private const double MostRanks = 1e6;

    /// <summary>The critical difference, drawn as a length above the axis; <see langword="null"/> when the cliques come from another test.</summary>
    public double? CriticalDifference { get; init; }

    /// <summary>Title of the rank axis.</summary>
    public string AxisTitle { get; init; } = "Mean rank";

    /// <summary>The diagram of a finished analysis.</summary>
    public static CriticalDifferenceChart Of(Results.Statistics.CriticalDifference analysis) => new(
        [.. analysis.Ranking.Select(r => new RankedName(r.Name, r.MeanRank))],
        [.. analysis.Cliques.Select(c => analysis.Ranking.Skip(c.First).Take(c.Last - c.First + 1).Select(r => r.Name).ToList())]);

    /// <inheritdoc/>
    public override void Validate()
    {
        SpecCheck.Count(Entries.Count, MostEntries, "entries");
        SpecCheck.DistinctNames(Entries.Select(e => e.Name), "entry");
        foreach (RankedName entry in Entries)
        {
            if (!(entry.MeanRank >= 1 && entry.MeanRank <= Entries.Count))
                throw new ArgumentException(SpecCheck.Invariant($"series '{entry.Name}': mean rank is {entry.MeanRank}, 1..{Entries.Count} is expected"));
        }

        if (CriticalDifference is { } difference && difference is not (> 0 and <= MostRanks))
            throw new ArgumentException(SpecCheck.Invariant($"the critical difference is {difference}, a positive number of ranks is expected"));
        var known = Entries.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string name in Cliques.SelectMany(clique => clique))
        {
            if (!known.Contains(name)) throw new ArgumentException($"a clique names '{name}', which has no rank");
        }
    }
}

/// <summary>One strategy on the rank axis.</summary>
/// <param name="Name">As it is printed.</param>
/// <param name="MeanRank">Mean over the blocks (seeds, workloads), 1 is best.</param>
public sealed record RankedName(string Name, double MeanRank);
