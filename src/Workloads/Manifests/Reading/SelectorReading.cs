using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Label selectors and requirements on nodes.</summary>
internal static class SelectorReading
{
    private static readonly (string, SelectorOperator)[] Operators =
    [
        ("In", SelectorOperator.In), ("NotIn", SelectorOperator.NotIn), ("Exists", SelectorOperator.Exists), ("DoesNotExist", SelectorOperator.DoesNotExist),
        ("Gt", SelectorOperator.Gt), ("Lt", SelectorOperator.Lt),
    ];

    /// <summary>The selector of a field; null when it is left out.</summary>
    internal static LabelSelector? Read(YamlMap map, string key) => map.Child(key) is { } selector ? Read(selector) : null;

    /// <summary>The selector of a workload, which has to select something and to match its own template.</summary>
    internal static LabelSelector ReadOwn(YamlMap spec, PodTemplate template)
    {
        if (spec.Optional("selector") is not { } value || value.Map() is not { } map) return LabelSelector.Everything;
        LabelSelector selector = Read(map);
        if (selector.Requirements.Count == 0) value.Report("expected at least one of matchLabels and matchExpressions: an empty selector is not allowed here");
        else if (spec.Optional("template") is not null) CheckMatches(value, selector, template);
        return selector;
    }

    internal static void CheckMatches(YamlValue value, LabelSelector selector, PodTemplate template)
    {
        bool isWrong = selector.Requirements.Any(requirement => requirement.Operator is SelectorOperator.In or SelectorOperator.NotIn && requirement.Values.Count == 0);
        if (!isWrong && !selector.Matches(template.Labels)) value.Report("expected a selector that matches the labels of the template (spec.template.metadata.labels)");
    }

    /// <summary>Requirements of node affinity: labels and fields.</summary>
    internal static NodeSelectorTerm ReadTerm(YamlMap term)
    {
        var fields = new List<LabelRequirement>();
        foreach (YamlMap field in term.Children("matchFields"))
        {
            LabelRequirement requirement = ReadRequirement(field, isField: true);
            if (requirement.Key != "metadata.name") field.Optional("key")?.Report("expected metadata.name, the only field that can be asked for");
            if (requirement.Operator is not (SelectorOperator.In or SelectorOperator.NotIn) || requirement.Values.Count != 1) field.Report("expected In or NotIn with exactly one value");
            fields.Add(requirement);
        }

        return new NodeSelectorTerm([.. term.Children("matchExpressions").Select(map => ReadRequirement(map, isField: false))], [.. fields]);
    }

    /// <summary>The terms of a <c>NodeSelector</c>, of which there is at least one.</summary>
    internal static ValueList<NodeSelectorTerm> ReadTerms(YamlMap selector)
    {
        ValueList<NodeSelectorTerm> terms = [.. selector.Children("nodeSelectorTerms").Select(ReadTerm)];
        if (terms.Count == 0) selector.Optional("nodeSelectorTerms")?.Report("expected at least one term");
        return terms;
    }

    private static LabelSelector Read(YamlMap map)
    {
        IEnumerable<LabelRequirement> labels = MetaReading.ReadLabels(map, "matchLabels").Select(label => new LabelRequirement(label.Key, SelectorOperator.In, [label.Value]));
        return new LabelSelector([.. labels, .. map.Children("matchExpressions").Select(item => ReadRequirement(item, isField: false))]);
    }

    private static LabelRequirement ReadRequirement(YamlMap map, bool isField)
    {
        string key = isField ? map.Text("key") : map.Checked("key", KubernetesName.CheckQualifiedName);
        SelectorOperator what = map.Choice("operator", SelectorOperator.In, Operators);
        IReadOnlyList<YamlValue> values = map.Values("values");
        var texts = new List<string>();
        foreach (YamlValue value in values)
        {
            if (value.Text() is not { } text) continue;
            texts.Add(text);
            bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
            if (what is SelectorOperator.Gt or SelectorOperator.Lt && !isNumber) value.Report("expected a whole number in quotes");
            else if (!isField && KubernetesName.CheckLabelValue(text) is { } error) value.Report(error);
        }

        string? expected = what switch
        {
            SelectorOperator.In or SelectorOperator.NotIn when values.Count == 0 => "expected at least one value with In and NotIn",
            SelectorOperator.Exists or SelectorOperator.DoesNotExist when values.Count > 0 => "expected no values with Exists and DoesNotExist",
            SelectorOperator.Gt or SelectorOperator.Lt when values.Count != 1 => "expected exactly one value with Gt and Lt",
            _ => null,
        };
        if (expected is not null) map.Report(expected);
        texts.Sort(StringComparer.Ordinal);
        return new LabelRequirement(key, what, [.. texts]);
    }
}
