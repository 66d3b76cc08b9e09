using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>What one autoscaler recommended and did lately, and the limits that follow from it (<c>horizontal.go</c>, <c>normalizeDesiredReplicasWithBehaviors</c>).</summary>
internal sealed class ScalingHistory
{
    private readonly List<(TimeSpan At, int Replicas)> _recommendations = [];
    private readonly List<(TimeSpan At, int Change)> _events = [];

    /// <summary>The replicas at the first look count as a recommendation: nothing is scaled down before a whole window has passed.</summary>
    public void Begin(int replicas, TimeSpan now)
    {
        HasBegun = true;
        _recommendations.Add((now, replicas));
    }

    /// <summary>Whether there was a first look.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>A change was made.</summary>
    public void AddEvent(int change, TimeSpan now) => _events.Add((now, change));

    /// <summary>The recommendation after stabilisation, policies, minimum and maximum.</summary>
    public int Limit(HorizontalPodAutoscaler scaler, int current, int wanted, TimeSpan now)
    {
        Forget(scaler, now);
        int stable = Stabilize(scaler, current, wanted, now);
        if (stable > current) return Up(scaler, current, stable, now);
        return stable < current ? Down(scaler, current, stable, now) : Math.Clamp(stable, scaler.MinReplicas, scaler.MaxReplicas);
    }

    /// <summary>Up: not above the smallest recommendation of the window up; down: not below the largest of the window down.</summary>
    private int Stabilize(HorizontalPodAutoscaler scaler, int current, int wanted, TimeSpan now)
    {
        int up = wanted, down = wanted;
        foreach ((TimeSpan at, int replicas) in _recommendations)
        {
            if (at > now - scaler.Up.Stabilization && replicas < up) up = replicas;
            if (at > now - scaler.Down.Stabilization && replicas > down) down = replicas;
        }

        _recommendations.Add((now, wanted));
        int stable = current;
        if (stable < up) stable = up;
        if (stable > down) stable = down;
        return stable;
    }

    private int Up(HorizontalPodAutoscaler scaler, int current, int wanted, TimeSpan now)
    {
        if (scaler.Up.Selection is not { } takesMost) return current;
        long limit = takesMost ? int.MinValue : int.MaxValue;
        foreach (ScalingPolicy policy in scaler.Up.Policies)
        {
            // What was changed within the period counts: the limit is one of the replicas at its start.
            long start = current - Changes(policy.Period, now);
            long most = policy.IsPercent ? ((start * (100 + policy.Value)) + 99) / 100 : start + policy.Value;
            limit = takesMost ? Math.Max(limit, most) : Math.Min(limit, most);
        }

        if (scaler.Up.Policies.Count == 0) limit = int.MaxValue;
        if (limit < current) limit = current;
        return (int)Math.Min(wanted, Math.Min(limit, scaler.MaxReplicas));
    }

    private int Down(HorizontalPodAutoscaler scaler, int current, int wanted, TimeSpan now)
    {
        if (scaler.Down.Selection is not { } takesMost) return current;
        long limit = takesMost ? int.MaxValue : int.MinValue;
        foreach (ScalingPolicy policy in scaler.Down.Policies)
        {
            long start = current - Changes(policy.Period, now);
            // Kubernetes cuts the fraction off here.
            long least = policy.IsPercent ? start * Math.Max(0, 100 - policy.Value) / 100 : start - policy.Value;
            limit = takesMost ? Math.Min(limit, least) : Math.Max(limit, least);
        }

        if (scaler.Down.Policies.Count == 0) limit = 0;
        if (limit > current) limit = current;
        return (int)Math.Max(wanted, Math.Max(limit, scaler.MinReplicas));
    }

    /// <summary>Replicas added less those taken away in the period.</summary>
    private int Changes(TimeSpan period, TimeSpan now)
    {
        int sum = 0;
        foreach ((TimeSpan at, int change) in _events)
        {
            if (at > now - period) sum += change;
        }

        return sum;
    }

    private void Forget(HorizontalPodAutoscaler scaler, TimeSpan now)
    {
        TimeSpan window = scaler.Up.Stabilization > scaler.Down.Stabilization ? scaler.Up.Stabilization : scaler.Down.Stabilization;
        _recommendations.RemoveAll(entry => entry.At <= now - window);
        TimeSpan period = TimeSpan.Zero;
        foreach (ScalingPolicy policy in scaler.Up.Policies.Concat(scaler.Down.Policies)) period = policy.Period > period ? policy.Period : period;
        _events.RemoveAll(entry => entry.At <= now - period);
    }
}
