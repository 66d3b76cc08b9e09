using SchedBench.Core.Input;

namespace SchedBench.Experiments.Plan;

/// <summary>The value of <c>--only</c> and of options like it: which cells of an experiment are run, such as <c>strategy=fgd,workload=default</c>.</summary>
/// <remarks>Conditions on one factor add up (<c>strategy=fgd,strategy=random</c> keeps both), conditions on different factors all have to hold.
/// A strategy is named by its label, or by its plain name, which means all its levels.</remarks>
public sealed class CellFilter
{
    private const string DefaultOption = "--only";
    private const int MostLevelsListed = 50;

    private static readonly string[] Factors = ["fleet", "workload", "faults", "strategy", "seed"];

    private readonly IReadOnlyList<(string Factor, string Level, string Option)> _conditions;

    private CellFilter(IReadOnlyList<(string Factor, string Level, string Option)> conditions) => _conditions = conditions;

    /// <summary>Keeps everything.</summary>
    public static CellFilter All { get; } = new([]);

    /// <summary>The conditions as given, for the manifest: empty for <see cref="All"/>.</summary>
    public string Text => string.Join(',', _conditions.Select(condition => $"{condition.Factor}={condition.Level}"));

    /// <summary>Parses the value. Whether the levels exist is judged by the plan.</summary>
    /// <param name="text">The value.</param>
    /// <param name="option">The option that it was given by, for messages.</param>
    /// <exception cref="InputException">A condition is not of the form factor=level, or its factor is unknown.</exception>
    public static CellFilter Parse(string text, string option = DefaultOption)
    {
        var conditions = new List<(string, string, string)>();
        int column = 1;
        foreach (string part in text.Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == part.Length - 1)
            {
                throw Problem(option, column, part, $"expected factor=level, with one of the factors {string.Join(", ", Factors)}");
            }

            string factor = part[..equals];
            if (!Factors.Contains(factor, StringComparer.Ordinal))
            {
                throw Problem(option, column, factor, $"expected one of the factors {string.Join(", ", Factors)}", NearestName.Find(factor, Factors));
            }

            conditions.Add((factor, part[(equals + 1)..], option));
            column += part.Length + 1;
        }

        return new CellFilter(conditions);
    }

    /// <summary>Both filters; where both have conditions on a factor, those of the other one hold.</summary>
    public CellFilter With(CellFilter other) => new([.. _conditions.Where(mine => other._conditions.All(theirs => theirs.Factor != mine.Factor)), .. other._conditions]);

    /// <summary>The levels of a factor that pass.</summary>
    /// <param name="factor">One of the factors.</param>
    /// <param name="levels">Its levels in order.</param>
    /// <param name="names">Names by which a level may be called, the label first.</param>
    /// <exception cref="InputException">A condition names a level that does not exist.</exception>
    internal IReadOnlyList<T> Pass<T>(string factor, IReadOnlyList<T> levels, Func<T, IReadOnlyList<string>> names)
    {
        (string Factor, string Level, string Option)[] conditions = [.. _conditions.Where(condition => condition.Factor == factor)];
        string[] wanted = [.. conditions.Select(condition => condition.Level)];
        if (wanted.Length == 0) return levels;
        string[] known = [.. levels.SelectMany(names).Distinct(StringComparer.Ordinal)];
        foreach ((_, string level, string option) in conditions)
        {
            if (known.Contains(level, StringComparer.Ordinal)) continue;
            string choice = known.Length <= MostLevelsListed ? $" {string.Join(", ", known)}" : $", of which there are {known.Length}";
            string levelsOf = factor switch { "faults" => "fault sets", "strategy" => "strategies", _ => factor + "s" };
            throw Problem(option, 0, level, $"expected one of the {levelsOf}{choice}", NearestName.Find(level, known));
        }

        return [.. levels.Where(level => names(level).Any(name => wanted.Contains(name, StringComparer.Ordinal)))];
    }

    private static InputException Problem(string option, int column, string value, string expected, string? nearest = null) =>
        new(new InputProblem(option, column > 0 ? 1 : 0, column, "", value, expected, nearest));
}
