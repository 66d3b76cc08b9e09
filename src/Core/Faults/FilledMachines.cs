using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Faults;

/// <summary>Machines whose disk or memory something takes; amounts of several faults add up. A machine that states no size has no bounds, and nothing to take.</summary>
internal sealed class FilledMachines(FleetLayout fleet, NodeAgent agents) : IWorldPart
{
    private readonly SortedDictionary<int, (FillEffect Effect, IReadOnlyList<NodeIndex> Nodes)> _faults = [];

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is FillEffect;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        _faults.Add(fault, ((FillEffect)effect, victims.Nodes));
        Apply((FillEffect)effect, victims.Nodes);
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (_faults.Remove(fault, out (FillEffect Effect, IReadOnlyList<NodeIndex> Nodes) held)) Apply(held.Effect, held.Nodes);
    }

    private void Apply(FillEffect changed, IReadOnlyList<NodeIndex> nodes)
    {
        foreach (NodeIndex node in nodes)
        {
            NodeSpec spec = fleet.Nodes[node.Value];
            long size = changed.IsMemory ? spec.MemoryBytes : spec.EphemeralStorageBytes;
            double bytes = 0;
            foreach ((FillEffect effect, IReadOnlyList<NodeIndex> hit) in _faults.Values)
            {
                if (effect.IsMemory == changed.IsMemory && hit.Contains(node)) bytes += effect.Bytes + (size / 100.0 * effect.Percent);
            }

            if (changed.IsMemory) agents.SetFilledMemory(node.Value, bytes);
            else agents.SetFilledDisk(node.Value, bytes);
        }
    }
}
