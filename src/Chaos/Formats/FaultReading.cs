using System.Globalization;
using SchedBench.Chaos.Effects;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats;

/// <summary>One reading of one file of a chaos tool: notes, names, and values that formats share.</summary>
internal sealed class FaultReading(YamlReader reader, FileFaultOptions options)
{
    /// <summary>Largest file of chaos resources, in bytes.</summary>
    internal const long LargestBytes = 16 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);
    private readonly List<InputProblem> _notes = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>How the file is applied.</summary>
    internal FileFaultOptions Options => options;

    /// <summary>The reader of the file.</summary>
    internal YamlReader Reader => reader;

    /// <summary>Notes so far.</summary>
    internal IReadOnlyList<InputProblem> Notes => _notes;

    /// <summary>What the run calls something.</summary>
    internal string NameOf(string name) => options.Names.GetValueOrDefault(name, name);

    /// <summary>Tells the user something about a value that is accepted.</summary>
    internal void Note(YamlValue value, string text) => _notes.Add(value.Problem(text));

    /// <summary>A name that no other source of the file has.</summary>
    internal string Unique(string name)
    {
        string unique = name;
        for (int n = 2; !_used.Add(unique); n++) unique = $"{name}#{n.ToString(CultureInfo.InvariantCulture)}";
        return unique;
    }

    /// <summary>A length of time that may be left out; more than nothing.</summary>
    internal static TimeSpan? Length(YamlValue? value) => value?.Duration(TimeSpan.FromTicks(1), Longest);

    /// <summary>Whole seconds.</summary>
    internal static TimeSpan? Seconds(YamlValue? value, long least = 1) => value?.Integer(least, (long)Longest.TotalSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The effect with a parameter stated; what is wrong with the text is reported.</summary>
    internal static FaultEffect With(FaultEffect effect, string parameter, string text, YamlValue place)
    {
        if (effect.Kind.Find(parameter)!.TryRead(text, out _, out TextError error)) return effect.With(parameter, text);
        place.Report(error);
        return effect;
    }

    /// <summary>Texts of a list.</summary>
    internal static IReadOnlyList<string> Texts(YamlValue? list) => [.. (list?.Items() ?? []).Select(item => item.Text()).OfType<string>()];

    /// <summary>Requirements that a mapping of labels makes.</summary>
    internal static IEnumerable<LabelRequirement> Labels(YamlValue? map)
    {
        foreach ((string key, YamlValue value) in map?.Entries() ?? [])
        {
            if (value.Text() is not { } text) continue;
            if (KubernetesName.CheckQualifiedName(key) is { } wrong) value.Report($"expected a label key before it: {wrong.Expected}");
            if (KubernetesName.CheckLabelValue(text) is { } error) value.Report(error);
            yield return new LabelRequirement(key, SelectorOperator.In, [text]);
        }
    }

    /// <summary>The selector of some requirements; null for none.</summary>
    internal static LabelSelector? Selector(IEnumerable<LabelRequirement> requirements) => requirements.ToArray() is { Length: > 0 } all ? new LabelSelector([.. all]) : null;

    /// <summary>A selector as text; null when there is none.</summary>
    internal static LabelSelector? Selector(YamlValue? value)
    {
        if (value?.Text() is not { Length: > 0 } text) return null;
        if (SelectorText.TryParse(text, out LabelSelector? selector, out TextError error)) return selector;
        value.Report(error);
        return null;
    }

    /// <summary>The selector of nodes that have one of some names.</summary>
    internal LabelSelector? OnNodes(IReadOnlyList<string> names) =>
        names.Count == 0 ? null : new LabelSelector([new LabelRequirement(NodeObjects.HostLabel, SelectorOperator.In, [.. names.Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])]);

    /// <summary>Reports that a key stands there which has no meaning in a run.</summary>
    internal static void Refuse(YamlMap map, string key, string why)
    {
        if (map.Optional(key) is { } value && !IsEmpty(value)) value.Report($"expected this key left out: {why}");
    }

    /// <summary>Whether nothing is said: an empty text, list or mapping.</summary>
    internal static bool IsEmpty(YamlValue value) => value.Node switch
    {
        YamlScalar scalar => scalar.Text.Length == 0,
        YamlList list => list.Items.Count == 0,
        YamlMapping mapping => mapping.Entries.Count == 0,
        _ => false,
    };

    /// <summary>Makes keys known that change nothing in a run.</summary>
    internal static void Harmless(YamlMap map, params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys) map.Know(key);
    }
}
