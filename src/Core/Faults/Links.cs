using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Runs;

namespace SchedBench.Core.Faults;

/// <summary>Ways between parties: requests of streams, images, and, where nothing arrives any more, agents and control plane.</summary>
/// <remarks>Not simulated: the gossip between Swarm's nodes, which feels a cut alone.</remarks>
internal sealed class Links(RequestTraffic? traffic, TroubledMachines machines, AgentWays agents, PullWays pulls) : IWorldPart
{
    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is LinkEffect;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect)
    {
        var link = (LinkEffect)effect;
        if (traffic is { HasFluid: true } && link.Peer.Kind is not (LinkPeerKind.ControlPlane or LinkPeerKind.Registry)) return TrafficPart.NoPackets;
        if (link.Peer.Kind == LinkPeerKind.Registry && !link.IsWhole && link.BytesPerSecond == 0) return "delays and losses on the way of images are not simulated: bandwidth, slowNetwork and registrySlow are";
        return null;
    }

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims)
    {
        var link = (LinkEffect)effect;
        bool isOfPods = victims.Nodes.Count == 0;
        if (isOfPods && link.Peer.Kind is LinkPeerKind.ControlPlane or LinkPeerKind.Registry) throw new RunStepException($"fault {fault}: pods talk neither to the control plane nor to the registry: name the nodes");
        if (link.Peer.Kind is not (LinkPeerKind.ControlPlane or LinkPeerKind.Registry)) traffic?.Faults.Begin(fault, link, victims);
        if (isOfPods) return;
        if (link.Peer.Kind is LinkPeerKind.Anyone or LinkPeerKind.ControlPlane)
        {
            if (link.IsWhole) machines.Begin(fault, new MachineEffect(NodeTrouble.CutOff), victims);
            else agents.Begin(fault, link, victims.Nodes);
        }

        if (link.Peer.Kind is LinkPeerKind.Anyone or LinkPeerKind.Registry && (link.IsWhole || link.BytesPerSecond > 0))
            pulls.Begin(fault, victims.Nodes, new SimulatedRuntime.PullConditions(1, link.BytesPerSecond, link.IsWhole));
    }

    /// <inheritdoc/>
    public void End(int fault)
    {
        traffic?.Faults.End(fault);
        machines.End(fault);
        agents.End(fault);
        pulls.End(fault);
    }
}

/// <summary>What requests meet at pods and names.</summary>
internal sealed class TrafficPart(RequestTraffic? traffic) : IWorldPart
{
    /// <summary>Why a stream of rates suffers no fault of its requests.</summary>
    public const string NoPackets = "a stream above its fluidAbove is a rate and has no requests that a fault could touch: leave fluidAbove out";

    /// <inheritdoc/>
    public bool Takes(WorldEffect effect) => effect is RequestEffect or DnsEffect;

    /// <inheritdoc/>
    public string? Refuses(WorldEffect effect) => traffic is null ? "the workload sends no requests (traffic)" : traffic.HasFluid ? NoPackets : null;

    /// <inheritdoc/>
    public void Begin(int fault, WorldEffect effect, FaultVictims victims) => traffic!.Faults.Begin(fault, effect, victims);

    /// <inheritdoc/>
    public void End(int fault) => traffic!.Faults.End(fault);
}
