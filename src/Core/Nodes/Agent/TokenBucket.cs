using SchedBench.Core.Controllers;

namespace SchedBench.Core.Nodes;

/// <summary>A token bucket in one instant: the one at which it is full again (client-go <c>flowcontrol</c>).</summary>
internal static class TokenBucket
{
    /// <summary>Takes a token if there is one.</summary>
    public static bool TryTake(ref TimeSpan full, in ClientLimits limits, TimeSpan now)
    {
        if (Wait(full, in limits, now) > TimeSpan.Zero) return false;
        full = (full > now ? full : now) + (TimeSpan.FromSeconds(1) / limits.Qps);
        return true;
    }

    /// <summary>How long until there is one.</summary>
    public static TimeSpan Wait(TimeSpan full, in ClientLimits limits, TimeSpan now)
    {
        TimeSpan wait = full - now - (TimeSpan.FromSeconds(1) / limits.Qps * (limits.Burst - 1));
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
