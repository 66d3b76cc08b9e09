using System.Globalization;
using System.Text.Json;
using SchedBench.Core.Input;
using SchedBench.Core.Randomness;

namespace SchedBench.Experiments.Files;

/// <summary>One key of a group of settings: how it is read into options, and how options state it. Its default is the options' own.</summary>
/// <typeparam name="T">Record of the options.</typeparam>
/// <param name="Name">Key.</param>
/// <param name="Read">The options with the value of a file; as they were after a problem, which is reported.</param>
/// <param name="Write">States the value of options.</param>
internal sealed record Setting<T>(string Name, Func<YamlValue, T, T> Read, Action<Utf8JsonWriter, T> Write)
{
    /// <summary>The keys below it; empty when it is a value.</summary>
    public IReadOnlyList<string> Below { get; init; } = [];
}

/// <summary>Two settings of which the one is not above the other, or below it.</summary>
/// <param name="Low">Key of the smaller one.</param>
/// <param name="High">Key of the larger one.</param>
/// <param name="IsKept">Whether options keep it.</param>
internal sealed record Ascending<T>(string Low, string High, Func<T, bool> IsKept)
{
    /// <summary>Whether they may not be equal.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Reports options that do not, at the key that is stated.</summary>
    public void Check(YamlMap map, T options)
    {
        if (!IsKept(options)) (map.Peek(Low) ?? map.Peek(High))?.Report($"expected {Low} {(IsStrict ? "below" : "not above")} {High}, be they stated or by default");
    }
}

/// <summary>The kinds of settings.</summary>
internal static class Setting
{
    /// <summary>A value that is counted and never this many.</summary>
    private const int Most = 1_000_000_000;

    private const int MostPercent = 100;

    /// <summary>Longest time of a setting.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>A duration.</summary>
    public static Setting<T> Time<T>(string name, Func<T, TimeSpan> get, Func<T, TimeSpan, T> set, TimeSpan min = default) => new(
        name,
        (value, options) => value.Duration(min, Longest) is { } given ? set(options, given) : options,
        (json, options) => json.WriteString(name, DurationText.Format(get(options))));

    /// <summary>A duration above zero: a period.</summary>
    public static Setting<T> Period<T>(string name, Func<T, TimeSpan> get, Func<T, TimeSpan, T> set) => Time(name, get, set, TimeSpan.FromMilliseconds(1));

    /// <summary>A duration, or <c>none</c>.</summary>
    public static Setting<T> TimeOrNone<T>(string name, Func<T, TimeSpan?> get, Func<T, TimeSpan?, T> set) => new(
        name,
        (value, options) => value.PlainText == "none" ? set(options, null) : value.Duration(TimeSpan.Zero, Longest) is { } given ? set(options, given) : options,
        (json, options) => json.WriteString(name, get(options) is { } time ? DurationText.Format(time) : "none"));

    /// <summary>A duration that something else decides when it is left out.</summary>
    public static Setting<T> TimeOrElse<T>(string name, Func<T, TimeSpan?> get, Func<T, TimeSpan?, T> set) => new(
        name,
        (value, options) => value.Duration(TimeSpan.Zero, Longest) is { } given ? set(options, given) : options,
        (json, options) =>
        {
            if (get(options) is { } time) json.WriteString(name, DurationText.Format(time));
        });

    /// <summary>A whole number.</summary>
    public static Setting<T> Count<T>(string name, Func<T, int> get, Func<T, int, T> set, int min = 0, int max = Most) => new(
        name,
        (value, options) => value.Integer(min, max) is { } given ? set(options, (int)given) : options,
        (json, options) => json.WriteNumber(name, get(options)));

    /// <summary>A decimal number.</summary>
    public static Setting<T> Number<T>(string name, Func<T, double> get, Func<T, double, T> set, decimal max = Most) => new(
        name,
        (value, options) => value.Decimal(0, max) is { } given ? set(options, (double)given) : options,
        (json, options) => json.WriteRawValue(name, (decimal)get(options)));

    /// <summary>A quantity of bytes, at least 1.</summary>
    public static Setting<T> Bytes<T>(string name, Func<T, double> get, Func<T, double, T> set, long max = long.MaxValue) => new(
        name,
        (value, options) =>
        {
            if (value.WholeUnits() is not { } given) return options;
            if (given < 1) value.Report("expected at least one byte");
            else if (given > max) value.Report($"expected at most {max} bytes");
            return set(options, Math.Clamp(given, 1, max));
        },
        (json, options) => json.WriteRawValue(name, (decimal)get(options)));

