using SchedBench.Chaos.Plans;
using SchedBench.Core.Faults;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary><c>selector</c>, <c>mode</c> and <c>value</c> of Chaos Mesh.</summary>
/// <remarks>Source: <c>api/v1alpha1/selector.go</c> and <c>pkg/selector/pod</c> of Chaos Mesh 2.6. Without <c>namespaces</c> the namespace of the resource is meant. Of a percentage one pod at least is hit here, where Chaos Mesh hits none.</remarks>
internal static class MeshSelector
{
    private static readonly (string Name, TargetMode Value)[] Modes =
    [
        ("one", TargetMode.One), ("all", TargetMode.All), ("fixed", TargetMode.Fixed), ("fixed-percent", TargetMode.FixedPercent), ("random-max-percent", TargetMode.RandomMaxPercent),
    ];

    private static readonly (string Name, SelectorOperator Value)[] Operators =
        [("In", SelectorOperator.In), ("NotIn", SelectorOperator.NotIn), ("Exists", SelectorOperator.Exists), ("DoesNotExist", SelectorOperator.DoesNotExist)];

    private static readonly string[] Others = ["namespaces", "nodes", "nodeSelectors", "fieldSelectors", "labelSelectors", "expressionSelectors", "annotationSelectors", "podPhaseSelectors"];

    /// <summary>The pods that a spec selects.</summary>
    internal static PodTarget Pods(YamlMap spec, MeshResource resource)
    {
        (TargetMode mode, int value) = Mode(spec);
        PodTarget all = spec.Required("selector")?.Map() is { } selector ? Selected(selector, resource) : new PodTarget([], null, mode, value);
        return all with { Mode = mode, Value = value };
    }

