using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How much a new version disturbs the services of a run (REFERENCE §1.6): duration, deficit, surge, churn, and the curves of ready old and new pods.</summary>
/// <remarks>
/// D is what the Deployments behind a service want at the instant of the update; A is the number of pods that the service would send requests to (ready, not terminating, of its selector as it
/// stands); the family of a service are the pods of the selector it has at that instant. Integrals are exact: replicas times ticks over the intervals between changes. A run without update
/// is measured over the same window, with D as it stands.
/// </remarks>
public sealed class RolloutObserver : IStoreListener
{
    private readonly Func<TimeSpan> _now;
    private readonly ObjectView _view;
    private readonly TimeSpan _at;
    private readonly TimeSpan _step;
    private readonly string? _newTag;
    private readonly ServiceIndex _current = new();
    private readonly ServiceIndex _families = new();
    private readonly Dictionary<long, ServiceBook> _books = [];
    private readonly List<ServiceBook> _order = [];
    private readonly List<(TimeSpan At, int Old, int New)> _curve = [];
    private bool _hasBegun;
    private long _created;
    private long _replaced;

    /// <summary>Observes a run; subscribe it to the store before the run starts.</summary>
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
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        Begin();
        switch (change.Object)
        {
            case Service service:
                OnService(change.Before as Service, change.After as Service, service);
                break;
            case Deployment deployment:
                OnDeployment(change.Before as Deployment, change.After as Deployment, deployment.Metadata.Namespace);
                break;
            case Pod pod:
                OnPod(change.Before as Pod, change.After as Pod, pod);
                break;
            default:
                break;
        }
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Begin();
        Int128 deficit = 0, surge = 0, held = 0, mixed = 0;
        double? lowest = null;
        TimeSpan? last = _newTag is null || _order.Count == 0 ? null : TimeSpan.Zero;
        long replicas = 0;
        foreach (ServiceBook book in _order)
        {
            book.Advance(end);
            deficit += book.DeficitTicks;
            surge += book.SurgeTicks;
            held += book.HeldTicks;
            mixed += book.MixedTicks;
            if (book.LowestRatio is { } ratio && !(ratio >= lowest)) lowest = ratio;
            replicas += book.Desired;
            last = last is { } latest && book.DoneAt is { } done ? (done > latest ? done : latest) : null;
        }

        sink.Add("rollout_duration_seconds", last is { } finished ? (finished - _at).TotalSeconds : null);
        sink.Add("deficit_replica_seconds", Seconds(deficit));
        sink.Add("available_ratio_min", lowest);
        sink.Add("surge_replica_seconds", Seconds(surge));
        sink.Add("surge_held_replica_seconds", Seconds(held));
        if (_newTag is not null) sink.AddRatio("mixed_versions_seconds_mean", mixed, (Int128)_order.Count * TimeSpan.TicksPerSecond);
        if (_newTag is not null) sink.AddRatio("pods_created_per_replica_ratio", _created, replicas);
        sink.Add("pods_removed_total", _replaced);
        AddCurve("ready_old_pods", end, sink, point => point.Old);
        AddCurve("ready_new_pods", end, sink, point => point.New);
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

    /// <summary>The first change at or after the update: what is wanted is written down before it.</summary>
    private void Begin()
    {
        if (_hasBegun || _now() < _at) return;
        _hasBegun = true;
        foreach (ServiceBook book in _order)
        {
            book.Begin(_at);
            _families.Update(null, book.Service);
        }

        foreach (KubeObject item in _view.All(ResourceKind.Pod)) CountFamily((Pod)item, 1);
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
        if (before is not null && Equals(before.Selector, after?.Selector)) return;
        // Another selector: its pods are counted anew.
        book.Available = 0;
        if (after is not null)
        {
            foreach (KubeObject item in _view.All(ResourceKind.Pod))
            {
                if (item is Pod pod && item.Metadata.Namespace == service.Metadata.Namespace && after.Selector!.Matches(item.Metadata.Labels) && IsServing(pod)) book.Available++;
            }

            if (!_hasBegun) book.Desired = DesiredOf(after);
        }
    }

    private void OnDeployment(Deployment? before, Deployment? after, string ns)
    {
        if (before is not null && after is not null && before.Replicas == after.Replicas) return;
        if (_hasBegun && _newTag is not null) return;
        foreach (ServiceBook book in _order)
        {
            if (book.Service.Metadata.Namespace != ns) continue;
            book.Advance(_now());
            book.Desired = DesiredOf(book.Service);
        }
    }

