using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>How often nodes failed in truth (REFERENCE §1.5 mttf, mtbf).</summary>
/// <remarks>
/// A node fails when it goes off or begins to stand still, whatever the control plane knows; it is up while its object exists and it does neither. MTTF is the up time of all nodes by their failures,
/// MTBF the mean time between the beginnings of consecutive failures of the fleet: (last − first) / (failures − 1).
/// </remarks>
/// <param name="nodes">Nodes of the fleet.</param>
/// <param name="now">The current instant.</param>
public sealed class NodeFailureObserver(int nodes, Func<TimeSpan> now) : IStoreListener, INodeHealthListener
{
    private readonly bool[] _isThere = new bool[nodes];
    private readonly bool[] _hasFailed = new bool[nodes];
    private Int128 _upTicks;
    private TimeSpan _since;
    private long _up;
    private long _failures;
    private TimeSpan _first;
    private TimeSpan _last;

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is Node node && node.Index.IsNode) Set(node.Index.Value, change.After is not null, _hasFailed[node.Index.Value]);
    }

    /// <inheritdoc/>
    public void OnHealthChanged(int node, NodeTrouble before, NodeTrouble after)
    {
        bool fails = (after & (NodeTrouble.Down | NodeTrouble.ProcessesHung)) != NodeTrouble.None;
        if (fails && !_hasFailed[node])
        {
            if (_failures++ == 0) _first = now();
            _last = now();
        }

        Set(node, _isThere[node], fails);
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(TimeSpan end, MetricSink sink)
    {
        Advance(end);
        sink.Add("node_failures_total", _failures);
        sink.AddRatio("node_time_to_failure_seconds_mean", _upTicks, (Int128)_failures * TimeSpan.TicksPerSecond);
        sink.AddRatio("node_time_between_failures_seconds_mean", (_last - _first).Ticks, (Int128)Math.Max(0, _failures - 1) * TimeSpan.TicksPerSecond);
    }

    private void Set(int node, bool isThere, bool hasFailed)
    {
        bool was = _isThere[node] && !_hasFailed[node], isUp = isThere && !hasFailed;
        (_isThere[node], _hasFailed[node]) = (isThere, hasFailed);
        if (was == isUp) return;
        Advance(now());
        _up += isUp ? 1 : -1;
    }

    private void Advance(TimeSpan at)
    {
        _upTicks += (Int128)(at - _since).Ticks * _up;
        _since = at;
    }
}
