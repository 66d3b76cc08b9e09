using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Scheduling;

/// <summary>
/// Turns pending pods into bindings: takes the next unit from the queue, asks the strategy, checks the answer against the scheduler's view, assumes the pod
/// there and binds it. A wrong answer is counted, reported and refused; it never changes the cluster.
/// </summary>
/// <remarks>One decision is one event, so invariants are judged between any two. A unit is a pod, or a whole group named by its first member.</remarks>
public sealed partial class SchedulerHost : IEventHandler
{
    private const ushort Cycle = 0;
    private const ushort BackoffTimer = 1;
    private const ushort FlushTimer = 2;
    private const ushort BindDone = 3;
    private const ushort WaitTimer = 4;
    private const int FlushesAfterLastEvent = 2;
    private readonly EventLoop _loop;
    private readonly ushort _handler;
    private readonly PodStore _store;
    private readonly ClusterState _view;
    private readonly FactStream _facts;
    private readonly SchedulerHostOptions _given;
    private SchedulerHostOptions _options;
    private readonly IReadOnlyList<PodGroupSpec> _groups;
    private readonly IBindingTarget _target;
    private TieBreak _tieBreak;
    private readonly ulong _seed;
    private SchedulingStrategy _strategy;
    private NodeSelector? _selector;
    private SchedulingQueue _queue;
    private PendingPods _pending;
    private PlacementPlan _plan;
    private BatchStrategy _batch;
    private readonly Dictionary<int, List<int>> _groupMembers = [];
    private readonly Dictionary<int, (int Node, DeviceSet Devices)> _inFlight = [];
    private bool _cycleArmed;
    private bool _flushArmed;
    private int _idleFlushes;
    private IExternalStrategy? _external;
    private int _ownEvents;
    private bool _isHandling;
    private TimeSpan _busyUntil;
    private TimeSpan _spent;
    private int _errorsAlone;
    private TimeSpan _backoffArmed = TimeSpan.MaxValue;

    internal SchedulerHost(
        EventLoop loop, PodStore store, ClusterState view, FactStream facts, SchedulingStrategy strategy, TieBreak tieBreak, ulong seed,
        IReadOnlyList<PodGroupSpec> groups, IBindingTarget target, SchedulerHostOptions options)
    {
        _loop = loop;
        _handler = loop.Register(this);
        _store = store;
        _view = view;
        _facts = facts;
        _given = options;
        _seed = seed;
        _groups = groups;
        _target = target;
        _nominations = new Nominations(view, store);
        Take(strategy, tieBreak);
    }

    /// <summary>Everything that lives in the memory of a scheduler's process, made anew around a strategy.</summary>
    [MemberNotNull(nameof(_options), nameof(_strategy), nameof(_queue), nameof(_pending), nameof(_plan), nameof(_batch))]
    private void Take(SchedulingStrategy strategy, TieBreak tieBreak)
    {
        _options = _given with { Queue = strategy.QueueOf(_given.Queue) };
        _strategy = strategy;
        _tieBreak = tieBreak;
        _external = strategy as IExternalStrategy;
        _cycle = strategy as IBindingCycle;
        _selector = NodeSelector.For(strategy, _view, _tieBreak, _seed, _options.CacheBudgetBytes);
        _queue = new SchedulingQueue(_options.Queue, strategy.QueueOrder);
        _pending = new PendingPods(_store, _view.Shapes, _queue, _groups);
        _plan = new PlacementPlan(_view, strategy, _pending, Refuse);
        _batch = strategy as BatchStrategy ?? new GangPlacement(_selector!);
    }

    /// <summary>Decisions asked of the strategy, retries among them.</summary>
    public long Decisions { get; private set; }

    /// <summary>Decisions on pods that had failed before.</summary>
    public long Retries { get; private set; }

    /// <summary>Nodes whose feasibility was looked at.</summary>
    public long NodesExamined => _examinedBefore + (_selector?.NodesExamined ?? 0);

    /// <summary>Scores asked of the strategy.</summary>
    public long ScoresComputed => _scoredBefore + (_selector?.ScoresComputed ?? 0);

    /// <summary>First message of a strategy that threw, or null.</summary>
    public string? FirstStrategyError { get; private set; }

    /// <summary>Pods assumed in the view whose binding is not written yet.</summary>
    public int BindsInFlight { get; private set; }

    /// <summary>Sees each decision when set; free when not.</summary>
    public IDecisionObserver? DecisionObserver { get; set; }

