using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Invariants 39, 40 and 41: where requests go, whether endpoints follow the pods, and whether every request is accounted for.</summary>
/// <remarks>
/// Books of its own: which pods each service should list (from pods and services), which it lists (from the slices), since when both differ, which pods were ever ready, and which requests
/// failed (from facts). A difference older than the propagation delay breaks 40; a request to a pod that was never ready, or that no client can still know, breaks 39; a ledger whose
/// requests do not add up, or a failure without fact, breaks 41. Memory is bounded by live pods and endpoints; a change of a pod costs the services of its namespace that may select it.
/// Controllers that a fault keeps from their work are late by right: what differs is judged when they have worked for a propagation delay again. A run in which they wait for their client's limits is too:
/// give it a longer delay.
/// </remarks>
public sealed class TrafficJudge : ObjectJudge, IFactObserver, IEventLoopObserver, IRoutingObserver
{
    private const int EventsBetweenBalances = 1024;
    private readonly TimeSpan _propagation;
    private readonly ProxyTiming _proxies;
    private readonly IEventLoopObserver? _inner;
    private readonly int _observers;
    private readonly Dictionary<(string Namespace, string Name), ServiceBook> _services = [];
    private readonly Dictionary<string, List<ServiceBook>> _byNamespace = [];

    /// <summary>Pods that were ready, or were listed by a service that lists others too.</summary>
    private readonly HashSet<long> _everReady = [];
    private readonly Queue<(TimeSpan Due, ServiceBook Book, long Pod, TimeSpan Since)> _differences = new();
    private readonly Queue<(TimeSpan Due, ServiceBook Book, long Pod)> _removed = new();
    private readonly Queue<(TimeSpan Due, long Pod)> _gone = new();

    /// <summary>Pods that went so lately that a late view may still list them.</summary>
    private readonly HashSet<long> _goneLately = [];
    private readonly long[] _failed;

    private TrafficJudge(OrchestratedRun run, TimeSpan propagation, ProxyTiming proxies)
        : base(run)
    {
        _propagation = propagation;
        _proxies = proxies;
        _inner = run.Loop.Observer;
        IReadOnlyList<RequestLedger> ledgers = run.Traffic?.Ledgers ?? [];
        _failed = new long[ledgers.Count];
        _observers = ledgers.Count == 0 ? 0 : ledgers.Max(ledger => ledger.Stream.Observers);
    }

    private sealed class ServiceBook(string ns, string name)
    {
        public readonly string Namespace = ns;
        public readonly string Name = name;
        public readonly HashSet<long> Wanted = [];
        public readonly HashSet<long> Listed = [];

        /// <summary>Since when a pod is in one of both and not in the other.</summary>
        public readonly Dictionary<long, TimeSpan> Differs = [];

        /// <summary>When pods that clients may still know were taken off the list.</summary>
        public readonly Dictionary<long, TimeSpan> RemovedAt = [];
        public Service? Service;

        /// <summary>Instant up to which it may list pods that are not ready: those may be sent requests later, too.</summary>
        public TimeSpan PublishesUntil = TimeSpan.MinValue;

        public bool PublishesNotReady(TimeSpan now) => Service is { PublishesNotReady: true } || now <= PublishesUntil;
    }

    /// <summary>Judges a run from now on; call it before the run starts.</summary>
    /// <param name="run">The run.</param>
    /// <param name="propagation">Time that endpoints may lag behind the pods.</param>
    public static TrafficJudge Attach(OrchestratedRun run, TimeSpan propagation) => Attach(run, propagation, run.Proxies);

