using SchedBench.Core.Nodes;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Faults;

/// <summary>A part of a simulated world that suffers effects of some type.</summary>
internal interface IWorldPart
{
    /// <summary>Whether effects of this type are its own.</summary>
    bool Takes(WorldEffect effect);

    /// <summary>Why it cannot do this one, or null.</summary>
    string? Refuses(WorldEffect effect) => null;

    /// <summary>A fault begins.</summary>
    void Begin(int fault, WorldEffect effect, FaultVictims victims);

    /// <summary>A fault that began is over.</summary>
    void End(int fault);
}

/// <summary>The world of a run as something that suffers faults: its machines are simulated, or those of a fleet.</summary>
public sealed class SimulatedWorld : IFaultWorld
{
    private readonly IWorldPart[] _parts;
    private readonly Dictionary<int, IWorldPart> _active = [];

    /// <summary>The world of a run.</summary>
    internal SimulatedWorld(OrchestratedRun run)
    {
        TroubledMachines? machines = run.Health is { } health ? new TroubledMachines(health) : null;
        ControlPlane = new ControlPlane(run, machines);
        var drains = new DrainedNodes(run);
        _parts =
        [
            new KilledPods(run), .. run.Machines is null ? (IWorldPart[])[new TrafficPart(run.Traffic)] : [], new Volumes(run.Volumes), ControlPlane, drains, new ReclaimedMachines(run, drains, machines), new ChangedDeployments(run),
            .. machines is null ? [] : run.Machines is { } fleet ? [machines, new SkewedClocks(run.Agents!, run.Swarm is not null), new FleetPart(fleet.Faults, machines)] : PartsOfMachines(run, machines),
        ];
    }

    /// <summary>Its control plane.</summary>
    internal ControlPlane ControlPlane { get; }

    /// <inheritdoc/>
    public int Active => _active.Count;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => PartOf(effect) is { } part ? part.Refuses(effect) : $"{effect.Kind} is nothing that this cluster suffers";

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        if (Refuses(effect) is { } reason) throw new RunStepException($"fault {fault}: {reason}");
        IWorldPart part = PartOf(effect)!;
        if (!effect.IsInstant && !_active.TryAdd(fault, part)) throw new InvalidOperationException($"Fault {fault} holds already.");
        part.Begin(fault, effect, victims);
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        if (_active.Remove(fault, out IWorldPart? part)) part.End(fault);
    }

    /// <summary>A run without machines is an API alone.</summary>
    private static IWorldPart[] PartsOfMachines(OrchestratedRun run, TroubledMachines machines)
    {
        var pulls = new PullWays(run.Runtime!);
        var ways = new AgentWays(run.Loop, run.Fleet, run.Agents!, (IAgentHeartbeats)run.Heartbeats!, machines, run.Swarm is null ? AgentWays.KubeletTimeout : AgentWays.SwarmTimeout, run.Seed);
        return
        [
            machines, new SlowMachines(run.Runtime!, pulls), new FilledMachines(run.Fleet, run.Agents!), new Links(run.Traffic, machines, ways, pulls), new PodProcesses(run.Runtime!, run.Agents!, run.Swarm is not null), new Registry(run.Runtime!),
            new SkewedClocks(run.Agents!, run.Swarm is not null),
        ];
    }

    private IWorldPart? PartOf(WorldEffect effect) => Array.Find(_parts, part => part.Takes(effect));
}
