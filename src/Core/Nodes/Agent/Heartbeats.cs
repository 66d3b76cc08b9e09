using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Nodes;

/// <summary>What the control plane can know of a node's life.</summary>
public interface IHeartbeats
{
    /// <summary>Instant of the last lease renewal that arrived by <paramref name="now"/>; before the start of the run it is negative.</summary>
    TimeSpan LastHeartbeatAt(int node, TimeSpan now);

    /// <summary>Whether no further renewal will arrive until something changes.</summary>
    bool AreLost(int node);

    /// <summary>Adds somebody who is told when heartbeats stop or go on.</summary>
    void Subscribe(IHeartbeatListener listener);
}

/// <summary>Is told when heartbeats of a node stop, and when they go on.</summary>
public interface IHeartbeatListener
{
    /// <summary>They stopped or went on: <see cref="IHeartbeats.AreLost"/> says which.</summary>
    void OnHeartbeatsChanged(int node);
}

/// <summary>Heartbeats that agents know the turns of.</summary>
internal interface IAgentHeartbeats : IHeartbeats
{
    /// <summary>The first heartbeat at or after an instant, if nothing is in its way.</summary>
    TimeSpan NextAt(int node, TimeSpan from);
}

/// <summary>Lease renewals of all nodes without an event: each node renews at its phase and every period after it (kubelet: lease of 40 s, renewed every 10 s).</summary>
/// <remarks>A machine that starts anew renews at once, and its phase is that instant; a node that is reached again renews at its next turn (Kubernetes retries every
/// 7 s at the latest).</remarks>
internal sealed class Heartbeats : IAgentHeartbeats, INodeHealthListener
{
    private readonly EventLoop _loop;
    private readonly NodeHealth _health;
    private readonly TimeSpan _period;
    private readonly TimeSpan[] _first;
    private readonly TimeSpan[] _last;
    private IHeartbeatListener[] _listeners = [];

    public Heartbeats(EventLoop loop, NodeHealth health, int nodes, TimeSpan period, Func<int, string> name, ulong seed)
    {
        _loop = loop;
        _health = health;
        _period = period;
        _first = new TimeSpan[nodes];
        _last = new TimeSpan[nodes];
        var phases = Draw.Stream(seed, "node/heartbeat-phase");
        // Every node has renewed once before the run begins.
        for (int n = 0; n < nodes; n++) _first[n] = _last[n] = TimeSpan.FromTicks((long)phases.Below(Draw.Entity(name(n)), 0, (ulong)period.Ticks)) - period;
        health.Subscribe(this);
    }

    public TimeSpan LastHeartbeatAt(int node, TimeSpan now)
    {
        if (AreLost(node) || now < _first[node]) return _last[node];
        return _first[node] + (_period * ((now - _first[node]).Ticks / _period.Ticks));
    }

    public bool AreLost(int node) => !_health.HasHeartbeats(node);

    /// <summary>The first renewal at or after an instant, if nothing is in its way.</summary>
    public TimeSpan NextAt(int node, TimeSpan from)
    {
        if (from <= _first[node]) return _first[node];
        TimeSpan last = _first[node] + (_period * ((from - _first[node]).Ticks / _period.Ticks));
        return last == from ? last : last + _period;
    }

    public void Subscribe(IHeartbeatListener listener) => _listeners = [.. _listeners, listener];

    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        bool were = (before & ~NodeTrouble.ProcessesHung) == NodeTrouble.None, are = (after & ~NodeTrouble.ProcessesHung) == NodeTrouble.None;
        TimeSpan now = _loop.Now;
        if (were && !are && now >= _first[node]) _last[node] = _first[node] + (_period * ((now - _first[node]).Ticks / _period.Ticks));
        if (!were && are) _first[node] = (before & NodeTrouble.Down) != NodeTrouble.None ? now : NextAt(node, now);
        if (were == are) return;
        foreach (IHeartbeatListener listener in _listeners) listener.OnHeartbeatsChanged(node);
    }
}
