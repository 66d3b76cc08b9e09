using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Invariants;

/// <summary>Autoscalers (29): every change that an autoscaler notes, against its bounds, its policies and its window.</summary>
/// <remarks>A change is the write of <see cref="HorizontalPodAutoscaler.LastScaledAt"/>; the number before it is that of its target before the write at the same instant, as users change it too. Policies are judged
/// while replicas stay within the bounds: back into them an autoscaler goes at once.</remarks>
internal sealed class AutoscalerJudge(OrchestratedRun run) : ObjectJudge(run)
{
    private readonly Dictionary<long, List<(TimeSpan At, int Replicas, int Delta)>> _history = [];
    private readonly Dictionary<ObjectKey, (TimeSpan At, int Before)> _scaled = [];

    private protected override void Judge(in StoreChange change)
    {
        if (change.Before is { } was && change.After is { } now && SizeOf(was) is { } size && size != SizeOf(now)) _scaled[now.Key] = (Now, size);
        if (change.After is null) _scaled.Remove(change.Object.Key);
        if (change.After is not HorizontalPodAutoscaler after)
        {
            if (change.Object is HorizontalPodAutoscaler) _history.Remove(change.Object.Uid);
            return;
        }

        if (!_history.TryGetValue(after.Uid, out List<(TimeSpan At, int Replicas, int Delta)>? history)) _history.Add(after.Uid, history = []);
        if (IsCrossing) history.Clear();
        if (IsCrossing || change.Before is not HorizontalPodAutoscaler before || after.LastScaledAt is not { } at || after.LastScaledAt == before.LastScaledAt)
        {
            if (after.DesiredReplicas > 0 && (history.Count == 0 || history[^1].Replicas != after.DesiredReplicas)) history.Add((Now, after.DesiredReplicas, 0));
            return;
        }

        string subject = $"{after.Key}";
        int desired = after.DesiredReplicas;
        if (desired < after.MinReplicas || desired > after.MaxReplicas) Fail(ObjectInvariants.Autoscaling, subject, $"{after.MinReplicas} to {after.MaxReplicas} replicas", $"{desired}");
        int known = _scaled.TryGetValue(new ObjectKey(after.TargetKind, after.Metadata.Namespace, after.TargetName), out (TimeSpan At, int Before) scaled) && scaled.At == Now ? scaled.Before
            : history.Count > 0 ? history[^1].Replicas : desired;
        if (history.Count > 0 && known >= after.MinReplicas && known <= after.MaxReplicas) CheckRate(after, history, known, desired, at);
        history.Add((at, desired, desired - known));
    }

    private static int? SizeOf(KubeObject item) => item switch
    {
        Deployment workload => workload.Replicas,
        ReplicaSet workload => workload.Replicas,
        StatefulSet workload => workload.Replicas,
        ReplicationController workload => workload.Replicas,
        _ => null,
    };

    private void CheckRate(HorizontalPodAutoscaler scaler, List<(TimeSpan At, int Replicas, int Delta)> history, int known, int desired, TimeSpan at)
    {
        bool isUp = desired > known;
        ScalingRules rules = isUp ? scaler.Up : scaler.Down;
        string subject = $"{scaler.Key}";
        if (rules.Selection is null) Fail(ObjectInvariants.Autoscaling, subject, "no change in a disabled direction", $"{known} to {desired}");
        if (rules.Policies.Count == 0) return;
        long? limit = null;
        foreach (ScalingPolicy policy in rules.Policies)
        {
            // The number at the start of the policy's period.
            int start = known;
            for (int i = history.Count - 1; i >= 0 && history[i].At > at - policy.Period; i--) start -= history[i].Delta;

            long bound = (isUp, policy.IsPercent) switch
            {
                (true, true) => ((start * (100L + policy.Value)) + 99) / 100,
                (true, false) => start + policy.Value,
                (false, true) => start * Math.Max(0, 100L - policy.Value) / 100,
                (false, false) => start - policy.Value,
            };
            limit = limit is not { } other ? bound : isUp == rules.Selection ? Math.Max(other, bound) : Math.Min(other, bound);
        }

        if (isUp ? desired > limit : desired < limit) Fail(ObjectInvariants.Autoscaling, subject, $"{(isUp ? "at most" : "at least")} {limit} replicas", $"{desired}");
        if (isUp) return;
        for (int i = 0; i < history.Count; i++)
        {
            (TimeSpan when, int replicas, int delta) = history[i];
            // What was reached by scaling up was recommended then; what was reached by scaling down is what the window left of it.
            if (delta <= 0 || when <= at - scaler.Down.Stabilization) continue;
            if (replicas > desired && replicas >= known) Fail(ObjectInvariants.Autoscaling, subject, $"at least {replicas}, recommended at {when}", $"{desired}");
        }
    }
}