    internal static TrafficJudge Attach(OrchestratedRun run, TimeSpan propagation, ProxyTiming proxies)
    {
        var judge = new TrafficJudge(run, propagation, proxies);
        run.Store.Subscribe(judge);
        run.Facts.Subscribe(judge);
        run.Loop.Observer = judge;
        run.Traffic?.Observe(judge);
        return judge;
    }

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case Pod pod:
                OnPod(change.After as Pod, pod);
                break;
            case Service service:
                OnService(change.After as Service, service);
                break;
            case EndpointSlice slice:
                OnSlice(change.Before as EndpointSlice, change.After as EndpointSlice, slice);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        if (fact.Kind == FactKind.RequestFailed) _failed[(int)(fact.Detail >> 8)]++;
        else if (fact.Kind == FactKind.RequestsFailed) _failed[(int)((fact.Detail >> 8) & 0xFFFF)] += fact.Detail >> 24;
    }

    /// <inheritdoc/>
    void IEventLoopObserver.AfterEvent(EventKey key)
    {
        JudgeDifferences();
        while (_removed.TryPeek(out (TimeSpan Due, ServiceBook Book, long Pod) removed) && removed.Due < Now)
        {
            _removed.Dequeue();
            if (removed.Book.RemovedAt.TryGetValue(removed.Pod, out TimeSpan at) && at + _proxies.Longest < Now) removed.Book.RemovedAt.Remove(removed.Pod);
        }

        while (_gone.TryPeek(out (TimeSpan Due, long Pod) gone) && gone.Due < Now && HasWorkedFor(_propagation + _proxies.Longest))
        {
            _gone.Dequeue();
            _everReady.Remove(gone.Pod);
            _goneLately.Remove(gone.Pod);
        }

        if (Run.Loop.EventsHandled % EventsBetweenBalances == 0) JudgeBalance();
        _inner?.AfterEvent(key);
    }

    /// <inheritdoc/>
    void IRoutingObserver.OnRouted(TimeSpan at, string ns, string service, long podUid)
    {
        Judged++;
        if (!_services.TryGetValue((ns, service), out ServiceBook? book)) Fail(Invariant.Routing, $"{ns}/{service}", "a service", $"none, and a request to pod {podUid}");
        if (!_everReady.Contains(podUid)) Fail(Invariant.Routing, $"{ns}/{service}", "requests to pods that were ready once", $"one to {NameOf(podUid)}");
        if (book.Listed.Contains(podUid)) return;
        if (!book.RemovedAt.TryGetValue(podUid, out TimeSpan removed)) Fail(Invariant.Routing, $"{ns}/{service}", "requests to endpoints", $"one to {NameOf(podUid)}, which is none and was none lately");
        TimeSpan last = removed;
        for (int observer = 0; observer < _observers; observer++)
        {
            TimeSpan known = _proxies.KnownFrom(observer, removed);
            if (known > last) last = known;
        }

        if (at >= last) Fail(Invariant.Routing, $"{ns}/{service}", $"no request to {NameOf(podUid)} from {last} on, when the last client knew of its removal at {removed}", $"one at {at}");
    }

    /// <inheritdoc/>
    public override void JudgeRest()
    {
        JudgeDifferences();
        JudgeBalance();
    }

    private void OnPod(Pod? after, Pod pod)
    {
        if (after is { Status.IsReady: true }) _everReady.Add(pod.Uid);
        if (after is null)
        {
            _gone.Enqueue((Now + _propagation + _proxies.Longest, pod.Uid));
            _goneLately.Add(pod.Uid);
        }

        if (!_byNamespace.TryGetValue(pod.Metadata.Namespace, out List<ServiceBook>? books)) return;
        foreach (ServiceBook book in books) Want(book, pod.Uid, IsWanted(book, after));
    }

    private static bool IsWanted(ServiceBook book, Pod? pod) =>
        book.Service is { Selector: { Requirements.Count: > 0 } selector } service && pod is { HasEnded: false, Node.IsNode: true }
        && (service.PublishesNotReady || (pod.Status.IsReady && !pod.Metadata.IsDeleting)) && selector.Matches(pod.Metadata.Labels);

    private void OnService(Service? after, Service service)
    {
        ServiceBook book = BookOf(service.Metadata.Namespace, service.Name);
        if (book.Service is { PublishesNotReady: true }) book.PublishesUntil = Now + _propagation;
        bool isSame = after is not null && book.Service is { } known && known.Selector == after.Selector && known.PublishesNotReady == after.PublishesNotReady;
        book.Service = after is { Metadata.IsDeleting: false } ? after : null;
        if (isSame) return;
        foreach (KubeObject item in View.All(ResourceKind.Pod))
        {
            if (item is Pod pod && pod.Metadata.Namespace == book.Namespace) Want(book, pod.Uid, IsWanted(book, pod));
        }
    }

    private void OnSlice(EndpointSlice? before, EndpointSlice? after, EndpointSlice slice)
    {
        ServiceBook book = BookOf(slice.Metadata.Namespace, slice.ServiceName);
        var listed = new HashSet<long>();
        foreach (Endpoint endpoint in after?.Endpoints ?? default)
        {
            if (!endpoint.IsReady) continue;
            listed.Add(endpoint.PodUid);
            // Lists of an earlier epoch name pods that were ready in it.
            if (IsCrossing) _everReady.Add(endpoint.PodUid);
            if (book.PublishesNotReady(Now) && (_goneLately.Contains(endpoint.PodUid) || View.Find(endpoint.PodUid) is Pod)) _everReady.Add(endpoint.PodUid);
            if (book.Listed.Add(endpoint.PodUid)) Compare(book, endpoint.PodUid);
            book.RemovedAt.Remove(endpoint.PodUid);
        }

        foreach (Endpoint endpoint in before?.Endpoints ?? default)
        {
            if (!endpoint.IsReady || listed.Contains(endpoint.PodUid) || !book.Listed.Remove(endpoint.PodUid)) continue;
            book.RemovedAt[endpoint.PodUid] = Now;
            _removed.Enqueue((Now + _proxies.Longest, book, endpoint.PodUid));
            Compare(book, endpoint.PodUid);
        }
    }

    private void Want(ServiceBook book, long pod, bool isWanted)
    {
        if (isWanted ? book.Wanted.Add(pod) : book.Wanted.Remove(pod)) Compare(book, pod);
    }

    private void Compare(ServiceBook book, long pod)
    {
        // Slices without a service that has a selector are somebody else's.
        if (book.Wanted.Contains(pod) == book.Listed.Contains(pod))
        {
            book.Differs.Remove(pod);
        }
        else
        {
            book.Differs[pod] = Now;
            _differences.Enqueue((Now + _propagation, book, pod, Now));
        }
    }

    private void JudgeDifferences()
    {
        while (_differences.TryPeek(out (TimeSpan Due, ServiceBook Book, long Pod, TimeSpan Since) next) && next.Due < Now)
        {
            _differences.Dequeue();
            if (!HasWorkedFor(_propagation))
            {
                _differences.Enqueue((Now + _propagation, next.Book, next.Pod, next.Since));
                continue;
            }

            Judged++;
            if (!next.Book.Differs.TryGetValue(next.Pod, out TimeSpan since) || since != next.Since || next.Book.Service is not { Selector: not null }) continue;
            string pod = NameOf(next.Pod);
            Fail(Invariant.EndpointsFollow, $"{next.Book.Namespace}/{next.Book.Name}", next.Book.Wanted.Contains(next.Pod) ? $"{pod} as an endpoint since {since}" : $"no endpoint {pod} since {since}", "the contrary");
        }
    }

    private void JudgeBalance()
    {
        if (Run.Traffic is not { } traffic) return;
        IReadOnlyList<RequestLedger> ledgers = traffic.Ledgers;
        for (int s = 0; s < ledgers.Count; s++)
        {
            Judged++;
            RequestLedger ledger = ledgers[s];
            RequestSums sums = ledger.Sum(TimeSpan.Zero, TimeSpan.MaxValue);
            string stream = $"{ledger.Stream.Namespace}/{ledger.Stream.Service}";
            if (sums.Requests != ledger.Ended) Fail(Invariant.RequestBalance, stream, $"{ledger.Ended} ended requests in the curves", $"{sums.Requests}");
            if (ledger.InFlight != traffic.CountInFlight(s)) Fail(Invariant.RequestBalance, stream, $"{ledger.Sent} sent requests", $"{sums.Answered} answered, {sums.Failed} failed, {traffic.CountInFlight(s)} in flight");
            if (sums.Failed != _failed[s]) Fail(Invariant.RequestBalance, stream, $"{sums.Failed} failures", $"{_failed[s]} facts of failures");
        }
    }

    private bool HasWorkedFor(TimeSpan span) => Run.HaveControllersWorkedSince(Now - span);

    private ServiceBook BookOf(string ns, string name)
    {
        if (_services.TryGetValue((ns, name), out ServiceBook? book)) return book;
        book = new ServiceBook(ns, name);
        _services.Add((ns, name), book);
        if (!_byNamespace.TryGetValue(ns, out List<ServiceBook>? books)) _byNamespace.Add(ns, books = []);
        books.Add(book);
        return book;
    }

    private string NameOf(long pod) => View.Find(pod) is Pod found ? found.Key.ToString() : $"pod {pod}, which is gone";
}
