using SchedBench.Core.Cluster;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Faults;

/// <summary>Ways between agents and the control plane that are slow or lose packets: news and status come late, heartbeats late or never.</summary>
/// <remarks>
/// Every call has a time-out: the kubelet's heartbeats 10 s (<c>cmd/kubelet/app/server.go</c>, the update frequency), a Swarm agent's 5 s (swarmkit <c>agent/session.go</c>, <c>dispatcherRPCTimeout</c>). Where a
/// round trip takes that long at least nothing comes through: the node is cut off. Of heartbeats each is drawn by itself, and is lost when its round trip takes as long; what arrives counts for the instant at which it was sent.
/// What else an agent says or hears is sent again after a time-out until it arrives, at the end of the fault at the latest. The API's news of nodes and of configuration are not delayed.
/// </remarks>
internal sealed class AgentWays : IEventHandler, IAgentWay
{
    private const ushort Loses = 0;
    private const ushort Arrives = 1;
    private const ushort Looks = 2;
    private const int LookAhead = 1_000;
    private const int MostTries = 100;

    /// <summary>Draws of a round trip: a packet there, one back.</summary>
    private const ulong DrawsEach = 2 * PacketTime.Draws;

    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly NodeAgent _agents;
    private readonly TroubledMachines _machines;
    private readonly IAgentHeartbeats _heartbeats;
    private readonly TimeSpan _timeout;
    private readonly Draw _beats;
    private readonly Draw _messages;
    private readonly Func<int, string> _name;
    private readonly int _nodes;
    private readonly SortedDictionary<int, (LinkEffect Effect, IReadOnlyList<NodeIndex> Nodes)> _faults = [];
    private readonly Dictionary<int, AgentWay> _ways = [];
    private long _generation;

