using SchedBench.Core.Objects;

namespace SchedBench.Core.Swarm;

/// <content>Who takes the place of a task that ended or has to go, and when (<c>manager/orchestrator/restart</c>).</content>
public sealed partial class SwarmOrchestrator
{
    /// <summary>Tells a task to stop and makes the one that takes its place, if the restart policy says so (<c>restart.Supervisor.Restart</c>).</summary>
    private void Replace(Round round, SwarmSlot slot, Pod pod)
    {
        long blocker = Blocker(pod);
        bool isDrained = pod.Node.IsNode && _nodes[pod.Node.Value] is { IsDrained: true };
        bool isLost = pod.Node.IsNode && IsDown(pod.Node.Value);
        bool restarts = ShouldRestart(round, slot, pod);
        Tell(pod, SwarmTaskState.Shutdown);
        // A global service's task belongs to its node: it comes back with it.
        if (round.Service.Mode == SwarmMode.Global && (isDrained || isLost)) return;
        // Another task of this version is here already, as in an update that starts first: it is the successor.
        if (!restarts || HasSuccessor(round, slot, pod)) return;
        CountRestart(round, slot);
        TimeSpan delay = isDrained ? TimeSpan.Zero : _options.Restart.Delay;
        Make(round, slot, SwarmTaskState.Ready, Now + delay, blocker);
    }

    private bool HasSuccessor(Round round, SwarmSlot slot, Pod pod)
    {
        foreach (long uid in slot.Tasks)
        {
            if (uid != pod.Uid && View.Find(uid) is Pod other && IsWanted(other) && !SwarmTask.HasStopped(other) && !IsDirty(round, other)) return true;
        }

        return false;
    }

    /// <summary>Whether a task is replaced (<c>shouldRestart</c>): condition, and attempts within the window.</summary>
    private bool ShouldRestart(Round round, SwarmSlot slot, Pod pod)
    {
        SwarmRestartPolicy policy = _options.Restart;
        SwarmRestartCondition condition = round.Service.Condition(policy);
        if (condition == SwarmRestartCondition.None || (condition == SwarmRestartCondition.OnFailure && pod.Swarm!.State == SwarmTaskState.Complete)) return false;
        int most = round.Service.MaxAttempts(policy);
        if (most == 0) return round.Service.Object is not Job;
        if (slot.RestartVersion != pod.Swarm!.Version) return true;
        if (policy.Window == TimeSpan.Zero) return slot.Restarts < most;
        if (slot.RestartedAt is not { } times) return true;
        TimeSpan from = Now - policy.Window;
        times.RemoveAll(at => at < from);
        return times.Count < most;
    }

    private void CountRestart(Round round, SwarmSlot slot)
    {
        if (slot.RestartVersion != round.Status.Version)
        {
            (slot.RestartVersion, slot.Restarts) = (round.Status.Version, 0);
            slot.RestartedAt?.Clear();
        }

        slot.Restarts++;
        if (_options.Restart.Window > TimeSpan.Zero) (slot.RestartedAt ??= []).Add(Now);
    }

    /// <summary>Starts a task that is wanted Ready once its delay is over and the one before it has stopped, or was waited for long enough (<c>DelayStart</c>, <c>StartNow</c>).</summary>
    private void StartWhenItsTurn(Round round, SwarmSlot slot, Pod pod)
    {
        SwarmTask task = pod.Swarm!;
        TimeSpan giveUp = pod.Metadata.CreatedAt + _options.OldTaskTimeout;
        if (task.NotBefore > Now)
        {
            round.Book.TouchAt(slot, task.NotBefore);
        }
        else if (task.After == 0 || giveUp <= Now || View.Find(task.After) is not Pod old || Blocker(old) == 0)
        {
            SwarmTaskState state = round.Service.Mode == SwarmMode.ReplicatedJob ? SwarmTaskState.Complete : SwarmTaskState.Running;
            Check(Api.Update(pod with { Swarm = task with { Desired = state } }), round.Service.Object.Uid);
        }
        else
        {
            round.Book.TouchAt(slot, giveUp);
        }
    }

    /// <summary>The task that must stop before another takes the place of this one, 0 for none: itself, unless it stopped, never had a node, or its node is down or gone; then
    /// the one that it waits for. (swarmkit does not look further than the first.)</summary>
    private long Blocker(Pod pod)
    {
        for (Pod? at = pod; at is not null; at = at.Swarm!.After == 0 ? null : View.Find(at.Swarm.After) as Pod)
        {
            if (!SwarmTask.HasStopped(at) && at.Node.IsNode && !IsDown(at.Node.Value)) return at.Uid;
        }

        return 0;
    }

    /// <summary>A task of a slot that still runs, 0 for none; one that is removed is not waited for.</summary>
    private long BlockerOf(SwarmSlot slot)
    {
        long blocker = 0;
        foreach (long uid in slot.Tasks)
        {
            if (View.Find(uid) is Pod { Swarm.Desired: not SwarmTaskState.Remove } pod && Blocker(pod) is var other && other != 0) blocker = other;
        }

        return blocker;
    }
}
