using SchedBench.Core.Cluster;
using SchedBench.Core.Faults;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Fleets.Runtime;

namespace SchedBench.Fleets.Faults;

/// <summary>Faults that a fleet's containers suffer for real; what an engine cannot do is refused by its name before a run begins.</summary>
internal sealed class FleetFaults(IContainerEngine engine, Func<FleetRuntime> runtime) : IFleetFaults
{
    private readonly Dictionary<int, (LinkEffect Effect, IReadOnlyList<NodeIndex> Nodes)> _links = [];
    private readonly SortedDictionary<int, (SlowMachineEffect Effect, IReadOnlyList<NodeIndex> Nodes)> _slow = [];

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => effect switch
    {
        KillContainerEffect or LinkEffect or SlowMachineEffect { Network: 1, Disk: 1 } => engine.Refuses(effect),
        SlowMachineEffect => "the network and the disk of a real node are not slowed down: slowCpu is",
        _ => $"a real fleet has no {effect.Kind}",
    };

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        switch (effect)
        {
            case KillContainerEffect kill:
                foreach (Pod pod in victims.Pods) runtime().KillContainers(pod.Uid, kill.Container);
                break;
            case LinkEffect link:
                _links.Add(fault, (link, victims.Nodes));
                foreach (NodeIndex node in victims.Nodes) runtime().Link(node.Value, link, begins: true);
                break;
            case SlowMachineEffect slow:
                _slow.Add(fault, (slow, victims.Nodes));
                foreach (NodeIndex node in victims.Nodes) Slow(node);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (_links.Remove(fault, out (LinkEffect Effect, IReadOnlyList<NodeIndex> Nodes) cut))
        {
            foreach (NodeIndex node in cut.Nodes) runtime().Link(node.Value, cut.Effect, begins: false);
        }

        if (!_slow.Remove(fault, out (SlowMachineEffect Effect, IReadOnlyList<NodeIndex> Nodes) held)) return;
        foreach (NodeIndex node in held.Nodes) Slow(node);
    }

    private void Slow(NodeIndex node) => runtime().Slow(node.Value, 1 / _slow.Values.Where(fault => fault.Nodes.Contains(node)).Aggregate(1.0, (all, fault) => all * fault.Effect.Cpu));
}
