using System.Globalization;
using System.Text;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Metadata: names, labels, annotations, owners, by the rules of <c>k8s.io/apimachinery/pkg/api/validation</c>.</summary>
internal static class MetaReading
{
    private const int MostAnnotationBytes = 256 * 1024;
    private const int LongestCronJobName = 52;
    private const int LongestLabelValue = 63;

    internal static ObjectMeta Read(ObjectReading reading, YamlMap root, ResourceKind kind)
    {
        if (root.Child("metadata") is not { } map) return new ObjectMeta { Name = "" };
        bool isNamespaced = ResourceKinds.Info(kind).IsNamespaced;
        string space = map.Checked("namespace", text => KubernetesName.CheckDnsLabel(text));
        return new ObjectMeta
        {
            Name = ReadName(reading, map, kind),
            Namespace = !isNamespaced ? "" : space.Length > 0 ? space : "default",
            Labels = ReadLabels(map, "labels"),
            Annotations = ReadAnnotations(map, kind),
            Owners = ReadOwners(reading, map, isNamespaced),
            Finalizers = ReadFinalizers(map),
        };
    }

    /// <summary>Labels by key, with keys and values checked.</summary>
    internal static ValueList<Label> ReadLabels(YamlMap map, string key)
    {
        var labels = new List<Label>();
        foreach ((string label, YamlValue value) in map.Entries(key))
        {
            if (KubernetesName.CheckQualifiedName(label) is { } keyError) value.Report($"{keyError.Expected}, as the label's key");
            string text = value.Node is YamlScalar { Kind: YamlScalarKind.Null } ? "" : value.Text() ?? "";
            if (KubernetesName.CheckLabelValue(text) is { } error) value.Report(error);
            labels.Add(new Label(label, text));
        }

        return Labels.Of(labels);
    }

    internal static ValueList<Label> ReadAnnotations(YamlMap map, ResourceKind kind)
    {
        var annotations = new List<Label>();
        long bytes = 0;
        foreach ((string key, YamlValue value) in map.Entries("annotations"))
        {
            if (KubernetesName.CheckQualifiedName(key.ToLowerInvariant()) is { } error) value.Report($"{error.Expected}, as the annotation's key");
            if (kind == ResourceKind.Secret && key == DocumentJson.LastApplied) continue;
            string text = value.Node is YamlScalar { Kind: YamlScalarKind.Null } ? "" : value.Text() ?? "";
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(text);
            annotations.Add(new Label(key, text));
        }

        if (bytes > MostAnnotationBytes) map.Optional("annotations")!.Report($"expected annotations of at most {MostAnnotationBytes} bytes in all, found {bytes}");
        return Labels.Of(annotations);
    }

    private static string ReadName(ObjectReading reading, YamlMap map, ResourceKind kind)
    {
        if (map.Optional("name") is not { } value)
        {
            if (map.Optional("generateName") is not { } prefix)
            {
                map.Report("expected a name");
                return "";
            }

            // The place in the file stands for the random suffix: equal files give equal names.
            string made = string.Create(CultureInfo.InvariantCulture, $"{prefix.Text()}{prefix.Line:x5}");
            if (CheckName(made, kind) is { } made1) prefix.Report(made1.Expected);
            reading.Note(prefix, $"named {made}, after its line; Kubernetes adds a random suffix");
            return made;
        }

        string name = value.Text() ?? "";
        if (CheckName(name, kind) is { } error) value.Report(error);
        return name;
    }

    private static TextError? CheckName(string name, ResourceKind kind) => kind switch
    {
        ResourceKind.Namespace => KubernetesName.CheckDnsLabel(name),
        ResourceKind.Service => KubernetesName.CheckDnsLabel(name, startsWithLetter: true),
        ResourceKind.CronJob when name.Length > LongestCronJobName => new TextError(LongestCronJobName, $"expected at most {LongestCronJobName} characters: its jobs' names add eleven"),
        ResourceKind.Job when name.Length > LongestLabelValue => new TextError(LongestLabelValue, $"expected at most {LongestLabelValue} characters: the name is a label of the job's pods"),
        _ => KubernetesName.CheckSubdomain(name),
    };

    private static ValueList<string> ReadFinalizers(YamlMap map)
    {
        var finalizers = new List<string>();
        foreach (YamlValue value in map.Values("finalizers"))
        {
            if (value.Text() is not { } text) continue;
            if (KubernetesName.CheckQualifiedName(text) is { } error) value.Report(error);
            finalizers.Add(text);
        }

        return [.. finalizers];
    }

    private static ValueList<OwnerReference> ReadOwners(ObjectReading reading, YamlMap map, bool isNamespaced)
    {
        var owners = new List<OwnerReference>();
        foreach (YamlValue value in map.Values("ownerReferences"))
        {
            if (value.Map() is not { } owner) continue;
            string kindName = owner.Text("kind"), name = owner.Text("name");
            if (ResourceKinds.Find(kindName) is not { } kind || kind.ApiVersion != owner.Text("apiVersion"))
            {
                reading.Note(value, $"owner {kindName} {name} of {owner.Text("apiVersion")} is not simulated and left out");
                continue;
            }

            if (!isNamespaced && kind.IsNamespaced) value.Report("expected an owner without a namespace: this object has none");
            owners.Add(new OwnerReference(kind.Kind, name, 0, owner.Flag("controller"), owner.Flag("blockOwnerDeletion")));
            if (owners.Count(other => other.IsController) > 1) value.Report("expected at most one owner with controller: true");
        }

        return [.. owners];
    }
}
