using SchedBench.Core.Nodes;

namespace SchedBench.Core.Faults;

/// <summary>What real machines suffer by themselves; a cut from the control plane is that of their agents.</summary>
internal sealed class FleetPart(IFleetFaults fleet, TroubledMachines machines) : IWorldPart
{
    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => true;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => fleet.Refuses(effect);

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        if (effect is LinkEffect { Peer.Kind: LinkPeerKind.Anyone or LinkPeerKind.ControlPlane } link && link.IsWhole && victims.Nodes.Count > 0) machines.Begin(fault, new MachineEffect(NodeTrouble.CutOff), victims);
        fleet.Begin(fault, effect, victims);
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        machines.End(fault);
        fleet.End(fault);
    }
}
