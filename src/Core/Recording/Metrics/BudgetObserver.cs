using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How long disruption budgets were overspent: fewer healthy pods than the budget says must stay, whoever took them. Evictions do not (invariant 32); lost nodes, preemption, direct deletes and rollouts may.</summary>
/// <param name="now">The current instant.</param>
/// <param name="from">End of the warm-up: what was before does not count.</param>
public sealed class BudgetObserver(Func<TimeSpan> now, TimeSpan from) : IStoreListener
{
    private readonly Dictionary<long, TimeSpan> _overspent = [];
    private Int128 _ticks;

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not PodDisruptionBudget) return;
        bool isOverspent = change.After is PodDisruptionBudget { Status: { } status } && status.ExpectedPods > 0 && status.CurrentHealthy < status.DesiredHealthy;
        if (isOverspent) _overspent.TryAdd(change.Object.Uid, now());
        else if (_overspent.Remove(change.Object.Uid, out TimeSpan since)) Count(since, now());
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        foreach (TimeSpan since in _overspent.Values) Count(since, end);
        _overspent.Clear();
        sink.Add("budget_overspent_seconds", (double)_ticks / TimeSpan.TicksPerSecond);
    }

    private void Count(TimeSpan since, TimeSpan until)
    {
        if (since < from) since = from;
        if (until > since) _ticks += (until - since).Ticks;
    }
}
