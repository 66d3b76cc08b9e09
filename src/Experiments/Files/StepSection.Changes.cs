using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Experiments.Files;

/// <content>Steps that change what nodes are: labels and taints in the notation of <c>kubectl</c>, and sizes. Whether the nodes exist is judged with the fleets:
/// <see cref="NodeTargets"/>.</content>
internal sealed partial class StepSection
{
    private const int MostChanges = 100;

    /// <summary><c>labels: { key: value, other: null }</c>: null takes a label away.</summary>
    private static ClusterStep? ReadLabel(YamlMap map, TimeSpan at)
    {
        NodeSelection? nodes = NodesOf(map);
        var set = new List<Label>();
        var remove = new List<string>();
        IReadOnlyList<(string Key, YamlValue Value)> entries = map.Required("labels") is { } stated ? stated.Entries() : [];
        if (entries.Count == 0 && map.Peek("labels") is { IsMap: true } empty) empty.Report("expected at least one label, with its value or null to take it away");
        foreach ((string key, YamlValue value) in entries)
        {
            if (KubernetesName.CheckQualifiedName(key) is { } keyError) value.Report($"{keyError.Expected}, as the label's key");
            else if (key == NodeObjects.HostLabel) value.Report("expected another label: this one names the node");
            if (value.Node is YamlScalar { Kind: YamlScalarKind.Null }) remove.Add(key);
            else if (value.Text() is { } text)
            {
                if (KubernetesName.CheckLabelValue(text) is { } error) value.Report(error);
                set.Add(new Label(key, text));
            }
        }

        if (nodes is null) return null;
        ValueList<Label> labels = [.. set.OrderBy(label => label.Key, StringComparer.Ordinal)];
        return new ClusterStep("label", new LabelNodesStep(at, nodes.NamesAlone, nodes.Selector, labels, [.. remove.Order(StringComparer.Ordinal)])) { Nodes = nodes };
    }

    /// <summary><c>taints: ["key=value:Effect", "key:Effect-", "key-"]</c>.</summary>
    private static ClusterStep? ReadTaint(YamlMap map, TimeSpan at)
    {
        NodeSelection? nodes = NodesOf(map);
        var set = new List<Taint>();
        var remove = new List<TaintRemoval>();
        foreach (YamlValue item in map.Required("taints")?.Items(1, MostChanges) ?? [])
        {
            if (item.Text() is not { } text) continue;
            if (!TaintText.TryParse(text, out Taint taint, out TaintRemoval? removal, out TextError error, out string? nearest))
            {
                if (nearest is not null) item.Report(error.Expected, nearest);
                else item.Report(error);
                continue;
            }

            bool isTwice = removal is { } gone
                ? remove.Any(other => other.Key == gone.Key && (other.Effect == gone.Effect || other.Effect is null || gone.Effect is null)) || set.Any(other => gone.Takes(other))
                : set.Any(other => other.Key == taint.Key && other.Effect == taint.Effect) || remove.Any(other => other.Takes(taint));
            if (isTwice) item.Report("expected every key and effect once");
            if (removal is { } taken) remove.Add(taken);
            else set.Add(taint);
        }

        return nodes is null ? null : new ClusterStep("taint", new TaintNodesStep(at, nodes.NamesAlone, nodes.Selector, [.. set], [.. remove])) { Nodes = nodes };
    }

    private static ClusterStep? ReadResize(YamlMap map, TimeSpan at)
    {
        NodeSelection? nodes = NodesOf(map);
        long? cpu = map.Optional("cpu")?.CpuMilli(), memory = map.Optional("memory")?.WholeUnits();
        YamlValue? disk = map.Optional("ephemeralStorage");
        long? bytes = disk?.WholeUnits();
        if (bytes == 0) disk!.Report("expected at least one byte: a disk of size 0 is one without bounds");
        int? pods = (int?)map.Optional("pods")?.Integer(0, FleetSection.MostPods);
        map.AtLeastOneOf("cpu", "memory", "ephemeralStorage", "pods");
        return nodes is null ? null : new ClusterStep("resize", new ResizeNodesStep(at, nodes.NamesAlone, nodes.Selector, cpu, memory, bytes, pods)) { Nodes = nodes };
    }
}
