using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>A resource of Chaos Mesh: whose it is.</summary>
/// <param name="Reading">The file that it is in.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal sealed record MeshResource(FaultReading Reading, string Kind, string Namespace, string Name)
{
    private const string PauseAnnotation = "experiment.chaos-mesh.org/pause";

    /// <summary>What its sources are called.</summary>
    internal string Label => $"{Kind}/{Namespace}/{Name}";

    /// <summary>Reads <c>metadata</c>.</summary>
    internal static MeshResource Read(YamlMap root, string kind, FaultReading reading)
    {
        if (root.Required("metadata")?.Map() is not { } metadata) return new MeshResource(reading, kind, "default", "");
        string name = Checked(metadata.Required("name")), ns = metadata.Optional("namespace") is { } stated ? Checked(stated) : "default";
        // What kubectl get prints of a stored resource, and labels, change nothing.
        FaultReading.Harmless(metadata, "labels", "uid", "resourceVersion", "generation", "creationTimestamp", "finalizers", "managedFields", "ownerReferences", "selfLink");
        foreach ((string key, YamlValue value) in metadata.Optional("annotations")?.Entries() ?? [])
        {
            if (key == PauseAnnotation && value.PlainText == "true") value.Report("expected a resource that is not paused: this one does nothing");
        }

        return new MeshResource(reading, kind, ns, name);
    }

    private static string Checked(YamlValue? value)
    {
        if (value?.Text() is not { } text) return "";
        if (KubernetesName.CheckSubdomain(text) is { } error) value.Report(error);
        return text;
    }
}
