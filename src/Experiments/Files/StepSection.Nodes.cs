using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;

namespace SchedBench.Experiments.Files;

/// <content>Steps on nodes. Whether the nodes exist is judged with the fleets: <see cref="NodeTargets"/>.</content>
internal sealed partial class StepSection
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(365);

    private static ClusterStep? ReadCordon(YamlMap map, TimeSpan at, bool isCordoned) => NodesOf(map) is { } nodes
        ? new ClusterStep(isCordoned ? "cordon" : "uncordon", new CordonNodesStep(at, nodes.NamesAlone, nodes.Selector, isCordoned)) { Nodes = nodes }
        : null;

    private static ClusterStep? ReadPower(YamlMap map, TimeSpan at, bool isOn) => NodesOf(map) is { } nodes
        ? new ClusterStep(isOn ? "powerOn" : "powerOff", new PowerStep(at, nodes.NamesAlone, nodes.Selector, isOn)) { Nodes = nodes }
        : null;

    private static ClusterStep? ReadDrain(YamlMap map, TimeSpan at)
    {
        NodeSelection? nodes = NodesOf(map);
        DrainOptions options = Drain(map) with { Nodes = nodes?.Selector };
        return nodes is null ? null : new ClusterStep("drain", new DrainStep(at, nodes.NamesAlone, options)) { Nodes = nodes };
    }

    private static ClusterStep? ReadMaintenance(YamlMap map, TimeSpan at)
    {
        NodeSelection? nodes = NodesOf(map);
        var usual = new MaintenanceOptions();
        var options = new MaintenanceOptions
        {
            Drain = Drain(map) with { Nodes = nodes?.Selector },
            Work = map.Optional("work")?.Duration(TimeSpan.Zero, LongestWait) ?? usual.Work,
            Uncordons = map.Optional("uncordon")?.Boolean() ?? usual.Uncordons,
            Pause = map.Optional("pause")?.Duration(TimeSpan.Zero, LongestWait) ?? usual.Pause,
            CordonsAllFirst = map.Optional("cordonAllFirst")?.Boolean() ?? usual.CordonsAllFirst,
        };
        return nodes is null ? null : new ClusterStep("maintenance", new MaintenanceStep(at, nodes.NamesAlone, options)) { Nodes = nodes };
    }

    /// <summary>The options of <c>kubectl drain</c>, by their names.</summary>
    private static DrainOptions Drain(YamlMap map)
    {
        var usual = new DrainOptions();
        return new DrainOptions
        {
            Grace = map.Optional("gracePeriod")?.Duration(TimeSpan.FromSeconds(1), LongestWait) ?? usual.Grace,
            IgnoresDaemonSets = map.Optional("ignoreDaemonSets")?.Boolean() ?? usual.IgnoresDaemonSets,
            IsForced = map.Optional("force")?.Boolean() ?? usual.IsForced,
            DeletesEmptyDir = map.Optional("deleteEmptyDirData")?.Boolean() ?? usual.DeletesEmptyDir,
            DisablesEviction = map.Optional("disableEviction")?.Boolean() ?? usual.DisablesEviction,
            Timeout = map.Optional("timeout")?.Duration(TimeSpan.FromSeconds(1), LongestWait) ?? usual.Timeout,
            Parallelism = (int)(map.Optional("parallelism")?.Integer(0, MostReplicas) ?? usual.Parallelism),
        };
    }

    /// <summary>The nodes that are named, or those of a selector.</summary>
    private static NodeSelection? NodesOf(YamlMap map)
    {
        switch (map.ExactlyOneOf("nodes", "selector"))
        {
            case "nodes":
                var names = new List<(string Name, InputProblem Place)>();
                foreach (YamlValue item in map.Required("nodes")!.Items(1, MostSteps))
                {
                    if (item.Text() is not { } name) continue;
                    if (names.Any(other => other.Name == name)) item.Report("expected every node once");
                    names.Add((name, item.Problem("")));
                }

                return names.Count == 0 ? null : new NodeSelection(names, null, "", null);
            case "selector":
                if (map.Required("selector") is not { } value || value.Text() is not { } text) return null;
                if (SelectorText.TryParse(text, out LabelSelector? selector, out TextError error)) return new NodeSelection([], selector, text, value.Problem(""));
                value.Report(error);
                return null;
            default:
                return null;
        }
    }
}
