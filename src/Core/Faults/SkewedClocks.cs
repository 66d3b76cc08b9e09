using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;

namespace SchedBench.Core.Faults;

/// <summary>Machines whose clocks are wrong: offsets of several faults add up.</summary>
/// <remarks>
/// What a control plane reads of a kubelet's clock is since when a pod is ready (<c>lastTransitionTime</c> of its condition: <c>minReadySeconds</c>, who is deleted first, autoscalers). A time that was
/// written stays as it is when the clock is right again. Leases are judged by the time at which their change was seen (<c>pkg/controller/nodelifecycle</c>), so heartbeats are well.
/// </remarks>
internal sealed class SkewedClocks(NodeAgent agents, bool isSwarm) : IWorldPart
{
    private readonly SortedDictionary<int, (TimeSpan Offset, IReadOnlyList<NodeIndex> Nodes)> _faults = [];

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is ClockSkewEffect;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => isSwarm ? "Docker Swarm's managers decide by no time that a node says" : null;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        _faults.Add(fault, (((ClockSkewEffect)effect).Offset, victims.Nodes));
        Apply(victims.Nodes);
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (_faults.Remove(fault, out (TimeSpan Offset, IReadOnlyList<NodeIndex> Nodes) held)) Apply(held.Nodes);
    }

    private void Apply(IReadOnlyList<NodeIndex> nodes)
    {
        foreach (NodeIndex node in nodes)
        {
            TimeSpan offset = TimeSpan.Zero;
            foreach ((TimeSpan one, IReadOnlyList<NodeIndex> hit) in _faults.Values)
            {
                if (hit.Contains(node)) offset += one;
            }

            agents.SetClock(node.Value, offset);
        }
    }
}
