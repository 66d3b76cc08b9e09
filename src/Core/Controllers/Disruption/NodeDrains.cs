using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Controllers;

/// <summary>Drains nodes as <c>kubectl drain</c> does: cordon, evict everything at once, try again every five seconds what a budget refuses, until nothing is left
/// (Kubernetes <c>kubectl/pkg/drain/drain.go</c>).</summary>
/// <remarks>One drain, over the nodes of its round in order:
/// <code>
/// cordon → evict ⇄ wait (refused: again after 5 s) → all gone → work → uncordon → pause → next node
///                       └ timeout: given up, stays cordoned, next node
/// </code>
/// What is waited for is told by the store; the only events are tries, timeouts, and the end of work and pauses.</remarks>
public sealed class NodeDrains : IEventHandler, IStoreListener
{
    private const ushort NextNode = 0;
    private const ushort Evict = 1;
    private const ushort AllGone = 2;
    private const ushort WorkDone = 3;
    private const ushort GiveUp = 4;
    private readonly EventLoop _loop;
    private readonly ObjectStore _store;
    private readonly FactStream _facts;
    private readonly EvictionApi _evictions;
    private readonly ushort _handler;
    private readonly List<Round> _rounds = [];
    private readonly List<Round> _active = [];

    /// <summary>No drain.</summary>
    public NodeDrains(EventLoop loop, ObjectStore store, FactStream facts, EvictionApi evictions)
    {
        _loop = loop;
        _store = store;
        _facts = facts;
        _evictions = evictions;
        _handler = loop.Register(this);
        store.Subscribe(this);
    }

    private sealed class Round(int number, string[] nodes, MaintenanceOptions options)
    {
        public readonly int Number = number;
        public readonly string[] Nodes = nodes;
        public readonly MaintenanceOptions Options = options;

        /// <summary>Pods of the node that are still there: asked for, refused, or terminating.</summary>
        public readonly HashSet<long> Left = [];

        /// <summary>Pods that were not asked for yet, because of the parallelism.</summary>
        public readonly Queue<long> Later = new();

        /// <summary>Nodes that were scheduled on until this round took them out.</summary>
        public readonly HashSet<string> Cordoned = new(StringComparer.Ordinal);

        public int At = -1;
        public long Refused;
        public bool IsEmptying;
        public bool IsAbandoned;

        public string Node => Nodes[At];

        public DrainOptions Drain => Options.Drain;
    }

    /// <summary>Whether a node is drained by saying so (Docker Swarm's <c>availability: drain</c>) instead of by evictions: its orchestrators stop all its tasks at once, those of
    /// global services too, and one that has ended is as good as gone. Grace, parallelism and what the options keep from being drained mean nothing then.</summary>
    internal bool SetsAvailability { get; init; }

    /// <summary>Rounds that are not finished.</summary>
    public int Underway => _active.Count;

    /// <summary>Starts a round.</summary>
    /// <param name="nodes">Names of nodes, in order.</param>
    /// <param name="options">How.</param>
    /// <returns>Null, or why it cannot begin: 404 for a node that is not there, 403 for pods that the options keep from being drained.</returns>
    public ApiError? Start(IReadOnlyList<string> nodes, MaintenanceOptions options) => Start(nodes, options, out _);

    /// <summary>Starts a round that may be abandoned.</summary>
    /// <param name="nodes">Names of nodes, in order.</param>
    /// <param name="options">How.</param>
    /// <param name="number">Its number; null where nothing is to do.</param>
    internal ApiError? Start(IReadOnlyList<string> nodes, MaintenanceOptions options, out int? number)
    {
        number = null;
        foreach (string name in nodes)
        {
            if (Find(name) is not { } node) return new ApiError(ApiErrorCode.NotFound, $"node \"{name}\" not found");
            if (!SetsAvailability && Obstacle(node, options.Drain) is { } error) return error;
        }

        var round = new Round(_rounds.Count, [.. nodes], options);
        _rounds.Add(round);
        if (nodes.Count == 0) return null;
        number = round.Number;
        _active.Add(round);
        if (options.CordonsAllFirst)
        {
            foreach (string name in nodes) Take(round, Find(name)!, isDrained: false);
        }

        Begin(round);
        return null;
    }