    /// <summary>How many.</summary>
    internal static (TargetMode Mode, int Value) Mode(YamlMap spec)
    {
        TargetMode mode = spec.Required("mode")?.OneOf(Modes) ?? TargetMode.All;
        bool needsValue = mode is TargetMode.Fixed or TargetMode.FixedPercent or TargetMode.RandomMaxPercent;
        YamlValue? place = spec.Optional("value");
        if (place?.Text() is not { Length: > 0 } text)
        {
            if (needsValue && (place is null || FaultReading.IsEmpty(place))) spec.Report("expected value beside this mode");
            return (mode, 0);
        }

        int most = mode == TargetMode.Fixed ? int.MaxValue : 100;
        if (!needsValue) place.Report("expected this key only beside the modes fixed, fixed-percent and random-max-percent");
        else if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most) return (mode, number);
        else place.Report(most == 100 ? "expected a whole number from 1 to 100" : "expected a whole number of 1 or more");
        return (mode, 0);
    }

    /// <summary>Requirements on labels, of <c>labelSelectors</c> and <c>expressionSelectors</c> together.</summary>
    internal static LabelSelector? Labels(YamlMap selector) =>
        FaultReading.Selector(FaultReading.Labels(selector.Optional("labelSelectors")).Concat(Expressions(selector.Optional("expressionSelectors"))).ToArray());

    /// <summary>The other ends of links that a <c>target</c> means: one for each of its namespaces.</summary>
    internal static IReadOnlyList<LinkPeer> Peers(YamlMap target, MeshResource resource)
    {
        if (target.Required("mode")?.OneOf(Modes) is { } mode && mode != TargetMode.All) target.Peek("mode")!.Report("expected mode all: the other end of a link is everybody whom its selector matches");
        if (target.Optional("value") is { } value && !FaultReading.IsEmpty(value)) value.Report("expected this key left out beside mode all");
        if (target.Required("selector")?.Map() is not { } selector) return [];
        foreach (string key in Others.Where(key => key is not ("namespaces" or "labelSelectors" or "expressionSelectors")).Prepend("pods"))
            FaultReading.Refuse(selector, key, "the other end of a link is chosen by namespaces and labels");
        LabelSelector? labels = Labels(selector);
        return [.. Namespaces(selector, resource).Select(ns => new LinkPeer(LinkPeerKind.Pods, ns, labels))];
    }

    private static PodTarget Selected(YamlMap selector, MeshResource resource)
    {
        if (selector.Optional("pods") is { } named && !FaultReading.IsEmpty(named)) return Named(selector, named);
        LabelSelector? labels = Labels(selector);
        var fields = new MeshFields();
        fields.Read(selector.Optional("fieldSelectors"));
        IReadOnlyList<string> nodes = FaultReading.Texts(selector.Optional("nodes"));
        LabelSelector? nodeLabels = FaultReading.Selector(FaultReading.Labels(selector.Optional("nodeSelectors")).ToArray());
        if (nodes.Count > 0 && nodeLabels is not null) selector.Report("expected either nodes or nodeSelectors: Chaos Mesh takes the nodes of both together, and a target here has one selector of nodes");
        if (fields.Node is not null && (nodes.Count > 0 || nodeLabels is not null)) selector.Report("expected only one of nodes, nodeSelectors and the field spec.nodeName");
        if (fields.Node is { } node) nodes = [node];
        IReadOnlyList<string> namespaces = Namespaces(selector, resource);
        return new PodTarget([.. namespaces], labels, TargetMode.All, 0)
        {
            Names = fields.Name is { } name ? [name] : [],
            NodeSelector = nodeLabels ?? resource.Reading.OnNodes(nodes),
            Annotations = FaultReading.Selector(FaultReading.Labels(selector.Optional("annotationSelectors")).ToArray()),
            Phases = Phases(selector.Optional("podPhaseSelectors"), fields.Phase),
        };
    }

    private static PodTarget Named(YamlMap selector, YamlValue pods)
    {
        foreach (string key in Others) FaultReading.Refuse(selector, key, "Chaos Mesh does not look at it beside pods, which names them");
        var names = new List<string>();
        foreach ((string ns, YamlValue list) in pods.Entries()) names.AddRange(list.Items(1).Select(item => item.Text()).OfType<string>().Select(name => $"{ns}/{name}"));
        return new PodTarget([], null, TargetMode.All, 0) { Names = [.. names] };
    }

    private static IReadOnlyList<string> Namespaces(YamlMap selector, MeshResource resource) =>
        FaultReading.Texts(selector.Optional("namespaces")) is { Count: > 0 } stated ? stated : [resource.Namespace];

    private static ValueList<string> Phases(YamlValue? list, string? ofField)
    {
        (string, PodLifePhase)[] known = [.. Enum.GetValues<PodLifePhase>().Select(phase => ($"{phase}", phase))];
        var phases = new List<string>();
        foreach (YamlValue item in list?.Items() ?? [])
        {
            if (item.PlainText == "Unknown") item.Report("expected another phase: the node of a pod in this phase cannot be asked, and here the phase stays what it was");
            else if (item.OneOf(known) is { } phase) phases.Add($"{phase}");
        }

        return ofField is null ? [.. phases] : [ofField];
    }

    private static IEnumerable<LabelRequirement> Expressions(YamlValue? list)
    {
        foreach (YamlValue item in list?.Items() ?? [])
        {
            if (item.Map() is not { } map) continue;
            string? key = map.Required("key")?.Text();
            SelectorOperator? what = map.Required("operator")?.OneOf(Operators);
            IReadOnlyList<string> values = FaultReading.Texts(map.Optional("values"));
            if (key is null || what is not { } known) continue;
            bool takesValues = known is SelectorOperator.In or SelectorOperator.NotIn;
            if (KubernetesName.CheckQualifiedName(key) is { } wrong) map.Peek("key")!.Report(wrong);
            else if (takesValues != values.Count > 0) map.Report(takesValues ? "expected values beside this operator" : "expected no values beside this operator");
            else yield return new LabelRequirement(key, known, [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        }
    }
}
