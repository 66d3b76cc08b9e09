using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;

namespace SchedBench.Core.Faults;

/// <summary>Trouble of machines: one is well again when the last of its faults is over.</summary>
internal sealed class TroubledMachines(NodeHealth health) : IWorldPart
{
    private readonly Dictionary<int, (NodeTrouble Trouble, IReadOnlyList<NodeIndex> Nodes)> _faults = [];
    private readonly Dictionary<int, List<(int Fault, NodeTrouble Trouble)>> _byNode = [];

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is MachineEffect;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        NodeTrouble trouble = ((MachineEffect)effect).Trouble;
        _faults.Add(fault, (trouble, victims.Nodes));
        foreach (NodeIndex node in victims.Nodes) Change(node.Value, fault, trouble, begins: true);
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (!_faults.Remove(fault, out (NodeTrouble Trouble, IReadOnlyList<NodeIndex> Nodes) held)) return;
        foreach (NodeIndex node in held.Nodes) Change(node.Value, fault, held.Trouble, begins: false);
    }

    private void Change(int node, int fault, NodeTrouble trouble, bool begins)
    {
        if (!_byNode.TryGetValue(node, out List<(int Fault, NodeTrouble Trouble)>? active)) _byNode.Add(node, active = []);
        if (begins) active.Add((fault, trouble));
        else active.Remove((fault, trouble));
        health.Set(node, active.Aggregate(NodeTrouble.None, (all, other) => all | other.Trouble));
    }
}
