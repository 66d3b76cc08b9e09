using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>Reads resources of Chaos Mesh as they are given to <c>kubectl apply</c>: what each of them does in a run stands in <c>docs/chaos-mesh.md</c>. What has no meaning there is an error.</summary>
/// <remarks>Source of names and meanings: the types of <c>chaos-mesh.org/v1alpha1</c>, Chaos Mesh 2.6.</remarks>
public static class ChaosMeshReader
{
    private const string ApiVersion = "chaos-mesh.org/v1alpha1";
    private const int MostResources = 10_000;

    /// <summary>The faults of all resources in files.</summary>
    /// <param name="files">Files, in order.</param>
    /// <param name="options">How they are applied.</param>
    /// <exception cref="InputException">Everything that is wrong with them.</exception>
    public static FileFaults Read(IEnumerable<FaultFile> files, FileFaultOptions options) => FaultFiles.Read(files, (text, name) => Parse(text, name, options));

    /// <summary>The faults of all resources in a text.</summary>
    /// <param name="text">YAML of one or several documents.</param>
    /// <param name="displayName">What messages call it.</param>
    /// <param name="options">How they are applied.</param>
    /// <exception cref="InputException">Everything that is wrong with it.</exception>
    public static FileFaults Parse(string text, string displayName, FileFaultOptions options)
    {
        var reader = new YamlReader(displayName);
        var reading = new FaultReading(reader, options);
        var sources = new List<FaultSource>();
        foreach (YamlDocument document in YamlDocument.ParseAll(text, displayName))
        {
            YamlMap root = reader.Open(document);
            if (root.Peek("kind")?.PlainText == "List") ReadList(root, reading, sources);
            else ReadResource(root, reading, sources);
        }

        reader.Finish();
        return new FileFaults(sources, reading.Notes);
    }

    /// <summary>A list, as <c>kubectl get</c> prints several resources.</summary>
    private static void ReadList(YamlMap root, FaultReading reading, List<FaultSource> sources)
    {
        root.Required("apiVersion")?.OneOf([("v1", 0)]);
        FaultReading.Harmless(root, "kind", "metadata");
        foreach (YamlValue item in root.Required("items")?.Items(0, MostResources) ?? [])
        {
            if (item.Map() is { } map) ReadResource(map, reading, sources);
        }
    }

    private static void ReadResource(YamlMap root, FaultReading reading, List<FaultSource> sources)
    {
        root.Required("apiVersion")?.OneOf([(ApiVersion, 0)]);
        // What is observed of a resource is not what it asks for.
        root.Know("status");
        YamlValue? stated = root.Required("kind");
        if (stated?.Text() is not { } name) return;
        MeshResource resource = MeshResource.Read(root, name, reading);
        YamlValue? body = root.Required("spec");
        long problems = reading.Reader.ProblemCount;
        if (name is not ("Schedule" or "Workflow") && MeshKinds.Find(name) is null) MeshKinds.ReportUnknown(stated, name, "Schedule", "Workflow");
        else if (body?.Map() is { } spec && Sources(spec, resource) is var found && reading.Reader.ProblemCount == problems) sources.AddRange(found);
    }

    /// <summary>The sources of a resource: read at once, made when they are asked for, which they are only of what is sound.</summary>
    private static IEnumerable<FaultSource> Sources(YamlMap spec, MeshResource resource)
    {
        FaultReading reading = resource.Reading;
        TimeSpan at = reading.Options.At;
        switch (resource.Kind)
        {
            case "Schedule":
                return MeshSchedule.Read(spec, resource, mayBeWorkflow: true)?.Sources(resource.Label, at, null, reading) ?? [];
            case "Workflow":
                return MeshWorkflow.Read(spec, resource, mayHaveSchedules: true)?.Compile(at) is { } run ? run.Steps.SelectMany(step => Of(step, resource, reading)).Select(source => source with { Guards = run.Guards }) : [];
            default:
                MeshChaos chaos = MeshKinds.Find(resource.Kind)!.Read(spec, resource);
                return Once(chaos, resource.Label, at, chaos.Duration, reading);
        }
    }

    private static IEnumerable<FaultSource> Of(MeshStep step, MeshResource resource, FaultReading reading) => step.Schedule is { } schedule
        ? schedule.Sources($"{resource.Label}/{step.Name}", step.At, step.At + step.Length, reading)
        : Once(step.Chaos!, $"{resource.Label}/{step.Name}", step.At, step.Length, reading, step);

    private static IEnumerable<FaultSource> Once(MeshChaos chaos, string name, TimeSpan at, TimeSpan? length, FaultReading reading, MeshStep? step = null)
    {
        string unique = reading.Unique(name);
        foreach (MeshEffect effect in chaos.Effects)
        {
            yield return new TimedSource(effect.Suffix.Length > 0 ? $"{unique}/{effect.Suffix}" : unique, effect.Effect, effect.Targets, at, effect.Effect.IsInstant ? null : effect.Length ?? length, TimeSpan.Zero)
            {
                Draws = unique,
                After = step?.After,
                By = effect.Length is { } own && step?.After is { } after ? after.Plus(own) : step?.By,
            };
        }
    }
}
