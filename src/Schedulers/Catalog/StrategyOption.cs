using SchedBench.Core.Input;

namespace SchedBench.Schedulers.Catalog;

/// <summary>What kind of value an option takes.</summary>
public enum StrategyOptionKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A duration such as <c>5m</c>.</summary>
    Duration,
}

/// <summary>One option of a strategy.</summary>
/// <param name="Name">camelCase name, as experiments write it.</param>
/// <param name="Kind">Kind of value.</param>
/// <param name="Default">Default as text.</param>
/// <param name="Min">Smallest value (integers) or smallest number of seconds.</param>
/// <param name="Max">Largest value (integers) or largest number of seconds.</param>
/// <param name="Summary">What it does, one line.</param>
public sealed record StrategyOption(string Name, StrategyOptionKind Kind, string Default, long Min, long Max, string Summary)
{
    /// <summary>The value as a number: the integer, or ticks of the duration. Null when the text is none or lies outside the range.</summary>
    public long? Parse(string text)
    {
        if (Kind == StrategyOptionKind.Integer)
            return long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out long value) && value >= Min && value <= Max ? value : null;
        return DurationText.TryParse(text, out TimeSpan duration, out _) && duration.Ticks >= Min * TimeSpan.TicksPerSecond
            && duration.Ticks <= Max * TimeSpan.TicksPerSecond ? duration.Ticks : null;
    }

    /// <summary>What is expected, for messages.</summary>
    public string Expected => Kind == StrategyOptionKind.Integer
        ? $"expected a whole number from {Min} to {Max}"
        : $"expected a duration from {Min}s to {Max}s";
}

/// <summary>Values of a strategy's options: those given, defaults for the rest.</summary>
public sealed class StrategyOptionValues
{
    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);

    /// <summary>Checks given values against the options of a strategy.</summary>
    /// <param name="strategy">Name for messages.</param>
    /// <param name="options">What the strategy takes.</param>
    /// <param name="given">Name and text.</param>
    /// <exception cref="InputException">An unknown name or an impossible value.</exception>
    public StrategyOptionValues(string strategy, IReadOnlyList<StrategyOption> options, IReadOnlyDictionary<string, string> given)
    {
        foreach (StrategyOption option in options) _values[option.Name] = option.Parse(option.Default)!.Value;
        foreach ((string name, string text) in given.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            StrategyOption? option = options.FirstOrDefault(o => o.Name == name);
            if (option is null)
            {
                throw new InputException(new InputProblem(
                    $"strategy {strategy}", 0, 0, name, text, options.Count == 0 ? "expected no options" : $"expected one of {string.Join(", ", options.Select(o => o.Name))}",
                    NearestName.Find(name, options.Select(o => o.Name))));
            }

            _values[name] = option.Parse(text) ?? throw new InputException(new InputProblem($"strategy {strategy}", 0, 0, name, text, option.Expected));
        }
    }

    /// <summary>An integer option.</summary>
    public int Integer(string name) => (int)_values[name];

    /// <summary>A duration option.</summary>
    public TimeSpan Duration(string name) => TimeSpan.FromTicks(_values[name]);
}