    internal SchedulingQueue Queue => _queue;

    /// <summary>Told when a pod is assumed on a node in the view, before it is bound; null when nobody asks.</summary>
    internal Action<PodIndex, NodeIndex, DeviceSet>? Assumed { get; set; }

    /// <summary>Told when the binding of an assumed pod was written, or refused: then its assumption is taken back. Null when nobody asks.</summary>
    internal Action<PodIndex, bool>? AssumptionEnded { get; set; }

    /// <summary>Pending pods that the scheduler has somewhere, recounted: in its queue, in groups that wait, in flight.</summary>
    internal long PendingPodsKnown
    {
        get
        {
            long pods = _queue.Count + BindsInFlight;
            foreach ((int group, List<int> members) in _groupMembers) pods += members.Count - (members.Count >= _groups[group].MinMember ? 1 : 0);
            return pods;
        }
    }

    /// <summary>The groups of a trace, where the strategy handles them itself.</summary>
    internal ArrivedGroups? Arrived { get; init; }

    /// <summary>The watch shows a new pod.</summary>
    internal void OnPodAdded(PodIndex pod)
    {
        Arrived?.OnAdded(pod);
        if (IsUp) Enter(pod);
    }

    /// <summary>A pod enters the queue, alone or with its group.</summary>
    private void Enter(PodIndex pod)
    {
        ref readonly PodRecord record = ref _store[pod];
        _idleFlushes = 0;
        if (record.Group < 0 || _strategy.Groups != GroupHandling.ByCore)
        {
            _queue.Add(pod.Value, record.Priority, _loop.Now);
        }
        else
        {
            if (!_groupMembers.TryGetValue(record.Group, out List<int>? members)) _groupMembers.Add(record.Group, members = []);
            members.Add(pod.Value);
            _queue.Register(pod.Value, record.Priority);
            // The group enters the queue with the member that makes it viable; later ones join it while it waits.
            if (members.Count != _groups[record.Group].MinMember) return;
            _queue.Add(members[0], record.Priority, _loop.Now);
        }

        ArmCycle();
    }

    /// <summary>The watch shows that a pod holds nothing any more; its slot is released.</summary>
    internal void OnPodGone(PodIndex pod, PodRemovalReason reason)
    {
        ref readonly PodRecord record = ref _store[pod];
        if (_leaving.Remove(pod.Value)) _view.SetLeaving(in _view.Shapes[record.Shape], record.Node.Value, leaving: false);
        _placedPods?.OnGone(pod.Value, record.Node.Value);
        _view.Remove(in _view.Shapes[record.Shape], record.Node.Value, record.Devices);
        if (IsUp) _strategy.OnPodRemoved(_pending.Request(pod.Value), record.Node, reason);
        int node = record.Node.Value;
        Arrived?.OnGone(pod);
        _store.Release(pod);
        OnRoomMade(node, ClusterEvents.PodGone);
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        if (data.Kind != BindDone) _ownEvents--;
        // What a process that died was about to do.
        if ((int)data.Argument != _life) return;
        _isHandling = true;
        Dispatch(in data);
        _isHandling = false;
        if (_settled.Count > 0) Settle();
    }

    private void Dispatch(in EventData data)
    {
        switch (data.Kind)
        {
            case Cycle:
                if (MustGather()) break;
                _cycleArmed = false;
                if (IsPaused) break;
                if (_strategy is BatchStrategy) DecideBatch();
                else if (_queue.TryPop(out int unit)) Decide(unit);
                ArmCycle();
                break;
            case BackoffTimer:
                if (_backoffArmed == _loop.Now) _backoffArmed = TimeSpan.MaxValue;
                _queue.ReleaseBackoff(_loop.Now);
                ArmBackoff();
                ArmCycle();
                break;
            case FlushTimer:
                _flushArmed = false;
                _idleFlushes = IsAlone ? _idleFlushes + 1 : 0;
                _queue.Flush(_loop.Now - _options.Queue.UnschedulableTimeout, _loop.Now);
                ArmBackoff();
                ArmCycle();
                ArmFlush();
                break;
            case BindDone:
                if (IsPaused) _heldBindings.Add(data);
                else FinishBinding(new PodIndex(data.Subject), new NodeIndex((int)(data.Argument >> 32)));
                break;
            case WaitTimer:
                OnWaitOver(data.Subject);
                break;
            default:
                throw new InvalidOperationException($"The scheduler host knows no event {data.Kind}.");
        }
    }

