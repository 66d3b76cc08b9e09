using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>PersistentVolumes, their claims and StorageClasses.</summary>
internal static class StorageReading
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";
    private static readonly string[] DefaultClass = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

    /// <summary>Fields of a volume's spec that are no source.</summary>
    private static readonly string[] NoSources =
    [
        "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName",
        "volumeMode",
    ];

    internal static PersistentVolume ReadVolume(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = WorkloadReading.Spec(root);
        SortedDictionary<string, (long Amount, YamlValue At)> capacity = AmountReading.Read(spec, "capacity");
        bool hasSize = capacity.TryGetValue(AmountReading.Storage, out (long Amount, YamlValue At) size);
        if (!hasSize) spec.Optional("capacity")?.Report("expected storage");
        else if (size.Amount == 0) size.At.Report("expected a size above 0");
        string[] sources = [.. Schema.ApiSchema.Type("PersistentVolumeSpec").FieldNames.Except(NoSources, StringComparer.Ordinal).Where(field => spec.Optional(field) is not null)];
        if (sources.Length != 1) spec.Report(sources.Length == 0 ? "expected a source, such as csi, local, nfs or hostPath" : $"expected one source, found {string.Join(", ", sources)}");
        ValueList<NodeSelectorTerm>? affinity = spec.Child("nodeAffinity")?.Child("required") is { } required ? SelectorReading.ReadTerms(required) : null;
        if (sources is ["local"] && affinity is null) spec.Report("expected nodeAffinity beside a local source");
        if (spec.Text("persistentVolumeReclaimPolicy") == "Recycle") reading.Note(spec.Optional("persistentVolumeReclaimPolicy")!, "deprecated by Kubernetes, and taken as Delete");
        return new PersistentVolume
        {
            Metadata = meta,
            SizeBytes = size.Amount,
            StorageClass = spec.Text("storageClassName"),
            AccessModes = VolumeReading.ReadModes(spec),
            Reclaim = spec.Choice("persistentVolumeReclaimPolicy", ReclaimPolicy.Retain,
                [("Retain", ReclaimPolicy.Retain), ("Delete", ReclaimPolicy.Delete), ("Recycle", ReclaimPolicy.Delete)]),
            NodeAffinity = affinity,
            Claim = spec.Child("claimRef") is { } claim ? new ObjectKey(ResourceKind.PersistentVolumeClaim, claim.Text("namespace", "default"), claim.Text("name")) : null,
        };
    }

    internal static PersistentVolumeClaim ReadClaim(YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = WorkloadReading.Spec(root);
        (long size, ValueList<string> modes) = VolumeReading.ReadClaimSpec(spec);
        return new PersistentVolumeClaim
        {
            Metadata = meta,
            SizeBytes = size,
            AccessModes = modes,
            StorageClass = spec.Optional("storageClassName")?.Text(),
            Selector = SelectorReading.Read(spec, "selector"),
            VolumeName = spec.Text("volumeName"),
        };
    }

    internal static StorageClass ReadClass(YamlMap root, ObjectMeta meta)
    {
        var zones = new SortedSet<string>(StringComparer.Ordinal);
        foreach (YamlMap expression in root.Children("allowedTopologies").SelectMany(term => term.Children("matchLabelExpressions")))
        {
            if (expression.Text("key") == ZoneLabel) zones.UnionWith(expression.Texts("values"));
        }

        string provisioner = root.Required("provisioner", "expected the name of a provisioner");
        if (provisioner.Length > 0 && KubernetesName.CheckQualifiedName(provisioner.ToLowerInvariant()) is { } error) root.Optional("provisioner")!.Report(error);
        return new StorageClass
        {
            Metadata = meta,
            Provisioner = provisioner,
            WaitsForFirstConsumer = root.Choice("volumeBindingMode", false, [("Immediate", false), ("WaitForFirstConsumer", true)]),
            Reclaim = root.Choice("reclaimPolicy", ReclaimPolicy.Delete, [("Delete", ReclaimPolicy.Delete), ("Retain", ReclaimPolicy.Retain)]),
            IsDefault = DefaultClass.Any(key => meta.Annotations.ValueOf(key) == "true"),
            AllowsExpansion = root.Flag("allowVolumeExpansion"),
            AllowedZones = [.. zones],
        };
    }
}
