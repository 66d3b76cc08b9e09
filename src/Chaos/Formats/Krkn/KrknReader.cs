using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.Krkn;

/// <summary>Reads scenario files of krkn: of nodes, zones, pods and applications. What each of them does in a run stands in <c>docs/chaos-mesh.md</c>. What has no meaning there is an error.</summary>
/// <remarks>Source of names, defaults and meanings: <c>scenarios/</c> and <c>krkn/scenario_plugins/</c> of krkn-chaos/krkn, version 4.</remarks>
public static class KrknReader
{
    private static readonly string[] Keys = ["node_scenarios", "zone_outage", "application_outage"];

    /// <summary>The faults of all scenarios in files. Files begin at the same instant; what stands in one file follows upon each other.</summary>
    /// <param name="files">Files, in order.</param>
    /// <param name="options">How they are applied.</param>
    /// <exception cref="InputException">Everything that is wrong with them.</exception>
    public static FileFaults Read(IEnumerable<FaultFile> files, FileFaultOptions options) => FaultFiles.Read(files, (text, name) => Parse(text, name, options));

    /// <summary>The faults of all scenarios in a text.</summary>
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
            YamlValue root = reader.At(document.Root, "");
            if (root.IsList) sources.AddRange(KrknPods.Read(root, reading));
            else if (root.Map() is { } map) sources.AddRange(ReadMap(map, reading));
        }

        reader.Finish();
        return new FileFaults(sources, reading.Notes);
    }

    private static IEnumerable<FaultSource> ReadMap(YamlMap map, FaultReading reading) => map.ExactlyOneOf(Keys) switch
    {
        "node_scenarios" => KrknNodes.Read(map.Required("node_scenarios")!, reading),
        "zone_outage" => map.Required("zone_outage")!.Map() is { } zone ? KrknOutages.Zone(zone, reading) : [],
        "application_outage" => map.Required("application_outage")!.Map() is { } application ? KrknOutages.Application(application, reading) : [],
        _ => [],
    };

    /// <summary>Labels that exclude: a mapping, or the text of one requirement. Something that has all of several labels is excluded, which no selector says, so there is one.</summary>
    internal static IEnumerable<LabelRequirement> Excluded(YamlValue? value)
    {
        if (value is null || FaultReading.IsEmpty(value)) return [];
        LabelRequirement[] wanted = value.IsMap ? [.. FaultReading.Labels(value)] : [.. FaultReading.Selector(value)?.Requirements ?? []];
        if (wanted.Length > 1) value.Report("expected one label, such as role=leader");
        return wanted.Select(requirement => requirement with
        {
            Operator = requirement.Operator switch
            {
                SelectorOperator.In => SelectorOperator.NotIn,
                SelectorOperator.NotIn => SelectorOperator.In,
                SelectorOperator.Exists => SelectorOperator.DoesNotExist,
                _ => SelectorOperator.Exists,
            },
        });
    }
}
