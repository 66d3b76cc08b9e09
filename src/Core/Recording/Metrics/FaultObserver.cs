using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How fast a run recovers from its faults, and what they cost (REFERENCE §1.5: ttd, ttreplace, ttr, lost.capacity, false.evict).</summary>
/// <remarks>
/// A hit is a fault on one node. It is detected when the control plane records the node as not ready; one that ends before that, or is not detected by the end, is counted as undetected. A pod of a service is lost when it would have
/// answered and stops to in the instant of a hit on it or its node, or because a fault killed it; it is replaced when a pod of its service begins to answer (the oldest loss first), be it another one or itself. A service dips when fewer of its pods would
/// answer than are wanted. How the time of a replacement divides into phases: <see cref="RecoveryPhases"/>. A dip belongs to the latest fault that began by its instant; its recovery counts when it holds for ten seconds, otherwise the next dip goes on with it. Per fault and service that dipped the time
/// to recover is the end of the last dip minus the beginning of the fault; what lasts at the end of the run is counted as censored and enters nothing else. Lost capacity is the deficit of all dips.
/// </remarks>
public sealed class FaultObserver : IStoreListener, IServingObserver, IFactObserver
{
    /// <summary>How long a recovery has to hold (REFERENCE §1.5).</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(10);

    private readonly NodeHealth _health;
    private readonly Func<TimeSpan> _now;
    private readonly FitBooks<Book> _books;
    private readonly RecoveryPhases _phases;
    private readonly DeadEndpoints? _endpoints;
    private readonly Dictionary<int, TimeSpan> _faults = [];
    private readonly List<Hit> _open = [];
    private readonly HashSet<long> _killed = [];
    private readonly Dictionary<long, TimeSpan> _hitPods = [];
    private readonly List<long> _detected = [];
    private readonly List<long> _replaced = [];
    private int _latest = -1;
    private long _hits;
    private long _undetected;
    private long _lost;
    private long _falseEvictions;

    /// <summary>Observes a run; subscribe it to the store, the facts and the runtime before the run starts.</summary>
    /// <param name="health">The true state of the machines.</param>
    /// <param name="view">The store's objects.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="proxies">When clients learn of changes; null in a run without requests.</param>
    /// <param name="clients">Number of clients.</param>
    public FaultObserver(NodeHealth health, ObjectView view, Func<TimeSpan> now, ProxyTiming? proxies = null, int clients = 0)
    {
        (_health, _now) = (health, now);
        _books = new FitBooks<Book>(view, now, _ => new Book(), book => book.Judge(now(), _latest, Hold));
        _phases = new RecoveryPhases(now);
        if (proxies is not null) _endpoints = new DeadEndpoints(now, proxies, clients);
    }

    private sealed class Hit(int fault, int node, TimeSpan at)
    {
        public readonly int Fault = fault;
        public readonly int Node = node;
        public readonly TimeSpan At = at;
        public bool IsDetected;
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        _phases.Observe(in fact);
        int node = fact.Node.Value;
        switch (fact.Kind)
        {
            case FactKind.FaultBegan:
                _faults.TryAdd(fact.Uid, fact.At);
                _latest = fact.Uid;
                if (!fact.Node.IsNode) break;
                _hits++;
                _open.Add(new Hit(fact.Uid, node, fact.At));
                break;
            case FactKind.FaultHitPod:
                _latest = (int)fact.Detail;
                _faults.TryAdd(_latest, fact.At);
                _hitPods[fact.Uid] = fact.At;
                break;
            case FactKind.PodKilled:
                _latest = (int)fact.Detail;
                _faults.TryAdd(_latest, fact.At);
                _killed.Add(fact.Uid);
                break;
            case FactKind.FaultEnded:
                int fault = fact.Uid;
                Hit? over = _open.Find(hit => hit.Fault == fault && hit.Node == node);
                if (over is null) break;
                if (!over.IsDetected) _undetected++;
                _open.Remove(over);
                break;
            case FactKind.NodeNotReady:
                foreach (Hit hit in _open)
                {
                    if (hit.Node != node || hit.IsDetected) continue;
                    hit.IsDetected = true;
                    _detected.Add((fact.At - hit.At).Ticks);
                }

                break;
            case FactKind.PodEvictedByTaint when fact.Node.IsNode && (_health[node] & (NodeTrouble.Down | NodeTrouble.ProcessesHung)) == NodeTrouble.None:
                _falseEvictions++;
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        _books.OnChange(in change);
        _phases.OnChange(in change);
        _endpoints?.OnChange(in change);
    }

    /// <inheritdoc/>
    public void OnListening(Pod pod, ImageBehavior behavior) => _phases.OnListening(pod);

    /// <inheritdoc/>
    public void OnFitChanged(Pod pod, bool isFit)
    {
        if (!_books.SetFit(pod, isFit)) return;
        if (isFit) OnGain(pod);
        else OnLoss(pod);
    }

