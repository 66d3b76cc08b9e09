using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Budgets, priorities, groups, quotas and limit ranges.</summary>
internal static class PolicyReading
{
    private const int HighestUserPriority = 1_000_000_000;
    private const string SystemPrefix = "system-";

    internal static PodDisruptionBudget ReadBudget(YamlMap root, ObjectMeta meta)
    {
        YamlMap? spec = root.Child("spec");
        if (spec is not null && spec.Optional("minAvailable") is not null && spec.Optional("maxUnavailable") is { } both) both.Report("expected either minAvailable or maxUnavailable, not both");
        return new PodDisruptionBudget
        {
            Metadata = meta,
            Selector = spec is null ? null : SelectorReading.Read(spec, "selector"),
            MinAvailable = spec?.IntOrPercent("minAvailable", 100),
            MaxUnavailable = spec?.IntOrPercent("maxUnavailable", 100),
            UnhealthyEviction = spec?.Choice("unhealthyPodEvictionPolicy", UnhealthyEviction.IfHealthyBudget,
                [("IfHealthyBudget", UnhealthyEviction.IfHealthyBudget), ("AlwaysAllow", UnhealthyEviction.AlwaysAllow)]) ?? UnhealthyEviction.IfHealthyBudget,
        };
    }

    internal static PriorityClass ReadPriority(YamlMap root, ObjectMeta meta)
    {
        bool isSystem = meta.Name.StartsWith(SystemPrefix, StringComparison.Ordinal);
        bool isKnown = meta.Name is "system-cluster-critical" or "system-node-critical";
        if (isSystem && !isKnown) root.Child("metadata")?.Optional("name")?.Report("expected a name without the prefix system-, which is reserved");
        int value = root.Count("value", 0, int.MinValue);
        if (value > HighestUserPriority && !isKnown) root.Optional("value")!.Report($"expected at most {HighestUserPriority}");
        return new PriorityClass
        {
            Metadata = meta,
            Value = value,
            IsDefault = root.Flag("globalDefault"),
            PreemptionPolicy = root.Choice("preemptionPolicy", PreemptionPolicy.PreemptLowerPriority, PodReading.PreemptionPolicies),
        };
    }

    internal static ResourceQuota ReadQuota(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap? spec = root.Child("spec");
        SortedDictionary<string, (long Amount, YamlValue At)> hard = AmountReading.Read(spec, "hard", CheckQuota);
        if ((spec?.Optional("scopes") ?? spec?.Optional("scopeSelector")) is { } scopes) reading.Note(scopes, "scopes are not simulated: the quota counts all pods of its namespace");
        return new ResourceQuota { Metadata = meta, Hard = [.. hard.Select(entry => new ResourceAmount(entry.Key, entry.Value.Amount))] };
    }

    internal static PodGroup ReadGroup(YamlMap root, ObjectMeta meta)
    {
        YamlMap? spec = root.Child("spec");
        int timeout = spec?.Count("scheduleTimeoutSeconds", -1, 0) ?? -1;
        return new PodGroup
        {
            Metadata = meta,
            MinMember = spec?.Count("minMember", 0) ?? 0,
            ScheduleTimeout = timeout < 0 ? null : TimeSpan.FromSeconds(timeout),
            MinResources = [.. AmountReading.Read(spec, "minResources", name => name == AmountReading.Pods ? null : AmountReading.CheckResource(name)).Select(entry => new ResourceAmount(entry.Key, entry.Value.Amount))],
        };
    }

    internal static LimitRange ReadLimits(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = WorkloadReading.Spec(root);
        var items = new List<LimitRangeItem>();
        foreach (YamlMap map in spec.Children("limits"))
        {
            if (map.Optional("type") is not { } type) continue;
            if (type.PlainText == "PersistentVolumeClaim") reading.Note(type, "limits of claims are not simulated");
            else ReadItem(reading, map, type.PlainText == "Pod", items);
        }

        return new LimitRange { Metadata = meta, Limits = [.. items] };
    }

    /// <summary>One item a resource. Of containers, a missing default limit is the maximum, a missing default request is the default limit or else the minimum.</summary>
    private static void ReadItem(ObjectReading reading, YamlMap map, bool isPod, List<LimitRangeItem> items)
    {
        SortedDictionary<string, (long Amount, YamlValue At)> min = Of("min"), max = Of("max"), limit = Of("default"), request = Of("defaultRequest");
        if (isPod) (map.Optional("default") ?? map.Optional("defaultRequest"))?.Report("expected defaults only with the type Container");
        if (map.Optional("maxLimitRequestRatio") is { } ratio) reading.Note(ratio, "not simulated");
        foreach (string name in min.Keys.Concat(max.Keys).Concat(limit.Keys).Concat(request.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            long? least = Amount(min, name), most = Amount(max, name);
            long? defaultLimit = isPod ? null : Amount(limit, name) ?? most;
            long? defaultRequest = isPod ? null : Amount(request, name) ?? defaultLimit ?? least;
            bool isOrdered = !(least > most || least > defaultRequest || defaultRequest > defaultLimit || defaultLimit > most);
            if (!isOrdered) map.Report($"expected min ≤ defaultRequest ≤ default ≤ max for {name}");
            items.Add(new LimitRangeItem(isPod, name, least, most, defaultRequest, defaultLimit));
        }

        SortedDictionary<string, (long Amount, YamlValue At)> Of(string key) => AmountReading.Read(map, key, AmountReading.CheckResource);
    }

    private static long? Amount(SortedDictionary<string, (long Amount, YamlValue At)> amounts, string name) => amounts.TryGetValue(name, out (long Amount, YamlValue) entry) ? entry.Amount : null;

    /// <summary>Names that a quota may limit.</summary>
    private static TextError? CheckQuota(string name)
    {
        string[] known =
        [
            "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage", "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims",
            "services.nodeports", "services.loadbalancers",
        ];
        bool isNative = known.Contains(name, StringComparer.Ordinal) || name.StartsWith("hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);
        if (isNative || (name.Contains('/', StringComparison.Ordinal) && KubernetesName.CheckQualifiedName(name) is null)) return null;
        string nearest = NearestName.Find(name, known) is { } meant ? $"; did you mean '{meant}'?" : "";
        return new TextError(0, $"expected a resource that quotas know ({string.Join(", ", known)}), count/… or a name with a prefix{nearest}");
    }
}
