using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests;

namespace SchedBench.Experiments.Files;

/// <summary>One reading of one experiment: the sections in the order of the file, and what they share.</summary>
internal sealed class ExperimentReading(YamlReader reader, InputPaths paths, ExperimentVocabulary vocabulary)
{
    /// <summary>Levels of one factor: beyond it a mistake is more likely than an experiment.</summary>
    internal const int MostLevels = 1000;

    /// <summary>The format whose traces and node lists may be folders.</summary>
    private const string FolderFormat = "native";

    /// <summary>More names than that are no help in a message; the nearest one is.</summary>
    private const int MostNamesListed = 30;

    private const int MostTimelineNodes = 10_000;

    private readonly List<InputProblem> _notes = [];
    private readonly HashSet<(int Line, int Column, string Text)> _noted = [];
    private readonly Dictionary<string, ManifestSet?> _manifests = new(StringComparer.Ordinal);

    internal ExperimentVocabulary Vocabulary => vocabulary;

    /// <summary>Calendar time of instant 0, read before the workloads are.</summary>
    internal DateTimeOffset Epoch { get; private set; } = Experiment.DefaultEpoch;

    /// <summary>The fleets, read before the workloads are; empty when something is wrong with one: nothing can be said of its nodes.</summary>
    internal IReadOnlyList<FleetSpec> Fleets { get; private set; } = [];

    internal Experiment Read(YamlMap root)
    {
        root.Required("apiVersion")?.OneOf([(Experiment.ApiVersion, 0)]);
        root.Required("kind")?.OneOf([(Experiment.Kind, 0)]);
        string name = root.Required("metadata")?.Map() is { } metadata ? Name(metadata) : "";
        Experiment experiment = root.Required("spec")?.Map() is { } spec
            ? ReadSpec(spec, name)
            : new Experiment { Name = name, Seeds = [], Fleets = [], Workloads = [], Strategies = [], Baseline = "" };
        reader.Finish();

        // Notes go into results, which are the same wherever the experiment lies.
        string file = Path.GetFileName(reader.DisplayName);
        return experiment with { Notes = [.. reader.Roundings.Concat(_notes).Select(note => note.File == reader.DisplayName ? note with { File = file } : note)] };
    }

    private Experiment ReadSpec(YamlMap spec, string name)
    {
        Epoch = (spec.Optional("epoch")?.Instant() ?? Experiment.DefaultEpoch).ToUniversalTime();
        IReadOnlyList<ulong> seeds = spec.Required("seeds") is { } seedValue ? SeedSection.Read(seedValue) : [];
        long problems = reader.ProblemCount;
        IReadOnlyList<FleetSpec> fleets = Levels(spec, "fleets", map => FleetSection.Read(map, this));
        if (reader.ProblemCount == problems) Fleets = fleets;
        IReadOnlyList<WorkloadSpec> workloads = Levels(spec, "workloads", map => WorkloadSection.Read(map, this));
        IReadOnlyList<StrategySpec> strategies = StrategySection.Read(spec, this);
        string baseline = StrategySection.ReadBaseline(spec, strategies);
        IReadOnlyList<FaultSet> faults = FaultSection.Read(spec, this, workloads);
        var levels = new ReportSection(this, fleets, workloads, strategies, faults);
        return new Experiment
        {
            Name = name,
            Epoch = Epoch,
            Seeds = seeds,
            Fleets = fleets,
            Workloads = workloads,
            Faults = faults,
            Strategies = strategies,
            Baseline = baseline,
            TimelineNodes = (int)(spec.Optional("record")?.Map()?.Optional("timeline")?.Map()?.Required("nodes")?.Integer(1, MostTimelineNodes) ?? 0),
            Report = levels.ReadReport(spec),
            Published = levels.ReadPublished(spec),
            Expectations = levels.ReadExpectations(spec),
        };
    }

    /// <summary>The required name of a mapping: a Kubernetes name.</summary>
    internal static string Name(YamlMap map)
    {
        if (map.Required("name") is not { } value || value.Text() is not { } name) return "";
        if (KubernetesName.CheckSubdomain(name) is { } error) value.Report(error);
        return name;
    }

