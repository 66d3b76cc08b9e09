using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;

namespace SchedBench.Core.Swarm;

/// <content>Updates (swarmkit <c>manager/orchestrator/update/updater.go</c>): workers go from slot to slot, tasks are watched, failures pause the update or bring the version
/// before back.</content>
public sealed partial class SwarmOrchestrator
{
    /// <summary>Begins an update when a new template was met, and goes on with one under way.</summary>
    private void GoOn(Round round)
    {
        SwarmBook book = round.Book;
        if (!book.IsExamined)
        {
            book.IsExamined = true;
            Begin(round);
        }

        if (book.Update is not { } update) return;
        while (!update.IsStopped && update.Busy.Count < update.Parallelism && update.Waiting.TryDequeue(out int number)) UpdateSlot(round, update, book.SlotOf(number));
        if (update.Busy.Count > 0) return;
        if (update.IsStopped)
        {
            book.Update = null;
            return;
        }

        if (update.Waiting.Count > 0) return;
        update.MonitorEndsAt ??= Now + update.Monitor;
        if (update.MonitorEndsAt > Now) EnqueueAfter(round.Service.Object.Uid, update.MonitorEndsAt.Value - Now);
        else Complete(round);
    }

    private void Begin(Round round)
    {
        if (round.Status.Update is SwarmUpdateState.Paused or SwarmUpdateState.RollbackPaused) return;
        bool isRollback = round.Status.Update == SwarmUpdateState.RollbackStarted;
        var update = new SwarmUpdate(round.Service.Config(_options, isRollback), isRollback);
        bool isResumed = round.Status.Update is SwarmUpdateState.Updating or SwarmUpdateState.RollbackStarted;
        foreach (SwarmSlot slot in round.Book.Slots.Values)
        {
            if (isResumed && Underway(round, slot) is { } task)
            {
                update.Busy.Add(slot.Number, new SwarmUpdate.Worker(task));
                update.Updated.Add(task, null);
            }
            else if (slot.IsDirty)
            {
                update.Waiting.Enqueue(slot.Number);
            }
        }

        update.Total = update.Waiting.Count + update.Busy.Count;
        if (update.Total == 0)
        {
            // Everything is of this version already.
            if (round.Status.Update is SwarmUpdateState.Updating or SwarmUpdateState.RollbackStarted) Complete(round);
            return;
        }

        round.Book.Update = update;
        if (round.Status.Update is SwarmUpdateState.Updating or SwarmUpdateState.RollbackStarted) return;
        round.Status = round.Status with { Update = SwarmUpdateState.Updating, StartedAt = Now, CompletedAt = null, Message = "update in progress" };
        Tell(round, FactKind.RolloutStarted, round.Status.Version);
    }

    /// <summary>The new task of a slot that an orchestrator before this one was waiting for, or null. (swarmkit forgets its workers with its leader, and begins with others.)</summary>
    private long? Underway(Round round, SwarmSlot slot)
    {
        if (!slot.IsFresh) return null;
        foreach (Pod pod in Updatable(round, slot))
        {
            if (IsWanted(pod) && !IsDirty(round, pod) && pod.Swarm!.State < SwarmTaskState.Running && !pod.HasEnded) return pod.Uid;
        }

        return null;
    }

    private void Complete(Round round)
    {
        round.Book.Update = null;
        bool isRollback = round.Status.Update == SwarmUpdateState.RollbackStarted;
        round.Status = round.Status with
        {
            Update = isRollback ? SwarmUpdateState.RollbackCompleted : SwarmUpdateState.Completed,
            CompletedAt = Now,
            Message = isRollback ? "rollback completed" : "update completed",
        };
        Tell(round, FactKind.RolloutCompleted, round.Status.Version);
    }

