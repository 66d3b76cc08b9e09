using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Schedulers.Kubernetes.Framework;
using SchedBench.Schedulers.Kubernetes.Plugins;

namespace SchedBench.Schedulers.Kubernetes.Configuration;

/// <summary><c>pluginConfig</c>: the arguments of the default plugins and Coscheduling (<c>validation_pluginargs.go</c>).</summary>
internal static class PluginArgsReading
{
    private static readonly (string, ScoringStrategyType)[] Strategies = [.. Enum.GetValues<ScoringStrategyType>().Select(type => ($"{type}", type))];

    private static readonly string[] WithArgs =
    [
        Coscheduling.PluginName, "DefaultPreemption", "DynamicResources", "InterPodAffinity", "NodeAffinity", "NodeResourcesBalancedAllocation", "NodeResourcesFit", "PodTopologySpread", "VolumeBinding",
    ];

    public static PluginArgs Read(YamlMap profile, PluginRegistry registry)
    {
        var args = new PluginArgs();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlMap item in profile.Children("pluginConfig"))
        {
            YamlMap? map = item.Child("args");
            if (item.Required("name") is not { } value || value.Text() is not { } name) continue;
            if (!seen.Add(name)) value.Report("expected every plugin once in pluginConfig");
            if (!WithArgs.Contains(name))
            {
                bool isKnown = registry.PointsOf(name) is not null;
                value.Report(
                    isKnown ? $"expected a plugin with arguments: {string.Join(", ", WithArgs)}" : $"expected one of the plugins {string.Join(", ", registry.Names)}",
                    isKnown ? null : NearestName.Find(name, registry.Names));
                continue;
            }

            if (map is null) continue;
            map.Optional("apiVersion")?.OneOf([(KubeSchedulerConfiguration.ApiVersion, true)]);
            map.Optional("kind")?.OneOf([(name + "Args", true)]);
            args = ReadArgs(name, map, args);
        }