    /// <inheritdoc/>
    public void OnStopping(Pod pod)
    {
        // Whether it still answers is told by its fitness.
    }

    /// <inheritdoc/>
    public void OnStopped(Pod pod)
    {
        if (_books.SetFit(pod, isFit: false)) OnLoss(pod);
    }

    /// <summary>Most time from a fault until a process is seen to end by it: none where processes are simulated.</summary>
    public TimeSpan Tolerance { get; init; }

    /// <summary>Faults that hit a node.</summary>
    public int Faults => _faults.Count;

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Int128 deficit = 0;
        long unaffected = 0, censored = 0, unreplaced = 0;
        var recovered = new List<long>();
        foreach (Book book in _books.All)
        {
            book.Advance(end);
            deficit += book.DeficitTicks;
            unreplaced += book.Lost.Count;
            foreach ((int fault, TimeSpan at) in _faults)
            {
                if (!book.LastEnd.TryGetValue(fault, out TimeSpan? last)) unaffected++;
                else if (last is { } instant) recovered.Add((instant - at).Ticks);
                else censored++;
            }
        }

        sink.Add("faults_total", _faults.Count);
        sink.Add("fault_hits_total", _hits);
        SampleFigures.Seconds("time_to_detect_seconds", _detected, sink, withLargest: true);
        sink.Add("fault_hits_undetected_total", _undetected + _open.Count(hit => !hit.IsDetected));
        sink.Add("pods_lost_total", _lost);
        SampleFigures.Seconds("time_to_replace_seconds", _replaced, sink, withLargest: true);
        sink.Add("pods_unreplaced_total", unreplaced);
        _phases.Report(sink);
        _endpoints?.Report(sink);
        SampleFigures.Seconds("time_to_recover_seconds", recovered, sink, withLargest: true);
        sink.Add("recoveries_censored_total", censored);
        sink.Add("services_unaffected_total", unaffected);
        sink.Add("services_down_total", _books.All.Count(book => book.WasDown));
        sink.Add("lost_capacity_replica_seconds", (double)deficit / TimeSpan.TicksPerSecond);
        sink.Add("false_evictions_total", _falseEvictions);
    }

    private void OnLoss(Pod pod)
    {
        TimeSpan earliest = _now() - Tolerance;
        bool isOfPod = _killed.Remove(pod.Uid) || (_hitPods.TryGetValue(pod.Uid, out TimeSpan hitAt) && hitAt >= earliest);
        if (!isOfPod && !_open.Exists(hit => hit.Node == pod.Node.Value && hit.At >= earliest)) return;
        PodLoss? loss = null;
        foreach (Book book in _books.Of(pod)) book.Lost.Enqueue(loss ??= _phases.Lose(pod, isOfNode: !isOfPod));
        if (loss is null) return;
        _lost++;
        _endpoints?.Lose(pod);
    }

    private void OnGain(Pod pod)
    {
        foreach (Book book in _books.Of(pod))
        {
            if (!book.Lost.TryDequeue(out PodLoss? loss)) continue;
            _replaced.Add((_now() - loss.At).Ticks);
            _phases.Replace(loss, pod);
        }

        _phases.OnFit(pod);
        _endpoints?.OnFit(pod);
    }

    /// <summary>What one service has, wants and has lost.</summary>
    private sealed class Book : FitBook
    {
        private TimeSpan _since;
        private int _dipOf = -1;
        private (int Fault, TimeSpan At)? _ended;

        public Int128 DeficitTicks { get; private set; }

        /// <summary>Whether nothing of it answered at some time of a dip.</summary>
        public bool WasDown { get; private set; }

        /// <summary>[fault] end of the last dip of it; null while the dip lasts.</summary>
        public Dictionary<int, TimeSpan?> LastEnd { get; } = [];

        /// <summary>Losses that nothing replaced yet, oldest first.</summary>
        public Queue<PodLoss> Lost { get; } = new();

        public override void Advance(TimeSpan now)
        {
            if (_dipOf >= 0) DeficitTicks += (Int128)(now - _since).Ticks * Math.Max(0, Desired - Available);
            _since = now;
        }

        public void Judge(TimeSpan now, int latest, TimeSpan hold)
        {
            bool dips = Available < Desired;
            if (dips && _dipOf < 0 && latest >= 0)
            {
                // A recovery that did not hold was none.
                _dipOf = _ended is { } before && now - before.At < hold ? before.Fault : latest;
                LastEnd[_dipOf] = null;
            }
            else if (!dips && _dipOf >= 0)
            {
                LastEnd[_dipOf] = now;
                _ended = (_dipOf, now);
                _dipOf = -1;
            }

            WasDown |= _dipOf >= 0 && Available == 0;
        }
    }
}
