using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;

namespace SchedBench.Core.Faults;

/// <summary>Machines that are slow: factors of several faults multiply.</summary>
internal sealed class SlowMachines(SimulatedRuntime runtime, PullWays pulls) : IWorldPart
{
    private readonly SortedDictionary<int, (SlowMachineEffect Effect, IReadOnlyList<NodeIndex> Nodes)> _faults = [];

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is SlowMachineEffect;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        var slow = (SlowMachineEffect)effect;
        _faults.Add(fault, (slow, victims.Nodes));
        Apply(victims.Nodes);
        if (slow.Network > 1 || slow.Disk > 1) pulls.Begin(fault, victims.Nodes, new SimulatedRuntime.PullConditions(slow.Network * slow.Disk, 0, IsCut: false));
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (!_faults.Remove(fault, out (SlowMachineEffect Effect, IReadOnlyList<NodeIndex> Nodes) held)) return;
        Apply(held.Nodes);
        pulls.End(fault);
    }

    private void Apply(IReadOnlyList<NodeIndex> nodes)
    {
        foreach (NodeIndex node in nodes)
        {
            SlowMachineEffect[] hits = [.. _faults.Values.Where(fault => fault.Nodes.Contains(node)).Select(fault => fault.Effect)];
            runtime.SetSlowness(node.Value, hits.Aggregate(1.0, (all, effect) => all * effect.Cpu));
            runtime.SetDiskSlowness(node.Value, hits.Aggregate(1.0, (all, effect) => all * effect.Disk));
        }
    }
}

/// <summary>How images come to nodes while faults are in their way: factors multiply, the least rate counts, one cut is enough.</summary>
internal sealed class PullWays(SimulatedRuntime runtime)
{
    private readonly SortedDictionary<int, (IReadOnlyList<NodeIndex> Nodes, SimulatedRuntime.PullConditions Conditions)> _faults = [];

    public void Begin(int fault, IReadOnlyList<NodeIndex> nodes, SimulatedRuntime.PullConditions conditions)
    {
        _faults.Add(fault, (nodes, conditions));
        Apply(nodes);
    }

    public void End(int fault)
    {
        if (_faults.Remove(fault, out (IReadOnlyList<NodeIndex> Nodes, SimulatedRuntime.PullConditions Conditions) held)) Apply(held.Nodes);
    }

    private void Apply(IReadOnlyList<NodeIndex> nodes)
    {
        foreach (NodeIndex node in nodes)
        {
            SimulatedRuntime.PullConditions all = SimulatedRuntime.PullConditions.Well;
            foreach ((IReadOnlyList<NodeIndex> hit, SimulatedRuntime.PullConditions one) in _faults.Values)
            {
                if (!hit.Contains(node)) continue;
                double rate = all.BytesPerSecond == 0 || (one.BytesPerSecond > 0 && one.BytesPerSecond < all.BytesPerSecond) ? one.BytesPerSecond : all.BytesPerSecond;
                all = new SimulatedRuntime.PullConditions(all.Factor * one.Factor, rate, all.IsCut || one.IsCut);
            }

            runtime.SetPullConditions(node.Value, all);
        }
    }
}