    /// <summary>Text that is one of several names.</summary>
    internal static string Known(YamlValue value, string what, IReadOnlyCollection<string> names)
    {
        if (value.Text() is not { } text) return "";
        if (names.Contains(text, StringComparer.Ordinal)) return text;
        string choice = names.Count <= MostNamesListed ? $": {string.Join(", ", names)}" : $", of which there are {names.Count}";
        value.Report($"expected {what}{choice}", NearestName.Find(text, names));
        return text;
    }

    /// <summary>The required file of a mapping; of the native format, also a folder.</summary>
    internal InputPath File(YamlMap map, string format)
    {
        if (map.Required("path") is not { } value || value.Text() is not { } written) return new InputPath("", "");
        if (paths.Find(written, mayBeFolder: format == FolderFormat, out string expected, out string? nearest) is { } found) return found;
        value.Report(expected, nearest);
        return new InputPath(written, "");
    }

    /// <summary>The file that a value names; null when there is none, which is reported.</summary>
    internal InputPath? File(YamlValue value)
    {
        if (value.Text() is not { } written) return null;
        InputPath? found = paths.Find(written, mayBeFolder: false, out string expected, out string? nearest);
        if (found is null) value.Report(expected, nearest);
        return found;
    }

    /// <summary>Reports what is wrong with a file that the experiment names.</summary>
    internal void Report(InputException exception)
    {
        foreach (InputProblem problem in exception.Problems) reader.Report(problem);
    }

    /// <summary>A file of manifests, or a folder of them.</summary>
    internal InputPath Manifests(YamlValue value, string written)
    {
        if (paths.Find(written, mayBeFolder: true, out string expected, out string? nearest, isManifests: true) is { } found) return found;
        value.Report(expected, nearest);
        return new InputPath(written, "");
    }

    /// <summary>The objects of manifests, read once however many workloads name them; null when something is wrong with them, which is reported.</summary>
    internal ManifestSet? Objects(InputPath manifests)
    {
        if (_manifests.TryGetValue(manifests.Written, out ManifestSet? known)) return known;
        ManifestSet? read = null;
        try
        {
            read = ManifestReader.Read(manifests.FullPath, manifests.Written);
        }
        catch (InputException exception)
        {
            Report(exception);
        }

        _manifests.Add(manifests.Written, read);
        return read;
    }

    /// <summary>Reports a problem at a place that was read before.</summary>
    internal void Report(InputProblem problem) => reader.Report(problem);

    /// <summary>Tells the user something about a value that is accepted. Values that aliases repeat are spoken of once.</summary>
    internal void Note(YamlValue value, string found, string text, string? nearest = null)
    {
        if (_noted.Add((value.Line, value.Column, text))) _notes.Add(new InputProblem(reader.DisplayName, value.Line, value.Column, value.Path, found, text, nearest));
    }

    /// <summary>Tells the user something about a file that the experiment names.</summary>
    internal void Note(InputProblem note) => _notes.Add(note);

    /// <summary>A file that may be missing, which becomes a note.</summary>
    internal InputPath? FileIfThere(YamlValue value, string written, string consequence)
    {
        InputPath? found = paths.Find(written, mayBeFolder: false, out _, out _);
        string note = $"not found beside the experiment or in the data folder; {consequence}";
        if (found is null) _notes.Add(new InputProblem(reader.DisplayName, value.Line, value.Column, value.Path, written, note));
        return found;
    }

    /// <summary>Reports every value that repeats an earlier one.</summary>
    /// <returns>Whether there was none.</returns>
    internal static bool Distinct<T>(IEnumerable<(T Key, YamlValue Place)> values, string expected)
        where T : notnull
    {
        var seen = new HashSet<T>();
        bool areDistinct = true;
        foreach ((T key, YamlValue place) in values)
        {
            if (seen.Add(key)) continue;
            areDistinct = false;
            place.Report(expected);
        }

        return areDistinct;
    }

    /// <summary>The required list of levels of a factor, each a mapping with a distinct name.</summary>
    private static List<T> Levels<T>(YamlMap spec, string key, Func<YamlMap, T> read)
    {
        var levels = new List<T>();
        var names = new List<(string, YamlValue)>();
        foreach (YamlValue item in spec.Required(key)?.Items(1, MostLevels) ?? [])
        {
            if (item.Map() is not { } map) continue;
            levels.Add(read(map));
            if (map.Peek("name") is { } name) names.Add((name.PlainText, name));
        }

        Distinct(names, "expected every name once in its list");
        return levels;
    }
}
