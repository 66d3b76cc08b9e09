using SchedBench.Core.Objects;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Coefficient of variation σ/μ of the used share over the nodes that have the resource, kept in millionths so that the running sums are integers (REFERENCE balance).</summary>
/// <param name="fleet">The nodes.</param>
/// <param name="offers">What a node offers of the resource.</param>
internal sealed class LoadSpread(NodeSpec[] fleet, Func<NodeSpec, long> offers)
{
    private readonly long[] _share = new long[fleet.Length];
    private int _nodes = fleet.Count(node => offers(node) > 0);
    private Int128 _squares;
    private long _sum;
    private double _integral;
    private bool _wasUsed;

    /// <summary>Null when nobody uses the resource: there is no mean to compare with.</summary>
    public double? Now
    {
        get
        {
            if (_sum == 0) return null;
            Int128 variance = (_nodes * _squares) - ((Int128)_sum * _sum);
            return Math.Sqrt((double)variance) / _sum;
        }
    }

    /// <summary>A node of an offer leaves (−1) or comes (1): those that are not there take no part. Its use is set to 0 by then, or not set yet.</summary>
    public void SetPresent(long offer, int by)
    {
        if (offer > 0) _nodes += by;
    }

    /// <summary>A node's use changed.</summary>
    public void Set(int node, long used, long whole)
    {
        long share = whole == 0 ? 0 : (long)((Int128)used * 1_000_000 / whole);
        long old = _share[node];
        _share[node] = share;
        _sum += share - old;
        _squares += (Int128)((share * share) - (old * old));
    }

    /// <summary>Adds the time since the last change.</summary>
    public void Advance(long ticks)
    {
        if (Now is not { } now) return;
        _wasUsed = true;
        _integral += now * ticks;
    }

    /// <summary>Mean over the window, in which an idle fleet counts as even; null when it was idle all the time.</summary>
    public double? TimeMean(TimeSpan window) => _wasUsed && window > TimeSpan.Zero ? _integral / window.Ticks : null;
}
