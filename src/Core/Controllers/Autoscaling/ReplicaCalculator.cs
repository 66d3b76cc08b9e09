using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>How many replicas a metric asks for (Kubernetes <c>pkg/controller/podautoscaler/replica_calculator.go</c>): ⌈ready · value / target⌉.</summary>
/// <remarks>All arithmetic is exact on integers where Kubernetes uses floating point: a ratio that is exactly at the tolerance is let be, and nothing is rounded twice.
/// Utilisation is the sum of use over the sum of requests, in whole percents, cut off as there.</remarks>
internal sealed class ReplicaCalculator(IPodUsage usage, AutoscalerOptions options)
{
    private readonly List<(long Uid, long Value)> _samples = [];
    private readonly List<Pod> _missing = [];
    private readonly List<Pod> _unready = [];

    /// <summary>The replicas that a metric asks for, or null when it says nothing.</summary>
    /// <param name="pods">Pods of the scaled object.</param>
    /// <param name="current">Replicas that are wanted now.</param>
    /// <param name="target">Metric and target.</param>
    /// <param name="now">Instant.</param>
    public int? Replicas(IReadOnlyList<Pod> pods, int current, in AutoscalingTarget target, TimeSpan now)
    {
        Group(pods, target.Metric, now);
        if (_samples.Count == 0) return null;
        int ready = _samples.Count;
        (long value, long against) = Ratio(pods, in target);
        if (against <= 0) return null;
        bool isUp = value > against;
        bool countsUnready = _unready.Count > 0 && isUp;
        if (!countsUnready && _missing.Count == 0)
            return IsWithinTolerance(value, against) ? current : Ceiling(ready, value, against);
        // Pods without a sample pull towards the status quo: full when it goes down, idle when it goes up; unready ones are idle when it goes up.
        foreach (Pod pod in _missing)
        {
            long share = target.IsUtilization ? Requests(pod, target.Metric) : target.Target;
            long full = target.IsUtilization ? (Int128)share * Math.Max(100, target.Target) / 100 is var amount && amount < long.MaxValue ? (long)amount : long.MaxValue : share;
            if (value < against) _samples.Add((pod.Uid, full));
            else if (value > against) _samples.Add((pod.Uid, 0));
        }

        if (countsUnready)
        {
            foreach (Pod pod in _unready) _samples.Add((pod.Uid, 0));
        }

        (long newValue, long newAgainst) = Ratio(pods, in target);
        if (newAgainst <= 0 || IsWithinTolerance(newValue, newAgainst)) return current;
        // Assumptions about missing pods never turn the direction around.
        if ((value < against && newValue > newAgainst) || (value > against && newValue < newAgainst)) return current;
        int replicas = Ceiling(_samples.Count, newValue, newAgainst);
        return (newValue < newAgainst && replicas > current) || (newValue > newAgainst && replicas < current) ? current : replicas;
    }

    /// <summary>Sorts pods by what is known of them (<c>groupPods</c>).</summary>
    private void Group(IReadOnlyList<Pod> pods, AutoscalingMetric metric, TimeSpan now)
    {
        _samples.Clear();
        _missing.Clear();
        _unready.Clear();
        foreach (Pod pod in pods)
        {
            if (pod.Metadata.IsDeleting || pod.Status.Phase is PodLifePhase.Failed or PodLifePhase.Succeeded) continue;
            if (pod.Status.Phase == PodLifePhase.Pending) _unready.Add(pod);
            else if (!usage.TryGet(pod.Uid, metric, options.MetricsWindow, out long value)) _missing.Add(pod);
            else if (metric == AutoscalingMetric.Cpu && IsStillStarting(pod, now)) _unready.Add(pod);
            else _samples.Add((pod.Uid, value));
        }
    }

    private bool IsStillStarting(Pod pod, TimeSpan now)
    {
        if (pod.Status.StartedAt is not { } started) return true;
        // Within the initialisation period a sample counts only when the pod is ready and the sample began after that.
        if (started + options.CpuInitialization > now) return !pod.Status.IsReady || now < pod.Status.ReadySince + options.MetricsWindow;
        return !pod.Status.IsReady && started + options.InitialReadinessDelay > pod.Status.ReadySince;
    }

    /// <summary>Value and target of the samples: percents of utilisation, or average a pod.</summary>
    private (long Value, long Target) Ratio(IReadOnlyList<Pod> pods, in AutoscalingTarget target)
    {
        long sum = 0, requests = 0;
        foreach ((long _, long value) in _samples) sum = checked(sum + value);
        if (!target.IsUtilization) return (sum, checked(target.Target * _samples.Count));
        var counted = new HashSet<long>(_samples.Select(sample => sample.Uid));
        foreach (Pod pod in pods)
        {
            if (counted.Contains(pod.Uid)) requests = checked(requests + Requests(pod, target.Metric));
        }

        return requests == 0 ? (0, 0) : ((long)((Int128)sum * 100 / requests), target.Target);
    }

    private static long Requests(Pod pod, AutoscalingMetric metric) => metric == AutoscalingMetric.Memory ? pod.Spec.MemoryBytes : pod.Spec.CpuMilli;

    private bool IsWithinTolerance(long value, long target)
    {
        Int128 deviation = (Int128)Math.Abs(value - target) * 1000;
        return deviation <= (Int128)target * options.TolerancePermille;
    }

    private static int Ceiling(int pods, long value, long target)
    {
        Int128 replicas = (((Int128)pods * value) + target - 1) / target;
        return replicas > int.MaxValue ? int.MaxValue : (int)replicas;
    }
}
