using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Swarm;

/// <content>One slot: what became of its tasks, which of them starts now, what it counts as.</content>
public sealed partial class SwarmOrchestrator
{
    private readonly List<Pod> _updatable = [];

    private void CheckSlot(Round round, SwarmSlot slot)
    {
        foreach (long uid in slot.Tasks.ToArray())
        {
            if (View.Find(uid) is not Pod pod) continue;
            if (SwarmTask.HasStopped(pod)) NoteFailure(round, pod);
            if (pod.Metadata.IsDeleting && pod.Swarm!.IsWanted)
            {
                // Somebody else deleted it.
                Tell(pod, SwarmTaskState.Shutdown);
                continue;
            }

            if (!IsWanted(pod)) continue;
            if (SwarmTask.HasStopped(pod)) OnStopped(round, slot, pod);
            else if (pod.Node.IsNode && IsInvalid(pod.Node.Value)) Replace(round, slot, pod);
            else if (round.Service.Mode == SwarmMode.Global && !IsEligible(round, slot.Number)) Tell(pod, SwarmTaskState.Shutdown);
            else if (round.Service.Mode != SwarmMode.Global && pod.Node.IsNode && !DaemonNodes.Judge(_nodes[pod.Node.Value]!, pod.Spec).MayStay) Replace(round, slot, pod);
            else if (pod.Swarm!.Desired == SwarmTaskState.Ready) StartWhenItsTurn(round, slot, pod);
        }

        Classify(round, slot);
        if (round.Service.Mode == SwarmMode.Global) FillNode(round, slot);
        WatchWorker(round, slot);
        Reap(round, slot);
    }

    /// <summary>Whether nobody has told a task to go.</summary>
    private static bool IsWanted(Pod pod) => pod.Swarm!.IsWanted && !pod.Metadata.IsDeleting;

    /// <summary>Whether tasks cannot stay on a node (<c>orchestrator.InvalidNode</c>): it is gone, down, or to be cleared.</summary>
    private bool IsInvalid(int node) => _nodes[node] is not { IsReady: true, IsDrained: false };

    private bool IsDown(int node) => _nodes[node] is not { IsReady: true };

    private void OnStopped(Round round, SwarmSlot slot, Pod pod)
    {
        // A job's completed task stays wanted: it is its completion.
        if (round.Service.Mode == SwarmMode.ReplicatedJob && pod.Swarm!.State == SwarmTaskState.Complete) return;
        round.Book.Failures++;
        Replace(round, slot, pod);
    }

    /// <summary>Tells a task that it is wanted no more: Shutdown keeps it as history once it has stopped, Remove does not. One that has no node yet just goes.</summary>
    private void Tell(Pod pod, SwarmTaskState desired)
    {
        if (desired == SwarmTaskState.Remove || !pod.Node.IsNode)
        {
            Remove(pod);
            return;
        }

        long owner = pod.Metadata.Controller?.Uid ?? 0;
        Check(Api.Update(pod with { Swarm = pod.Swarm! with { Desired = desired } }), owner);
        if (!SwarmTask.HasStopped(pod) && !pod.Metadata.IsDeleting) Check(Api.Delete(pod.Key, new DeleteOptions(pod.Uid)), owner);
    }

    /// <summary>A task goes without a trace: at once when nothing of it runs, otherwise when its agent has stopped it.</summary>
    private void Remove(Pod pod)
    {
        long owner = pod.Metadata.Controller?.Uid ?? 0;
        bool isLast = pod.Metadata.IsDeleting;
        if (pod.Swarm!.Desired != SwarmTaskState.Remove || pod.Metadata.Finalizers.Count > 0)
            Check(Api.Update(pod with { Swarm = pod.Swarm with { Desired = SwarmTaskState.Remove }, Metadata = pod.Metadata with { Finalizers = [] } }), owner);
        // The write that takes the finalizer of a deleted task away is its removal, unless it runs still.
        if (!isLast) Check(Api.Delete(pod.Key, new DeleteOptions(pod.Uid)), owner);
    }

