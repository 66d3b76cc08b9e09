using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Swarm;

/// <summary>Docker Swarm's orchestrators over Kubernetes objects: keeps the tasks of services (swarmkit <c>manager/orchestrator</c>: replicated, global, jobs/replicated, restart,
/// update, taskreaper, constraintenforcer).</summary>
/// <remarks>
/// A service's slots are kept in a book, and only those that something happened to are looked at. In a look at a slot: tasks that ended or whose node is down or
/// drained are replaced, tasks that wait for their turn are started, the update's worker goes on, histories that are too long are shortened.
/// Managers see their own store at once: the view never lags. Differences: updates of a service's size leave the update under way as it is, swarmkit begins it anew
/// with what is left; counts of restarts are per slot and version, as there, and lost with the leader.
/// </remarks>
public sealed partial class SwarmOrchestrator : Controller
{
    private readonly SwarmOptions _options;
    private readonly Dictionary<long, SwarmBook> _books = [];
    private readonly SortedSet<long> _global = [];
    private readonly Node?[] _nodes;
    private readonly PodsByNode _podsByNode;

    /// <summary>An orchestrator.</summary>
    /// <param name="options">Options.</param>
    /// <param name="podsByNode">Tasks by node, told of changes before this controller.</param>
    /// <param name="nodes">Nodes of the fleet.</param>
    internal SwarmOrchestrator(SwarmOptions options, PodsByNode podsByNode, int nodes)
    {
        _options = options;
        _podsByNode = podsByNode;
        _nodes = new Node?[nodes];
    }

    /// <inheritdoc/>
    public override string Name => "swarm-orchestrator";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case Pod { Swarm: not null } pod:
                OnTask(pod, isNew: change.Before is null, isGone: change.After is null);
                break;
            case Node node:
                OnNode(node, change.After is null);
                break;
            default:
                if (SwarmService.IsService(change.Kind)) Enqueue(change.Object.Uid);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _books.Clear();
        _global.Clear();
        Array.Clear(_nodes);
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (SwarmService.Of(View.Find(uid)) is not { Object.Metadata.IsDeleting: false } service)
        {
            _books.Remove(uid);
            _global.Remove(uid);
            RemoveAll(uid);
            return;
        }

        if (!_books.TryGetValue(uid, out SwarmBook? book)) book = Open(in service);
        SwarmServiceStatus status = Follow(in service, book);
        while (book.Due.TryPeek(out int due, out (TimeSpan At, int Slot) key) && key.At <= Now)
        {
            book.Due.Dequeue();
            SwarmSlot slot = book.SlotOf(due);
            if (slot.DueAt <= Now) slot.DueAt = TimeSpan.MaxValue;
            book.Touch(slot);
        }

        var round = new Round(service, book, status);
        while (book.Touched.TryDequeue(out int number))
        {
            SwarmSlot slot = book.SlotOf(number);
            slot.IsTouched = false;
            CheckSlot(round, slot);
        }