    /// <summary>Ways that are well.</summary>
    public AgentWays(EventLoop loop, FleetLayout fleet, NodeAgent agents, IAgentHeartbeats heartbeats, TroubledMachines machines, TimeSpan timeout, ulong seed)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _machines = machines;
        _heartbeats = heartbeats;
        _timeout = timeout;
        _beats = Draw.Stream(seed, "node/way-heartbeats");
        _messages = Draw.Stream(seed, "node/way-messages");
        _name = node => fleet.Nodes[node].Name;
        _nodes = fleet.Count;
        _agents = agents;
        agents.Way = this;
    }

    /// <summary>Time-out of calls of kubelets.</summary>
    public static TimeSpan KubeletTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Time-out of calls of Swarm's agents.</summary>
    public static TimeSpan SwarmTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong with the way of a node.</summary>
    private sealed class AgentWay
    {
        public WayConditions Conditions;
        public ulong Entity;
        public ulong Messages;
        public long Generation;
        public bool IsOut;
        public bool LosesHeartbeats;
    }

    /// <summary>A fault on the way begins.</summary>
    public void Begin(int fault, LinkEffect effect, IReadOnlyList<NodeIndex> nodes)
    {
        _faults.Add(fault, (effect, nodes));
        foreach (NodeIndex node in nodes) Change(node);
    }

    /// <summary>It is over.</summary>
    public void End(int fault)
    {
        if (!_faults.Remove(fault, out (LinkEffect Effect, IReadOnlyList<NodeIndex> Nodes) held)) return;
        foreach (NodeIndex node in held.Nodes) Change(node);
    }

    /// <inheritdoc/>
    public bool IsSlow(int node) => _ways.ContainsKey(node);

    /// <inheritdoc/>
    public TimeSpan ToControlPlane(int node) => Message(_ways[node], isBack: false);

    /// <inheritdoc/>
    public TimeSpan FromControlPlane(int node) => Message(_ways[node], isBack: true);

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        int node = data.Subject;
        if (!_ways.TryGetValue(node, out AgentWay? way) || way.Generation != data.Argument) return;
        if (data.Kind == Loses) SetLost(node, way, isLost: true);
        else if (data.Kind == Arrives) SetLost(node, way, isLost: false);
        // The beat of this very instant was judged; the next one is later.
        Follow(node, way, _loop.Now + TimeSpan.FromTicks(data.Kind == Loses ? 2 : 1));
    }

    private void Change(NodeIndex node)
    {
        int n = node.Value;
        var conditions = default(WayConditions);
        foreach ((LinkEffect effect, IReadOnlyList<NodeIndex> nodes) in _faults.Values)
        {
            if (nodes.Contains(node)) conditions.Add(effect, effect.Direction.HasFlag(LinkDirection.To), effect.Direction.HasFlag(LinkDirection.From));
        }

        _ways.Remove(n, out AgentWay? before);
        bool isOut = conditions.DelayThere + conditions.DelayBack >= _timeout;
        bool mayLose = !isOut && (conditions.LossThere + conditions.LossBack > 0 || conditions.DelayThere + conditions.DelayBack + conditions.JitterThere + conditions.JitterBack >= _timeout);
        // What stays as it was is not undone in between: a node does not come back for an instant.
        if (isOut && before?.IsOut != true) _machines.Begin(OutOf(n), new MachineEffect(NodeTrouble.CutOff), new FaultVictims([node], []));
        else if (!isOut && before?.IsOut == true) _machines.End(OutOf(n));
        if (!mayLose && before is not null) SetLost(n, before, isLost: false);
        if (!conditions.IsAny)
        {
            _agents.CatchUp(n);
            return;
        }

        var way = new AgentWay { Conditions = conditions, Entity = before?.Entity ?? Draw.Entity(_name(n)), Messages = before?.Messages ?? 0, Generation = ++_generation, IsOut = isOut, LosesHeartbeats = before?.LosesHeartbeats ?? false };
        _ways.Add(n, way);
        if (mayLose) Follow(n, way, _loop.Now + TimeSpan.FromTicks(2));
    }

    /// <summary>Finds the next heartbeat that is lost, or while they are lost the next that arrives: the change is an event at it, just before it when it is lost.</summary>
    private void Follow(int node, AgentWay way, TimeSpan from)
    {
        TimeSpan beat = from;
        for (int ahead = 0; ahead < LookAhead; ahead++)
        {
            beat = _heartbeats.NextAt(node, beat);
            if (IsHeard(way, beat) == way.LosesHeartbeats)
            {
                _loop.Schedule(way.LosesHeartbeats ? beat : beat - TimeSpan.FromTicks(1), new EventData(_handler, way.LosesHeartbeats ? Arrives : Loses, node, way.Generation));
                return;
            }

            beat += TimeSpan.FromTicks(1);
        }

        _loop.Schedule(beat, new EventData(_handler, Looks, node, way.Generation));
    }

    private bool IsHeard(AgentWay way, TimeSpan beat)
    {
        ulong n = (ulong)beat.Ticks * DrawsEach;
        return way.Conditions.There(in _beats, way.Entity, n) + way.Conditions.Back(in _beats, way.Entity, n + PacketTime.Draws) < _timeout;
    }

    private TimeSpan Message(AgentWay way, bool isBack)
    {
        TimeSpan total = TimeSpan.Zero;
        for (int tries = 1; ; tries++)
        {
            ulong n = way.Messages++ * PacketTime.Draws;
            TimeSpan time = isBack ? way.Conditions.Back(in _messages, way.Entity, n) : way.Conditions.There(in _messages, way.Entity, n);
            if (time < _timeout || tries == MostTries) return total + time;
            total += _timeout;
        }
    }

    private void SetLost(int node, AgentWay way, bool isLost)
    {
        if (way.LosesHeartbeats == isLost) return;
        way.LosesHeartbeats = isLost;
        if (isLost) _machines.Begin(LostOf(node), new MachineEffect(NodeTrouble.HeartbeatsLost), new FaultVictims([new NodeIndex(node)], []));
        else _machines.End(LostOf(node));
    }

    /// <summary>Numbers of trouble that is no fault of a plan, but comes of one: below zero.</summary>
    private static int OutOf(int node) => -1 - node;

    private int LostOf(int node) => -1 - _nodes - node;
}
