using System.Collections.Immutable;
using System.Globalization;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Randomness;

namespace SchedBench.Fleets.Load;

/// <summary>Our own generator: a thread that sends each request at its instant over a connection of its own, whatever became of those before.</summary>
/// <remarks>Which endpoint a request goes to, and how much work it asks for, are the draws that a simulated client makes; a request that failed is tried again at another endpoint, as often as its stream says.</remarks>
public sealed class OpenLoopGenerator : ILoadGenerator
{
    private const int FlushMilliseconds = 20;
    private static readonly TimeSpan SpinBelow = TimeSpan.FromMilliseconds(1);
    private readonly IReadOnlyList<TrafficSpec> _streams;
    private readonly ImageCatalog _images;
    private readonly ulong _seed;
    private readonly Draw _choices;
    private readonly Draw _services;
    private readonly TimeSpan _until;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ended = new();
    private List<RequestReport> _reports = [];
    private int[] _sent;
    private Thread? _thread;
    private long _underWay;

    /// <summary>A generator of streams.</summary>
    /// <param name="streams">The streams.</param>
    /// <param name="images">How long images work on a request: what each asks for.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="until">Nothing is sent from here on.</param>
    public OpenLoopGenerator(IReadOnlyList<TrafficSpec> streams, ImageCatalog images, ulong seed, TimeSpan until)
    {
        (_streams, _images, _seed, _until) = (streams, images, seed, until);
        _choices = Draw.Stream(seed, RequestTraffic.ChoicesStream);
        _services = Draw.Stream(seed, RequestTraffic.ServicesStream);
        _sent = new int[streams.Count];
    }

    /// <inheritdoc/>
    public void Begin(Func<TimeSpan> now, EndpointTable table, Action<IReadOnlyList<RequestReport>, int[]> reports)
    {
        _thread = new Thread(() => Send(now, table, reports)) { Name = "load", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        _thread?.Join();
        for (int tries = 0; Interlocked.Read(ref _underWay) > 0 && tries < 100; tries++) await Task.Delay(10).ConfigureAwait(false);
        _ended.Dispose();
    }

    private void Send(Func<TimeSpan> now, EndpointTable table, Action<IReadOnlyList<RequestReport>, int[]> reports)
    {
        var due = new PriorityQueue<(int Stream, long Number), (TimeSpan At, int Stream)>();
        ArrivalPlan[] plans = [.. _streams.Select(stream => new ArrivalPlan(stream, _seed))];
        for (int s = 0; s < plans.Length; s++) Plan(s);
        TimeSpan flushAt = now() + TimeSpan.FromMilliseconds(FlushMilliseconds);
        while (!_ended.IsCancellationRequested)
        {
            TimeSpan at = now();
            while (due.TryPeek(out (int Stream, long Number) next, out (TimeSpan At, int Stream) key) && key.At <= at)
            {
                due.Dequeue();
                lock (_lock) _sent[next.Stream]++;
                Interlocked.Increment(ref _underWay);
                _ = ServeAsync(next.Stream, next.Number, key.At, now, table);
                Plan(next.Stream);
            }

            if (at >= flushAt)
            {
                Flush();
                flushAt = at + TimeSpan.FromMilliseconds(FlushMilliseconds);
            }

            TimeSpan wake = due.TryPeek(out _, out (TimeSpan At, int Stream) first) && first.At < flushAt ? first.At : flushAt;
            TimeSpan left = wake - now();
            if (left > SpinBelow) _ended.Token.WaitHandle.WaitOne(left - SpinBelow);
            else if (left > TimeSpan.Zero) Thread.SpinWait(50);
        }

        Flush();

        void Plan(int s)
        {
            long number = plans[s].Number;
            if (plans[s].Next() is { } when && when < _until) due.Enqueue((s, number), (when, s));
        }

        void Flush()
        {
            List<RequestReport> ended;
            int[] sent;
            lock (_lock)
            {
                if (_reports.Count == 0 && Array.TrueForAll(_sent, count => count == 0)) return;
                (ended, _reports) = (_reports, []);
                (sent, _sent) = (_sent, new int[_streams.Count]);
            }

            reports(ended, sent);
        }
    }

    private async Task ServeAsync(int s, long number, TimeSpan intendedAt, Func<TimeSpan> now, EndpointTable table)
    {
        // Away from the thread that paces: what follows may take long.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        TrafficSpec spec = _streams[s];
        TimeSpan lateness = now() - intendedAt;
        LiveEndpoint? last = null;
        RequestOutcome outcome = RequestOutcome.NoEndpoint;
        for (int attempt = 0; attempt <= spec.Retries; attempt++)
        {
            TimeSpan left = attempt == 0 ? spec.Timeout - lateness : spec.Timeout;
            ImmutableArray<LiveEndpoint> known = table.Of(spec.Namespace, spec.Service);
            if (attempt > 0 && last is { } failed && known.Length > 1) known = known.Remove(failed);
            if (known.Length == 0)
            {
                outcome = RequestOutcome.NoEndpoint;
                continue;
            }

            ulong n = ((ulong)number << 8) + ((ulong)attempt << 4), entity = RequestTraffic.EntityOf(spec);
            last = known[(int)_choices.Below(entity, n + 2, (ulong)known.Length)];
            double work = _images.Find(last.Image).ServiceSeconds.Sample(in _services, entity, ((ulong)number << 4) + (ulong)attempt);
            string headers = string.Create(CultureInfo.InvariantCulture, $"X-Service-Seconds: {work:R}\r\n");
            ExchangeResult result = await HttpExchange.GetAsync(last.Address, "/", headers, left, _ended.Token).ConfigureAwait(false);
            if (_ended.IsCancellationRequested) break;
            outcome = OutcomeOf(result, last.Name);
            if (outcome == RequestOutcome.Answered) break;
        }

        if (!_ended.IsCancellationRequested)
        {
            var report = new RequestReport(s, number, intendedAt, outcome, now() - intendedAt, last?.Version ?? "", lateness);
            lock (_lock) _reports.Add(report);
        }

        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>An answer of somebody else than was asked is as good as none: the pod's address has a new owner.</summary>
    private static RequestOutcome OutcomeOf(in ExchangeResult result, string asked) => result.Ending switch
    {
        ExchangeEnding.Refused => RequestOutcome.Refused,
        ExchangeEnding.Reset => RequestOutcome.Lost,
        ExchangeEnding.TimedOut => RequestOutcome.TimedOut,
        _ when result.Instance.Length > 0 && result.Instance != asked => RequestOutcome.Refused,
        _ => result.Status switch { 503 => RequestOutcome.Overloaded, >= 200 and < 400 => RequestOutcome.Answered, _ => RequestOutcome.Error },
    };
}
