using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Getters over the fields of an object: the value, or the API's default where the field is left out or wrong (what is wrong is reported, and a set with
/// problems never leaves the reader).</summary>
internal static class FieldReading
{
    /// <summary>Longer times are cut to this: a hundred years, never within a run.</summary>
    private const long MostSeconds = 36_500L * 86_400;

    internal static YamlMap? Child(this YamlMap map, string key) => map.Optional(key)?.Map();

    internal static IEnumerable<YamlMap> Children(this YamlMap map, string key)
    {
        foreach (YamlValue item in map.Values(key))
        {
            if (item.Map() is { } child) yield return child;
        }
    }

    internal static IReadOnlyList<YamlValue> Values(this YamlMap map, string key) => map.Optional(key)?.Items() ?? [];

    internal static IReadOnlyList<(string Key, YamlValue Value)> Entries(this YamlMap map, string key) => map.Optional(key)?.Entries() ?? [];

    internal static string Text(this YamlMap map, string key, string otherwise = "") => map.Optional(key)?.Text() ?? otherwise;

    internal static ValueList<string> Texts(this YamlMap map, string key) => [.. map.Values(key).Select(value => value.Text()).OfType<string>()];

    internal static bool Flag(this YamlMap map, string key, bool otherwise = false) => map.Optional(key)?.Boolean() ?? otherwise;

    internal static int Count(this YamlMap map, string key, int otherwise, int min = 0, int max = int.MaxValue) => map.CountOrNull(key, min, max) ?? otherwise;

    internal static int? CountOrNull(this YamlMap map, string key, int min = 0, int max = int.MaxValue) => (int?)map.Optional(key)?.Integer(min, max);

    internal static TimeSpan Seconds(this YamlMap map, string key, long otherwise, long min = 0) => map.SecondsOrNull(key, min) ?? TimeSpan.FromSeconds(otherwise);

    internal static TimeSpan? SecondsOrNull(this YamlMap map, string key, long min = 0) =>
        map.Optional(key)?.Integer(min, long.MaxValue) is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, MostSeconds)) : null;

    /// <summary>One of several words; left out and empty mean the default.</summary>
    internal static T Choice<T>(this YamlMap map, string key, T otherwise, IReadOnlyList<(string, T)> words)
        where T : struct => map.Optional(key) is { } value && (value.PlainText.Length > 0 || value.Node is not YamlScalar) ? value.OneOf(words) ?? otherwise : otherwise;

    /// <summary>Text that a rule of Kubernetes judges; empty when it is left out.</summary>
    internal static string Checked(this YamlMap map, string key, Func<string, TextError?> rule)
    {
        if (map.Optional(key) is not { } value || value.Text() is not { } text) return "";
        if (rule(text) is { } error) value.Report(error);
        return text;
    }

    /// <summary>Text that may not be empty either.</summary>
    internal static string Required(this YamlMap map, string key, string expected)
    {
        if (map.Optional(key) is not { } value) map.Report(expected);
        else if (value.Text() is { } text && text.Length > 0) return text;
        else value.Report(expected);
        return "";
    }

    /// <summary>A number ≥ 0 or a percentage.</summary>
    /// <param name="map">Object.</param>
    /// <param name="key">Field.</param>
    /// <param name="mostPercent">Largest percentage.</param>
    internal static IntOrPercent? IntOrPercent(this YamlMap map, string key, int mostPercent = int.MaxValue)
    {
        if (map.Optional(key) is not { } value) return null;
        if (value.Node is not YamlScalar { Kind: YamlScalarKind.String } scalar) return value.Integer(0, int.MaxValue) is { } number ? Core.Objects.IntOrPercent.Of((int)number) : null;
        string expected = mostPercent == int.MaxValue ? "expected a whole number, or a percentage such as 25%" : $"expected a whole number, or a percentage of at most {mostPercent}%";
        bool isPercent = scalar.Text is [.., '%'] && scalar.Text.Length > 1 && scalar.Text.AsSpan(0, scalar.Text.Length - 1).IndexOfAnyExceptInRange('0', '9') < 0;
        if (isPercent && int.TryParse(scalar.Text.AsSpan(0, scalar.Text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && percent <= mostPercent)
        {
            return Core.Objects.IntOrPercent.Percent(percent);
        }

        bool isQuotedNumber = scalar.Text.Length > 0 && scalar.Text.All(char.IsAsciiDigit);
        value.Report(isQuotedNumber ? expected + " (a number has no quotes, a percentage ends in %)" : expected);
        return null;
    }

    /// <summary>A port by number or by name.</summary>
    internal static (int Port, string Name) Port(this YamlValue value)
    {
        if (value.Node is not YamlScalar { Kind: YamlScalarKind.String } scalar) return ((int)(value.Integer(1, 65_535) ?? 0), "");
        if (KubernetesName.CheckPortName(scalar.Text) is { } error) value.Report(error);
        return (0, scalar.Text);
    }
}
