namespace SchedBench.Core.Recording.Metrics;

/// <summary>Counts what happened to rollouts, releases and evictions, and how long it took to go back (REFERENCE §1.6 duration and budget).</summary>
/// <param name="at">Instant of the update: what happened before does not count.</param>
public sealed class RolloutFactObserver(TimeSpan at) : IFactObserver
{
    private readonly Dictionary<int, TimeSpan> _undone = [];
    private readonly Dictionary<int, TimeSpan> _exhausted = [];
    private Int128 _exhaustedTicks;
    private long _failed;
    private long _rolledBack;
    private long _aborted;
    private long _promoted;
    private long _refused;
    private long _restarts;
    private Int128 _pulledBytes;
    private TimeSpan? _rollback;

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        if (fact.Kind == FactKind.BudgetExhausted) _exhausted.TryAdd(fact.Uid, fact.At);
        else if (fact.Kind == FactKind.BudgetRestored && _exhausted.Remove(fact.Uid, out TimeSpan since)) CountExhausted(since, fact.At);
        if (fact.At < at) return;
        switch (fact.Kind)
        {
            case FactKind.RolloutFailed:
                _failed++;
                break;
            case FactKind.RolledBack:
                _rolledBack++;
                _undone[fact.Uid] = fact.At;
                break;
            case FactKind.RolloutCompleted when _undone.Remove(fact.Uid, out TimeSpan undone):
                if (_rollback is null || fact.At - undone > _rollback) _rollback = fact.At - undone;
                break;
            case FactKind.ReleaseAborted:
                _aborted++;
                break;
            case FactKind.ReleasePromoted:
                _promoted++;
                break;
            case FactKind.EvictionRefused when fact.Detail == (int)Store.ApiErrorCode.TooManyRequests:
                _refused++;
                break;
            case FactKind.ContainerRestarted:
                _restarts++;
                break;
            case FactKind.ImagePulled:
                _pulledBytes += fact.Detail;
                break;
            default:
                break;
        }
    }

    /// <summary>Reports at the end of the run.</summary>
    /// <param name="end">End of the run.</param>
    /// <param name="sink">Where the metrics go.</param>
    public void Report(TimeSpan end, MetricSink sink)
    {
        foreach (TimeSpan since in _exhausted.Values) CountExhausted(since, end);
        _exhausted.Clear();
        sink.Add("rollouts_failed_total", _failed);
        sink.Add("rollbacks_total", _rolledBack);
        sink.Add("rollback_seconds_max", _rollback?.TotalSeconds);
        sink.Add("releases_promoted_total", _promoted);
        sink.Add("releases_aborted_total", _aborted);
        sink.Add("evictions_refused_total", _refused);
        sink.Add("budget_exhausted_seconds", (double)_exhaustedTicks / TimeSpan.TicksPerSecond);
        sink.Add("container_restarts_total", _restarts);
        sink.Add("image_pulled_bytes_total", (double)_pulledBytes);
    }

    /// <summary>Time without an allowed disruption counts from the update on.</summary>
    private void CountExhausted(TimeSpan since, TimeSpan until)
    {
        TimeSpan from = since > at ? since : at;
        if (until > from) _exhaustedTicks += (until - from).Ticks;
    }
}