    private int DesiredOf(Service service)
    {
        int desired = 0;
        foreach (KubeObject item in _view.All(ResourceKind.Deployment))
        {
            if (item is Deployment deployment && item.Metadata.Namespace == service.Metadata.Namespace && service.Selector!.Matches(deployment.Template.Labels)) desired += deployment.Replicas;
        }

        return desired;
    }

    private void OnPod(Pod? before, Pod? after, Pod pod)
    {
        bool was = before is not null && IsServing(before), isNow = after is not null && IsServing(after);
        if (was != isNow)
        {
            foreach (Service service in _current.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
            {
                ServiceBook book = _books[service.Uid];
                book.Advance(_now());
                book.Available += isNow ? 1 : -1;
            }

            bool isNew = _newTag is not null && PodVersion.TagOf(pod) == _newTag;
            (TimeSpan _, int old, int fresh) = _curve.Count > 0 ? _curve[^1] : default;
            int by = isNow ? 1 : -1;
            (TimeSpan, int, int) next = (_now(), old + (isNew ? 0 : by), fresh + (isNew ? by : 0));
            if (_curve.Count > 0 && _curve[^1].At == _now()) _curve[^1] = next;
            else _curve.Add(next);
        }

        if (!_hasBegun) return;
        if (before is not null) CountFamily(before, -1);
        if (after is not null) CountFamily(after, 1);
        if (before is null) _created++;
        if (IsGone(before, after)) _replaced++;
        if (_newTag is null) return;
        foreach (Service service in _families.Of(pod.Metadata.Namespace, pod.Metadata.Labels)) _books[service.Uid].Judge(_now());
    }

    private void CountFamily(Pod pod, int by)
    {
        if (pod.HasEnded) return;
        bool isNew = _newTag is not null && PodVersion.TagOf(pod) == _newTag;
        foreach (Service service in _families.Of(pod.Metadata.Namespace, pod.Metadata.Labels))
        {
            ServiceBook book = _books[service.Uid];
            book.Advance(_now());
            if (pod.Metadata.IsDeleting) book.Terminating += by;
            else book.Alive += by;
            if (!isNew) book.Old += by;
            if (!IsServing(pod)) continue;
            if (isNew) book.NewServing += by;
            else book.OldServing += by;
        }
    }

    /// <summary>Whether a pod went now: a task of Docker Swarm when it ended, since it stays as history.</summary>
    private static bool IsGone(Pod? before, Pod? after) =>
        after is null ? before is { Swarm: null } or { HasEnded: false } : after is { Swarm: not null, HasEnded: true } && before is { HasEnded: false };

    private static bool IsServing(Pod pod) => pod.Status.IsReady && pod.IsActive;

    /// <summary>One service's counts and integrals.</summary>
    private sealed class ServiceBook(Service service)
    {
        private TimeSpan _since = TimeSpan.MaxValue;

        public Service Service { get; set; } = service;

        public int Desired { get; set; }

        public int Available { get; set; }

        public int Alive { get; set; }

        public int Terminating { get; set; }

        public int Old { get; set; }

        public int OldServing { get; set; }

        public int NewServing { get; set; }

        public long MixedTicks { get; private set; }

        public Int128 DeficitTicks { get; private set; }

        public Int128 SurgeTicks { get; private set; }

        public Int128 HeldTicks { get; private set; }

        public double? LowestRatio { get; private set; }

        /// <summary>First instant since which all wanted pods are new and serve, and no old one is left; null while that is not so.</summary>
        public TimeSpan? DoneAt { get; private set; }

        public void Begin(TimeSpan at) => _since = at;

        public void Advance(TimeSpan now)
        {
            if (now <= _since) return;
            long ticks = (now - _since).Ticks;
            _since = now;
            DeficitTicks += (Int128)ticks * Math.Max(0, Desired - Available);
            SurgeTicks += (Int128)ticks * Math.Max(0, Alive - Desired);
            HeldTicks += (Int128)ticks * Math.Max(0, Alive + Terminating - Desired);
            if (OldServing > 0 && NewServing > 0) MixedTicks += ticks;
            if (Desired == 0) return;
            double ratio = (double)Math.Min(Available, Desired) / Desired;
            if (!(ratio >= LowestRatio)) LowestRatio = ratio;
        }

        public void Judge(TimeSpan now)
        {
            bool isDone = NewServing >= Desired && Old == 0;
            if (!isDone) DoneAt = null;
            else DoneAt ??= now;
        }
    }
}