    /// <summary>A worker takes a slot (<c>Updater.worker</c>).</summary>
    private void UpdateSlot(Round round, SwarmUpdate update, SwarmSlot slot)
    {
        // A node that is away gets the task of the new version when it is back.
        if (!slot.Counts || !slot.IsDirty || (round.Service.Mode == SwarmMode.Global && !IsEligible(round, slot.Number))) return;
        Pod[] tasks = [.. Updatable(round, slot)];
        Pod? existing = null;
        foreach (Pod pod in tasks)
        {
            if (!IsWanted(pod) || IsDirty(round, pod)) continue;
            if (existing is null || (existing.Swarm!.Desired == SwarmTaskState.Ready && pod.Swarm!.Desired == SwarmTaskState.Running)) existing = pod;
        }

        bool isStartFirst = update.Config.Order == SwarmUpdateOrder.StartFirst;
        if (existing is { Swarm: { Desired: SwarmTaskState.Running, State: < SwarmTaskState.Running } } && isStartFirst)
        {
            // It starts already; the others go when it runs. (swarmkit stops them at once.)
            update.Busy.Add(slot.Number, new SwarmUpdate.Worker(existing.Uid));
            return;
        }

        if (existing is not null)
        {
            long stopped = StopOthers(slot, existing.Uid);
            if (existing.Swarm!.Desired == SwarmTaskState.Ready && stopped != 0 && View.Find(existing.Uid) is Pod waiting)
                Check(Api.Update(waiting with { Swarm = waiting.Swarm! with { After = stopped } }), round.Service.Object.Uid);
            update.Busy.Add(slot.Number, new SwarmUpdate.Worker(existing.Uid));
            Settle(round, slot);
            return;
        }

        long old = isStartFirst ? 0 : StopOthers(slot, 0);
        if (old == 0 && !isStartFirst) old = BlockerOf(slot);
        long made = Make(round, slot, old == 0 ? SwarmTaskState.Running : SwarmTaskState.Ready, Now, old);
        if (made == 0)
        {
            update.Waiting.Enqueue(slot.Number);
            return;
        }

        update.Updated.Add(made, null);
        update.Busy.Add(slot.Number, new SwarmUpdate.Worker(made));
        Settle(round, slot);
    }

    /// <summary>Tells every wanted task of a slot but one to stop (<c>removeOldTasks</c>).</summary>
    /// <returns>One that has to stop before another may start, 0 when there is none.</returns>
    private long StopOthers(SwarmSlot slot, long but)
    {
        long stopping = 0;
        foreach (long uid in slot.Tasks.ToArray())
        {
            if (uid == but || View.Find(uid) is not Pod pod || !IsWanted(pod)) continue;
            if (Blocker(pod) is var blocker && blocker != 0) stopping = blocker;
            Tell(pod, SwarmTaskState.Shutdown);
        }

        return stopping;
    }

    /// <summary>Something happened to a slot: whether its worker may go on.</summary>
    private void WatchWorker(Round round, SwarmSlot slot)
    {
        if (round.Book.Update is not { } update || !update.Busy.TryGetValue(slot.Number, out SwarmUpdate.Worker? worker)) return;
        if (worker.FreeAt is null)
        {
            if (View.Find(worker.Task) is Pod pod && pod.Swarm!.Desired != SwarmTaskState.Remove)
            {
                if (pod.Swarm.State < SwarmTaskState.Running && !pod.HasEnded) return;
                if (update.Updated.TryGetValue(pod.Uid, out TimeSpan? ranAt) && ranAt is null) update.Updated[pod.Uid] = Now;
                if (pod.Swarm.State == SwarmTaskState.Running && IsWanted(pod)) StopOthers(slot, pod.Uid);
            }

            worker.FreeAt = Now + update.Config.Delay;
        }

        if (worker.FreeAt <= Now) update.Busy.Remove(slot.Number);
        else round.Book.TouchAt(slot, worker.FreeAt.Value);
    }

    /// <summary>A task of the update ended while it was watched, whoever ended it: too many of them and the update does what its failure action says.</summary>
    private void NoteFailure(Round round, Pod pod)
    {
        if (round.Book.Update is not { } update || pod.Swarm!.Desired == SwarmTaskState.Remove || !update.Updated.TryGetValue(pod.Uid, out TimeSpan? ranAt)) return;
        update.Updated.Remove(pod.Uid);
        if (ranAt is { } at && Now - at > update.Monitor) return;
        update.Failures++;
        if (update.IsStopped || update.Config.FailureAction == SwarmFailureAction.Continue) return;
        if ((double)update.Failures / update.Total <= update.Config.MaxFailureRatio) return;
        update.IsStopped = true;
        update.Waiting.Clear();
        string what = update.IsRollback ? "rollback" : "update";
        bool rollsBack = update is { IsRollback: false, Config.FailureAction: SwarmFailureAction.Rollback } && round.Status.Previous is not null;
        round.Status = round.Status with
        {
            Update = update.IsRollback ? SwarmUpdateState.RollbackPaused : SwarmUpdateState.Paused,
            Message = $"{what} {(rollsBack ? "rolled back" : "paused")} due to failure or early termination of task {pod.Name}",
        };
        Tell(round, FactKind.RolloutFailed, round.Status.Version);
        if (!rollsBack) return;
        round.RollsBack = true;
        Tell(round, FactKind.RolledBack, round.Status.PreviousVersion);
    }

    private void Tell(Round round, FactKind kind, long detail) =>
        Context.Facts.Record(new Fact(kind, Now, default, checked((int)round.Service.Object.Uid), NodeIndex.None, detail));
}