    private void Decide(int unit)
    {
        if (!_strategy.MayEnter(_pending.Request(unit)))
        {
            Gate(new PodIndex(unit));
            return;
        }

        if (_queue.Attempts(unit) > 0) Retries++;
        if (WaitingGroup(unit, out int group) is { } members) DecideGroup(unit, group, members);
        else DecidePod(unit);
    }

    private void DecidePod(int slot)
    {
        Decisions++;
        var pod = new PodIndex(slot);
        PodRequest request = _pending.Request(slot);
        DecisionObserver?.OnDeciding(in request, _store[pod].Uid, _plan.View, Scores(slot));
        int node = -1;
        bool waits = false;
        DeviceSet devices = DeviceSet.Empty;
        RefusalReason? refusal = null;
        bool isNominated = false;
        try
        {
            KeepRoom(in request, keeps: true);
            node = NominatedNode(in request);
            isNominated = node >= 0;
            if (node < 0) node = _selector!.Select(in request, out waits);
            if (node >= 0)
            {
                // Devices are asked for nodes that exist and fit only: a strategy's device rule may rely on that.
                refusal = PlacementPlan.Check(_view, in request.Shape, new NodeIndex(node), DeviceSet.Empty);
                if (refusal is null or RefusalReason.InvalidDevices)
                {
                    devices = _selector!.Devices(in request, node);
                    refusal = PlacementPlan.Check(_view, in request.Shape, new NodeIndex(node), devices);
                }
            }
            else if (node < -1)
            {
                refusal = RefusalReason.UnknownNode;
            }
        }
        catch (Exception error) when (IsStrategyFault(error))
        {
            DecisionObserver?.OnTurnedAway(DecisionOutcome.StrategyError, refusal: null);
            DecisionObserver?.OnDecided(_store[pod].Uid, NodeIndex.None, DeviceSet.Empty);
            Fault(pod, error);
            AfterError(slot);
            return;
        }
        finally
        {
            KeepRoom(in request, keeps: false);
            Spend(isNominated ? 1 : _strategy.NodesLookedAt);
        }

        bool places = node >= 0 && refusal is null;
        if (!places) DecisionObserver?.OnTurnedAway(refusal is not null ? DecisionOutcome.Refused : waits ? DecisionOutcome.Waits : DecisionOutcome.NoNodeFits, refusal);
        DecisionObserver?.OnDecided(_store[pod].Uid, places ? new NodeIndex(node) : NodeIndex.None, devices);
        if (places)
        {
            _view.Add(in request.Shape, node, devices);
            _strategy.OnPodPlaced(in request, new NodeIndex(node));
            bool passes = StartBinding(slot, node, devices);
            if (_queue.OnUnitPlaced(_view.Shapes, slot, _loop.Now)) ArmBackoff();
            OnPodPlaced(in request.Shape);
            if (passes) ReserveAndPermit(in request, new NodeIndex(node), devices);
            return;
        }

        if (refusal is { } reason) Refuse(pod, new NodeIndex(node), reason);
        bool fitsNowhere = !waits && refusal is null;
        Preemption? preemption = null;
        if (refusal is null) preemption = AfterNoNode(in request, mayPreempt: fitsNowhere || _strategy is IPreemptionAdvice { TurnedAway: true });
        Park(slot, fitsNowhere ? UnschedulableKind.Pod : UnschedulableKind.Unknown);
        if (preemption is not null) Evict(pod, preemption);
    }

    private Func<int, long?> Scores(int slot) => node => _selector!.Explain(in _view.Shapes[_store[new PodIndex(slot)].Shape], node);

    private void Refuse(PodIndex pod, NodeIndex node, RefusalReason reason) => Record(FactKind.DecisionRefused, pod, node, (long)reason);

    private void Fault(PodIndex pod, Exception error)
    {
        FirstStrategyError ??= $"{error.GetType().Name}: {error.Message}";
        Record(FactKind.StrategyError, pod, NodeIndex.None, 0);
    }

    private static bool IsStrategyFault(Exception error) => error is not (ImpureScoreException or StrategyEndsRunException or InvariantViolationException or OutOfMemoryException or OperationCanceledException);

    private void Record(FactKind kind, PodIndex pod, NodeIndex node, long detail) =>
        _facts.Record(new Fact(kind, _loop.Now, pod, _store[pod].Uid, node, detail));
}
