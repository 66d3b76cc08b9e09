using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Environment of a container. Variables of <c>envFrom</c> come first: those of <c>env</c> win.</summary>
internal static class EnvironmentReading
{
    private static readonly string[] Sources = ["configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef"];

    internal static ValueList<EnvironmentVariable> Read(YamlMap container)
    {
        var variables = new List<EnvironmentVariable>();
        foreach (YamlMap from in container.Children("envFrom"))
        {
            bool isSecret = from.Has("secretRef");
            if (isSecret == from.Has("configMapRef") || from.Child(isSecret ? "secretRef" : "configMapRef") is not { } source)
            {
                from.Report("expected exactly one of configMapRef and secretRef");
                continue;
            }

            variables.Add(new EnvironmentVariable(from.Text("prefix"), "", Kind(isSecret), ReadName(source), "", source.Flag("optional")));
        }

        foreach (YamlMap variable in container.Children("env")) variables.Add(ReadVariable(variable));
        return [.. variables];
    }

    private static EnvironmentVariable ReadVariable(YamlMap map)
    {
        string name = map.Text("name"), value = map.Text("value");
        if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Any(c => c is < ' ' or > '~'))
        {
            map.Optional("name")?.Report("expected a name of printable characters without '='");
        }

        if (map.Child("valueFrom") is not { } from) return new EnvironmentVariable(name, value, null, "", "", false);
        if (value.Length > 0) map.Optional("valueFrom")!.Report("expected either value or valueFrom");
        string[] found = [.. Sources.Where(source => from.Optional(source) is not null)];
        if (found.Length != 1)
        {
            from.Report($"expected exactly one of {string.Join(", ", Sources)}");
            return new EnvironmentVariable(name, "", null, "", "", false);
        }

        bool isSecret = found[0] == "secretKeyRef";
        if ((isSecret || found[0] == "configMapKeyRef") && from.Child(found[0]) is { } source)
        {
            return new EnvironmentVariable(name, "", Kind(isSecret), ReadName(source), source.Checked("key", KubernetesName.CheckConfigKey), source.Flag("optional"));
        }

        // The pod's own fields: known to the container only.
        return new EnvironmentVariable(name, "", null, "", "", false);
    }

    private static string ReadName(YamlMap source)
    {
        string name = source.Checked("name", KubernetesName.CheckSubdomain);
        if (name.Length == 0 && source.Optional("name") is null) source.Report("expected a name");
        return name;
    }

    private static ResourceKind Kind(bool isSecret) => isSecret ? ResourceKind.Secret : ResourceKind.ConfigMap;
}
