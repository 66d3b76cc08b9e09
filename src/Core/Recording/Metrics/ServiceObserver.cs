using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>A figure of one service.</summary>
/// <param name="Service">Namespace and name, <c>shop/web</c>.</param>
/// <param name="Name">Name of the metric.</param>
/// <param name="Value">Value; null for an empty sample.</param>
public readonly record struct ServiceMetric(string Service, string Name, double? Value);

/// <summary>How available each service was, and all of them together (REFERENCE §1.5 avail.replica, avail.quorum, avail.request).</summary>
/// <remarks>
/// A is ground truth: pods that the service's selector matches and that would answer a request well at that instant, whatever the control plane believes. D is what the workloads behind it want, held
/// from an update on (as in <see cref="RolloutObserver"/>). The quorum is a majority of D, ⌊D/2⌋ + 1 (our choice; the time during which D is 0 counts for none). Nines are −log10(1 − availability);
/// where no request failed the sample can show no more than log10 of their number, which is what is reported.
/// </remarks>
public sealed class ServiceObserver : IStoreListener, IServingObserver
{
    private readonly Func<TimeSpan> _now;
    private readonly TimeSpan _from;
    private readonly TimeSpan _holdAt;
    private readonly FitBooks<Book> _books;

    /// <summary>Observes a run; subscribe it to the store and to the runtime before the run starts.</summary>
    /// <param name="now">The current instant.</param>
    /// <param name="view">The store's objects.</param>
    /// <param name="from">End of the warm-up.</param>
    /// <param name="holdAt">Instant of the update, from which on D is held; null in a run without one.</param>
    public ServiceObserver(Func<TimeSpan> now, ObjectView view, TimeSpan from, TimeSpan? holdAt)
    {
        _now = now;
        _from = from;
        _holdAt = holdAt ?? TimeSpan.MaxValue;
        _books = new FitBooks<Book>(view, now, Open, _ => { });
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (_now() >= _holdAt) _books.Hold();
        _books.OnChange(in change);
    }

    /// <inheritdoc/>
    public void OnListening(Pod pod, ImageBehavior behavior)
    {
        // It answers well once it is fit.
    }

    /// <inheritdoc/>
    public void OnFitChanged(Pod pod, bool isFit) => _books.SetFit(pod, isFit);

    /// <inheritdoc/>
    public void OnStopping(Pod pod)
    {
        // Whether it still answers is told by its fitness.
    }

    /// <inheritdoc/>
    public void OnStopped(Pod pod) => _books.SetFit(pod, isFit: false);

    /// <summary>Reports all services together, and each by itself.</summary>
    /// <param name="end">End of the run.</param>
    /// <param name="ledgers">What became of the requests, by stream; empty without any.</param>
    /// <param name="sink">Where the figures of the whole run go.</param>
    /// <returns>The figures of the services, by name.</returns>
    public IReadOnlyList<ServiceMetric> Report(TimeSpan end, IReadOnlyList<RequestLedger> ledgers, MetricSink sink)
    {
        Int128 had = 0, wanted = 0, quorum = 0, time = 0;
        var figures = new List<ServiceMetric>();
        long requests = 0, failed = 0;
        foreach (Book book in _books.All.OrderBy(book => book.Name, StringComparer.Ordinal))
        {
            book.Advance(end);
            (had, wanted, quorum, time) = (had + book.HadTicks, wanted + book.WantedTicks, quorum + book.QuorumTicks, time + book.Ticks);
            var sums = default(RequestSums);
            foreach (RequestLedger ledger in ledgers)
            {
                if ($"{ledger.Stream.Namespace}/{ledger.Stream.Service}" == book.Name) sums = sums.Plus(ledger.Sum(_from, end));
            }

            (requests, failed) = (requests + sums.Requests, failed + sums.Failed);
            if (book.WantedTicks == 0 && sums.Requests == 0) continue;
            Add("replica_availability_ratio", Ratio(book.HadTicks, book.WantedTicks));
            Add("quorum_availability_ratio", Ratio(book.QuorumTicks, book.Ticks));
            if (sums.Requests == 0) continue;
            Add("requests_total", sums.Requests);
            Add("requests_failed_total", sums.Failed);
            Add("request_availability_ratio", Ratio(sums.Answered, sums.Requests));
            Add("request_availability_nines", Nines(sums.Requests, sums.Failed));

            void Add(string name, double? value) => figures.Add(new ServiceMetric(book.Name, name, value));
        }

        sink.AddRatio("replica_availability_ratio", had, wanted);
        sink.AddRatio("quorum_availability_ratio", quorum, time);
        if (ledgers.Count > 0) sink.Add("request_availability_nines", Nines(requests, failed));
        return figures;
    }

    private static double? Ratio(Int128 part, Int128 whole) => whole == 0 ? null : (double)part / (double)whole;

    private static double? Nines(long requests, long failed) =>
        requests == 0 ? null : DeterministicMath.Log((double)requests / Math.Max(1, failed)) / DeterministicMath.Log(10);

    private Book? Open(Service service)
    {
        // A service that a release makes for itself is not one that users know.
        if (_now() >= _holdAt) return null;
        string name = $"{service.Metadata.Namespace}/{service.Name}";
        // Users know a service by its name: one that is made anew goes on where it was.
        return _books.All.FirstOrDefault(known => known.Name == name) ?? new Book(name, _from);
    }

    private sealed class Book(string name, TimeSpan from) : FitBook
    {
        private TimeSpan _since = from;

        public string Name => name;

        public Int128 HadTicks { get; private set; }

        public Int128 WantedTicks { get; private set; }

        public Int128 QuorumTicks { get; private set; }

        /// <summary>Time during which pods were wanted.</summary>
        public Int128 Ticks { get; private set; }

        public override void Advance(TimeSpan now)
        {
            if (now <= _since) return;
            Int128 ticks = (now - _since).Ticks;
            _since = now;
            if (Desired == 0) return;
            HadTicks += ticks * Math.Min(Available, Desired);
            WantedTicks += ticks * Desired;
            Ticks += ticks;
            if (Available >= (Desired / 2) + 1) QuorumTicks += ticks;
        }
    }
}
