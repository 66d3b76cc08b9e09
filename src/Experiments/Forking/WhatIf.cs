using SchedBench.Core.Input;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Forking;

/// <summary>What a fork changes, as the command line says it: <c>strategy=random</c>, <c>faults=none</c>, or both with a comma.</summary>
/// <param name="Strategy">Level of the experiment that the scheduler has from then on; null to keep it.</param>
/// <param name="Faults">Level of the experiment whose faults begin from then on; null to keep them.</param>
public sealed record WhatIf(string? Strategy, string? Faults)
{
    private const string Option = "--what-if";

    /// <summary>Nothing is otherwise: the saved run goes on.</summary>
    public static WhatIf Nothing { get; } = new(null, null);

    /// <summary>Reads one.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static WhatIf Parse(string text)
    {
        WhatIf made = Nothing;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            (string factor, string level) = equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
            if (level.Length == 0 || factor is not ("strategy" or "faults")) throw Problem(part, "expected strategy=LEVEL or faults=LEVEL", NearestName.Find(factor, ["strategy", "faults"]));
            made = factor == "strategy" ? made with { Strategy = level } : made with { Faults = level };
        }

        return made;
    }

    /// <summary>The level of a factor that is meant.</summary>
    /// <exception cref="InputException">The experiment has none of that name.</exception>
    internal static T Level<T>(string name, string factor, IEnumerable<PlannedCell> cells, Func<PlannedCell, string> nameOf, Func<PlannedCell, T> level)
    {
        string[] known = [.. cells.Select(nameOf).Distinct(StringComparer.Ordinal)];
        return cells.Where(cell => nameOf(cell) == name).Select(level).FirstOrDefault() ?? throw Problem(name, $"expected a level of {factor} of the experiment: {string.Join(", ", known)}", NearestName.Find(name, known));
    }

    /// <summary>What results call the fork.</summary>
    public override string ToString() =>
        Strategy is null && Faults is null ? "as saved" : string.Join(", ", new[] { Strategy is null ? "" : $"strategy={Strategy}", Faults is null ? "" : $"faults={Faults}" }.Where(part => part.Length > 0));

    private static InputException Problem(string value, string expected, string? nearest) => new(new InputProblem(Option, 0, 0, "", value, expected, nearest));
}
