using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Catalog;

/// <summary>Values of a strategy's options: those given, defaults for the rest. Experiment files are checked against the options before values get here.</summary>
public sealed class StrategyOptionValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Takes values in canonical text.</summary>
    /// <param name="options">What the strategy takes.</param>
    /// <param name="given">Name and text.</param>
    /// <exception cref="ArgumentException">An option that the strategy does not have.</exception>
    public StrategyOptionValues(IReadOnlyList<StrategyOption> options, IEnumerable<KeyValuePair<string, string>> given)
    {
        foreach (StrategyOption option in options) _values[option.Name] = option.Default;
        foreach ((string name, string text) in given)
        {
            if (!_values.ContainsKey(name)) throw new ArgumentException($"There is no option '{name}'.", nameof(given));
            _values[name] = text;
        }
    }

    /// <summary>The strategy's configuration file; null for the default configuration.</summary>
    public StrategyFile? File { get; init; }

    /// <summary>An integer option.</summary>
    public int Integer(string name) => int.Parse(_values[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>A choice.</summary>
    public string Choice(string name) => _values[name];

    /// <summary>A duration option.</summary>
    public TimeSpan Duration(string name) => DurationText.TryParse(_values[name], out TimeSpan duration, out TextError error)
        ? duration
        : throw new ArgumentException($"{name}: '{_values[name]}' is no duration ({error}).", nameof(name));
}
