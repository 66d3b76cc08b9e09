using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Files;

/// <summary><c>strategies</c> and <c>baseline</c>.</summary>
internal static class StrategySection
{
    private const int LongestLabel = 100;
    private const long LargestFileBytes = 1 << 20;

    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36_500);

    internal static IReadOnlyList<StrategySpec> Read(YamlMap spec, ExperimentReading reading)
    {
        var stated = new List<StrategySpec>();
        var places = new List<YamlValue>();
        foreach (YamlValue item in spec.Required("strategies")?.Items(1, ExperimentReading.MostLevels) ?? [])
        {
            if (ReadOne(item, reading) is not { } level) continue;
            stated.Add(level);
            places.Add(item);
        }

        bool areDistinct = ExperimentReading.Distinct(
            stated.Zip(places, (level, place) => ((level.Name, level.TieBreak, level.File?.Name, string.Join('\n', level.Options)), place)),
            "expected every strategy once: an earlier level has the same name, tie-break, options and configuration");
        IReadOnlyList<StrategySpec> levels = StrategyLabels.Complete(stated);
        if (areDistinct) ExperimentReading.Distinct(levels.Zip(places, (level, place) => (level.Label, place)), "expected every label once");
        return levels;
    }

    internal static string ReadBaseline(YamlMap spec, IReadOnlyList<StrategySpec> strategies)
    {
        if (spec.Optional("baseline") is not { } value) return strategies.Count > 0 ? strategies[0].Label : "";
        return value.Text() is { } text && strategies.Count > 0 ? Level(value, text, strategies) : "";
    }

    /// <summary>The label of the level that a text means: a label, or a name that one level alone has.</summary>
    internal static string Level(YamlValue value, string text, IReadOnlyList<StrategySpec> strategies)
    {
        if (strategies.Any(level => level.Label == text)) return text;
        var named = strategies.Where(level => level.Name == text).ToList();
        if (named.Count == 1) return named[0].Label;
        string[] labels = [.. strategies.Select(level => level.Label)];
        value.Report($"expected one of the strategies {string.Join(", ", labels)}", named.Count > 1 ? named[0].Label : NearestName.Find(text, labels));
        return text;
    }

    private static StrategySpec? ReadOne(YamlValue item, ExperimentReading reading)
    {
        IStrategyDirectory directory = reading.Vocabulary.Strategies;
        if (!item.IsMap)
        {
            string plain = ExperimentReading.Known(item, "a strategy", directory.Names);
            if (directory.NeedsFile(plain)) item.Report(NeedsConfig(plain));
            return IsKnown(plain, directory) ? new StrategySpec(plain, directory.TieBreakOf(plain), Options(null, directory, plain), "") : null;
        }

        YamlMap map = item.Map()!;
        string name = map.Required("name") is { } nameValue ? ExperimentReading.Known(nameValue, "a strategy", directory.Names) : "";
        TieBreak? tieBreak = map.Optional("tieBreak")?.OneOf(Words.TieBreaks);
        string label = map.Optional("label") is { } labelValue ? ReadLabel(labelValue) : "";
        YamlValue? options = map.Optional("options"), config = map.Optional("config");
        if (!IsKnown(name, directory)) return null;
        var level = new StrategySpec(name, tieBreak ?? directory.TieBreakOf(name), Options(options?.Map(), directory, name), label);
        if (config is null && directory.NeedsFile(name)) map.Report(NeedsConfig(name));
        return config is null ? level : WithFile(level, config, reading);
    }

    private static string NeedsConfig(string name) => $"expected {{ name: {name}, config: FILE }}: the strategy is what its configuration file says";

    /// <summary>The level with its configuration file, which its strategy judges.</summary>
    private static StrategySpec WithFile(StrategySpec level, YamlValue value, ExperimentReading reading)
    {
        if (reading.Vocabulary.Strategies.FileCheckOf(level.Name) is not { } check)
        {
            value.Report($"expected no config: {level.Name} reads no configuration file");
            return level;
        }

        if (reading.File(value) is not { } path) return level;
        try
        {
            var file = new StrategyFile(path.Written, InputFile.ReadAllText(path.FullPath, path.Written, LargestFileBytes)) { Folder = Path.GetDirectoryName(path.FullPath)! };
            check(file);
            return level with { File = file, FilePath = path };
        }
        catch (InputException exception)
        {
            reading.Report(exception);
            return level;
        }
    }

    private static bool IsKnown(string name, IStrategyDirectory directory) => directory.Names.Contains(name, StringComparer.Ordinal);

    /// <summary>Every option of a strategy: as stated, otherwise its default.</summary>
    private static List<KeyValuePair<string, string>> Options(YamlMap? stated, IStrategyDirectory directory, string name)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (StrategyOption option in directory.OptionsOf(name).OrderBy(option => option.Name, StringComparer.Ordinal))
        {
            string? text = stated?.Optional(option.Name) is { } value ? ReadOption(value, option) : null;
            values.Add(new(option.Name, text ?? option.Default));
        }

        return values;
    }

    private static string ReadLabel(YamlValue value)
    {
        if (value.Text() is not { } label) return "";
        int bad = label.AsSpan().IndexOfAny(",\"\n\r\t");
        if (label.Length is 0 or > LongestLabel || label.Trim() != label || bad >= 0)
        {
            value.Report($"expected a label of 1 to {LongestLabel} characters without commas, double quotes, line ends, tabs or blanks at the ends");
        }

        return label;
    }

    private static string? ReadOption(YamlValue value, StrategyOption option) => option.Kind switch
    {
        StrategyOptionKind.Integer => value.Integer((long)option.Min, (long)option.Max)?.ToString(CultureInfo.InvariantCulture),
        StrategyOptionKind.Decimal => value.Decimal(option.Min, option.Max) is { } number ? Decimals.Text(number) : null,
        StrategyOptionKind.Boolean => value.Boolean() is { } flag ? (flag ? "true" : "false") : null,
        StrategyOptionKind.Duration => value.Duration(TimeSpan.Zero, LongestDuration) is { } duration ? DurationText.Format(duration) : null,
        _ => ExperimentReading.Known(value, "a choice", option.Choices),
    };
}
