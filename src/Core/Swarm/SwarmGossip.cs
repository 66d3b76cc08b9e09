using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Swarm;

/// <summary>What the gossip of the overlay network knows of nodes: the addresses of a node that is lost leave discovery some seconds later, without the managers (libnetwork
/// <c>networkdb</c>; the time is measured).</summary>
/// <remarks>A node is lost when its machine is off, its engine stands still or its network is cut. A node that is back before is not missed; otherwise its addresses are back with
/// it, unless the managers have replaced its tasks meanwhile.</remarks>
internal sealed class SwarmGossip : INodeHealthListener, IEventHandler
{
    private const NodeTrouble Silent = NodeTrouble.Down | NodeTrouble.AgentHung | NodeTrouble.CutOff;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly SwarmOptions _options;
    private readonly EndpointSliceController _endpoints;
    private readonly ulong[] _entities;
    private readonly int[] _losses;
    private readonly bool[] _isLost;
    private readonly Draw _delays;

    public SwarmGossip(EventLoop loop, NodeHealth health, EndpointSliceController endpoints, SwarmOptions options, int nodes, Func<int, string> name, ulong seed)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _options = options;
        _endpoints = endpoints;
        _entities = new ulong[nodes];
        for (int n = 0; n < nodes; n++) _entities[n] = Draw.Entity(name(n));
        _losses = new int[nodes];
        _isLost = new bool[nodes];
        _delays = Draw.Stream(seed, "swarm/gossip-loss");
        health.Subscribe(this);
    }

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        bool was = (before & Silent) != NodeTrouble.None, isNow = (after & Silent) != NodeTrouble.None;
        if (was == isNow) return;
        if (isNow)
        {
            long spread = (_options.GossipLossMax - _options.GossipLossMin).Ticks + 1;
            int loss = ++_losses[node];
            TimeSpan delay = _options.GossipLossMin + TimeSpan.FromTicks((long)_delays.Below(_entities[node], (ulong)loss, (ulong)spread));
            _loop.Schedule(_loop.Now + delay, new EventData(_handler, 0, node, loss));
            return;
        }

        _losses[node]++;
        if (!_isLost[node]) return;
        _isLost[node] = false;
        _endpoints.SetReachable(node, isReachable: true);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (_losses[data.Subject] != data.Argument) return;
        _isLost[data.Subject] = true;
        _endpoints.SetReachable(data.Subject, isReachable: false);
    }
}
