using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Volumes of a pod.</summary>
internal static class VolumeReading
{
    /// <summary>Volumes that decide on which node a pod can go (one writer a disk, or a limit of attached disks a node) and are not simulated.</summary>
    private static readonly string[] Refused = ["awsElasticBlockStore", "azureDisk", "cinder", "gcePersistentDisk", "iscsi", "rbd", "vsphereVolume"];

    internal static ValueList<Volume> Read(ObjectReading reading, YamlMap pod)
    {
        var volumes = new List<Volume>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlMap map in pod.Children("volumes"))
        {
            string name = map.Checked("name", text => KubernetesName.CheckDnsLabel(text));
            if (name.Length > 0 && !names.Add(name)) map.Optional("name")!.Report("expected every volume name once in its pod");
            volumes.Add(ReadVolume(reading, map, name));
        }

        return [.. volumes];
    }

    /// <summary>Reports mounts of volumes that the pod does not have.</summary>
    internal static void CheckMounts(YamlMap pod, IReadOnlyList<string> names)
    {
        foreach (YamlMap container in pod.Children("containers").Concat(pod.Children("initContainers")))
        {
            foreach (YamlMap mount in container.Children("volumeMounts").Concat(container.Children("volumeDevices")))
            {
                if (mount.Optional("name") is not { } value || names.Contains(value.PlainText, StringComparer.Ordinal)) continue;
                value.Report("expected the name of a volume of the pod", NearestName.Find(value.PlainText, names));
            }
        }
    }

    /// <summary>The claim of a template: of a StatefulSet or an ephemeral volume.</summary>
    internal static ClaimTemplate ReadClaim(YamlMap template, string name)
    {
        YamlMap? spec = template.Child("spec");
        (long size, ValueList<string> modes) = spec is null ? (0, []) : ReadClaimSpec(spec);
        return new ClaimTemplate(name, spec?.Optional("storageClassName")?.Text(), size, modes);
    }

    /// <summary>Size and access modes of a claim.</summary>
    internal static (long SizeBytes, ValueList<string> AccessModes) ReadClaimSpec(YamlMap spec)
    {
        ValueList<string> modes = ReadModes(spec);
        SortedDictionary<string, (long Amount, YamlValue At)> requests = AmountReading.Read(spec.Child("resources"), "requests");
        if (requests.TryGetValue(AmountReading.Storage, out (long Amount, YamlValue At) storage))
        {
            if (storage.Amount == 0) storage.At.Report("expected a size above 0");
            return (storage.Amount, modes);
        }

        spec.Optional("resources")?.Report("expected requests.storage");
        return (0, modes);
    }

    /// <summary>Access modes, at least one; ReadWriteOncePod stands alone.</summary>
    internal static ValueList<string> ReadModes(YamlMap spec)
    {
        ValueList<string> modes = spec.Texts("accessModes");
        if (modes.Count == 0) spec.Optional("accessModes")?.Report("expected at least one access mode");
        if (modes.Count > 1 && modes.Contains("ReadWriteOncePod")) spec.Optional("accessModes")!.Report("expected ReadWriteOncePod alone");
        return modes;
    }

    private static Volume ReadVolume(ObjectReading reading, YamlMap map, string name)
    {
        // A volume without a source is an emptyDir, as the API server sees it.
        string[] found = [.. Schema.ApiSchema.Type("Volume").FieldNames.Where(field => field != "name" && map.Optional(field) is not null)];
        if (found.Length > 1) map.Report($"expected one source, found {string.Join(", ", found)}");
        if (found.Length == 0) return new Volume(name, VolumeKind.EmptyDir, "", false, null);
        YamlValue at = map.Optional(found[0])!;
        if (at.Map() is not { } source) return new Volume(name, VolumeKind.EmptyDir, "", false, null);
        switch (found[0])
        {
            case "emptyDir":
                return new Volume(name, VolumeKind.EmptyDir, "", false, source.Optional("sizeLimit")?.WholeUnits()) { IsInMemory = source.Optional("medium")?.PlainText == "Memory" };
            case "hostPath":
                string path = source.Required("path", "expected a path of the node");
                if (path.Split('/').Contains("..")) source.Optional("path")!.Report("expected a path without '..'");
                return new Volume(name, VolumeKind.HostPath, path, false, null);
            case "configMap":
                return new Volume(name, VolumeKind.ConfigMap, Name(source, "name"), source.Flag("optional"), null);
            case "secret":
                return new Volume(name, VolumeKind.Secret, Name(source, "secretName"), source.Flag("optional"), null);
            case "persistentVolumeClaim":
                return new Volume(name, VolumeKind.PersistentVolumeClaim, Name(source, "claimName"), false, null);
            case "ephemeral":
                if (source.Child("volumeClaimTemplate") is not { } template)
                {
                    source.Report("expected volumeClaimTemplate");
                    return new Volume(name, VolumeKind.Ephemeral, "", false, null);
                }

                return new Volume(name, VolumeKind.Ephemeral, "", false, null) { Claim = ReadClaim(template, name) };
            case "projected" or "downwardAPI":
                return new Volume(name, VolumeKind.Projected, "", false, null);
        }

        const string Instead = "expected a persistentVolumeClaim with a PersistentVolume of that kind";
        if (Refused.Contains(found[0], StringComparer.Ordinal)) at.Report($"{Instead}: {found[0]} in a pod decides where it can go and is not simulated");
        else reading.Note(at, $"volumes of kind {found[0]} are taken as present on every node");
        return new Volume(name, VolumeKind.Projected, "", false, null);
    }

    private static string Name(YamlMap source, string key)
    {
        string name = source.Checked(key, KubernetesName.CheckSubdomain);
        if (source.Optional(key) is null) source.Report($"expected {key}");
        return name;
    }
}
