using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Expectations;

/// <summary>Verdicts as a person reads them on a terminal: each that fails, and what holds for several in one line.</summary>
public static class VerdictSummary
{
    /// <summary>The lines, in the order of the expectations.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<Verdict> verdicts)
    {
        foreach (IGrouping<Files.Expectation, Verdict> group in verdicts.GroupBy(verdict => verdict.Expectation))
        {
            Verdict[] holding = [.. group.Where(verdict => verdict.Holds)];
            foreach (Verdict failing in group.Where(verdict => !verdict.Holds)) yield return failing.ToString();
            if (holding.Length == 1) yield return holding[0].ToString();
            else if (holding.Length > 1) yield return Together(holding, group.Count());
        }
    }

    private static string Together(Verdict[] holding, int all)
    {
        double least = holding.Min(verdict => verdict.Value!.Value), most = holding.Max(verdict => verdict.Value!.Value);
        string found = least == most ? ResultNumber.Format(least) : $"{ResultNumber.Format(least)} to {ResultNumber.Format(most)}";
        return $"holds: {holding[0].Subject} for {holding.Length} of {all} combinations: expected {holding[0].Bounds}, found {found}";
    }
}
