using System.Runtime.CompilerServices;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <content>Labels and sizes of nodes: the fleet's until one is changed, then columns of this state's own, since the scheduler, the agents and controllers learn of a change
/// at instants of their own.</content>
public sealed partial class ClusterState
{
    private NodeSpec[]? _specs;
    private Topology?[] _topologies = [];

    /// <summary>A node with the labels that it has now.</summary>
    internal NodeSpec SpecOf(int n) => _specs is null ? Layout.Nodes[n] : _specs[n];

    /// <summary>The node's class among those of the table's <see cref="NodeClasses"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int ClassOf(int n) => _classOf[n];

    /// <summary>Labels of a node, its zone among them.</summary>
    internal ValueList<Label> LabelsOf(int n) => FleetLayout.LabelsOf(SpecOf(n));

    /// <summary>Gives a node other labels: rules are judged by them from now on, its pods count in the domains that it is in now, and caches look at it again.</summary>
    /// <param name="n">Node.</param>
    /// <param name="labels">All its labels, sorted by key, its zone among them.</param>
    /// <returns>Whether they were others before.</returns>
    internal bool SetLabels(int n, ValueList<Label> labels)
    {
        if (LabelsOf(n) == labels) return false;
        NodeSpec[] specs = OwnSpecs();
        NodeSpec first = Layout.Nodes[n];
        bool isAsFirst = FleetLayout.LabelsOf(first) == labels;
        specs[n] = specs[n] with { Labels = isAsFirst ? first.Labels : labels, Zone = isAsFirst ? first.Zone : labels.ValueOf(NodeMatching.ZoneLabel) ?? "" };
        _classOf[n] = isAsFirst ? Layout.ClassOf[n] : Shapes.Rules.Classes.Intern(specs[n]);
        NodeIdentity node = NodeIdentity.Of(specs[n]);
        for (int i = RuleIndex.Nodes + 1; i < _topologies.Length; i++)
        {
            if (_topologies[i] is not { } topology) continue;
            int before = topology.Move(n, node.ValueOf(topology.Key));
            if (topology.DomainOf[n] != before) _counts?.Move(topology, n, before);
        }

        Touch(n);
        return true;
    }

    /// <summary>Gives a node another size: CPU, memory, ephemeral storage and the pod limit. What it holds stays, so what is left may be less than nothing.</summary>
    /// <param name="n">Node.</param>
    /// <param name="size">Amounts; its other properties are not looked at: devices and extended resources stay as they are.</param>
    /// <returns>Whether it was another before.</returns>
    internal bool SetSize(int n, NodeSpec size)
    {
        NodeSpec before = SpecOf(n);
        NodeSpec next = before with { CpuMilli = size.CpuMilli, MemoryBytes = size.MemoryBytes, EphemeralStorageBytes = size.EphemeralStorageBytes, Pods = size.Pods };
        if (next == before) return false;
        OwnSpecs()[n] = next;
        FreeCpuMilli[n] += next.CpuMilli - before.CpuMilli;
        FreeMemoryBytes[n] += next.MemoryBytes - before.MemoryBytes;
        FreeEphemeralStorageBytes[n] += next.EphemeralStorageBytes - before.EphemeralStorageBytes;
        FreePods[n] += next.Pods - before.Pods;
        (AllocatableCpuMilli[n], AllocatableMemoryBytes[n], PodLimits[n]) = (next.CpuMilli, next.MemoryBytes, next.Pods);
        Touch(n);
        return true;
    }

    /// <summary>The domains of a topology as this state knows the nodes; made when they are first asked for.</summary>
    /// <param name="topology">Its number in the table's <see cref="RuleIndex"/>.</param>
    internal Topology DomainsOf(int topology)
    {
        if (topology >= _topologies.Length) Array.Resize(ref _topologies, topology + 4);
        return _topologies[topology] ??= MakeDomains(topology);
    }

    private NodeSpec[] OwnSpecs()
    {
        if (_specs is not null) return _specs;
        _classOf = [.. _classOf];
        (AllocatableCpuMilli, AllocatableMemoryBytes, PodLimits) = ([.. AllocatableCpuMilli], [.. AllocatableMemoryBytes], [.. PodLimits]);
        return _specs = Layout.Nodes.ToArray();
    }

    private Topology MakeDomains(int topology)
    {
        if (topology == RuleIndex.Nodes) return Topology.Nodes(Count);
        string key = Shapes.Rules.TopologyKey(topology);
        return new Topology(key, Count, n => NodeIdentity.Of(SpecOf(n)).ValueOf(key));
    }
}
