using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Swarm;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Laws 51 to 56, of Docker Swarm's tasks: judged by books of the store's writes alone.</summary>
internal sealed class SwarmJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly SwarmOptions _options = run.Swarm!;
    private readonly Dictionary<long, Notes> _tasks = [];
    private readonly Dictionary<(long Service, int Number), List<Notes>> _slots = [];
    private readonly Dictionary<long, HashSet<Notes>> _underway = [];
    private readonly HashSet<long> _mixed = [];
    private readonly Dictionary<long, int> _most = [];

    /// <summary>Services of which a task was deleted from outside before it ran.</summary>
    private readonly HashSet<long> _cutShort = [];

    private readonly Dictionary<int, Node> _nodes = [];
    private readonly Dictionary<int, TimeSpan> _closedAt = [];

    /// <summary>A binding may be under way for as long as this when its node is closed.</summary>
    private static readonly TimeSpan Underway = TimeSpan.FromSeconds(1);

    private sealed class Notes(Pod pod, long service)
    {
        public Pod Pod = pod;
        public readonly long Service = service;

        /// <summary>Whether its node was down at some time since it was placed.</summary>
        public bool WasLost;

        /// <summary>Whether a user deleted it, not the orchestrator.</summary>
        public bool IsOutside;

        public TimeSpan? ToldAt;
        public TimeSpan? StoppedAt;

        public SwarmTask Task => Pod.Swarm!;

        public bool IsWanted => Task.IsWanted && !Pod.Metadata.IsDeleting;

        public bool HasStopped => SwarmTask.HasStopped(Pod);

        public bool Runs => !HasStopped && Task.State is SwarmTaskState.Starting or SwarmTaskState.Running;
    }

    private protected override void Judge(in StoreChange change)
    {
        switch (change.Object)
        {
            case Node node:
                OnNode(node, change.After is null);
                break;
            case Pod { Swarm: not null } pod when pod.Metadata.Controller is { } owner:
                if (change.After is null) Forget(pod);
                else if (change.Before is null) OnMade(pod, owner.Uid);
                else if (_tasks.TryGetValue(pod.Uid, out Notes? notes)) OnChanged(notes, (Pod)change.Before, pod);
                break;
            case { } item when change is { Before: { } before, After: { } after } && !after.HasSameSpec(before):
                OnServiceChanged(item.Uid, SwarmService.Of(before), SwarmService.Of(after));
                break;
            default:
                break;
        }
    }

    public override void JudgeRest()
    {
        foreach (ResourceKind kind in (ResourceKind[])[ResourceKind.Deployment, ResourceKind.ReplicaSet, ResourceKind.ReplicationController])
        {
            foreach (KubeObject item in View.All(kind))
            {
                SwarmService service = SwarmService.Of(item)!.Value;
                if (item.Metadata.IsDeleting || service.Condition(_options.Restart) != SwarmRestartCondition.Any || _options.Restart.MaxAttempts > 0) continue;
                int wanted = _tasks.Values.Count(notes => notes.Service == item.Uid && notes.IsWanted);
                // Under start-first both versions are wanted while an update stands still, paused, or because the new task finds no place, and from then on when the new task is gone before it ran: the
                // updater goes on to the next slot (updater.go, updateTask), and leaves those that were there.
                bool standsStill = service.Status?.Update is SwarmUpdateState.Paused or SwarmUpdateState.RollbackPaused or SwarmUpdateState.Updating or SwarmUpdateState.RollbackStarted;
                bool isMixed = (standsStill || _cutShort.Contains(item.Uid)) && IsStartFirst(service, item.Uid);
                if (isMixed ? wanted < service.Replicas : wanted != service.Replicas) Fail(SwarmInvariants.WantedAtRest, item, $"{service.Replicas} tasks", $"{wanted}");
            }
        }
    }

    /// <summary>What an update may do at once is a share of the pods of a Deployment: of the size that it had when the update began, or of the one it has now.</summary>
    private void OnServiceChanged(long uid, SwarmService? before, SwarmService? after)
    {
        if (before is not { } was || after is not { } now) return;
        if (IsStartFirst(was, 0) != IsStartFirst(now, 0)) _mixed.Add(uid);
        int parallelism = was.Config(_options, IsRollback(was)).Parallelism;
        _most[uid] = parallelism == 0 ? int.MaxValue : Math.Max(parallelism, _most.GetValueOrDefault(uid));
    }

    private void OnNode(Node node, bool isGone)
    {
        if (!isGone && _nodes.TryGetValue(node.Index.Value, out Node? before) && IsOpen(before) && !IsOpen(node)) _closedAt[node.Index.Value] = Now;
        if (isGone) _nodes.Remove(node.Index.Value);
        else _nodes[node.Index.Value] = node;
        if (!isGone && node.IsReady == true) return;
        foreach (Notes notes in _tasks.Values)
        {
            if (notes.Pod.Node == node.Index) notes.WasLost = true;
        }
    }

    private List<Notes> SlotOf(Notes notes)
    {
        int number = notes.Task.TiedTo.IsNode ? notes.Task.TiedTo.Value : notes.Task.Slot;
        if (!_slots.TryGetValue((notes.Service, number), out List<Notes>? slot)) _slots.Add((notes.Service, number), slot = []);
        return slot;
    }

    private SwarmService? ServiceOf(Notes notes) => SwarmService.Of(View.Find(notes.Service));

    /// <summary>Whether the version before is coming back: the status says so of its own template only.</summary>
    private static bool IsRollback(in SwarmService service) =>
        service.Status is { Update: SwarmUpdateState.RollbackStarted } status && SwarmService.IsSame(status.Current, service.Template);

    /// <summary>Whether some update of the service may have left two tasks in a slot.</summary>
    private bool IsStartFirst(in SwarmService service, long uid) =>
        _mixed.Contains(uid) || service.Config(_options, isRollback: false).Order == SwarmUpdateOrder.StartFirst || service.Config(_options, isRollback: true).Order == SwarmUpdateOrder.StartFirst;

    private void Forget(Pod pod)
    {
        if (!_tasks.Remove(pod.Uid, out Notes? notes)) return;
        SlotOf(notes).Remove(notes);
        if (_underway.TryGetValue(notes.Service, out HashSet<Notes>? underway)) underway.Remove(notes);
    }

    private void OnMade(Pod pod, long service)
    {
        var notes = new Notes(pod, service);
        _tasks.Add(pod.Uid, notes);
        List<Notes> slot = SlotOf(notes);
        Notes? before = slot.Count > 0 ? slot[^1] : null;
        slot.Add(notes);
        CheckHistory(slot, pod);
        if (ServiceOf(notes) is not { } known) return;
        if (known.Mode == SwarmMode.Global) CheckNode(slot, notes, known);
        if (before is null || !WasHealthy(before) || known.Mode == SwarmMode.ReplicatedJob) return;
        // Another of the slot ended, or has to leave its node: the new one takes its place.
        if (slot.Exists(other => other.ToldAt == Now && (other.HasStopped || !IsOn(other)))) return;
        // A running task on a well node has a successor: only an update does that.
        if (!_underway.TryGetValue(service, out HashSet<Notes>? underway)) _underway.Add(service, underway = []);
        underway.Add(notes);
        int most = known.Config(_options, IsRollback(known)).Parallelism is > 0 and var parallelism ? Math.Max(parallelism, _most.GetValueOrDefault(service)) : 0, now = underway.Count(other => other.Task.Version == notes.Task.Version);
        if (most > 0 && now > most) Fail(SwarmInvariants.UpdateBounds, pod, $"at most {most} tasks replaced at once", $"{now}");
    }

    private bool WasHealthy(Notes notes) =>
        notes is { HasStopped: false, IsOutside: false, Task: { State: SwarmTaskState.Running, Desired: not SwarmTaskState.Remove } } && (notes.IsWanted || notes.ToldAt == Now)
        && IsOn(notes);

    /// <summary>Whether the node of a task may have it.</summary>
    private bool IsOn(Notes notes) => _nodes.TryGetValue(notes.Pod.Node.Value, out Node? node) && node is { IsReady: true, IsDrained: false };

    private void CheckNode(List<Notes> slot, Notes notes, in SwarmService service)
    {
        if (!_nodes.TryGetValue(notes.Task.TiedTo.Value, out Node? node) || node is not { IsReady: true, IsDrained: false })
            Fail(SwarmInvariants.OneTaskANode, notes.Pod, "a node that is up and not drained", "another");
        bool isStartFirst = IsStartFirst(service, notes.Service);
        int wanted = slot.Count(other => other is { IsWanted: true, HasStopped: false } && (!isStartFirst || other.Task.Version == notes.Task.Version));
        if (wanted > 1) Fail(SwarmInvariants.OneTaskANode, notes.Pod, "one on its node", $"{wanted}");
    }

    private void CheckHistory(List<Notes> slot, Pod pod)
    {
        // What ends just after a look waits for the next one, one batch later.
        TimeSpan from = Now - (_options.ReaperBatch * 2);
        int ended = slot.Count(other => other.StoppedAt < from && !other.IsWanted), attempts = ServiceOf(slot[^1])?.MaxAttempts(_options.Restart) ?? 0;
        int most = Math.Max(Math.Max(1, _options.TaskHistory), attempts > 0 ? attempts + 1 : 0);
        // While a task waits for its turn, those that it waits for stay.
        if (ended > most && !slot.Exists(other => other.Task.After != 0)) Fail(SwarmInvariants.History, pod, $"at most {most} ended tasks in its slot", $"{ended}");
    }

    private void OnChanged(Notes notes, Pod before, Pod after)
    {
        notes.Pod = after;
        SwarmTask was = before.Swarm!, now = after.Swarm!;
        if (now.State < was.State || now.Desired < was.Desired) Fail(SwarmInvariants.OnlyForwards, after, $"{was.State} and wanted {was.Desired}, or further", $"{now.State}, wanted {now.Desired}");
        if (SwarmTask.HasStopped(before) && now.State is SwarmTaskState.Starting or SwarmTaskState.Running) Fail(SwarmInvariants.OnlyForwards, after, "a task that has ended", $"{now.State}");
        if (after.Node.IsNode && !before.Node.IsNode) OnPlaced(after);
        if (was.IsWanted && !now.IsWanted) OnTold(notes);
        if (after.Metadata.IsDeleting && !before.Metadata.IsDeleting && now.IsWanted)
        {
            notes.IsOutside = true;
            if (now.State < SwarmTaskState.Running) _cutShort.Add(notes.Service);
        }

        if (notes.HasStopped) notes.StoppedAt ??= Now;
        if (notes.Runs && was.State < SwarmTaskState.Starting) CheckSlot(notes);
        if ((now.State >= SwarmTaskState.Running || notes.HasStopped || !notes.IsWanted) && _underway.TryGetValue(notes.Service, out HashSet<Notes>? underway)) underway.Remove(notes);
    }

    private static bool IsOpen(Node node) => node is { IsReady: true, IsDrained: false, IsCordoned: false };

    private void OnPlaced(Pod pod)
    {
        int index = pod.Node.Value;
        if (_closedAt.TryGetValue(index, out TimeSpan closedAt) && closedAt + Underway > Now) return;
        if (!_nodes.TryGetValue(index, out Node? node) || !IsOpen(node))
            Fail(SwarmInvariants.OnlyForwards, pod, "a node that is up, and neither paused nor drained", $"{node?.Name}");
    }

    private void OnTold(Notes notes)
    {
        notes.ToldAt = Now;
        if (notes.Task.Desired == SwarmTaskState.Remove || !WasHealthy(notes) || ServiceOf(notes) is not { } service) return;
        if (service.Config(_options, IsRollback(service)).Order != SwarmUpdateOrder.StartFirst) return;
        List<Notes> slot = SlotOf(notes);
        if (slot.Exists(other => other != notes && other is { IsWanted: true, Task.State: SwarmTaskState.Running })) return;
        foreach (Notes other in slot)
        {
            if (_underway.TryGetValue(notes.Service, out HashSet<Notes>? underway) && underway.Contains(other) && other.Pod.Uid > notes.Pod.Uid && other.Task.Desired == SwarmTaskState.Running)
                Fail(SwarmInvariants.UpdateBounds, notes.Pod, $"stopped when {other.Pod.Name} runs", "stopped before");
        }
    }

    private void CheckSlot(Notes notes)
    {
        // An agent that was cut off started it before it could be told not to: the managers hear of it when it is on its way out.
        if (notes is { WasLost: true, IsWanted: false }) return;
        if (ServiceOf(notes) is not { } service || IsStartFirst(service, notes.Service) || notes.Pod.Metadata.CreatedAt + _options.OldTaskTimeout <= Now) return;
        foreach (Notes other in SlotOf(notes))
        {
            if (other == notes || !other.Runs || other.WasLost || other.IsOutside || other.Task.Desired == SwarmTaskState.Remove || other.ToldAt + _options.OldTaskTimeout <= Now) continue;
            Fail(SwarmInvariants.OneTaskASlot, notes.Pod, "the only one of its slot that runs", $"{other.Pod.Name} runs too");
        }
    }
}