        return args;
    }

    private static PluginArgs ReadArgs(string name, YamlMap map, PluginArgs args)
    {
        switch (name)
        {
            case "NodeResourcesFit":
                return args with { Fit = ReadFit(map) };
            case "NodeResourcesBalancedAllocation":
                return args with { BalancedResources = ReadResources(map, mostWeight: 1, onlyOnce: true) };
            case "PodTopologySpread":
                return args with { Spread = ReadSpread(map) };
            case "InterPodAffinity":
                return args with
                {
                    Affinity = new InterPodAffinityArgs
                    {
                        HardPodAffinityWeight = map.Count("hardPodAffinityWeight", 1, 0, 100),
                        IgnorePreferredTermsOfExistingPods = map.Flag("ignorePreferredTermsOfExistingPods"),
                    },
                };
            case "NodeAffinity":
                return args with { AddedAffinity = map.Child("addedAffinity") is { } added ? NodeTermReading.Read(added) : null };
            case "DefaultPreemption":
                return ReadPreemption(map, args);
            case Coscheduling.PluginName:
                return args with
                {
                    Coscheduling = new CoschedulingArgs
                    {
                        PermitWaitingTime = TimeSpan.FromSeconds(map.Count("permitWaitingTimeSeconds", 60)),
                        PodGroupBackoff = TimeSpan.FromSeconds(map.Count("podGroupBackoffSeconds", 0)),
                    },
                };
            case "DynamicResources":
                return args with { DynamicResourcesFilterTimeout = map.Duration("filterTimeout", TimeSpan.FromSeconds(10)) };
            default:
                return args with { VolumeBindTimeout = TimeSpan.FromSeconds(map.Count("bindTimeoutSeconds", 600)) };
        }
    }

    private static PluginArgs ReadPreemption(YamlMap map, PluginArgs args)
    {
        int percentage = map.Count("minCandidateNodesPercentage", 10, 0, 100), absolute = map.Count("minCandidateNodesAbsolute", 100);
        if (percentage == 0 && absolute == 0) map.Report("expected minCandidateNodesPercentage or minCandidateNodesAbsolute above 0");
        return args with { MinCandidateNodesPercentage = percentage, MinCandidateNodesAbsolute = absolute };
    }

    private static NodeResourcesFitArgs ReadFit(YamlMap map)
    {
        var fit = new NodeResourcesFitArgs
        {
            IgnoredResources = [.. Names(map, "ignoredResources")],
            IgnoredResourceGroups = [.. Names(map, "ignoredResourceGroups", mayHaveSlash: false)],
        };
        if (map.Child("scoringStrategy") is not { } strategy) return fit;
        ScoringStrategyType type = strategy.Optional("type")?.OneOf(Strategies) ?? ScoringStrategyType.LeastAllocated;
        List<UtilizationPoint> shape = [];
        if (strategy.Child("requestedToCapacityRatio") is { } ratio)
        {
            if (type != ScoringStrategyType.RequestedToCapacityRatio) ratio.Report("expected this key only beside type RequestedToCapacityRatio");
            shape = ReadShape(ratio);
        }
        else if (type == ScoringStrategyType.RequestedToCapacityRatio)
        {
            strategy.Report("expected requestedToCapacityRatio beside type RequestedToCapacityRatio");
        }

        return fit with { Type = type, Resources = ReadResources(strategy, mostWeight: 100, onlyOnce: false), Shape = shape };
    }

    private static IEnumerable<string> Names(YamlMap map, string key, bool mayHaveSlash = true)
    {
        foreach (YamlValue value in map.Optional(key)?.Items() ?? [])
        {
            if (value.Text() is not { } name) continue;
            if (KubernetesName.CheckQualifiedName(name) is { } error) value.Report(error);
            else if (!mayHaveSlash && name.Contains('/', StringComparison.Ordinal)) value.Report("expected a prefix without '/'");
            yield return name;
        }
    }

    private static List<UtilizationPoint> ReadShape(YamlMap ratio)
    {
        var shape = new List<UtilizationPoint>();
        if (ratio.Required("shape") is not { } value) return shape;
        foreach (YamlValue item in value.Items(1))
        {
            if (item.Map() is not { } map) continue;
            var point = new UtilizationPoint(map.Count("utilization", 0, 0, 100), map.Count("score", 0, 0, 10));
            if (shape.Count > 0 && shape[^1].Utilization >= point.Utilization) ConfigurationReader.Place(map, "utilization").Report("expected points in the order of their utilization, each once");
            shape.Add(point);
        }

        return shape;
    }

    private static IReadOnlyList<ResourceWeight> ReadResources(YamlMap map, int mostWeight, bool onlyOnce)
    {
        if (map.Optional("resources") is not { } list) return ResourceWeight.CpuAndMemory;
        var resources = new List<ResourceWeight>();
        foreach (YamlValue item in list.Items())
        {
            if (item.Map() is not { } entry) continue;
            // A weight that is left out, or 0, is 1.
            int weight = entry.Count("weight", 1, 0, mostWeight);
            if (entry.Required("name") is not { } value || value.Text() is not { } name) continue;
            if (KubernetesName.CheckQualifiedName(name) is { } error) value.Report(error);
            if (onlyOnce && resources.Exists(other => other.Name == name)) value.Report("expected every resource once");
            resources.Add(new ResourceWeight(name, Math.Max(1, weight)));
        }

        return resources.Count == 0 ? ResourceWeight.CpuAndMemory : resources;
    }

    private static PodTopologySpreadArgs ReadSpread(YamlMap map)
    {
        var constraints = new List<TopologySpreadConstraint>();
        var seen = new HashSet<(string Key, bool IsHard)>();
        foreach (YamlMap item in map.Children("defaultConstraints"))
        {
            item.Know("labelSelector");
            if (item.Has("labelSelector")) item.Report("expected no labelSelector: it is taken from the services and the owner of each pod");
            bool isHard = item.Required("whenUnsatisfiable")?.OneOf([("DoNotSchedule", true), ("ScheduleAnyway", false)]) ?? false;
            int skew = item.Required("maxSkew") is { } most ? (int)(most.Integer(1, int.MaxValue) ?? 1) : 1;
            string key = "";
            if (item.Required("topologyKey") is { } value && value.Text() is { } text)
            {
                if (KubernetesName.CheckQualifiedName(text) is { } error) value.Report(error);
                if (!seen.Add((text, isHard))) value.Report("expected every pair of topologyKey and whenUnsatisfiable once");
                key = text;
            }

            int minDomains = item.Count("minDomains", 0, 1);
            (string, bool)[] policies = [("Honor", true), ("Ignore", false)];
            constraints.Add(new TopologySpreadConstraint
            {
                TopologyKey = key,
                MaxSkew = skew,
                IsHard = isHard,
                MinDomains = minDomains == 0 ? null : minDomains,
                HonorsNodeAffinity = item.Optional("nodeAffinityPolicy")?.OneOf(policies) ?? true,
                HonorsNodeTaints = item.Optional("nodeTaintsPolicy")?.OneOf(policies) ?? false,
                MatchLabelKeys = [.. Names(item, "matchLabelKeys")],
            });
        }

        bool isSystem = map.Optional("defaultingType")?.OneOf([("System", true), ("List", false)]) ?? true;
        if (isSystem && constraints.Count > 0) ConfigurationReader.Place(map, "defaultingType", "defaultConstraints").Report("expected defaultingType List beside defaultConstraints");
        return isSystem ? new PodTopologySpreadArgs() : new PodTopologySpreadArgs { IsSystemDefaulted = false, DefaultConstraints = constraints };
    }
}
