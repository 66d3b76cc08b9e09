using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How much a new version disturbs the services of a run (REFERENCE §1.6): duration, deficit and its causes, surge, churn, and the curves of ready old and new pods.</summary>
/// <remarks>
/// D is what the workloads behind a service want at the instant of the update; A is the number of pods that the service would send requests to (ready, not terminating, of its selector as it
/// stands); the family of a service are the pods of the selector it has at that instant. Integrals are exact: replicas times ticks over the intervals between changes. A run without update
/// is measured over the same window, with D as it stands. How a deficit is divided among causes: <see cref="ServiceBook"/> and <see cref="LossCause"/>.
/// </remarks>
public sealed class RolloutObserver : IStoreListener, IFactObserver, INodeHealthListener
{
    private readonly Func<TimeSpan> _now;
    private readonly ObjectView _view;
    private readonly TimeSpan _at;
    private readonly TimeSpan _step;
    private readonly string? _newTag;
    private readonly ServiceIndex _current = new();
    private readonly ServiceIndex _families = new();
    private readonly ServiceDemand _demand;
    private readonly LossCauses _causes;
    private readonly Dictionary<long, ServiceBook> _books = [];
    private readonly List<ServiceBook> _order = [];
    private readonly List<(TimeSpan At, int Old, int New)> _curve = [];
    private bool _hasBegun;
    private long _removed;

