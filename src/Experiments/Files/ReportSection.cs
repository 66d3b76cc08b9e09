using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Files;

/// <summary>What is done with the results: <c>report</c>, <c>expected</c> and <c>expect</c>. They refer to the levels of the factors.</summary>
internal sealed class ReportSection(
    ExperimentReading reading, IReadOnlyList<FleetSpec> fleets, IReadOnlyList<WorkloadSpec> workloads, IReadOnlyList<StrategySpec> strategies, IReadOnlyList<FaultSet> faults)
{
    /// <summary>Metrics are percentages, seconds, bytes and counts; all fit.</summary>
    private const decimal Largest = 999_999_999_999_999;

    /// <summary>Metrics that are functions of a cell's inputs. What a wall clock measured is no matter for expectations.</summary>
    private static readonly string[] ResultMetrics = NamesOf(MetricPlace.Result);

    private static readonly string[] AxisMetrics = NamesOf(MetricPlace.Axis);

    internal ReportSpec ReadReport(YamlMap spec)
    {
        if (spec.Optional("report")?.Map() is not { } map) return new ReportSpec([], []);
        return new ReportSpec(
            Names(map.Optional("metrics"), "a metric", ResultMetrics),
            Names(map.Optional("figures"), "a figure", reading.Vocabulary.Figures));
    }

    internal PublishedSpec? ReadPublished(YamlMap spec)
    {
        if (spec.Optional("expected")?.Map() is not { } map) return null;
        YamlValue? path = map.Required("path");
        string written = path?.Text() ?? "";
        InputPath? file = path is null ? null : reading.FileIfThere(path, written, "the results stand without the published values beside them");
        string source = map.Optional("source")?.Text() ?? "published";
        YamlValue? fleet = map.Optional("fleet");
        if (!map.Has("fleet") && fleets.Count > 1)
            map.Report($"expected the key fleet: the one whose results the published values stand beside, {string.Join(" or ", fleets.Select(known => known.Name))}");
        YamlMap? x = map.Required("x")?.Map();
        string xColumn = x?.Required("column")?.Text() ?? "";
        string xMetric = x?.Required("metric") is { } metric ? ExperimentReading.Known(metric, "a metric of x axes", AxisMetrics) : "";
        var metrics = new List<KeyValuePair<string, string>>();
        foreach ((string published, YamlValue ours) in map.Required("metrics")?.Entries() ?? []) metrics.Add(new(published, Metric(ours)));
        var policies = new List<KeyValuePair<string, string>>();
        foreach ((string published, YamlValue ours) in map.Required("strategies")?.Entries() ?? [])
        {
            if (ours.Text() is { } text && strategies.Count > 0) policies.Add(new(published, StrategySection.Level(ours, text, strategies)));
        }

        string fleetName = Level(fleet, "one of the fleets", fleets.Select(known => known.Name)) ?? (fleets.Count > 0 ? fleets[0].Name : "");
        return new PublishedSpec(file, written, source, fleetName, xColumn, xMetric, metrics, policies);
    }

    internal IReadOnlyList<Expectation> ReadExpectations(YamlMap spec) =>
        [.. (spec.Optional("expect")?.Items(1, ExperimentReading.MostLevels) ?? []).Select(item => item.IsMap ? ReadExpectation(item.Map()!) : HypothesisText.Read(item, ResultMetrics, faults)).OfType<Expectation>()];

    private Expectation ReadExpectation(YamlMap map)
    {
        string metric = map.Required("metric") is { } metricValue ? Metric(metricValue) : "";
        ExpectationStatistic statistic = map.Optional("statistic")?.OneOf(Words.Statistics) ?? ExpectationStatistic.Mean;
        YamlValue? atMostValue = map.Optional("atMost");
        decimal? atLeast = map.Optional("atLeast")?.Decimal(-Largest, Largest);
        decimal? atMost = atMostValue?.Decimal(-Largest, Largest);
        if (!map.Has("atLeast") && !map.Has("atMost")) map.Report("expected atLeast, atMost or both");
        if (atLeast > atMost) atMostValue!.Report("expected a value that is not below atLeast");
        return new Expectation(metric, statistic, atLeast, atMost)
        {
            Strategy = map.Optional("strategy") is { } strategy && strategy.Text() is { } label ? StrategySection.Level(strategy, label, strategies) : null,
            Workload = Level(map.Optional("workload"), "one of the workloads", workloads.Select(known => known.Name)),
            Fleet = Level(map.Optional("fleet"), "one of the fleets", fleets.Select(known => known.Name)),
            Faults = Level(map.Optional("faults"), "one of the fault sets", faults.Select(known => known.Name)),
            Service = map.Optional("service")?.Text(),
            At = map.Optional("at")?.Decimal(-Largest, Largest),
        };
    }

    private static string? Level(YamlValue? value, string what, IEnumerable<string> names) =>
        value is null ? null : ExperimentReading.Known(value, what, [.. names]);

    private static string Metric(YamlValue value) => ExperimentReading.Known(value, "a metric", ResultMetrics);

    private static List<string> Names(YamlValue? list, string what, IReadOnlyCollection<string> known)
    {
        var names = (list?.Items(1, ExperimentReading.MostLevels) ?? []).Select(item => (ExperimentReading.Known(item, what, known), item)).ToList();
        ExperimentReading.Distinct(names, "expected every name once in its list");
        return [.. names.Select(name => name.Item1)];
    }

    private static string[] NamesOf(MetricPlace place) => [.. MetricCatalog.All.Where(metric => metric.Place == place).Select(metric => metric.Name)];
}
