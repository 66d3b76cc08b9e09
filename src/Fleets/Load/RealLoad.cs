using System.Globalization;
using System.Net;
using SchedBench.Core.Cluster;
using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;
using SchedBench.Core.Time;

namespace SchedBench.Fleets.Load;

/// <summary>Requests of real clients as a part of the run: endpoints follow the EndpointSlices, what became of requests enters as messages and fills the ledgers.</summary>
/// <remarks>Clients learn of a change of endpoints at once when it is written: how long that takes after a pod turned ready or unready is the control plane's time, and real. A connection that is open is not broken.</remarks>
internal sealed class RealLoad : ILoad, IMessageReceiver, IStoreListener
{
    /// <summary>A generator that was later than this share of a stream's latency target with one request in a hundred measured itself.</summary>
    private const double MostLateness = 0.5;

    /// <summary>Lateness of one request in a hundred that readers of quantiles have to know of.</summary>
    private static readonly TimeSpan NotedLateness = TimeSpan.FromMilliseconds(5);

    private readonly FleetSite _site;
    private readonly ushort _handler;
    private readonly Mailbox _mailbox;
    private readonly Func<TimeSpan> _stamp;
    private readonly IReadOnlyDictionary<long, IPEndPoint> _addresses;
    private readonly RequestLedger[] _ledgers;
    private readonly Queue<Batch> _entered = new();
    private readonly LatencyHistogram _lateness = new();
    private readonly Dictionary<(string Namespace, string Service), SortedDictionary<string, ValueList<Endpoint>>> _slices = [];
    private readonly HashSet<(string Namespace, string Service)> _asked;

    /// <summary>The load of a run that has not begun.</summary>
    public RealLoad(FleetSite site, Mailbox mailbox, Func<TimeSpan> stamp, IReadOnlyDictionary<long, IPEndPoint> addresses)
    {
        (_site, _mailbox, _stamp, _addresses) = (site, mailbox, stamp, addresses);
        _handler = site.Loop.Register(this);
        _ledgers = [.. site.Streams.Select(stream => new RequestLedger(stream, TimeSpan.FromSeconds(1)))];
        _asked = [.. site.Streams.Select(stream => (stream.Namespace, stream.Service))];
        site.Store.Subscribe(this);
    }

    private sealed record Batch(IReadOnlyList<RequestReport> Ended, int[] Sent);

    /// <inheritdoc/>
    public IReadOnlyList<RequestLedger> Ledgers => _ledgers;

    /// <summary>Endpoints as clients know them.</summary>
    public EndpointTable Table { get; } = new();

    /// <summary>How late requests were sent that were to be sent in the measured time.</summary>
    public LatencyHistogram Lateness => _lateness;

    /// <summary>Whether the generator could not keep up, so that what it measured is of no use.</summary>
    public bool IsSaturated => _ledgers.Length > 0 && _lateness.Quantile(990) > _ledgers.Min(ledger => ledger.Stream.LatencyTarget) * MostLateness;

    /// <summary>What whoever reads the latencies has to know; null for nothing. They count from the instant at which a request was to be sent, so lateness makes none look fast.</summary>
    public string? Note => !IsSaturated && _lateness.Quantile(990) is { } late && late > NotedLateness
        ? string.Create(CultureInfo.InvariantCulture, $"the generator sent one request in a hundred {late.TotalMilliseconds:0} ms late or more, as processors were short: high quantiles of latency hold that, too")
        : null;

    /// <summary>What a generator reports. Thread-safe.</summary>
    public void Report(IReadOnlyList<RequestReport> ended, int[] sent) => _mailbox.TryPost(_stamp(), new EventData(_handler, 0), new Batch(ended, sent));

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not EndpointSlice slice || !_asked.Contains((slice.Metadata.Namespace, slice.ServiceName))) return;
        (string, string) key = (slice.Metadata.Namespace, slice.ServiceName);
        if (!_slices.TryGetValue(key, out SortedDictionary<string, ValueList<Endpoint>>? slices)) _slices.Add(key, slices = new SortedDictionary<string, ValueList<Endpoint>>(StringComparer.Ordinal));
        if (change.After is EndpointSlice after) slices[after.Name] = after.Endpoints;
        else slices.Remove(slice.Name);
        Table.Set(slice.Metadata.Namespace, slice.ServiceName, [.. slices.Values.SelectMany(endpoints => endpoints).Where(endpoint => endpoint.IsReady).Select(endpoint => Live(endpoint.PodUid)).OfType<LiveEndpoint>()]);
    }

    /// <inheritdoc/>
    EventData IMessageReceiver.Receive(in EventData data, object content, object? sender)
    {
        _entered.Enqueue((Batch)content);
        return data;
    }

    /// <inheritdoc/>
    void IEventHandler.Handle(in EventData data)
    {
        Batch batch = _entered.Dequeue();
        for (int s = 0; s < _ledgers.Length; s++)
        {
            for (int n = 0; n < batch.Sent[s]; n++) _ledgers[s].OnSent();
        }

        foreach (RequestReport report in batch.Ended)
        {
            bool isMeasured = report.IntendedAt >= _site.MeasuredFrom;
            if (isMeasured) _lateness.Add(report.Lateness > TimeSpan.Zero ? report.Lateness : TimeSpan.Zero);
            _ledgers[report.Stream].OnEnded(report.IntendedAt, report.Version, report.Outcome, report.Latency, isMeasured);
            if (report.Outcome != RequestOutcome.Answered) _site.Facts.Record(new Fact(FactKind.RequestFailed, _site.Loop.Now, default, -1, NodeIndex.None, ((long)report.Stream << 8) | (long)report.Outcome));
        }
    }

    private LiveEndpoint? Live(long podUid)
    {
        // A pod that is gone meanwhile, or does not listen on this fleet, is nobody's endpoint.
        if (!_addresses.TryGetValue(podUid, out IPEndPoint? address) || _site.Store.View.Find(podUid) is not Pod pod) return null;
        return new LiveEndpoint(podUid, pod.Name, PodVersion.Of(pod), address) { Image = pod.Spec.Containers[0].Image };
    }
}
