using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How long pods of Kubernetes objects wait for a node and for their start, and what became of them (REFERENCE §1.1 pending, §1.2 sched.delay and start delay, §1.2 preempt).</summary>
/// <remarks>
/// Pods that were created from the end of the warm-up on, weight one each. Those that are not bound (not started) at the end, or were deleted before, enter as lower bounds: the time until
/// then. The Kubernetes form leaves out pods that found no node at their first try, and takes off the time for images and init containers
/// (kubernetes/community <c>sig-scalability/slos/pod_startup_latency.md</c>); pods with volumes are not left out. Keeps 24 bytes for each pod, because nearest-rank percentiles are exact.
/// </remarks>
/// <param name="now">The current instant.</param>
/// <param name="from">End of the warm-up.</param>
public sealed class PodStartObserver(Func<TimeSpan> now, TimeSpan from) : IMetricObserver, IStoreListener
{
    private readonly Dictionary<long, Note> _living = [];
    private readonly List<long> _delays = [];
    private readonly List<long> _starts = [];
    private readonly List<long> _startups = [];
    private TimeSpan _since;
    private Int128 _pendingIntegral;
    private long _pending;
    private long _pendingMax;
    private long _arrived;
    private long _bound;
    private long _succeeded;
    private long _failed;
    private long _rejected;
    private long _preempted;
    private long _refused;
    private long _strategyErrors;

    private struct Note
    {
        public TimeSpan CreatedAt;
        public bool IsBound;
        public bool IsStarted;
        public bool IsRejected;
        public bool HasFailedToFit;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Pod pod) return;
        Pod? before = change.Before as Pod, after = change.After as Pod;
        bool waited = IsPending(before), waits = IsPending(after);
        if (waited != waits) CountPending(waits ? 1 : -1);
        if (before is null)
        {
            if (pod.Metadata.CreatedAt < from) return;
            _arrived++;
            _living.Add(pod.Uid, new Note { CreatedAt = pod.Metadata.CreatedAt });
        }

        if (!_living.TryGetValue(pod.Uid, out Note note)) return;
        if (!note.IsBound && pod.Node.IsNode)
        {
            note.IsBound = true;
            _bound++;
            _delays.Add((now() - note.CreatedAt).Ticks);
            _living[pod.Uid] = note;
        }

        bool hasEnded = after is { HasEnded: true } && before is not { HasEnded: true };
        if (hasEnded && note.IsRejected) _rejected++;
        else if (hasEnded && pod.Status.Phase == PodLifePhase.Succeeded) _succeeded++;
        else if (hasEnded) _failed++;
        if (!hasEnded && after is not null) return;
        if (_living.Remove(pod.Uid)) Censor(in note, now());
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        switch (fact.Kind)
        {
            case FactKind.PodUnschedulable when _living.TryGetValue(fact.Uid, out Note note) && !note.HasFailedToFit:
                _living[fact.Uid] = note with { HasFailedToFit = true };
                break;
            case FactKind.PodStarted when _living.TryGetValue(fact.Uid, out Note note) && !note.IsStarted:
                _living[fact.Uid] = note with { IsStarted = true };
                _starts.Add((fact.At - note.CreatedAt).Ticks);
                if (!note.HasFailedToFit) _startups.Add((fact.At - note.CreatedAt).Ticks - fact.Detail);
                break;
            case FactKind.PodRejected when _living.TryGetValue(fact.Uid, out Note note):
                _living[fact.Uid] = note with { IsRejected = true };
                break;
            case FactKind.PodPreempted when fact.At >= from:
                _preempted++;
                break;
            case FactKind.DecisionRefused:
                _refused++;
                break;
            case FactKind.StrategyError:
                _strategyErrors++;
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Report(TimeSpan end, MetricSink sink)
    {
        CountPending(0, end);
        long waiting = 0;
        foreach (Note note in _living.Values)
        {
            if (!note.IsBound) waiting++;
            Censor(in note, end);
        }

        _living.Clear();
        Int128 window = Math.Max(0, (end - from).Ticks);
        sink.Add("pods_arrived_total", _arrived);
        sink.Add("pods_placed_total", _bound);
        sink.Add("pods_unplaced_total", _arrived - _bound);
        sink.AddRatio("unschedulable_ratio", _arrived - _bound, _arrived);
        sink.Add("pods_succeeded_total", _succeeded);
        sink.Add("pods_failed_total", _failed);
        sink.Add("pods_rejected_total", _rejected);
        sink.Add("pods_pending_at_end_total", waiting);
        sink.AddRatio("pending_pods_mean", _pendingIntegral, window);
        sink.Add("pending_pods_max", _pendingMax);
        SampleFigures.Seconds("scheduling_delay_seconds", _delays, sink, withLargest: true);
        SampleFigures.Seconds("start_delay_seconds", _starts, sink, withLargest: true);
        _startups.Sort();
        sink.Add("pod_startup_seconds_p50", _startups.Count == 0 ? null : TimeSpan.FromTicks(SampleFigures.NearestRank(_startups, 50)).TotalSeconds);
        sink.Add("pod_startup_seconds_p99", _startups.Count == 0 ? null : TimeSpan.FromTicks(SampleFigures.NearestRank(_startups, 99)).TotalSeconds);
        sink.Add("preemptions_total", _preempted);
        sink.AddRatio("preemptions_per_pod_ratio", _preempted, _arrived);
        sink.AddRatio("preemptions_per_hour", (Int128)_preempted * TimeSpan.TicksPerHour, window);
        sink.Add("refused_decisions_total", _refused);
        sink.Add("strategy_errors_total", _strategyErrors);
    }

    private static bool IsPending(Pod? pod) => pod is { IsActive: true, Node.IsNode: false };

    /// <summary>What has not happened until now happens later, if at all. A pod that was refused does not wait any more: it says nothing of starts.</summary>
    private void Censor(in Note note, TimeSpan until)
    {
        if (!note.IsBound) _delays.Add((until - note.CreatedAt).Ticks);
        if (!note.IsStarted && !note.IsRejected) _starts.Add((until - note.CreatedAt).Ticks);
    }

    private void CountPending(int by) => CountPending(by, now());

    private void CountPending(int by, TimeSpan at)
    {
        TimeSpan since = _since > from ? _since : from;
        if (at > since)
        {
            _pendingIntegral += (Int128)(at - since).Ticks * _pending;
            _pendingMax = Math.Max(_pendingMax, _pending);
            _since = at;
        }

        _pending += by;
        if (at >= from) _pendingMax = Math.Max(_pendingMax, _pending);
    }
}
