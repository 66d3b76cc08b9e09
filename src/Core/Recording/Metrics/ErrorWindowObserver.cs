using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>For every pod that stopped: how long clients still sent to it after it had stopped answering (REFERENCE §1.6 error window):
/// max(0, last client forgets the endpoint − process stops answering).</summary>
public sealed class ErrorWindowObserver : IServingObserver, IStoreListener
{
    private readonly Func<TimeSpan> _now;
    private readonly TimeSpan _from;
    private readonly EndpointWatch _endpoints;
    private readonly Dictionary<long, TimeSpan> _removedAt = [];
    private readonly Dictionary<long, TimeSpan> _refusingFrom = [];
    private readonly HashSet<long> _refuses = [];
    private Int128 _sumTicks;
    private long _worstTicks;
    private long _pods;

    /// <summary>Observes a run; subscribe it to the store and the runtime before the run starts.</summary>
    /// <param name="now">The current instant.</param>
    /// <param name="proxies">When clients learn of changes.</param>
    /// <param name="observers">Number of clients.</param>
    /// <param name="from">End of the warm-up: pods that stopped before do not count.</param>
    public ErrorWindowObserver(Func<TimeSpan> now, ProxyTiming proxies, int observers, TimeSpan from)
    {
        (_now, _from) = (now, from);
        _endpoints = new EndpointWatch(proxies, observers, pod => _removedAt.Remove(pod), OnRemoved);
    }

    /// <inheritdoc/>
    public void OnListening(Pod pod, ImageBehavior behavior)
    {
        if (!behavior.ServesWhileStopping) _refuses.Add(pod.Uid);
        // A container that was started again answers again.
        _refusingFrom.Remove(pod.Uid);
    }

    /// <inheritdoc/>
    public void OnFitChanged(Pod pod, bool isFit)
    {
        // Fit or not, it answers.
    }

    /// <inheritdoc/>
    public void OnStopping(Pod pod)
    {
        if (_refuses.Contains(pod.Uid)) _refusingFrom[pod.Uid] = _now();
    }

    /// <inheritdoc/>
    public void OnStopped(Pod pod)
    {
        _refuses.Remove(pod.Uid);
        if (!_refusingFrom.ContainsKey(pod.Uid)) _refusingFrom[pod.Uid] = _now();
        Settle(pod.Uid);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change) => _endpoints.OnChange(in change);

    /// <summary>Reports at the end of the run: a pod that clients still know then has a window of at least the time until then.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        foreach ((long pod, TimeSpan refusing) in _refusingFrom)
        {
            if (_endpoints.IsListed(pod) && refusing >= _from) Count((end - refusing).Ticks);
        }

        _refusingFrom.Clear();
        sink.AddRatio("error_window_seconds_mean", _sumTicks, (Int128)_pods * TimeSpan.TicksPerSecond);
        sink.Add("error_window_seconds_max", _pods == 0 ? null : TimeSpan.FromTicks(_worstTicks).TotalSeconds);
    }

    private void OnRemoved(long pod)
    {
        _removedAt[pod] = _now();
        Settle(pod);
    }

    /// <summary>Both instants are known: the pod's window is.</summary>
    private void Settle(long pod)
    {
        if (!_refusingFrom.TryGetValue(pod, out TimeSpan refusing) || !_removedAt.TryGetValue(pod, out TimeSpan removed)) return;
        _refusingFrom.Remove(pod);
        _removedAt.Remove(pod);
        if (refusing < _from) return;
        Count(Math.Max(0, (_endpoints.KnownToAllFrom(removed) - refusing).Ticks));
    }

    private void Count(long ticks)
    {
        _sumTicks += ticks;
        _worstTicks = Math.Max(_worstTicks, ticks);
        _pods++;
    }
}