        if (service.Mode == SwarmMode.Replicated) Scale(round);
        else if (service.Mode == SwarmMode.ReplicatedJob) RunJob(round);
        if (service.Mode != SwarmMode.ReplicatedJob) GoOn(round);
        WriteStatus(round);
        if (book.Due.TryPeek(out _, out (TimeSpan At, int Slot) next)) EnqueueAfter(uid, next.At - Now);
    }

    /// <summary>What one reconciliation works on.</summary>
    private sealed class Round(SwarmService service, SwarmBook book, SwarmServiceStatus status)
    {
        public readonly SwarmService Service = service;
        public readonly SwarmBook Book = book;
        public SwarmServiceStatus Status = status;

        /// <summary>Whether the update decided to go back to the template before.</summary>
        public bool RollsBack;
    }

    private static int NumberOf(SwarmTask task) => task.TiedTo.IsNode ? task.TiedTo.Value : task.Slot;

    private SwarmBook Open(in SwarmService service)
    {
        var book = new SwarmBook();
        _books.Add(service.Object.Uid, book);
        if (service.Mode == SwarmMode.Global) _global.Add(service.Object.Uid);
        IReadOnlyList<KubeObject> owned = View.OwnedBy(service.Object.Uid).Items;
        var tasks = new List<Pod>();
        for (int i = 0; i < owned.Count; i++)
        {
            if (owned[i] is Pod { Swarm: not null } pod) tasks.Add(pod);
        }

        tasks.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
        foreach (Pod pod in tasks) book.SlotOf(NumberOf(pod.Swarm!)).Tasks.Add(pod.Uid);
        foreach (SwarmSlot slot in book.Slots.Values) slot.Made = slot.Tasks.Count;
        return book;
    }

    private void OnTask(Pod pod, bool isNew, bool isGone)
    {
        if (pod.Metadata.Controller is not { } owner || !SwarmService.IsService(owner.Kind)) return;
        if (_books.TryGetValue(owner.Uid, out SwarmBook? book))
        {
            SwarmSlot slot = book.SlotOf(NumberOf(pod.Swarm!));
            if (isGone) slot.Tasks.Remove(pod.Uid);
            else if (isNew) slot.Tasks.Add(pod.Uid);
            book.Touch(slot);
        }

        Enqueue(owner.Uid);
    }

    private void OnNode(Node node, bool isGone)
    {
        Node? before = _nodes[node.Index.Value];
        _nodes[node.Index.Value] = isGone ? null : node;
        if (before is not null && !isGone && before.IsReady == node.IsReady && before.IsDrained == node.IsDrained && before.IsCordoned == node.IsCordoned
            && before.Taints == node.Taints && before.Metadata.Labels == node.Metadata.Labels) return;
        foreach (long uid in _podsByNode.On(node.Index.Value))
        {
            if (View.Find(uid) is not Pod { Swarm: { } task } pod || pod.Metadata.Controller is not { } owner || !_books.TryGetValue(owner.Uid, out SwarmBook? book)) continue;
            book.Touch(book.SlotOf(NumberOf(task)));
            Enqueue(owner.Uid);
        }

        foreach (long service in _global)
        {
            SwarmBook book = _books[service];
            book.Touch(book.SlotOf(node.Index.Value));
            Enqueue(service);
        }
    }

    /// <summary>Notes a new template as a new version; all slots are compared with it.</summary>
    private SwarmServiceStatus Follow(in SwarmService service, SwarmBook book)
    {
        SwarmServiceStatus status = service.Status ?? new SwarmServiceStatus { Current = service.Template };
        if (!SwarmService.IsSame(status.Current, service.Template))
        {
            status = status with
            {
                Version = status.LatestVersion + 1,
                LatestVersion = status.LatestVersion + 1,
                Previous = status.Current,
                PreviousVersion = status.Version,
                Current = service.Template,
                Update = SwarmUpdateState.None,
                Message = "",
                StartedAt = null,
                CompletedAt = null,
            };
        }

        if (ReferenceEquals(book.Examined, status.Current)) return status;
        // Nothing was compared with this template yet: also when the orchestrator has just begun.
        book.Examined = status.Current;
        book.Update = null;
        book.IsExamined = false;
        foreach (SwarmSlot slot in book.Slots.Values) book.Touch(slot);
        if (service.Mode != SwarmMode.Global) return status;
        for (int n = 0; n < _nodes.Length; n++)
        {
            if (_nodes[n] is not null) book.Touch(book.SlotOf(n));
        }

        return status;
    }

    /// <summary>The service is gone: so are its tasks, as soon as their agents have stopped them, and their history.</summary>
    private void RemoveAll(long uid)
    {
        IReadOnlyList<KubeObject> owned = View.OwnedBy(uid).Items;
        if (owned.Count == 0) return;
        foreach (Pod pod in owned.OfType<Pod>().Where(pod => pod.Swarm is not null).ToArray()) Remove(pod);
    }
}
