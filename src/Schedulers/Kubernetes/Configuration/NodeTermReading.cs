using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Schedulers.Kubernetes.Configuration;

/// <summary>An affinity to nodes (<c>core/v1.NodeAffinity</c>) in the arguments of NodeAffinity.</summary>
internal static class NodeTermReading
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    private static readonly (string, SelectorOperator)[] Operators = [.. Enum.GetValues<SelectorOperator>().Select(value => ($"{value}", value))];

    public static AddedAffinity Read(YamlMap map)
    {
        ValueList<NodeSelectorTerm>? required = null;
        if (map.Child(Required) is { } selector)
        {
            required = [.. (selector.Required("nodeSelectorTerms")?.Items(1) ?? []).Select(item => item.Map()).OfType<YamlMap>().Select(ReadTerm)];
        }

        var preferred = new List<PreferredNodeTerm>();
        foreach (YamlMap item in map.Children(Preferred))
        {
            int weight = item.Required("weight") is { } value ? (int)(value.Integer(1, 100) ?? 1) : 1;
            preferred.Add(new PreferredNodeTerm(weight, item.Required("preference")?.Map() is { } term ? ReadTerm(term) : new NodeSelectorTerm(default, default)));
        }

        return new AddedAffinity(required, [.. preferred]);
    }

    private static NodeSelectorTerm ReadTerm(YamlMap map) => new(
        [.. map.Children("matchExpressions").Select(item => ReadRequirement(item, isField: false))],
        [.. map.Children("matchFields").Select(item => ReadRequirement(item, isField: true))]);

    private static LabelRequirement ReadRequirement(YamlMap map, bool isField)
    {
        string key = "";
        if (map.Required("key") is { } keyValue && keyValue.Text() is { } text)
        {
            key = text;
            if (isField && text != "metadata.name") keyValue.Report("expected metadata.name, the only field that nodes are chosen by");
            else if (!isField && KubernetesName.CheckQualifiedName(text) is { } error) keyValue.Report(error);
        }

        SelectorOperator op = SelectorOperator.Exists;
        if (map.Required("operator") is { } opValue) op = opValue.OneOf(Operators) ?? op;
        if (isField && op is not (SelectorOperator.In or SelectorOperator.NotIn)) ConfigurationReader.Place(map, "operator").Report("expected In or NotIn for a field");
        IReadOnlyList<YamlValue> stated = map.Optional("values")?.Items() ?? [];
        string[] values = [.. stated.Select(value => value.Text()).OfType<string>()];
        string? expected = op switch
        {
            SelectorOperator.In or SelectorOperator.NotIn => isField && stated.Count != 1 ? "expected exactly one value" : stated.Count == 0 ? "expected at least one value" : null,
            SelectorOperator.Exists or SelectorOperator.DoesNotExist => stated.Count > 0 ? $"expected no values beside {op}" : null,
            _ => stated.Count == 1 && values.Length == 1 && long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "expected one whole number, in quotes",
        };
        if (expected is not null) ConfigurationReader.Place(map, "values", "operator").Report(expected);
        return new LabelRequirement(key, op, [.. values.Order(StringComparer.Ordinal)]);
    }
}
