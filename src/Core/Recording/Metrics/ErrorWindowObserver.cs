using SchedBench.Core.Networking;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>For every pod that stopped: how long clients still sent to it after it had stopped answering (REFERENCE §1.6 error window):
/// max(0, last client forgets the endpoint − process stops answering).</summary>
/// <param name="now">The current instant.</param>
/// <param name="proxies">When clients learn of changes.</param>
/// <param name="observers">Number of clients.</param>
/// <param name="from">End of the warm-up: pods that stopped before do not count.</param>
public sealed class ErrorWindowObserver(Func<TimeSpan> now, ProxyTiming proxies, int observers, TimeSpan from) : IServingObserver, IStoreListener
{
    private readonly Dictionary<long, TimeSpan> _removedAt = [];
    private readonly Dictionary<long, TimeSpan> _refusingFrom = [];
    private readonly HashSet<long> _listed = [];
    private readonly HashSet<long> _refuses = [];
    private Int128 _sumTicks;
    private long _worstTicks;
    private long _pods;

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
        if (_refuses.Contains(pod.Uid)) _refusingFrom[pod.Uid] = now();
    }

    /// <inheritdoc/>
    public void OnStopped(Pod pod)
    {
        _refuses.Remove(pod.Uid);
        if (!_refusingFrom.ContainsKey(pod.Uid)) _refusingFrom[pod.Uid] = now();
        Settle(pod.Uid);
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not EndpointSlice) return;
        if (change.After is EndpointSlice after)
        {
            foreach (Endpoint endpoint in after.Endpoints)
            {
                if (!endpoint.IsReady) Remove(endpoint.PodUid);
                else if (_listed.Add(endpoint.PodUid)) _removedAt.Remove(endpoint.PodUid);
            }
        }

        if (change.Before is not EndpointSlice before) return;
        foreach (Endpoint endpoint in before.Endpoints)
        {
            if (change.After is not EndpointSlice slice || !Holds(slice, endpoint.PodUid)) Remove(endpoint.PodUid);
        }
    }

    /// <summary>Reports at the end of the run: a pod that clients still know then has a window of at least the time until then.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        foreach ((long pod, TimeSpan refusing) in _refusingFrom)
        {
            if (_listed.Contains(pod) && refusing >= from) Count((end - refusing).Ticks);
        }

        _refusingFrom.Clear();
        sink.AddRatio("error_window_seconds_mean", _sumTicks, (Int128)_pods * TimeSpan.TicksPerSecond);
        sink.Add("error_window_seconds_max", _pods == 0 ? null : TimeSpan.FromTicks(_worstTicks).TotalSeconds);
    }

    private static bool Holds(EndpointSlice slice, long pod)
    {
        foreach (ref readonly Endpoint endpoint in slice.Endpoints.AsSpan())
        {
            if (endpoint.PodUid == pod) return true;
        }

        return false;
    }

    private void Remove(long pod)
    {
        if (!_listed.Remove(pod)) return;
        _removedAt[pod] = now();
        Settle(pod);
    }

    /// <summary>Both instants are known: the pod's window is.</summary>
    private void Settle(long pod)
    {
        if (!_refusingFrom.TryGetValue(pod, out TimeSpan refusing) || !_removedAt.TryGetValue(pod, out TimeSpan removed)) return;
        _refusingFrom.Remove(pod);
        _removedAt.Remove(pod);
        if (refusing < from) return;
        TimeSpan forgotten = TimeSpan.Zero;
        for (int observer = 0; observer < observers; observer++)
        {
            TimeSpan known = proxies.KnownFrom(observer, removed);
            if (known > forgotten) forgotten = known;
        }

        Count(Math.Max(0, (forgotten - refusing).Ticks));
    }

    private void Count(long ticks)
    {
        _sumTicks += ticks;
        _worstTicks = Math.Max(_worstTicks, ticks);
        _pods++;
    }
}
