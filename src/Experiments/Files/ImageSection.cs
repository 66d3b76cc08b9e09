using SchedBench.Core.Input;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Workloads.Generators;

namespace SchedBench.Experiments.Files;

/// <summary>The key <c>images</c>: how containers of an image behave.</summary>
internal static class ImageSection
{
    private const decimal LongestSeconds = 1_000_000_000;

    internal static IReadOnlyList<KeyValuePair<string, ImageBehavior>> Read(YamlValue? section)
    {
        var images = new List<KeyValuePair<string, ImageBehavior>>();
        foreach ((string image, YamlValue value) in section?.Entries() ?? [])
        {
            if (value.Map() is { } map) images.Add(new(image, ReadOne(map)));
        }

        return images;
    }

    private static ImageBehavior ReadOne(YamlMap map)
    {
        ImageBehavior usual = ImageBehavior.Default;
        Distribution? run = Seconds(map, "run");
        YamlValue? checkpoint = map.Optional("checkpoint");
        if (checkpoint is not null && run is null) checkpoint.Report("expected 'run' beside it: work that never ends is not saved");
        return new ImageBehavior
        {
            StartSeconds = Seconds(map, "start") ?? usual.StartSeconds,
            ReadySeconds = Seconds(map, "ready") ?? usual.ReadySeconds,
            IsNeverReady = map.Optional("neverReady")?.Boolean() ?? usual.IsNeverReady,
            RunSeconds = run,
            Checkpoints = checkpoint?.Map() is { } saves ? ReadCheckpoints(saves) : null,
            ExitCode = (int)(map.Optional("exitCode")?.Integer(0, 255) ?? usual.ExitCode),
            CrashAfterSeconds = Seconds(map, "crashAfter"),
            StopSeconds = Seconds(map, "stop") ?? usual.StopSeconds,
            ServesWhileStopping = map.Optional("servesWhileStopping")?.Boolean() ?? usual.ServesWhileStopping,
            ServiceSeconds = Seconds(map, "service") ?? usual.ServiceSeconds,
            Concurrency = (int)(map.Optional("concurrency")?.Integer(1, 100_000) ?? usual.Concurrency),
            QueueLimit = (int)(map.Optional("queueLimit")?.Integer(0, 1_000_000) ?? usual.QueueLimit),
            ErrorRatio = (double)(map.Optional("errorRatio")?.Decimal(0, 1) ?? (decimal)usual.ErrorRatio),
            IdleCpuMilli = map.Optional("idleCpu")?.CpuMilli() ?? usual.IdleCpuMilli,
            CpuMillisecondsPerRequest = (double)(map.Optional("cpuMillisecondsPerRequest")?.Decimal(0, LongestSeconds) ?? (decimal)usual.CpuMillisecondsPerRequest),
            MemoryBytes = map.Optional("memory")?.WholeUnits() ?? usual.MemoryBytes,
            MemoryBytesPerRequest = map.Optional("memoryPerRequest")?.WholeUnits() ?? usual.MemoryBytesPerRequest,
            LeakedBytesPerSecond = map.Optional("leakPerSecond")?.WholeUnits() ?? usual.LeakedBytesPerSecond,
            Disk = new DiskUsage(
                map.Optional("disk")?.WholeUnits() ?? 0, map.Optional("diskPerSecond")?.WholeUnits() ?? 0, map.Optional("logPerSecond")?.WholeUnits() ?? 0,
                map.Optional("volume")?.WholeUnits() ?? 0, map.Optional("volumePerSecond")?.WholeUnits() ?? 0),
            Layers = map.Optional("layers") is { } layers ? ReadLayers(layers) : usual.Layers,
        };
    }

    private static Checkpointing? ReadCheckpoints(YamlMap map)
    {
        TimeSpan longest = TimeSpan.FromDays(365);
        TimeSpan? every = map.Required("every")?.Duration(TimeSpan.FromSeconds(1), longest);
        TimeSpan? takes = map.Optional("takes")?.Duration(TimeSpan.Zero, longest), restart = map.Optional("restart")?.Duration(TimeSpan.Zero, longest);
        return every is { } period ? new Checkpointing(period, takes ?? TimeSpan.Zero, restart ?? TimeSpan.Zero) : null;
    }

    private static ValueList<ImageLayer> ReadLayers(YamlValue section) =>
        [.. section.Entries().Select(entry => new ImageLayer(entry.Key, entry.Value.WholeUnits() ?? 0))];

    private static Distribution? Seconds(YamlMap map, string key) => map.Optional(key) is { } value ? Times.Read(value) : null;
}

/// <summary>Times that may be drawn.</summary>
internal static class Times
{
    /// <summary>A duration, or a distribution of seconds as a mapping.</summary>
    public static Distribution? Read(YamlValue value)
    {
        if (value.IsMap)
        {
            Distribution? drawn = value.Map() is { } distribution ? DistributionYaml.Read(distribution) : null;
            if (drawn?.Quantile(0) < 0) value.Report("expected a distribution without negative values");
            return drawn;
        }

        return value.Duration(TimeSpan.Zero, TimeSpan.FromDays(365)) is { } constant ? DistributionYaml.Constant(constant.TotalSeconds) : null;
    }
}
