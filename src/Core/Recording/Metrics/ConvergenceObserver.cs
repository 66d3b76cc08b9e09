using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>The second act of a chaos run: after all faults are healed, what was whole before the first of them is whole again (REFERENCE §4, invariant 38).</summary>
/// <remarks>A workload is whole when as many of its pods are ready as it wants: Deployments, StatefulSets, DaemonSets, and ReplicaSets and ReplicationControllers that nobody controls. Judged are those that were
/// whole when the first fault began and still exist; the time to converge ends when the last of them became whole and stayed so until the end of the run.</remarks>
public sealed class ConvergenceObserver : IStoreListener, IFactObserver
{
    private static readonly ResourceKind[] Kinds = [ResourceKind.Deployment, ResourceKind.StatefulSet, ResourceKind.DaemonSet, ResourceKind.ReplicaSet, ResourceKind.ReplicationController];

    private readonly ObjectView _view;
    private readonly Func<TimeSpan> _now;
    private readonly TimeSpan _healedAt;
    private readonly HashSet<long> _broken = [];
    private HashSet<long>? _judged;
    private TimeSpan _wholeSince;

    /// <summary>Observes a run; subscribe it to the store and the facts before the run starts.</summary>
    /// <param name="view">The store's objects.</param>
    /// <param name="now">The current instant.</param>
    /// <param name="healedAt">Instant at which all faults end.</param>
    public ConvergenceObserver(ObjectView view, Func<TimeSpan> now, TimeSpan healedAt) => (_view, _now, _healedAt) = (view, now, healedAt);

    /// <inheritdoc/>
    public void Observe(in Fact fact)
    {
        if (_judged is not null || fact.Kind is not (FactKind.FaultBegan or FactKind.PodKilled or FactKind.FaultHitPod)) return;
        _judged = [.. Kinds.SelectMany(kind => _view.All(kind)).Where(item => ServiceDemand.Wants(item) > 0 && IsWhole(item)).Select(item => item.Uid)];
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (_judged is null || !_judged.Contains(change.Object.Uid)) return;
        bool isBroken = change.After is { } after && !IsWhole(after);
        if (isBroken) _broken.Add(change.Object.Uid);
        else if (_broken.Remove(change.Object.Uid) && _broken.Count == 0) _wholeSince = _now();
    }

    /// <summary>Reports at the end of the run.</summary>
    public void Report(MetricSink sink)
    {
        sink.Add("workloads_not_restored_total", _broken.Count);
        sink.Add("time_to_converge_seconds", _broken.Count > 0 ? null : Math.Max(0, (_wholeSince - _healedAt).TotalSeconds));
    }

    private static bool IsWhole(KubeObject item) => ReadyOf(item) >= ServiceDemand.Wants(item);

    private static int ReadyOf(KubeObject item) => item switch
    {
        Deployment deployment => deployment.Status.Pods.Ready,
        StatefulSet set => set.Status.Pods.Ready,
        DaemonSet set => set.Status.Ready,
        ReplicaSet set => set.Status.Ready,
        ReplicationController controller => controller.Status.Ready,
        _ => 0,
    };
}
