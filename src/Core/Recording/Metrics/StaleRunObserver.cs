using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Time during which processes answer whose pods are gone from the store, or replaced there by others of the same name (REFERENCE §1.5 stale.run): what the control plane believes to have ended runs on, beside what it started instead.</summary>
/// <param name="now">The current instant.</param>
public sealed class StaleRunObserver(Func<TimeSpan> now) : IServingObserver, IStoreListener
{
    private readonly HashSet<long> _there = [];
    private readonly HashSet<long> _runs = [];
    private readonly Dictionary<long, TimeSpan> _staleSince = [];
    private Int128 _ticks;
    private long _stale;

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Pod pod) return;
        if (change.After is not null) _there.Add(pod.Uid);
        else if (_there.Remove(pod.Uid) && _runs.Contains(pod.Uid)) _staleSince.TryAdd(pod.Uid, now());
    }

    /// <inheritdoc/>
    public void OnListening(Pod pod, ImageBehavior behavior)
    {
        if (_runs.Add(pod.Uid) && !_there.Contains(pod.Uid)) _staleSince.TryAdd(pod.Uid, now());
    }

    /// <inheritdoc/>
    public void OnFitChanged(Pod pod, bool isFit)
    {
        // It runs, fit or not.
    }

    /// <inheritdoc/>
    public void OnStopping(Pod pod)
    {
        // It runs until it stopped.
    }

    /// <inheritdoc/>
    public void OnStopped(Pod pod)
    {
        _runs.Remove(pod.Uid);
        if (_staleSince.Remove(pod.Uid, out TimeSpan since)) Count(since, now());
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        foreach (TimeSpan since in _staleSince.Values) Count(since, end);
        _staleSince.Clear();
        sink.Add("stale_runs_total", _stale);
        sink.Add("stale_run_seconds", (double)_ticks / TimeSpan.TicksPerSecond);
    }

    /// <summary>A process that ends in the instant in which its pod goes was not stale.</summary>
    private void Count(TimeSpan since, TimeSpan until)
    {
        if (until == since) return;
        _stale++;
        _ticks += (until - since).Ticks;
    }
}