    /// <summary>Whoever drains stops: pods that were asked to leave do, nobody else is asked, and nodes stay cordoned.</summary>
    internal void Abandon(int number)
    {
        Round round = _rounds[number];
        if (!_active.Remove(round)) return;
        if (round.IsEmptying && Find(round.Node) is { } node) Tell(FactKind.DrainFailed, node, round.Left.Count);
        (round.IsEmptying, round.IsAbandoned) = (false, true);
    }

    /// <summary>Whether a round took a node out of scheduling that was in it, at its beginning or when the node's turn came.</summary>
    internal bool HasCordoned(int number, string node) => _rounds[number].Cordoned.Contains(node);

    /// <summary>Takes a node out of scheduling, or back in.</summary>
    /// <returns>Null, or 404.</returns>
    public ApiError? Cordon(string name, bool isCordoned)
    {
        if (Find(name) is not { } node) return new ApiError(ApiErrorCode.NotFound, $"node \"{name}\" not found");
        Node next = node with { IsCordoned = isCordoned, IsDrained = isCordoned && node.IsDrained };
        return next == node ? null : _store.Update(next);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (_active.Count == 0 || change.Before is not Pod pod) return;
        if (change.After is not null && !(SetsAvailability && ((Pod)change.After).HasEnded)) return;
        foreach (Round round in _active)
        {
            if (!round.Left.Remove(pod.Uid) || !round.IsEmptying) continue;
            if (round.Left.Count == 0) _loop.Schedule(_loop.Now, new EventData(_handler, AllGone, round.Number, round.At));
            else EvictNext(round);
        }
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        Round round = _rounds[data.Subject];
        if (round.IsAbandoned) return;
        if (_store.Conditions.Outage is not null && data.Kind is NextNode or WorkDone)
        {
            // Whoever does the maintenance tries again.
            _loop.Schedule(_loop.Now + _evictions.Options.EvictionRetry, in data);
            return;
        }

        switch (data.Kind)
        {
            case NextNode:
                Begin(round);
                break;
            case Evict:
                if (round.IsEmptying && round.Left.Contains(data.Argument)) TryEvict(round, data.Argument);
                break;
            case AllGone when round.IsEmptying && round.At == data.Argument:
                End(round, isDrained: true);
                break;
            case GiveUp when round.IsEmptying && round.At == data.Argument:
                End(round, isDrained: false);
                break;
            case WorkDone:
                _ = Cordon(round.Node, isCordoned: false);
                _loop.Schedule(_loop.Now + round.Options.Pause, new EventData(_handler, NextNode, round.Number));
                break;
            default:
                break;
        }
    }

    private void Take(Round round, Node node, bool isDrained)
    {
        if (!node.IsCordoned) round.Cordoned.Add(node.Name);
        Node next = node with { IsCordoned = true, IsDrained = node.IsDrained || isDrained };
        if (next != node) _ = _store.Update(next);
    }

    private void Begin(Round round)
    {
        if (++round.At == round.Nodes.Length)
        {
            _active.Remove(round);
            return;
        }

        round.Refused = 0;
        round.Left.Clear();
        round.Later.Clear();
        if (Find(round.Node) is not { } node)
        {
            // The node left the cluster while others were worked on.
            _loop.Schedule(_loop.Now, new EventData(_handler, NextNode, round.Number));
            return;
        }

        Take(round, node, SetsAvailability);
        List<long> pods = PodsOf(node, round.Drain);
        Tell(FactKind.DrainStarted, node, pods.Count);
        round.IsEmptying = true;
        foreach (long uid in pods) round.Left.Add(uid);
        if (pods.Count == 0)
        {
            _loop.Schedule(_loop.Now, new EventData(_handler, AllGone, round.Number, round.At));
            return;
        }

        if (round.Drain.Timeout is { } timeout) _loop.Schedule(_loop.Now + timeout, new EventData(_handler, GiveUp, round.Number, round.At));
        for (int i = 0; i < pods.Count && !SetsAvailability; i++)
        {
            if (round.Drain.Parallelism == 0 || i < round.Drain.Parallelism) _loop.Schedule(_loop.Now, new EventData(_handler, Evict, round.Number, pods[i]));
            else round.Later.Enqueue(pods[i]);
        }
    }

