using SchedBench.Core.Input;
using SchedBench.Workloads.Manifests;

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

    internal static readonly (string Name, Orchestrator Value)[] Orchestrators = [("kubernetes", Orchestrator.Kubernetes), ("swarm", Orchestrator.Swarm)];

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
        InputPath manifests = reading.Manifests(path, written);
        ManifestSet? objects = manifests.FullPath.Length > 0 ? reading.Objects(manifests) : null;
        YamlMap? update = workload.Optional("update")?.Map();
        var streams = new List<YamlMap>();
        var replay = new ClusterReplay
        {
            Manifests = manifests,
            Objects = objects ?? new ManifestSet { Objects = [], Files = [] },
            Epoch = reading.Epoch,
            Images = ImageSection.Read(map.Optional("images")),
            Traffic = TrafficSection.Read(map.Optional("traffic"), streams),
            Warmup = map.Optional("warmup")?.Duration(TimeSpan.Zero, LongestRun) ?? TimeSpan.Zero,
            Until = map.Required("until")?.Duration(TimeSpan.FromTicks(1), LongestRun) ?? TimeSpan.Zero,
            HasClientLimits = (map.Optional("clientLimits")?.OneOf(LimitWords) ?? Limits.Kubernetes) == Limits.Kubernetes,
            WatchDelay = map.Optional("watchDelay")?.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)) ?? TimeSpan.Zero,
            BindLatency = map.Optional("bindLatency")?.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)) ?? TimeSpan.Zero,
            Orchestrator = workload.Optional("orchestrator")?.OneOf(Orchestrators) ?? Orchestrator.Kubernetes,
            Settings = SettingCatalog.Read(workload.Optional("settings")?.Map()),
            NodeGroups = NodeGroupSection.Read(workload.Optional("nodeGroups")),
            Update = update is null ? null : UpdateSection.Read(update),
        };
        replay = replay with { Steps = StepSection.Read(workload.Optional("steps"), replay, objects is not null, reading) };
        CheckLimits(workload, map, replay);
        SwarmChecks.Run(workload, map, update, replay, reading);
        if (replay.Warmup >= replay.Until && replay.Until > TimeSpan.Zero) map.Peek("warmup")?.Report("expected a warm-up shorter than until");
        if (replay.Update is { } given && given.At >= replay.Until && replay.Until > TimeSpan.Zero) update!.Peek("at")?.Report("expected an instant before until");
        if (replay.Update is { } early && early.At < replay.Warmup) update!.Peek("at")?.Report("expected an instant after the warm-up");
        if (objects is not null) new ClusterChecks(map, streams, update, replay, reading).Run();
        return replay;
    }

    /// <summary>Limits that are switched off and stated too.</summary>
    private static void CheckLimits(YamlMap workload, YamlMap cluster, ClusterReplay replay)
    {
        if (replay.HasClientLimits || !workload.Has("settings")) return;
        foreach (string group in (string[])["kubelet", "controllerManager"])
        {
            if (workload.Peek("settings")?.Entries().FirstOrDefault(entry => entry.Key == group).Value is not { IsMap: true } settings) continue;
            if (settings.Entries().Any(entry => entry.Key is "kubeAPIQPS" or "kubeAPIBurst")) cluster.Peek("clientLimits")?.Report($"expected kubernetes: the settings of {group} state limits of their own");
        }
    }
}
