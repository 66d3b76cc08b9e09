using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;
using SchedBench.Core.Time;

namespace SchedBench.Core.Swarm;

/// <summary>Heartbeats of Swarm's nodes without an event each: the time to the next one is drawn anew every time (swarmkit <c>manager/dispatcher/period.go</c>, <c>nodes.go</c>).</summary>
/// <remarks>Every node has beaten once before the run begins. The k-th period of a node is a draw of (seed, node, k), so the beats of a node are the same in every run of a
/// seed. A machine that starts anew registers at once; a node that is reached again beats at its next turn.</remarks>
internal sealed class SwarmHeartbeats : IAgentHeartbeats, INodeHealthListener
{
    private readonly EventLoop _loop;
    private readonly NodeHealth _health;
    private readonly SwarmOptions _options;
    private readonly Draw _periods;
    private readonly Beat[] _beats;
    private IHeartbeatListener[] _listeners = [];

    public SwarmHeartbeats(EventLoop loop, NodeHealth health, int nodes, SwarmOptions options, Func<int, string> name, ulong seed)
    {
        _loop = loop;
        _health = health;
        _options = options;
        _periods = Draw.Stream(seed, "swarm/heartbeat-period");
        _beats = new Beat[nodes];
        var phases = Draw.Stream(seed, "swarm/heartbeat-phase");
        for (int n = 0; n < nodes; n++)
        {
            ulong entity = Draw.Entity(name(n));
            TimeSpan first = PeriodOf(entity, 0);
            TimeSpan at = TimeSpan.FromTicks((long)phases.Below(entity, 0, (ulong)first.Ticks)) - first;
            _beats[n] = new Beat { Entity = entity, At = at, HeardAt = at };
        }

        health.Subscribe(this);
    }

    /// <summary>A beat of a node: the last one that is known to have been made, or the next after an interruption; and the last one that arrived.</summary>
    private struct Beat
    {
        public ulong Entity;
        public ulong Number;
        public TimeSpan At;
        public ulong HeardNumber;
        public TimeSpan HeardAt;
    }

    /// <inheritdoc/>
    public TimeSpan LastHeartbeatAt(int node, TimeSpan now)
    {
        ref Beat beat = ref _beats[node];
        if (!AreLost(node)) Advance(ref beat, now);
        return beat.HeardAt;
    }

    /// <inheritdoc/>
    public bool AreLost(int node) => !_health.HasHeartbeats(node);

    /// <inheritdoc/>
    public TimeSpan NextAt(int node, TimeSpan from)
    {
        Beat beat = _beats[node];
        while (beat.At < from) Step(ref beat);
        return beat.At;
    }

    /// <summary>When the managers take a node for down unless they hear of it: so many of its last period after the last beat that arrived.</summary>
    public TimeSpan DownAt(int node)
    {
        ref readonly Beat beat = ref _beats[node];
        return beat.HeardAt + (PeriodOf(beat.Entity, beat.HeardNumber) * _options.DownAfterPeriods);
    }

    /// <inheritdoc/>
    public void Subscribe(IHeartbeatListener listener) => _listeners = [.. _listeners, listener];

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        bool were = (before & ~NodeTrouble.ProcessesHung) == NodeTrouble.None, are = (after & ~NodeTrouble.ProcessesHung) == NodeTrouble.None;
        if (were == are) return;
        ref Beat beat = ref _beats[node];
        TimeSpan now = _loop.Now;
        if (were)
        {
            Advance(ref beat, now);
        }
        else if ((before & NodeTrouble.Down) != NodeTrouble.None)
        {
            beat.Number = beat.HeardNumber + 1;
            beat.At = now;
            (beat.HeardNumber, beat.HeardAt) = (beat.Number, now);
        }
        else
        {
            // What was sent meanwhile did not arrive; the turns go on.
            while (beat.At < now) Step(ref beat);
        }

        foreach (IHeartbeatListener listener in _listeners) listener.OnHeartbeatsChanged(node);
    }

    private void Advance(ref Beat beat, TimeSpan now)
    {
        if (beat.At > now) return;
        while (true)
        {
            TimeSpan next = beat.At + PeriodOf(beat.Entity, beat.Number);
            if (next > now) break;
            beat.At = next;
            beat.Number++;
        }

        (beat.HeardNumber, beat.HeardAt) = (beat.Number, beat.At);
    }

    private void Step(ref Beat beat)
    {
        beat.At += PeriodOf(beat.Entity, beat.Number);
        beat.Number++;
    }

    private TimeSpan PeriodOf(ulong entity, ulong number)
    {
        long spread = (2 * _options.HeartbeatEpsilon.Ticks) + 1;
        return _options.HeartbeatPeriod - _options.HeartbeatEpsilon + TimeSpan.FromTicks((long)_periods.Below(entity, number, (ulong)spread));
    }
}
