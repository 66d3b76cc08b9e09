using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Swarm;

/// <content>How many tasks there are: replicated services, global services, jobs.</content>
public sealed partial class SwarmOrchestrator
{
    private readonly List<(SwarmSlot Slot, bool Runs, int OnNode)> _ranked = [];
    private readonly Dictionary<int, int> _perNode = [];

    /// <summary>Adds the slots that are missing, or takes away those that are too many (<c>replicated/services.go</c>).</summary>
    private void Scale(Round round)
    {
        SwarmBook book = round.Book;
        int missing = round.Service.Replicas - book.Counted;
        for (int number = 1; missing > 0; number++)
        {
            SwarmSlot slot = book.SlotOf(number);
            if (slot.Counts) continue;
            Fill(round, slot);
            missing--;
            Settle(round, slot);
        }

        if (missing >= 0) return;
        foreach (SwarmSlot slot in Surplus(round, -missing))
        {
            foreach (long uid in slot.Tasks.ToArray())
            {
                if (View.Find(uid) is Pod pod) Remove(pod);
            }

            Settle(round, slot);
        }
    }

    /// <summary>The slot has been changed just now: it counts as what it is.</summary>
    private void Settle(Round round, SwarmSlot slot)
    {
        Classify(round, slot);
        WatchWorker(round, slot);
    }

    /// <summary>The slots that go first: those that do not run, then those that are not the first of the service on their node, the last of many first.</summary>
    private List<SwarmSlot> Surplus(Round round, int count)
    {
        _ranked.Clear();
        _perNode.Clear();
        foreach (SwarmSlot slot in round.Book.Slots.Values)
        {
            if (!slot.Counts) continue;
            bool runs = false;
            foreach (Pod pod in Updatable(round, slot)) runs |= pod.Swarm!.State == SwarmTaskState.Running;
            _ranked.Add((slot, runs, -1));
        }

        _ranked.Sort(static (left, right) => left.Runs != right.Runs ? right.Runs.CompareTo(left.Runs) : left.Slot.Number.CompareTo(right.Slot.Number));
        for (int i = 0; i < _ranked.Count; i++)
        {
            List<Pod> tasks = Updatable(round, _ranked[i].Slot);
            if (tasks.Count != 1 || !tasks[0].Node.IsNode) continue;
            int node = tasks[0].Node.Value;
            _perNode[node] = _perNode.GetValueOrDefault(node) + 1;
            _ranked[i] = _ranked[i] with { OnNode = _perNode[node] };
        }

        return [.. _ranked.Select((entry, place) => (entry.Slot, Key: entry.OnNode < 0 ? int.MaxValue : entry.OnNode, Place: place))
            .OrderByDescending(entry => entry.Key).ThenByDescending(entry => entry.Place).Take(count).Select(entry => entry.Slot)];
    }

    /// <summary>Whether a global service has a task on a node: it is there and well, and the constraints allow it.</summary>
    private bool IsEligible(Round round, int node) =>
        _nodes[node] is { IsReady: true, IsDrained: false } found && DaemonNodes.Judge(found, round.Service.Template.Spec).ShouldRun;

    /// <summary>Makes the task of a node that has none (<c>global/global.go</c>); not on a node that is paused.</summary>
    private void FillNode(Round round, SwarmSlot slot)
    {
        // What ended for good is of an older version: an update went past this node when it was away.
        bool isOutdated = slot is { IsDirty: true, IsFresh: false } && round.Book.IsExamined && round.Book.Update?.HasToDo(slot.Number) != true && Updatable(round, slot) is [var only] && !IsWanted(only);
        if ((slot.Counts && !isOutdated) || !IsEligible(round, slot.Number) || _nodes[slot.Number]!.IsCordoned) return;
        Fill(round, slot);
        Classify(round, slot);
    }

    /// <summary>Makes a task in a slot without any. One that was told to go and has not gone yet is waited for. (swarmkit starts the new one at once.)</summary>
    private void Fill(Round round, SwarmSlot slot)
    {
        long blocker = BlockerOf(slot);
        Make(round, slot, blocker == 0 ? SwarmTaskState.Running : SwarmTaskState.Ready, Now, blocker);
    }

    /// <summary>Makes tasks of a job, as many at once as it allows, until enough have completed (<c>jobs/replicated/reconciler.go</c>).</summary>
    private void RunJob(Round round)
    {
        var job = (Job)round.Service.Object;
        SwarmBook book = round.Book;
        int running = book.Counted - book.Completed - book.Exhausted;
        int left = Math.Min(job.Parallelism - running, round.Service.Replicas - book.Counted);
        for (int number = 1; left > 0; number++)
        {
            SwarmSlot slot = book.SlotOf(number);
            if (slot.Counts) continue;
            Make(round, slot, SwarmTaskState.Complete, Now, 0);
            left--;
            Classify(round, slot);
        }
    }

    /// <summary>Writes what is known of the service's tasks, and of its update.</summary>
    private void WriteStatus(Round round)
    {
        long uid = round.Service.Object.Uid;
        if (View.Find(uid) is not { } stored || SwarmService.Of(stored) is not { } service) return;
        OwnedPods(uid, out int active, out int ready);
        SwarmBook book = round.Book;
        long generation = stored.Metadata.Generation + (round.RollsBack ? 1 : 0);
        var counts = new ReplicaStatus(active, ready, ready, generation);
        KubeObject next = SwarmService.With(stored, round.Status) switch
        {
            Deployment d => d with { Status = d.Status with { Pods = counts, UpdatedReplicas = book.Fresh, IsAvailable = ready >= d.Replicas } },
            ReplicaSet s => s with { Status = counts with { Swarm = round.Status } },
            ReplicationController c => c with { Status = counts with { Swarm = round.Status } },
            DaemonSet s => s with
            {
                Status = s.Status with { Desired = Eligible(round), Current = active, Ready = ready, Available = ready, Updated = book.Fresh, ObservedGeneration = generation },
            },
            Job j => j with { Status = JobStatusOf(round, j.Status, active, ready) with { Swarm = round.Status } },
            var other => other,
        };
        if (round.RollsBack) next = (service with { Object = next, Status = round.Status }).RolledBack(Now, round.Status.Message)!;
        if (!next.Equals(stored)) Check(Api.Update(next), uid);
    }

    private void OwnedPods(long uid, out int active, out int ready)
    {
        OwnedObjects owned = View.OwnedBy(uid);
        (active, ready) = (owned.ActivePods, owned.ReadyPods);
    }

    private int Eligible(Round round)
    {
        int nodes = 0;
        for (int n = 0; n < _nodes.Length; n++)
        {
            if (IsEligible(round, n)) nodes++;
        }

        return nodes;
    }

    private JobStatus JobStatusOf(Round round, JobStatus before, int active, int ready)
    {
        SwarmBook book = round.Book;
        bool isOver = book.Completed + book.Exhausted >= round.Service.Replicas && active == 0;
        return before with
        {
            Active = active,
            Ready = ready,
            Succeeded = book.Completed,
            Failed = Math.Max(before.Failed, book.Failures),
            StartedAt = before.StartedAt ?? Now,
            FinishedAt = before.FinishedAt ?? (isOver ? Now : null),
            HasFailed = isOver && book.Exhausted > 0,
            Reason = isOver && book.Exhausted > 0 ? "MaxAttempts" : "",
        };
    }
}
