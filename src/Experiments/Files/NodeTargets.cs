using SchedBench.Chaos.Plans;
using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Runs;

namespace SchedBench.Experiments.Files;

/// <summary>What a workload says about nodes, and the fleets that it meets: node groups and the nodes of steps.</summary>
internal static class NodeTargets
{
    /// <summary>More names than are compared for a hint.</summary>
    private const int NamesCompared = 10_000;

    /// <summary>What is wrong on a fleet, at the places of the experiment file.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="replay">The workload.</param>
    /// <param name="nodes">Nodes of the fleet, as recorded.</param>
    public static IEnumerable<InputProblem> Check(FleetSpec fleet, ClusterReplay replay, IReadOnlyList<NodeSpec> nodes)
    {
        if (replay.NodeGroups.Any(group => group.Place is null)) return [];
        InputProblem[] ofGroups = [.. replay.NodeGroups.Select(group => CheckGroup(fleet, group)).OfType<InputProblem>()];
        if (ofGroups.Length > 0) return ofGroups;
        IReadOnlyList<NodeSpec> all = replay.NodeGroups.Count == 0 ? nodes : [.. Others(fleet, replay), .. Groups(fleet, replay).SelectMany(group => Enumerable.Range(0, group.Max).Select(group.Node))];
        var labels = new LabelsOverTime(all);
        var problems = new List<InputProblem>();
        foreach (ClusterStep step in replay.Steps)
        {
            if (step.Nodes is { } selection) problems.AddRange(CheckNodes(fleet, selection, all, labels));
            if (step.Step is LabelNodesStep change) labels.Apply(change);
        }

        return problems;
    }

    /// <summary>What is wrong with the nodes of faults on a fleet: a name, label or domain key that it does not have.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="faults">The faults.</param>
    /// <param name="nodes">Nodes of the fleet, those of node groups among them.</param>
    public static IEnumerable<InputProblem> Check(FleetSpec fleet, FaultSet faults, IReadOnlyList<NodeSpec> nodes)
    {
        var labels = new LabelsOverTime(nodes);
        foreach (TargetSpec targets in faults.Sources.Select(source => source.Targets).OfType<TargetSpec>().Where(targets => targets.Places.Count > 0))
        {
            (string Name, InputProblem Place)[] names = [.. targets.Nodes.Zip(targets.Places)];
            if (names.Length > 0 || targets.Selector is not null)
            {
                foreach (InputProblem problem in CheckNodes(fleet, new NodeSelection(names, targets.Selector, "", targets.Places[0]), nodes, labels)) yield return problem;
            }

            if (targets.DomainKey.Length == 0 || nodes.Any(node => NodeObjects.LabelsOf(node).ValueOf(targets.DomainKey) is not null)) continue;
            yield return targets.Places[^1] with { Expected = $"expected a label of nodes of fleet {fleet.Name}", Nearest = NearestName.Find(targets.DomainKey, nodes.Take(NamesCompared).SelectMany(node => NodeObjects.LabelsOf(node)).Select(label => label.Key).Distinct()) };
        }
    }

    /// <summary>The nodes of a fleet that are in no group, as recorded.</summary>
    public static IReadOnlyList<NodeSpec> Others(FleetSpec fleet, ClusterReplay replay) =>
        (fleet with { Pools = [.. fleet.Pools.Where(pool => replay.NodeGroups.All(group => group.Pool != pool.Name))] }).BuildPoolNodes();

    /// <summary>The groups that pools of a fleet become.</summary>
    public static IEnumerable<NodeGroup> Groups(FleetSpec fleet, ClusterReplay replay)
    {
        foreach (NodeGroupSpec spec in replay.NodeGroups)
        {
            PoolSpec pool = fleet.Pools.First(pool => pool.Name == spec.Pool);
            yield return new NodeGroup { Name = pool.Name, Template = pool.Template, Min = spec.Min, Max = spec.Max, Initial = spec.Initial ?? pool.Count, BootSeconds = spec.BootSeconds };
        }
    }

    private static InputProblem? CheckGroup(FleetSpec fleet, NodeGroupSpec group)
    {
        InputProblem place = group.Place!;
        if (fleet.Nodes is not null) return place with { Expected = $"expected fleets of pools; fleet {fleet.Name} has the nodes of a file" };
        if (fleet.Pools.FirstOrDefault(pool => pool.Name == group.Pool) is not { } pool)
            return place with { Expected = $"expected a pool of fleet {fleet.Name}", Nearest = NearestName.Find(group.Pool, fleet.Pools.Select(pool => pool.Name)) };
        if (group.Initial is null && (pool.Count < group.Min || pool.Count > group.Max))
            return place with { Expected = $"expected a pool of {group.Min} to {group.Max} nodes, or initial stated; the one of fleet {fleet.Name} has {pool.Count}" };
        return null;
    }

    private static IEnumerable<InputProblem> CheckNodes(FleetSpec fleet, NodeSelection selection, IReadOnlyList<NodeSpec> nodes, LabelsOverTime labels)
    {
        if (selection.Selector is { } selector)
        {
            if (!labels.AnyMatches(selector)) yield return selection.Place! with { Expected = $"expected a selector that matches a node of fleet {fleet.Name} by then" };
            yield break;
        }

        var names = nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        foreach ((string name, InputProblem place) in selection.Names)
        {
            if (fleet.Nodes?.Subset is not null) yield return place with { Expected = $"expected a selector here: which nodes of fleet {fleet.Name} take part is drawn (subset)" };
            else if (!names.Contains(name)) yield return place with { Expected = $"expected a node of fleet {fleet.Name}", Nearest = NearestName.Find(name, nodes.Take(NamesCompared).Select(node => node.Name)) };
        }
    }
}

/// <summary>The key <c>nodeGroups</c> of a workload.</summary>
internal static class NodeGroupSection
{
    internal static IReadOnlyList<NodeGroupSpec> Read(YamlValue? section)
    {
        var groups = new List<NodeGroupSpec>();
        var pools = new List<(string, YamlValue)>();
        foreach (YamlValue item in section?.Items(1, ExperimentReading.MostLevels) ?? [])
        {
            if (item.Map() is not { } map) continue;
            YamlValue? pool = map.Required("pool");
            string name = pool?.Text() ?? "";
            var usual = new NodeGroup { Name = name, Template = new NodeSpec { Name = name }, Max = 1 };
            int min = (int)(map.Optional("min")?.Integer(0, FleetSection.MostNodes) ?? usual.Min);
            YamlValue? most = map.Required("max");
            long? stated = most?.Integer(1, FleetSection.MostNodes);
            int max = (int)(stated ?? Math.Max(1, min));
            int? initial = (int?)map.Optional("initial")?.Integer(0, FleetSection.MostNodes);
            bool isSound = pool is not null && stated >= min;
            if (max < min) most!.Report($"expected at least min ({min})");
            else if (initial < min || initial > max) map.Peek("initial")!.Report($"expected a number from min ({min}) to max ({max})");
            Distribution? boot = map.Optional("boot") is { } time ? Times.Read(time) : usual.BootSeconds;
            groups.Add(new NodeGroupSpec(name, min, max) { Initial = initial, BootSeconds = boot ?? usual.BootSeconds, Place = isSound ? pool!.Problem("") : null });
            if (pool is not null) pools.Add((name, pool));
        }

        ExperimentReading.Distinct(pools, "expected every pool once");
        if (groups.Sum(group => (long)group.Max) > FleetSection.MostNodes) section!.Report($"expected at most {FleetSection.MostNodes} nodes in all groups together");
        return groups;
    }
}
