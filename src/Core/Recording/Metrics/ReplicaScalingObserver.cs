using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Lag and oscillation of HorizontalPodAutoscalers (our definitions; REFERENCE has none).</summary>
/// <remarks>
/// Lag of a scale-up: from the instant at which an autoscaler first demands more replicas than there are (it writes them at once) until as many pods of the target are ready. A demand that a
/// later scale-down takes back has no lag; one that is not met at the end enters with the time so far. What the autoscaler does not see yet (its period, the age of its metrics) is not in it.
/// A reversal is a change in the direction opposite to the last one of the same target; a flap is a change up within the stabilisation window downwards after a change down.
/// Nothing is reported of a run without autoscalers.
/// </remarks>
/// <param name="view">The store's objects.</param>
/// <param name="now">The current instant.</param>
/// <param name="from">End of the warm-up: earlier changes do not count.</param>
public sealed class ReplicaScalingObserver(ObjectView view, Func<TimeSpan> now, TimeSpan from) : IMetricObserver, IStoreListener
{
    private readonly Dictionary<long, Target> _targets = [];
    private readonly List<long> _lags = [];
    private readonly ScalingDirections _directions = new();
    private bool _hasScalers;

    private sealed class Target
    {
        public readonly List<(TimeSpan At, int Replicas)> Demands = [];
        public int Ready;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is HorizontalPodAutoscaler) _hasScalers = true;
        if (!_hasScalers || change.Object is not Pod pod || TargetOf(pod) is not { } target) return;
        int by = (IsReady(change.After) ? 1 : 0) - (IsReady(change.Before) ? 1 : 0);
        if (by == 0) return;
        target.Ready += by;
        Meet(target);
    }

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        if (fact.Kind != FactKind.ReplicasScaled) return;
        int before = (int)(fact.Detail >> 32), after = (int)fact.Detail;
        _directions.Add(fact.Uid, before, after, fact.At, WindowOf(fact.Uid), fact.At >= from);
        if (!_targets.TryGetValue(fact.Uid, out Target? target)) _targets.Add(fact.Uid, target = new Target { Ready = CountReady(fact.Uid) });
        if (after > before && fact.At >= from) target.Demands.Add((fact.At, after));
        else target.Demands.RemoveAll(demand => demand.Replicas > after);
        Meet(target);
    }

    /// <inheritdoc/>
    public void Report(TimeSpan end, MetricSink sink)
    {
        if (!_hasScalers) return;
        foreach (Target target in _targets.Values)
        {
            foreach ((TimeSpan at, int _) in target.Demands) _lags.Add((end - at).Ticks);
            target.Demands.Clear();
        }

        Int128 window = Math.Max(0, (end - from).Ticks);
        sink.Add("replica_scalings_total", _directions.Changes);
        SampleFigures.Seconds("replica_scale_up_lag_seconds", _lags, sink, withLargest: true);
        sink.AddRatio("replica_scaling_reversals_per_hour", (Int128)_directions.Reversals * TimeSpan.TicksPerHour, window);
        sink.Add("replica_scaling_flaps_total", _directions.Flaps);
    }

    private void Meet(Target target)
    {
        for (int i = target.Demands.Count - 1; i >= 0; i--)
        {
            if (target.Ready < target.Demands[i].Replicas) continue;
            _lags.Add((now() - target.Demands[i].At).Ticks);
            target.Demands.RemoveAt(i);
        }
    }

    /// <summary>The scaled object that a pod belongs to: its controller, or the Deployment of its ReplicaSet.</summary>
    private Target? TargetOf(Pod pod)
    {
        if (pod.Metadata.Controller is not { } owner) return null;
        if (_targets.TryGetValue(owner.Uid, out Target? target)) return target;
        return owner.Kind == ResourceKind.ReplicaSet && view.Find(owner.Uid)?.Metadata.Controller is { } above ? _targets.GetValueOrDefault(above.Uid) : null;
    }

    private int CountReady(long uid)
    {
        OwnedObjects owned = view.OwnedBy(uid);
        int ready = owned.ReadyPods;
        for (int i = 0; i < owned.Items.Count; i++)
        {
            if (owned.Items[i] is ReplicaSet set) ready += view.OwnedBy(set.Uid).ReadyPods;
        }

        return ready;
    }

    /// <summary>The stabilisation window downwards of the autoscaler of a target.</summary>
    private TimeSpan WindowOf(long uid)
    {
        if (view.Find(uid) is not { } target) return TimeSpan.Zero;
        IReadOnlyList<KubeObject> scalers = view.All(ResourceKind.HorizontalPodAutoscaler);
        for (int i = 0; i < scalers.Count; i++)
        {
            if (scalers[i] is HorizontalPodAutoscaler scaler && scaler.TargetKind == target.Kind && scaler.TargetName == target.Name && scaler.Metadata.Namespace == target.Metadata.Namespace)
                return scaler.Down.Stabilization;
        }

        return TimeSpan.Zero;
    }

    private static bool IsReady(KubeObject? item) => item is Pod { IsActive: true, Status.IsReady: true };
}
