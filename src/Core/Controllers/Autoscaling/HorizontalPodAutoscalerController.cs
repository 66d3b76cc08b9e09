using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Changes replicas with the load (Kubernetes <c>pkg/controller/podautoscaler/horizontal.go</c>).</summary>
/// <remarks>
/// Every sync period each autoscaler asks its metrics for a number of replicas and takes the largest; then stabilisation follows the most careful recommendation
/// of its window, policies limit the rate, and minimum and maximum bound the result. A metric that says nothing keeps the others from scaling down. A target with no
/// replicas is left alone. Every change is a fact (<see cref="FactKind.ReplicasScaled"/>). Container, object and external metrics are not modelled.
/// </remarks>
/// <param name="usage">Where use is known from.</param>
/// <param name="options">Times and tolerances.</param>
public sealed class HorizontalPodAutoscalerController(IPodUsage usage, AutoscalerOptions? options = null) : Controller
{
    private readonly AutoscalerOptions _options = options ?? new AutoscalerOptions();
    private readonly ReplicaCalculator _calculator = new(usage, options ?? new AutoscalerOptions());
    private readonly Dictionary<long, ScalingHistory> _histories = [];
    private readonly List<Pod> _pods = [];

    /// <inheritdoc/>
    public override string Name => "horizontal-pod-autoscaler";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        // The first look comes a period after the autoscaler (its queue is limited by the period); a change of it does not hurry the next.
        if (change.Object is HorizontalPodAutoscaler scaler && change.Before is null && change.After is not null)
        {
            EnqueueAfter(scaler.Uid, _options.SyncPeriod);
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _histories.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        if (View.Find(uid) is not HorizontalPodAutoscaler scaler)
        {
            _histories.Remove(uid);
            return;
        }

        if (!_histories.TryGetValue(uid, out ScalingHistory? history)) _histories.Add(uid, history = new ScalingHistory());
        EnqueueAfter(uid, _options.SyncPeriod);
        if (View.Find(new ObjectKey(scaler.TargetKind, scaler.Metadata.Namespace, scaler.TargetName)) is not { } target || ReplicasOf(target) is not { } current)
        {
            Context.Events.Warn(scaler, "FailedGetScale", $"{scaler.TargetKind} \"{scaler.TargetName}\" not found", Name);
            return;
        }

        if (!history.HasBegun) history.Begin(current, Now);
        if (current == 0 && scaler.MinReplicas != 0) return;
        int desired = Desired(scaler, history, target, current);
        bool isScaled = desired != current && Scale(scaler, target, current, desired);
        if (isScaled) history.AddEvent(desired - current, Now);
        HorizontalPodAutoscaler next = scaler with { DesiredReplicas = desired, LastScaledAt = isScaled ? Now : scaler.LastScaledAt };
        if (next != scaler) _ = Api.Update(next);
    }

    private int Desired(HorizontalPodAutoscaler scaler, ScalingHistory history, KubeObject target, int current)
    {
        if (current > scaler.MaxReplicas) return scaler.MaxReplicas;
        if (current < scaler.MinReplicas) return scaler.MinReplicas;
        CollectPods(target);
        int? proposed = null;
        bool isBlind = false;
        foreach (ref readonly AutoscalingTarget metric in scaler.Metrics.AsSpan())
        {
            if (_calculator.Replicas(_pods, current, in metric, Now) is { } replicas) proposed = proposed is { } larger && larger > replicas ? larger : replicas;
            else isBlind = true;
        }

        if (isBlind) Context.Events.Warn(scaler, "FailedGetResourceMetric", "some metrics could not be computed", Name);
        // Whoever sees only a part does not scale down.
        if (proposed is not { } wanted || (isBlind && wanted < current)) return current;
        return history.Limit(scaler, current, wanted, Now);
    }

    /// <summary>Pods of the scaled object: its own, or those of the ReplicaSets of a Deployment.</summary>
    private void CollectPods(KubeObject target)
    {
        _pods.Clear();
        IReadOnlyList<KubeObject> owned = View.OwnedBy(target.Uid).Items;
        for (int i = 0; i < owned.Count; i++)
        {
            if (owned[i] is Pod pod) _pods.Add(pod);
            if (owned[i] is not ReplicaSet set) continue;
            IReadOnlyList<KubeObject> pods = View.OwnedBy(set.Uid).Items;
            for (int p = 0; p < pods.Count; p++)
            {
                if (pods[p] is Pod member) _pods.Add(member);
            }
        }
    }

    private bool Scale(HorizontalPodAutoscaler scaler, KubeObject target, int current, int desired)
    {
        KubeObject next = target switch
        {
            Deployment deployment => deployment with { Replicas = desired },
            ReplicaSet set => set with { Replicas = desired },
            StatefulSet set => set with { Replicas = desired },
            _ => ((ReplicationController)target) with { Replicas = desired },
        };
        if (Api.Update(next) is { } error)
        {
            Context.Events.Warn(scaler, "FailedRescale", error.Message, Name);
            return false;
        }

        Context.Events.Tell(scaler, "SuccessfulRescale", $"New size: {desired}", Name);
        Context.Facts.Record(new Fact(FactKind.ReplicasScaled, Now, default, checked((int)target.Uid), Cluster.NodeIndex.None, ((long)current << 32) | (uint)desired));
        return true;
    }

    private static int? ReplicasOf(KubeObject target) => target switch
    {
        Deployment deployment => deployment.Replicas, ReplicaSet set => set.Replicas, StatefulSet set => set.Replicas, ReplicationController set => set.Replicas, _ => null,
    };
}
