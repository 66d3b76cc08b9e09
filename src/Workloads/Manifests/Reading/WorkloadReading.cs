using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Workloads that keep pods running: ReplicationController, ReplicaSet, Deployment, StatefulSet, DaemonSet.</summary>
internal static class WorkloadReading
{
    internal static ReplicationController ReadController(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = Spec(root);
        PodTemplate template = PodReading.ReadTemplate(reading, spec);
        ValueList<Label> labels = MetaReading.ReadLabels(spec, "selector");
        if (labels.Count == 0) labels = template.Labels;
        var selector = LabelSelector.Of(labels);
        if (labels.Count == 0) spec.Report("expected a selector, or labels of the template to take it from");
        else if (spec.Optional("selector") is { } value) SelectorReading.CheckMatches(value, selector, template);
        return new ReplicationController { Metadata = meta, Replicas = spec.Count("replicas", 1), Selector = selector, Template = template, MinReady = spec.Seconds("minReadySeconds", 0) };
    }

    internal static ReplicaSet ReadReplicaSet(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = Spec(root);
        PodTemplate template = PodReading.ReadTemplate(reading, spec);
        return new ReplicaSet
        {
            Metadata = meta,
            Replicas = spec.Count("replicas", 1),
            Selector = SelectorReading.ReadOwn(spec, template),
            Template = template,
            MinReady = spec.Seconds("minReadySeconds", 0),
        };
    }

    internal static Deployment ReadDeployment(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = Spec(root);
        PodTemplate template = PodReading.ReadTemplate(reading, spec);
        TimeSpan minReady = spec.Seconds("minReadySeconds", 0), deadline = spec.Seconds("progressDeadlineSeconds", 600);
        if (deadline <= minReady) (spec.Optional("progressDeadlineSeconds") ?? spec.Optional("minReadySeconds"))?.Report("expected progressDeadlineSeconds (600 by default) above minReadySeconds");
        return new Deployment
        {
            Metadata = meta,
            Replicas = spec.Count("replicas", 1),
            Selector = SelectorReading.ReadOwn(spec, template),
            Template = template,
            Strategy = ReadStrategy(spec),
            MinReady = minReady,
            ProgressDeadline = deadline,
            RevisionHistoryLimit = spec.Count("revisionHistoryLimit", 10),
            IsPaused = spec.Flag("paused"),
        };
    }

    internal static StatefulSet ReadStatefulSet(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = Spec(root);
        PodTemplate template = PodReading.ReadTemplate(
            reading, spec, isJob: false, [.. spec.Children("volumeClaimTemplates").Select(claim => claim.Child("metadata")?.Text("name") ?? "")]);
        YamlMap? update = spec.Child("updateStrategy"), retention = spec.Child("persistentVolumeClaimRetentionPolicy");
        bool isOnDelete = UpdatesOnDelete(update);
        YamlMap? rolling = update?.Child("rollingUpdate");
        if (rolling?.IntOrPercent("maxUnavailable", 100) is { } unavailable)
        {
            if (unavailable.Value == 0) rolling.Optional("maxUnavailable")!.Report("expected 1 or more");
            reading.Note(rolling.Optional("maxUnavailable")!, "not in force by default in v1.34: one pod at a time");
        }

        return new StatefulSet
        {
            Metadata = meta,
            Replicas = spec.Count("replicas", 1),
            FirstOrdinal = spec.Child("ordinals")?.Count("start", 0) ?? 0,
            Selector = SelectorReading.ReadOwn(spec, template),
            Template = template,
            ServiceName = spec.Text("serviceName"),
            IsParallel = spec.Choice("podManagementPolicy", false, [("OrderedReady", false), ("Parallel", true)]),
            UpdatesOnDelete = isOnDelete,
            Partition = rolling?.Count("partition", 0) ?? 0,
            MinReady = spec.Seconds("minReadySeconds", 0),
            RevisionHistoryLimit = spec.Count("revisionHistoryLimit", 10),
            ClaimTemplates = [.. spec.Children("volumeClaimTemplates").Select(ReadClaim)],
            DeletesClaimsWhenScaled = Deletes(retention, "whenScaled"),
            DeletesClaimsWhenDeleted = Deletes(retention, "whenDeleted"),
        };
    }

    internal static DaemonSet ReadDaemonSet(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = Spec(root);
        PodTemplate template = PodReading.ReadTemplate(reading, spec);
        YamlMap? update = spec.Child("updateStrategy");
        bool isOnDelete = UpdatesOnDelete(update);
        IntOrPercent unavailable = IntOrPercent.Of(1), surge = IntOrPercent.Of(0);
        if (update?.Child("rollingUpdate") is { } rolling)
        {
            unavailable = rolling.IntOrPercent("maxUnavailable", 100) ?? unavailable;
            surge = rolling.IntOrPercent("maxSurge", 100) ?? surge;
            if (unavailable.Value == 0 && surge.Value == 0) rolling.Report("expected maxUnavailable or maxSurge above 0: with both at 0 nothing can be updated");
            if (unavailable.Value > 0 && surge.Value > 0) rolling.Report("expected one of maxUnavailable (1 by default) and maxSurge to be 0");
        }

        return new DaemonSet
        {
            Metadata = meta,
            Selector = SelectorReading.ReadOwn(spec, template),
            Template = template,
            UpdatesOnDelete = isOnDelete,
            MaxUnavailable = unavailable,
            MaxSurge = surge,
            MinReady = spec.Seconds("minReadySeconds", 0),
            RevisionHistoryLimit = spec.Count("revisionHistoryLimit", 10),
        };
    }

    /// <summary>The spec, which the schema requires; an empty one after a problem.</summary>
    internal static YamlMap Spec(YamlMap root) => root.Child("spec") ?? root;

    private static DeploymentStrategy ReadStrategy(YamlMap spec)
    {
        if (spec.Child("strategy") is not { } map) return DeploymentStrategy.Default;
        bool isRecreate = map.Choice("type", false, [("RollingUpdate", false), ("Recreate", true)]);
        if (map.Optional("rollingUpdate") is not { } value || value.Map() is not { } rolling) return isRecreate ? DeploymentStrategy.Recreate : DeploymentStrategy.Default;
        if (isRecreate) value.Report("expected no rollingUpdate with the type Recreate");
        IntOrPercent unavailable = rolling.IntOrPercent("maxUnavailable", 100) ?? IntOrPercent.Percent(25);
        IntOrPercent surge = rolling.IntOrPercent("maxSurge") ?? IntOrPercent.Percent(25);
        if (unavailable.Value == 0 && surge.Value == 0) value.Report("expected maxUnavailable or maxSurge above 0: with both at 0 nothing can be updated");
        return new DeploymentStrategy(isRecreate, unavailable, surge) { IsStated = rolling.Has("maxUnavailable") || rolling.Has("maxSurge") };
    }

    private static bool UpdatesOnDelete(YamlMap? update)
    {
        bool isOnDelete = update?.Choice("type", false, [("RollingUpdate", false), ("OnDelete", true)]) ?? false;
        if (isOnDelete) update!.Optional("rollingUpdate")?.Report("expected no rollingUpdate with the type OnDelete");
        return isOnDelete;
    }

    private static bool Deletes(YamlMap? retention, string key) => retention?.Choice(key, false, [("Retain", false), ("Delete", true)]) ?? false;

    private static ClaimTemplate ReadClaim(YamlMap map)
    {
        string name = map.Child("metadata")?.Checked("name", text => KubernetesName.CheckDnsLabel(text)) ?? "";
        if (name.Length == 0) map.Report("expected metadata.name");
        return VolumeReading.ReadClaim(map, name);
    }
}
