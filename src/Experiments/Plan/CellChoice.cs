using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Plan;

/// <summary>One cell of a plan, for commands that are about one.</summary>
public static class CellChoice
{
    private const int MostLevelsListed = 10;

    /// <summary>The only cell that a filter has left.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="option">The option of the filter.</param>
    /// <param name="filter">The filter; empty without.</param>
    /// <exception cref="InputException">There are several; the factors that are open are told.</exception>
    public static PlannedCell Only(ExperimentPlan plan, string option, string filter)
    {
        // The run without its update that belongs to a cell is no choice of the user's.
        var pairs = plan.Cells.Select(cell => cell.Pair).OfType<int>().ToHashSet();
        PlannedCell[] cells = [.. plan.Cells.Where(cell => !pairs.Contains(cell.Index))];
        if (cells.Length == 1) return cells[0];
        (string Factor, Func<CellKey, string> Level)[] factors =
        [
            ("fleet", key => key.Fleet), ("workload", key => key.Workload), ("faults", key => key.Faults), ("strategy", key => key.Strategy), ("seed", key => key.Seed.ToString(CultureInfo.InvariantCulture)),
        ];
        var open = new List<string>();
        foreach ((string factor, Func<CellKey, string> level) in factors)
        {
            string[] levels = [.. cells.Select(cell => level(cell.Key)).Distinct(StringComparer.Ordinal)];
            if (levels.Length == 1) continue;
            string rest = levels.Length > MostLevelsListed ? $" and {levels.Length - MostLevelsListed} more" : "";
            open.Add($"{factor}= one of {string.Join(", ", levels.Take(MostLevelsListed))}{rest}");
        }

        throw new InputException(new InputProblem(option, 0, 0, "", filter.Length == 0 ? null : filter, $"expected a filter that leaves one cell of {plan.Experiment.Name}, found {cells.Length}: add {string.Join("; ", open)}"));
    }
}