    /// <summary>A whole percentage as the kubelet writes thresholds: <c>10%</c>.</summary>
    public static Setting<T> Percent<T>(string name, Func<T, int> get, Func<T, int, T> set) => new(
        name,
        (value, options) =>
        {
            const string Expected = "expected a whole percentage from 0% to 100%";
            if (value.TextOrNumber(Expected) is not { } text) return options;
            if (text.EndsWith('%') && int.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && percent <= MostPercent) return set(options, percent);
            value.Report(Expected);
            return options;
        },
        (json, options) => json.WriteString(name, string.Create(CultureInfo.InvariantCulture, $"{get(options)}%")));

    /// <summary>One of several words that options have as they are.</summary>
    public static Setting<T> Choice<T>(string name, string[] words, Func<T, string> get, Func<T, string, T> set) => new(
        name,
        (value, options) => value.OneOf([.. words.Select((word, place) => (word, place))]) is { } given ? set(options, words[given]) : options,
        (json, options) => json.WriteString(name, get(options)));

    /// <summary>True or false.</summary>
    public static Setting<T> Flag<T>(string name, Func<T, bool> get, Func<T, bool, T> set) => new(
        name,
        (value, options) => value.Boolean() is { } given ? set(options, given) : options,
        (json, options) => json.WriteBoolean(name, get(options)));

    /// <summary>One of several words.</summary>
    public static Setting<T> Word<T, TWord>(string name, (string Name, TWord Value)[] words, Func<T, TWord> get, Func<T, TWord, T> set)
        where TWord : struct, Enum => new(
        name,
        (value, options) => value.OneOf(words) is { } given ? set(options, given) : options,
        (json, options) => json.WriteString(name, Words.Of(words, get(options))));

    /// <summary>One of several words, which something else decides when it is left out.</summary>
    public static Setting<T> WordOrElse<T, TWord>(string name, (string Name, TWord Value)[] words, Func<T, TWord?> get, Func<T, TWord?, T> set)
        where TWord : struct, Enum => new(
        name,
        (value, options) => value.OneOf(words) is { } given ? set(options, given) : options,
        (json, options) =>
        {
            if (get(options) is { } word) json.WriteString(name, Words.Of(words, word));
        });

    /// <summary>A time in seconds: a duration or a distribution.</summary>
    public static Setting<T> Drawn<T>(string name, Func<T, Distribution> get, Func<T, Distribution, T> set) => new(
        name,
        (value, options) => Times.Read(value) is { } given ? set(options, given) : options,
        (json, options) => json.WriteString(name, get(options).ToString()));

    /// <summary>A range of addresses.</summary>
    public static Setting<T> Range<T>(string name, Func<T, string> get, Func<T, string, T> set, System.Net.Sockets.AddressFamily family) => new(
        name,
        (value, options) =>
        {
            if (value.Text() is not { } text) return options;
            if (System.Net.IPNetwork.TryParse(text, out System.Net.IPNetwork network) && network.BaseAddress.AddressFamily == family) return set(options, text);
            value.Report($"expected a range of addresses such as {get(options)}");
            return options;
        },
        (json, options) => json.WriteString(name, get(options)));

    /// <summary>A mapping of settings.</summary>
    public static Setting<T> Group<T, TPart>(string name, Func<T, TPart?> get, Func<T, TPart, T> set, Func<TPart> usual, IReadOnlyList<Setting<TPart>> settings, params Ascending<TPart>[] orders)
        where TPart : class => new(
        name,
        (value, options) => value.Map() is { } map ? set(options, ReadAll(map, get(options) ?? usual(), settings, orders)) : options,
        (json, options) =>
        {
            if (get(options) is not { } part) return;
            json.WriteStartObject(name);
            foreach (Setting<TPart> setting in settings) setting.Write(json, part);
            json.WriteEndObject();
        })
        {
            Below = [.. settings.SelectMany(setting => setting.Below.Count == 0 ? [setting.Name] : setting.Below.Select(below => $"{setting.Name}.{below}"))],
        };

    /// <summary>Settings of a part of the options, on the same level.</summary>
    public static IEnumerable<Setting<T>> Of<T, TPart>(Func<T, TPart> get, Func<T, TPart, T> set, IEnumerable<Setting<TPart>> settings) =>
        settings.Select(setting => new Setting<T>(setting.Name, (value, options) => set(options, setting.Read(value, get(options))), (json, options) => setting.Write(json, get(options))) { Below = setting.Below });

    /// <summary>Reads the settings of a mapping.</summary>
    public static T ReadAll<T>(YamlMap map, T options, IReadOnlyList<Setting<T>> settings, IReadOnlyList<Ascending<T>> orders)
    {
        foreach (Setting<T> setting in settings)
        {
            if (map.Optional(setting.Name) is { } value) options = setting.Read(value, options);
        }

        foreach (Ascending<T> order in orders) order.Check(map, options);
        return options;
    }

    private static void WriteRawValue(this Utf8JsonWriter json, string name, decimal value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(Decimals.Text(value));
    }
}
