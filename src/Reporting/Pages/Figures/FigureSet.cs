using SchedBench.Results.Schema;

namespace SchedBench.Reporting.Pages.Figures;

/// <summary>The figures of a report: those whose data exist and that the experiment asks for.</summary>
/// <param name="Figures">In the order of the figure catalog; names are unique.</param>
/// <param name="Notes">What was left out, and why.</param>
internal sealed record FigureSet(IReadOnlyList<Figure> Figures, IReadOnlyList<string> Notes)
{
    /// <summary>Most figures of one kind: what a person may leaf through.</summary>
    public const int MostOfAKind = 48;

    private static readonly (string Kind, Func<ReportData, IEnumerable<Figure>> Build)[] Builders =
    [
        (FigureCatalog.Rollout, RolloutFigures.Of),
        (FigureCatalog.Resilience, ResilienceFigures.Of),
        (FigureCatalog.Recovery, RecoveryFigures.Of),
        (FigureCatalog.TieBreaks, TieBreakFigures.Of),
        (FigureCatalog.Curves, CurveFigures.Of),
        (FigureCatalog.Ecdf, WaitFigures.Of),
        (FigureCatalog.Bars, BarFigures.Of),
        (FigureCatalog.Boxes, BoxFigures.Of),
        (FigureCatalog.HeatMap, HeatMapFigures.Of),
        (FigureCatalog.CriticalDifference, RankFigures.Of),
        (FigureCatalog.Timeline, TimelineFigures.Of),
    ];

    /// <summary>Builds all figures.</summary>
    public static FigureSet Of(ReportData data)
    {
        var figures = new List<Figure>();
        var notes = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (data.Shown.Count < data.Strategies.Count)
            notes.Add($"Figures show {data.Shown.Count} of {data.Strategies.Count} strategies: the first of the experiment, and the baseline.");
        foreach ((string kind, Func<ReportData, IEnumerable<Figure>> build) in Builders)
        {
            if (data.Run.Figures.Count > 0 && !data.Run.Figures.Contains(kind, StringComparer.Ordinal)) continue;
            Figure[] built = [.. build(data).Take(MostOfAKind + 1)];
            foreach (Figure figure in built.Take(MostOfAKind))
            {
                if (Refusal(figure) is { } refusal) notes.Add($"{figure.Name} is not drawn: {refusal}.");
                else figures.Add(figure with { Name = Unique(figure.Name, names) });
            }

            if (built.Length > MostOfAKind) notes.Add($"{kind}: there are more figures than the first {MostOfAKind}, which are drawn.");
        }

        return new FigureSet(figures, notes);
    }

    /// <summary>Why a figure cannot be drawn honestly, or <see langword="null"/>.</summary>
    private static string? Refusal(Figure figure)
    {
        try
        {
            figure.Spec.Validate();
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    /// <summary>Two names that differ only in characters that file names leave out are told apart by a number.</summary>
    private static string Unique(string name, HashSet<string> taken)
    {
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++) unique = $"{name}-{i}";
        return unique;
    }
}
