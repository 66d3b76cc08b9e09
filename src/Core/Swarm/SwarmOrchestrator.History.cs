using SchedBench.Core.Objects;

namespace SchedBench.Core.Swarm;

/// <content>How long ended tasks are kept (<c>manager/orchestrator/taskreaper</c>).</content>
public sealed partial class SwarmOrchestrator
{
    private bool HasWaiting(SwarmSlot slot)
    {
        foreach (long uid in slot.Tasks)
        {
            if (View.Find(uid) is Pod { Swarm: { Desired: SwarmTaskState.Ready, After: not 0 } } pod && IsWanted(pod)) return true;
        }

        return false;
    }

    /// <summary>Shortens a history that is too long: the oldest tasks that have stopped go (<c>taskreaper</c>). As many as restarts are counted by stay, and the newest one: it
    /// says whether the slot is to be filled again.</summary>
    private void Reap(Round round, SwarmSlot slot)
    {
        int attempts = round.Service.MaxAttempts(_options.Restart), most = Math.Max(Math.Max(1, _options.TaskHistory), attempts > 0 ? attempts + 1 : 0);
        // A task that waits for its turn finds those that it waits for.
        if (slot.Tasks.Count <= most || HasWaiting(slot))
        {
            slot.ReapAt = null;
            return;
        }

        slot.ReapAt ??= Now + _options.ReaperBatch;
        if (slot.ReapAt > Now)
        {
            round.Book.TouchAt(slot, slot.ReapAt.Value);
            return;
        }

        slot.ReapAt = null;
        int surplus = slot.Tasks.Count - most;
        long newest = slot.Tasks[^1];
        foreach (long uid in slot.Tasks.ToArray())
        {
            if (surplus == 0 || uid == newest) return;
            if (View.Find(uid) is not Pod pod || IsWanted(pod) || !SwarmTask.HasStopped(pod)) continue;
            Remove(pod);
            surplus--;
        }
    }
}
