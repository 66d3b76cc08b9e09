using SchedBench.Core.Input;
using SchedBench.Workloads.Readers;

namespace SchedBench.Experiments.Files;

/// <summary>One item of <c>workloads</c>.</summary>
internal static class WorkloadSection
{
    private const decimal MostCapacities = 1000;
    private const decimal MostCompression = 1_000_000;
    private const decimal MostShake = 0.5m;

    /// <summary>Keys of every mode.</summary>
    private static readonly string[] ReplayKeys = ["order", "until", "from", "to", "compress", "shake", "startLatency", "cacheDelay", "bindLatency"];

    private static readonly TimeSpan LongestLatency = TimeSpan.FromDays(365);

    /// <summary>A century: longer than any trace, short enough for all sums of instants.</summary>
    private static readonly TimeSpan LongestTrace = TimeSpan.FromDays(36_500);

    internal static WorkloadSpec Read(YamlMap map, ExperimentReading reading)
    {
        string name = ExperimentReading.Name(map);
        if (map.Has("cluster")) return new WorkloadSpec(name, ClusterSection.Read(map, reading) ?? (ReplaySpec)new TimedReplay());
        map.Know("cluster");
        YamlMap? replayMap = map.Required("replay")?.Map();
        ReplaySpec replay = replayMap is not null ? ReadReplay(replayMap) : new TimedReplay();
        return new WorkloadSpec(name, replay)
        {
            CompressPlace = replay is TimedReplay ? replayMap?.Peek("compress")?.Problem("") : null,
            Trace = map.Required("trace")?.Map() is { } trace ? ReadTrace(trace, ignoreTimes: replay is SaturateReplay, reading) : null,
        };
    }

    private static TraceFile ReadTrace(YamlMap map, bool ignoreTimes, ExperimentReading reading)
    {
        string format = map.Required("format") is { } value
            ? ExperimentReading.Known(value, "a format of traces", [.. TraceReaderCatalog.All.Select(known => known.Format)])
            : "";
        InputPath path = reading.File(map, format);
        bool strict = map.Optional("strict")?.Boolean() ?? false;
        var options = new TraceReadOptions { DisplayName = path.Written, Strict = strict, IgnoreTimes = ignoreTimes };
        ITraceReader? reader = TraceReaderCatalog.Find(format, out _);
        var settings = new List<KeyValuePair<string, string>>();
        if (reader is null)
        {
            // Which settings there are depends on the format, so none is called unknown before it is known.
            foreach (string setting in TraceReaderCatalog.All.SelectMany(known => known.Settings)) map.Know(setting);
        }

        foreach (string setting in reader?.Settings.Order(StringComparer.Ordinal).AsEnumerable() ?? [])
        {
            if (map.Optional(setting) is not { } settingValue || settingValue.TextOrNumber("expected text or a number") is not { } text) continue;
            if (TraceSettings.Apply(reader!, setting, text, ref options) is { } problem) settingValue.Report(problem.Expected, problem.Nearest);
            settings.Add(new(setting, text));
        }

        return new TraceFile(format, path, settings, options);
    }

    private static ReplaySpec ReadReplay(YamlMap map)
    {
        Words.ReplayMode? mode = map.Required("mode")?.OneOf(Words.Modes);
        if (mode is null)
        {
            // Which keys belong here depends on the mode, so none is called unknown before it is known.
            foreach (string key in ReplayKeys) map.Know(key);
            return new TimedReplay();
        }

        return mode == Words.ReplayMode.Saturate ? ReadSaturate(map) : ReadTimed(map);
    }

    private static SaturateReplay ReadSaturate(YamlMap map)
    {
        RecordOrder order = map.Optional("order")?.OneOf(Words.Orders) ?? RecordOrder.Recorded;
        if (map.Optional("until")?.Map() is not { } until) return new SaturateReplay(order, null);
        var limit = new SaturationLimit(
            until.Required("resource")?.OneOf(Words.Resources) ?? default,
            until.Required("ofCapacity")?.Decimal(0.000001m, MostCapacities) ?? 1);
        return new SaturateReplay(order, limit);
    }

    private static TimedReplay ReadTimed(YamlMap map)
    {
        YamlValue? to = map.Optional("to");
        var replay = new TimedReplay
        {
            From = map.Optional("from")?.Duration(TimeSpan.Zero, LongestTrace) ?? TimeSpan.Zero,
            To = to?.Duration(TimeSpan.FromTicks(1), LongestTrace),
            Compress = map.Optional("compress")?.Decimal(0.000001m, MostCompression) ?? 1,
            Shake = map.Optional("shake")?.Decimal(0, MostShake) ?? 0,
            StartLatency = map.Optional("startLatency")?.Duration(TimeSpan.Zero, LongestLatency) ?? TimeSpan.Zero,
            CacheDelay = map.Optional("cacheDelay")?.Duration(TimeSpan.Zero, LongestLatency) ?? TimeSpan.Zero,
            BindLatency = map.Optional("bindLatency")?.Duration(TimeSpan.Zero, LongestLatency) ?? TimeSpan.Zero,
        };
        if (replay.To is { } end && replay.IsDrawnOutTooFar(end)) map.Peek("compress")?.Report(replay.ExpectedCompress(end));
        if (replay.To <= replay.From) to!.Report($"expected an instant after from ({DurationText.Format(replay.From)})");
        return replay;
    }
}
