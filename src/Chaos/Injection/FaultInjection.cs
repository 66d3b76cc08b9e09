using SchedBench.Chaos.Plans;
using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;

namespace SchedBench.Chaos.Injection;

/// <summary>Brings a plan into a run of Kubernetes objects: steps that begin and end its faults.</summary>
public static class FaultInjection
{
    /// <summary>The steps of a plan, for one run: they keep what is wrong with its machines between them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="seed">Seed of the run.</param>
    public static IReadOnlyList<RunStep> Steps(FaultPlan plan, ulong seed)
    {
        var troubles = new TroubleBook();
        var steps = new List<RunStep>();
        foreach (PlannedFault fault in plan.Faults)
        {
            if (fault.Pods is { } pods)
            {
                steps.Add(new PodKillStep(fault.At, fault.Number, pods, seed));
                continue;
            }

            steps.Add(new FaultStep(fault.At, fault, troubles, Begins: true));
            if (fault.Duration is { } duration && duration < TimeSpan.MaxValue - fault.At) steps.Add(new FaultStep(fault.At + duration, fault, troubles, Begins: false));
        }

        return [.. steps.OrderBy(step => step.At)];
    }
}

/// <summary>What each fault that is under way does to each machine: a machine is well again when the last of them is over.</summary>
internal sealed class TroubleBook
{
    private readonly Dictionary<int, List<(int Fault, NodeTrouble Trouble)>> _byNode = [];
    private Dictionary<string, int>? _places;

    /// <summary>Place of a node in the fleet, or null.</summary>
    public int? Find(FleetLayout fleet, string name)
    {
        _places ??= fleet.Nodes.ToArray().Select((node, place) => (node.Name, place)).ToDictionary(entry => entry.Name, entry => entry.place, StringComparer.Ordinal);
        return _places.TryGetValue(name, out int found) ? found : null;
    }

    /// <summary>Adds or takes away a fault; what is wrong with the machine now.</summary>
    public NodeTrouble Change(int node, int fault, NodeTrouble trouble, bool begins)
    {
        if (!_byNode.TryGetValue(node, out List<(int Fault, NodeTrouble Trouble)>? active)) _byNode.Add(node, active = []);
        if (begins) active.Add((fault, trouble));
        else active.Remove((fault, trouble));
        return active.Aggregate(NodeTrouble.None, (all, other) => all | other.Trouble);
    }
}

/// <summary>Begins or ends a fault.</summary>
internal sealed record FaultStep(TimeSpan At, PlannedFault Fault, TroubleBook Troubles, bool Begins) : RunStep(At)
{
    /// <inheritdoc/>
    public override void Execute(OrchestratedRun run)
    {
        NodeHealth health = run.Health ?? throw new RunStepException($"fault {Fault.Number} ({Fault.Cause}): this run has no machines, only an API");
        NodeTrouble trouble = FaultEffects.TroubleOf(Fault.Effect);
        foreach (string name in Fault.Nodes)
        {
            int node = Troubles.Find(run.Fleet, name) ?? throw new RunStepException($"fault {Fault.Number} ({Fault.Cause}): the fleet has no node {name}");
            run.Facts.Mark(new Fact(Begins ? FactKind.FaultBegan : FactKind.FaultEnded, run.Loop.Now, new PodIndex(-1), Fault.Number, new NodeIndex(node), (long)trouble));
            health.Set(node, Troubles.Change(node, Fault.Number, trouble, Begins));
        }
    }
}
