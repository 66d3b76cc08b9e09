using System.Runtime.CompilerServices;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <content>Labels of nodes: the fleet's until one is changed, then columns of this state's own, since the scheduler, the agents and controllers learn of a change at
/// instants of their own.</content>
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
        NodeSpec first = Layout.Nodes[n];
        bool isAsFirst = FleetLayout.LabelsOf(first) == labels;
        if (_specs is null)
        {
            _specs = Layout.Nodes.ToArray();
            _classOf = [.. _classOf];
        }

        _specs[n] = isAsFirst ? first : first with { Labels = labels, Zone = labels.ValueOf(NodeMatching.ZoneLabel) ?? "" };
        _classOf[n] = isAsFirst ? Layout.ClassOf[n] : Shapes.Rules.Classes.Intern(_specs[n]);
        NodeIdentity node = NodeIdentity.Of(_specs[n]);
        for (int i = RuleIndex.Nodes + 1; i < _topologies.Length; i++)
        {
            if (_topologies[i] is not { } topology) continue;
            int before = topology.Move(n, node.ValueOf(topology.Key));
            if (topology.DomainOf[n] != before) _counts?.Move(topology, n, before);
        }

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

    private Topology MakeDomains(int topology)
    {
        if (topology == RuleIndex.Nodes) return Topology.Nodes(Count);
        string key = Shapes.Rules.TopologyKey(topology);
        return new Topology(key, Count, n => NodeIdentity.Of(SpecOf(n)).ValueOf(key));
    }
}
