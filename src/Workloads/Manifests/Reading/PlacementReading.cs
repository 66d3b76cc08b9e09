using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Where a pod may and wants to go: affinity, spread, tolerations.</summary>
internal static class PlacementReading
{
    internal const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    internal const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    internal static readonly (string, TaintEffect)[] Effects =
        [("NoSchedule", TaintEffect.NoSchedule), ("PreferNoSchedule", TaintEffect.PreferNoSchedule), ("NoExecute", TaintEffect.NoExecute)];

    internal static Affinity? ReadAffinity(YamlMap pod)
    {
        if (pod.Child("affinity") is not { } map) return null;
        YamlMap? nodes = map.Child("nodeAffinity"), near = map.Child("podAffinity"), far = map.Child("podAntiAffinity");
        return new Affinity
        {
            RequiredNodes = nodes?.Child(Required) is { } selector ? SelectorReading.ReadTerms(selector) : null,
            PreferredNodes = [.. (nodes?.Children(Preferred) ?? []).Select(ReadPreferred)],
            RequiredPods = [.. (near?.Children(Required) ?? []).Select(ReadTerm)],
            PreferredPods = [.. (near?.Children(Preferred) ?? []).Select(ReadWeighted)],
            RequiredAnti = [.. (far?.Children(Required) ?? []).Select(ReadTerm)],
            PreferredAnti = [.. (far?.Children(Preferred) ?? []).Select(ReadWeighted)],
        };
    }

    internal static ValueList<TopologySpreadConstraint> ReadSpread(YamlMap pod)
    {
        var constraints = new List<TopologySpreadConstraint>();
        var seen = new HashSet<(string, bool)>();
        foreach (YamlMap map in pod.Children("topologySpreadConstraints"))
        {
            bool isHard = map.Choice("whenUnsatisfiable", true, [("DoNotSchedule", true), ("ScheduleAnyway", false)]);
            string key = ReadTopologyKey(map);
            if (!seen.Add((key, isHard))) map.Report("expected every pair of topologyKey and whenUnsatisfiable once");
            if (!isHard) map.Optional("minDomains")?.Report("expected minDomains only with DoNotSchedule");
            constraints.Add(new TopologySpreadConstraint
            {
                MaxSkew = map.Count("maxSkew", 1, 1),
                TopologyKey = key,
                IsHard = isHard,
                Selector = SelectorReading.Read(map, "labelSelector"),
                MinDomains = map.CountOrNull("minDomains", 1),
                HonorsNodeAffinity = map.Choice("nodeAffinityPolicy", true, [("Honor", true), ("Ignore", false)]),
                HonorsNodeTaints = map.Choice("nodeTaintsPolicy", false, [("Honor", true), ("Ignore", false)]),
                MatchLabelKeys = ReadLabelKeys(map, "matchLabelKeys"),
            });
        }

        return [.. constraints];
    }

    internal static ValueList<Toleration> ReadTolerations(YamlMap pod)
    {
        var tolerations = new List<Toleration>();
        foreach (YamlMap map in pod.Children("tolerations"))
        {
            string key = map.Text("key"), value = map.Text("value");
            if (key.Length > 0 && KubernetesName.CheckQualifiedName(key) is { } error) map.Optional("key")!.Report(error);
            bool exists = map.Choice("operator", false, [("Exists", true), ("Equal", false)]);
            if (key.Length == 0 && !exists) map.Report("expected operator Exists without a key, which tolerates everything");
            if (exists && value.Length > 0) map.Optional("value")!.Report("expected no value with the operator Exists");
            if (KubernetesName.CheckLabelValue(value) is { } valueError) map.Optional("value")!.Report(valueError);
            TaintEffect? effect = Effect(map);
            if (map.Optional("tolerationSeconds") is { } seconds && effect != TaintEffect.NoExecute) seconds.Report("expected tolerationSeconds only with the effect NoExecute");

            // Zero and less mean: evict at once.
            TimeSpan? duration = map.SecondsOrNull("tolerationSeconds", long.MinValue);
            tolerations.Add(new Toleration(key, exists, value, effect, duration < TimeSpan.Zero ? TimeSpan.Zero : duration));
        }

        return [.. tolerations];
    }

    internal static ValueList<Taint> ReadTaints(YamlMap node)
    {
        var taints = new List<Taint>();
        foreach (YamlMap map in node.Children("taints"))
        {
            string key = map.Checked("key", KubernetesName.CheckQualifiedName);
            var taint = new Taint(key, map.Checked("value", KubernetesName.CheckLabelValue), Effect(map) ?? TaintEffect.NoSchedule);
            if (taints.Exists(other => other.Key == key && other.Effect == taint.Effect)) map.Report("expected every pair of key and effect once");
            taints.Add(taint);
        }

        return [.. taints];
    }

    private static TaintEffect? Effect(YamlMap map) => map.Text("effect").Length == 0 ? null : map.Choice("effect", TaintEffect.NoSchedule, Effects);

    private static int Weight(YamlMap map) => map.Count("weight", 1, 1, 100);

    private static PreferredNodeTerm ReadPreferred(YamlMap map) =>
        new(Weight(map), map.Child("preference") is { } preference ? SelectorReading.ReadTerm(preference) : new NodeSelectorTerm([], []));

    private static WeightedPodAffinityTerm ReadWeighted(YamlMap map) =>
        new(Weight(map), map.Child("podAffinityTerm") is { } term ? ReadTerm(term) : new PodAffinityTerm(null, [], null, ""));

    private static PodAffinityTerm ReadTerm(YamlMap map) =>
        new(SelectorReading.Read(map, "labelSelector"), map.Texts("namespaces"), SelectorReading.Read(map, "namespaceSelector"), ReadTopologyKey(map))
        {
            MatchLabelKeys = ReadLabelKeys(map, "matchLabelKeys"),
            MismatchLabelKeys = ReadLabelKeys(map, "mismatchLabelKeys"),
        };

    private static string ReadTopologyKey(YamlMap map) => map.Checked("topologyKey", KubernetesName.CheckQualifiedName);

    private static ValueList<string> ReadLabelKeys(YamlMap map, string key)
    {
        ValueList<string> keys = map.Texts(key);
        if (keys.Count > 0 && map.Optional("labelSelector") is null) map.Optional(key)!.Report("expected labelSelector beside it");
        return keys;
    }
}
