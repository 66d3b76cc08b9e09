using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>For every pod that a fault took: how long clients still sent to it (REFERENCE §1.5 tte): max(0, last client knows that the endpoint is gone − loss).</summary>
/// <remarks>A pod that answers again before its endpoint is taken away was never left by the clients: it is counted apart, as is one that is an endpoint at the end of the run. A pod that never was an endpoint counts nowhere.</remarks>
internal sealed class DeadEndpoints
{
    private readonly Func<TimeSpan> _now;
    private readonly EndpointWatch _endpoints;
    private readonly Dictionary<long, TimeSpan> _dead = [];
    private readonly Dictionary<long, TimeSpan> _removedAt = [];
    private readonly List<long> _ticks = [];
    private long _returned;

    /// <summary>Follows the endpoints of a run.</summary>
    /// <param name="now">The current instant.</param>
    /// <param name="proxies">When clients learn of changes.</param>
    /// <param name="clients">Number of clients.</param>
    public DeadEndpoints(Func<TimeSpan> now, ProxyTiming proxies, int clients)
    {
        _now = now;
        _endpoints = new EndpointWatch(proxies, clients, pod => _removedAt.Remove(pod), OnRemoved);
    }

    /// <summary>A write was made.</summary>
    public void OnChange(in StoreChange change) => _endpoints.OnChange(in change);

    /// <summary>A pod is lost.</summary>
    public void Lose(Pod pod)
    {
        if (_endpoints.IsListed(pod.Uid)) _dead[pod.Uid] = _now();
        else if (_removedAt.TryGetValue(pod.Uid, out TimeSpan removed)) Count(removed, _now());
    }

    /// <summary>A pod answers well.</summary>
    public void OnFit(Pod pod)
    {
        if (_dead.Remove(pod.Uid)) _returned++;
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(MetricSink sink)
    {
        SampleFigures.Seconds("dead_endpoint_seconds", _ticks, sink, withLargest: true);
        sink.Add("dead_endpoints_returned_total", _returned);
        sink.Add("dead_endpoints_at_end_total", _dead.Count);
    }

    private void OnRemoved(long pod)
    {
        _removedAt[pod] = _now();
        if (_dead.Remove(pod, out TimeSpan lost)) Count(_now(), lost);
    }

    private void Count(TimeSpan removed, TimeSpan lost) => _ticks.Add(Math.Max(0, (_endpoints.KnownToAllFrom(removed) - lost).Ticks));
}