    /// <summary>Observes a run; subscribe it to the store, the facts and the true state of machines before the run starts.</summary>
    /// <param name="now">The current instant.</param>
    /// <param name="view">The store's objects.</param>
    /// <param name="at">Instant of the update, or from which a run without one is measured.</param>
    /// <param name="newTag">Tag of the new pods' image; null in a run without update.</param>
    /// <param name="step">Step of the curves.</param>
    public RolloutObserver(Func<TimeSpan> now, ObjectView view, TimeSpan at, string? newTag, TimeSpan step)
    {
        _now = now;
        _view = view;
        _at = at;
        _newTag = newTag;
        _step = step;
        _causes = new LossCauses(view, now);
        _demand = new ServiceDemand(view, OnDemand);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        Begin(in change);
        _causes.OnChange(in change);
        if (change.Object is Service service) OnService(change.Before as Service, change.After as Service, service);
        _demand.OnChange(in change);
        if (change.Object is Service { Selector: not null } known) Repoint(known, change.Before as Service, change.After as Service);
        else if (change.Object is Pod pod) OnPod(change.Before as Pod, change.After as Pod, pod);
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact) => _causes.Observe(in fact);

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after) => _causes.OnHealthChanged(node, before, after);

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Begin(default);
        Int128 surge = 0, held = 0, mixed = 0;
        var deficit = new Int128[4];
        double? lowest = null;
        TimeSpan? last = _newTag is null || _order.Count == 0 ? null : TimeSpan.Zero;
        long replicas = 0, created = 0;
        foreach (ServiceBook book in _order)
        {
            book.Advance(end);
            for (int cause = 0; cause < deficit.Length; cause++) deficit[cause] += book.DeficitTicks((LossCause)cause);
            surge += book.SurgeTicks;
            held += book.HeldTicks;
            mixed += book.MixedTicks;
            if (book.LowestRatio is { } ratio && !(ratio >= lowest)) lowest = ratio;
            replicas += book.HasNew ? book.Desired : 0;
            created += book.HasNew ? book.Created : 0;
            last = last is { } latest && book.DoneAt is { } done ? (done > latest ? done : latest) : null;
        }

        sink.Add("rollout_duration_seconds", last is { } finished ? (finished - _at).TotalSeconds : null);
        sink.Add("deficit_replica_seconds", Seconds(deficit[0] + deficit[1] + deficit[2] + deficit[3]));
        sink.Add("deficit_by_update_replica_seconds", Seconds(deficit[(int)LossCause.Update]));
        sink.Add("deficit_by_node_fault_replica_seconds", Seconds(deficit[(int)LossCause.NodeFault]));
        sink.Add("deficit_by_eviction_replica_seconds", Seconds(deficit[(int)LossCause.Eviction]));
        sink.Add("deficit_by_other_replica_seconds", Seconds(deficit[(int)LossCause.Other]));
        sink.Add("available_ratio_min", lowest);
        sink.Add("surge_replica_seconds", Seconds(surge));
        sink.Add("surge_held_replica_seconds", Seconds(held));
        if (_newTag is not null) sink.AddRatio("mixed_versions_seconds_mean", mixed, (Int128)_order.Count * TimeSpan.TicksPerSecond);
        if (_newTag is not null) sink.AddRatio("pods_created_per_replica_ratio", created, replicas);
        sink.Add("pods_moved_total", Moved());
        sink.Add("pods_removed_total", _removed);
        AddCurve("ready_old_pods", end, sink, point => point.Old);
        if (_newTag is not null) AddCurve("ready_new_pods", end, sink, point => point.New);
    }

    private static double Seconds(Int128 ticks) => (double)ticks / TimeSpan.TicksPerSecond;

    /// <summary>The value at the beginning of each step.</summary>
    private void AddCurve(string metric, TimeSpan end, MetricSink sink, Func<(TimeSpan At, int Old, int New), int> value)
    {
        int next = 0;
        (TimeSpan At, int Old, int New) current = default;
        for (TimeSpan at = TimeSpan.Zero; at <= end; at += _step)
        {
            while (next < _curve.Count && _curve[next].At <= at) current = _curve[next++];
            sink.AddPoint(metric, "time_seconds", at.TotalSeconds, value(current));
        }
    }

    /// <summary>The first change at or after the update: what is wanted is written down before it, and the pods as they were before it.</summary>
    private void Begin(in StoreChange change)
    {
        if (_hasBegun || _now() < _at) return;
        _hasBegun = true;
        if (_newTag is not null) _demand.Hold();
        foreach (ServiceBook book in _order)
        {
            book.Begin(_at);
            _families.Update(null, book.Service);
        }

        // The view has changed already, the books have not.
        Pod? before = change.Before as Pod;
        if (before is not null) Enter(before);
        IReadOnlyList<KubeObject> pods = _view.All(ResourceKind.Pod);
        for (int i = 0; i < pods.Count; i++)
        {
            if (pods[i].Uid != change.After?.Uid) Enter((Pod)pods[i]);
        }
    }

    private void Enter(Pod pod)
    {
        CountFamily(pod, 1);
        if (pod is not { Node.IsNode: true, IsActive: true }) return;
        foreach (Service service in _families.Of(pod.Metadata.Namespace, pod.Metadata.Labels)) _books[service.Uid].PlaceBefore(pod.Node);
    }

    private void OnService(Service? before, Service? after, Service service)
    {
        _current.Update(before, after);
        if (service.Selector is null) return;
        if (!_books.TryGetValue(service.Uid, out ServiceBook? book))
        {
            _books.Add(service.Uid, book = new ServiceBook(service));
            // A service that a release makes for itself is part of the disturbance, not one of the services that are disturbed.
            if (!_hasBegun) _order.Add(book);
        }

        book.Advance(_now());
        if (!_hasBegun && after is not null) book.Service = after;
    }

    /// <summary>Another selector: its pods are counted anew.</summary>
    private void Repoint(Service service, Service? before, Service? after)
    {
        if (before is not null && Equals(before.Selector, after?.Selector)) return;
        int available = 0;
        IReadOnlyList<KubeObject> pods = _view.All(ResourceKind.Pod);
        for (int i = 0; i < pods.Count && after is not null; i++)
        {
            if (pods[i] is Pod pod && pod.Metadata.Namespace == service.Metadata.Namespace && after.Selector!.Matches(pod.Metadata.Labels) && IsServing(pod)) available++;
        }

        _books[service.Uid].Repoint(available, isLoss: before is not null);
    }

    private void OnDemand(long service, int wanted)
    {
        if (!_books.TryGetValue(service, out ServiceBook? book)) return;
        book.Advance(_now());
        book.Desired = wanted;
    }

    private void OnPod(Pod? before, Pod? after, Pod pod)
    {
        bool was = before is not null && IsServing(before), isNow = after is not null && IsServing(after);
        bool isNew = _newTag is not null && PodVersion.TagOf(pod) == _newTag;
        if (was != isNow)
        {
            LossCause cause = was ? _causes.Of(before!, after, isNew) : LossCause.Other;
            foreach (Service service in _current.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
            {
                ServiceBook book = _books[service.Uid];
                book.Advance(_now());
                if (was) book.Lose(pod.Uid, cause);
                else book.Gain(pod.Uid);
            }

            (TimeSpan _, int old, int fresh) = _curve.Count > 0 ? _curve[^1] : default;
            int by = isNow ? 1 : -1;
            (TimeSpan, int, int) next = (_now(), old + (isNew ? 0 : by), fresh + (isNew ? by : 0));
            if (_curve.Count > 0 && _curve[^1].At == _now()) _curve[^1] = next;
            else _curve.Add(next);
        }

        if (!_hasBegun) return;
        if (before is not null) CountFamily(before, -1);
        if (after is not null) CountFamily(after, 1);
        if (IsGone(before, after)) _removed++;
        foreach (Service service in _families.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
        {
            ServiceBook book = _books[service.Uid];
            if (before is null) book.Created++;
            book.HasNew |= isNew;
            if (_newTag is not null) book.Judge(_now());
        }
    }

    private void CountFamily(Pod pod, int by)
    {
        if (pod.HasEnded) return;
        bool isNew = _newTag is not null && PodVersion.TagOf(pod) == _newTag;
        foreach (Service service in _families.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
        {
            ServiceBook book = _books[service.Uid];
            book.Advance(_now());
            if (pod.IsLeaving) book.Terminating += by;
            else book.Alive += by;
            if (!isNew) book.Old += by;
            if (!IsServing(pod)) continue;
            if (isNew) book.NewServing += by;
            else book.OldServing += by;
        }
    }

    /// <summary>Replicas that sit on another node than when the update began, over all services.</summary>
    private long Moved()
    {
        var placed = new Dictionary<long, Dictionary<int, int>>();
        foreach (ServiceBook book in _order) placed.Add(book.Service.Uid, []);
        IReadOnlyList<KubeObject> pods = _view.All(ResourceKind.Pod);
        for (int i = 0; i < pods.Count; i++)
        {
            if (pods[i] is not Pod { Node.IsNode: true, IsActive: true } pod) continue;
            foreach (Service service in _families.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
                placed[service.Uid][pod.Node.Value] = placed[service.Uid].GetValueOrDefault(pod.Node.Value) + 1;
        }

        long moved = 0;
        foreach (ServiceBook book in _order) moved += book.Moved(placed[book.Service.Uid]);
        return moved;
    }

    /// <summary>Whether a pod went now: a task of Docker Swarm when it ended, since it stays as history.</summary>
    private static bool IsGone(Pod? before, Pod? after) =>
        after is null ? before is { Swarm: null } or { HasEnded: false } : after is { Swarm: not null, HasEnded: true } && before is { HasEnded: false };

    private static bool IsServing(Pod pod) => pod.Status.IsReady && pod.IsActive;
}
