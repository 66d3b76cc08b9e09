using SchedBench.Core.Input;

namespace SchedBench.Experiments.Files;

/// <summary>A workload of Kubernetes objects: the keys <c>cluster</c> and <c>update</c>.</summary>
internal static class ClusterSection
{
    internal static readonly (string Name, UpdateMethod Value)[] Methods =
    [
        ("recreate", UpdateMethod.Recreate), ("rollingUpdate", UpdateMethod.RollingUpdate), ("blueGreen", UpdateMethod.BlueGreen), ("canary", UpdateMethod.Canary),
        ("canaryByWeight", UpdateMethod.CanaryByWeight), ("canaryByPath", UpdateMethod.CanaryByPath),
    ];

    private static readonly (string Name, Limits Value)[] LimitWords = [("kubernetes", Limits.Kubernetes), ("none", Limits.None)];

    private static readonly TimeSpan LongestRun = TimeSpan.FromDays(3_650);

    private enum Limits
    {
        Kubernetes,
        None,
    }

    /// <summary>Reads both sections of a workload.</summary>
    internal static ClusterReplay? Read(YamlMap workload, ExperimentReading reading)
    {
        if (workload.Required("cluster")?.Map() is not { } map) return null;
        if (map.Required("manifests") is not { } path || path.Text() is not { } written) return null;
        var replay = new ClusterReplay
        {
            Manifests = reading.Manifests(path, written),
            Images = ImageSection.Read(map.Optional("images")),
            Traffic = TrafficSection.Read(map.Optional("traffic")),
            Warmup = map.Optional("warmup")?.Duration(TimeSpan.Zero, LongestRun) ?? TimeSpan.Zero,
            Until = map.Required("until")?.Duration(TimeSpan.FromTicks(1), LongestRun) ?? TimeSpan.Zero,
            HasClientLimits = (map.Optional("clientLimits")?.OneOf(LimitWords) ?? Limits.Kubernetes) == Limits.Kubernetes,
            WatchDelay = map.Optional("watchDelay")?.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)) ?? TimeSpan.Zero,
            BindLatency = map.Optional("bindLatency")?.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)) ?? TimeSpan.Zero,
            Update = workload.Optional("update")?.Map() is { } update ? UpdateSection.Read(update) : null,
        };
        if (replay.Warmup >= replay.Until) map.Peek("warmup")?.Report("expected a warm-up shorter than until");
        if (replay.Update is { } given && given.At >= replay.Until) workload.Peek("update")?.Map()?.Peek("at")?.Report("expected an instant before until");
        if (replay.Update is { } early && early.At < replay.Warmup) workload.Peek("update")?.Map()?.Peek("at")?.Report("expected an instant after the warm-up");
        return replay;
    }
}