    /// <summary>A pod is gone: the next one that is still there takes its turn.</summary>
    private void EvictNext(Round round)
    {
        while (round.Later.TryDequeue(out long next))
        {
            if (!round.Left.Contains(next)) continue;
            _loop.Schedule(_loop.Now, new EventData(_handler, Evict, round.Number, next));
            return;
        }
    }

    private void TryEvict(Round round, long uid)
    {
        if (_store.View.Find(uid) is not Pod pod)
        {
            round.Left.Remove(uid);
            return;
        }

        var options = new DeleteOptions(uid, round.Drain.Grace);
        ApiError? error = round.Drain.DisablesEviction ? _store.Delete(pod.Key, options) : _evictions.Evict(pod.Key, options);
        // kubectl gives up on anything but 429; two budgets on one pod (500) are asked again here, since somebody may take one of them away.
        if (error is not null && error.Code is not ApiErrorCode.NotFound)
        {
            round.Refused++;
            _loop.Schedule(_loop.Now + _evictions.Options.EvictionRetry, new EventData(_handler, Evict, round.Number, uid));
        }
    }

    private void End(Round round, bool isDrained)
    {
        round.IsEmptying = false;
        if (Find(round.Node) is { } node) Tell(isDrained ? FactKind.NodeDrained : FactKind.DrainFailed, node, isDrained ? round.Refused : round.Left.Count);
        if (isDrained && round.Options.Uncordons) _loop.Schedule(_loop.Now + round.Options.Work, new EventData(_handler, WorkDone, round.Number));
        else _loop.Schedule(_loop.Now + (isDrained ? round.Options.Work : TimeSpan.Zero) + round.Options.Pause, new EventData(_handler, NextNode, round.Number));
    }

    /// <summary>Pods that are to leave: all but those of DaemonSets.</summary>
    private List<long> PodsOf(Node node, DrainOptions options)
    {
        var pods = new List<long>();
        foreach (KubeObject item in _store.View.All(ResourceKind.Pod))
        {
            if (item is not Pod pod || pod.Node != node.Index || (SetsAvailability ? pod.HasEnded : options.IgnoresDaemonSets && IsDaemon(pod))) continue;
            pods.Add(pod.Uid);
        }

        pods.Sort();
        return pods;
    }

    /// <summary>A pod that the options keep from being drained; pods that ended never are one.</summary>
    private ApiError? Obstacle(Node node, DrainOptions options)
    {
        foreach (KubeObject item in _store.View.All(ResourceKind.Pod))
        {
            if (item is not Pod { HasEnded: false } pod || pod.Node != node.Index) continue;
            if (IsDaemon(pod))
            {
                if (!options.IgnoresDaemonSets) return Forbidden(pod, "is managed by a DaemonSet");
                continue;
            }

            if (!options.IsForced && pod.Metadata.Controller is null) return Forbidden(pod, "declares no controller");
            if (!options.DeletesEmptyDir && HasEmptyDir(pod)) return Forbidden(pod, "has local storage");
        }

        return null;
    }

    private static ApiError Forbidden(Pod pod, string why) => new(ApiErrorCode.Forbidden, $"cannot drain: {pod.Key} {why}");

    private static bool IsDaemon(Pod pod) => pod.Metadata.Controller is { Kind: ResourceKind.DaemonSet };

    private static bool HasEmptyDir(Pod pod)
    {
        foreach (ref readonly Volume volume in pod.Spec.Volumes.AsSpan())
        {
            if (volume.Kind == VolumeKind.EmptyDir) return true;
        }

        return false;
    }

    private Node? Find(string name) => _store.View.Find<Node>(ResourceKind.Node, "", name);

    private void Tell(FactKind kind, Node node, long detail) => _facts.Record(new Fact(kind, _loop.Now, default, -1, node.Index, detail));
}