    /// <summary>Makes a task in a slot.</summary>
    /// <returns>Its identity, 0 when it could not be made.</returns>
    private long Make(Round round, SwarmSlot slot, SwarmTaskState desired, TimeSpan notBefore, long after)
    {
        SwarmService service = round.Service;
        SwarmBook book = round.Book;
        if (book.Spec is null || book.SpecVersion != round.Status.Version)
        {
            (book.Spec, book.SpecVersion) = (SwarmTaskSpec.Of(in service, round.Status.Version, _options), round.Status.Version);
            book.Labels = service.Template.Labels.With(Revisions.HashLabel, SwarmService.VersionLabel(service.Object, round.Status.Version));
            book.Tied.Clear();
        }

        bool isGlobal = service.Mode == SwarmMode.Global;
        string place = isGlobal ? _nodes[slot.Number]!.Name : slot.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        PodTemplate template = service.Template with { Spec = isGlobal ? TiedSpec(book, slot.Number) : book.Spec, Labels = book.Labels };
        var task = new SwarmTask
        {
            Slot = isGlobal ? 0 : slot.Number,
            TiedTo = isGlobal ? new Cluster.NodeIndex(slot.Number) : Cluster.NodeIndex.None,
            Version = round.Status.Version,
            Definition = round.Status.Current,
            Desired = desired,
            NotBefore = notBefore,
            After = after,
        };
        while (true)
        {
            Pod made = PodControl.Make(service.Object, template, PodControl.GeneratedName($"{service.Object.Name}.{place}", slot.Made++));
            ApiError? error = Api.Create(made with { Swarm = task, Metadata = made.Metadata with { Finalizers = [SwarmTask.HistoryFinalizer] } }, out KubeObject created);
            if (error is null) return created.Uid;
            if (error.Code == ApiErrorCode.Conflict) continue;
            Retry(service.Object.Uid);
            return 0;
        }
    }

    private PodSpec TiedSpec(SwarmBook book, int node)
    {
        if (!book.Tied.TryGetValue(node, out PodSpec? spec)) book.Tied.Add(node, spec = DaemonNodes.TiedTo(book.Spec!, _nodes[node]!.Name));
        return spec;
    }

    private void Check(ApiError? error, long service)
    {
        if (error is not null && error.Code != ApiErrorCode.NotFound) Retry(service);
    }

    /// <summary>The tasks of a slot that an update looks at (<c>UpdatableTasksInSlot</c>): those that are wanted; without any, the newest one if it is not to be replaced.</summary>
    private List<Pod> Updatable(Round round, SwarmSlot slot)
    {
        _updatable.Clear();
        Pod? newest = null;
        foreach (long uid in slot.Tasks)
        {
            if (View.Find(uid) is not Pod { Swarm.Desired: not SwarmTaskState.Remove } pod) continue;
            if (IsWanted(pod)) _updatable.Add(pod);
            if (newest is null || pod.Uid > newest.Uid) newest = pod;
        }

        if (_updatable.Count == 0 && newest is not null && !ShouldRestart(round, slot, newest)) _updatable.Add(newest);
        return _updatable;
    }

    private static bool IsDirty(Round round, Pod pod) => !SwarmService.IsSame(pod.Swarm!.Definition, round.Status.Current);

    /// <summary>Works out what a slot counts as.</summary>
    private void Classify(Round round, SwarmSlot slot)
    {
        SwarmBook book = round.Book;
        book.Counted -= slot.Counts ? 1 : 0;
        book.Fresh -= slot.IsFresh ? 1 : 0;
        book.Completed -= slot.IsComplete ? 1 : 0;
        book.Exhausted -= slot.IsExhausted ? 1 : 0;
        List<Pod> updatable = Updatable(round, slot);
        slot.Counts = updatable.Count > 0;
        slot.IsDirty = updatable.Count > 1 || (updatable.Count == 1 && IsDirty(round, updatable[0]));
        slot.IsFresh = slot.IsComplete = slot.IsExhausted = false;
        foreach (Pod pod in updatable)
        {
            slot.IsFresh |= !SwarmTask.HasStopped(pod) && IsWanted(pod) && !IsDirty(round, pod);
            slot.IsComplete |= pod.Swarm!.State == SwarmTaskState.Complete;
        }

        slot.IsExhausted = round.Service.Mode == SwarmMode.ReplicatedJob && updatable.Count == 1 && !IsWanted(updatable[0]);
        if (slot.IsExhausted) slot.IsComplete = false;
        book.Counted += slot.Counts ? 1 : 0;
        book.Fresh += slot.IsFresh ? 1 : 0;
        book.Completed += slot.IsComplete ? 1 : 0;
        book.Exhausted += slot.IsExhausted ? 1 : 0;
    }
}
