namespace SchedBench.Core.Recording.Metrics;

/// <summary>How often something that is scaled turns round (our definition of oscillation).</summary>
internal sealed class ScalingDirections
{
    private readonly Dictionary<long, (int Direction, TimeSpan At)> _last = [];

    /// <summary>Changes.</summary>
    public long Changes { get; private set; }

    /// <summary>Changes in the direction opposite to the last one of the same object.</summary>
    public long Reversals { get; private set; }

    /// <summary>Changes up that came no later after a change down of the same object than the stabilisation window: what was taken away was wanted again.</summary>
    public long Flaps { get; private set; }

    /// <summary>Something was scaled.</summary>
    /// <param name="item">What.</param>
    /// <param name="before">Old size.</param>
    /// <param name="after">New size.</param>
    /// <param name="at">When.</param>
    /// <param name="window">Its stabilisation window downwards.</param>
    /// <param name="counts">Whether it lies in the window of measurement.</param>
    public void Add(long item, int before, int after, TimeSpan at, TimeSpan window, bool counts)
    {
        int direction = Math.Sign(after - before);
        if (direction == 0) return;
        if (counts)
        {
            Changes++;
            if (_last.TryGetValue(item, out (int Direction, TimeSpan At) last) && last.Direction == -direction)
            {
                Reversals++;
                if (direction > 0 && at - last.At <= window) Flaps++;
            }
        }

        _last[item] = (direction, at);
    }
}
