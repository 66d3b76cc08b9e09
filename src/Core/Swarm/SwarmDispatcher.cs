using SchedBench.Core.Controllers;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Swarm;

/// <summary>What the managers think of nodes: down without heartbeats, up again with the next one; tasks of a node that stays down are orphaned (swarmkit
/// <c>manager/dispatcher/dispatcher.go</c>).</summary>
/// <remarks>Nothing is an event as long as heartbeats arrive. Differs: after a change of managers swarmkit gives nodes six periods instead of three; managers do not
/// change here. A node that is down is not ready: nothing is placed there.</remarks>
public sealed class SwarmDispatcher : Controller, IHeartbeatListener
{
    private readonly SwarmHeartbeats _heartbeats;
    private readonly SwarmOptions _options;
    private readonly PodsByNode _pods;
    private readonly Node?[] _nodes;

    internal SwarmDispatcher(SwarmHeartbeats heartbeats, PodsByNode pods, SwarmOptions options, int nodes)
    {
        _heartbeats = heartbeats;
        _pods = pods;
        _options = options;
        _nodes = new Node?[nodes];
        heartbeats.Subscribe(this);
    }

    /// <inheritdoc/>
    public override string Name => "swarm-dispatcher";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        if (change.Object is not Node node) return;
        _nodes[node.Index.Value] = change.After is null ? null : node;
        if (change.Before is null) Enqueue(node.Index.Value);
        // It was down: from now on its tasks wait to be orphaned.
        else if (change.Before is Node { IsReady: true } && node.IsReady != true) EnqueueAfter(node.Index.Value, _options.OrphanAfter);
    }

    /// <inheritdoc/>
    public void OnHeartbeatsChanged(int node) => Enqueue(node);

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        int index = (int)uid;
        if (_nodes[index] is not { } node) return;
        _ = _heartbeats.LastHeartbeatAt(index, Now);
        TimeSpan due = _heartbeats.DownAt(index);
        // A node that is reached again in time is not down, unless its next beat comes too late.
        if (!_heartbeats.AreLost(index) && (node.IsReady != true || _heartbeats.NextAt(index, Now) <= due)) return;
        if (node.IsReady != true)
        {
            TimeSpan orphanAt = node.ReadySince + _options.OrphanAfter;
            if (orphanAt > Now) EnqueueAfter(uid, orphanAt - Now);
            else Orphan(index);
            return;
        }

        if (due > Now)
        {
            EnqueueAfter(uid, due - Now);
            return;
        }

        if (Api.Update(node with { IsReady = null, ReadySince = Now }) is not null)
        {
            Retry(uid);
            return;
        }

        Context.Facts.Record(new Fact(FactKind.NodeNotReady, Now, default, -1, new(index), 0));
        Context.Events.Warn(node, "NodeDown", "heartbeat failure", Name);
    }

    /// <summary>Gives up the tasks of a node that has been down too long: their state is Orphaned, and nobody waits for them.</summary>
    private void Orphan(int node)
    {
        foreach (long uid in _pods.On(node).ToArray())
        {
            if (View.Find(uid) is not Pod { Swarm: { } task } pod || SwarmTask.HasStopped(pod)) continue;
            _ = Api.Update(pod with
            {
                Swarm = task with { State = SwarmTaskState.Orphaned },
                Status = pod.Status with { Phase = PodLifePhase.Failed, IsReady = false, ReadySince = pod.Status.IsReady ? Now : pod.Status.ReadySince, Reason = "Orphaned" },
            });
        }
    }
}
