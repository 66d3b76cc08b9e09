using SchedBench.Core.Networking;
using SchedBench.Core.Randomness;

namespace SchedBench.Fleets.Load;

/// <summary>When the requests of a stream are to be sent: the very instants at which simulated clients send them under the same seed.</summary>
internal sealed class ArrivalPlan
{
    private readonly Draw _gaps;
    private readonly TrafficSpec _spec;
    private readonly ulong _entity;
    private int _piece;
    private TimeSpan _at;

    /// <summary>The plan of a stream from instant 0 on.</summary>
    public ArrivalPlan(TrafficSpec spec, ulong seed)
    {
        _spec = spec;
        _entity = RequestTraffic.EntityOf(spec);
        _gaps = Draw.Stream(seed, RequestTraffic.GapsStream);
    }

    /// <summary>Number of the next request.</summary>
    public long Number { get; private set; }

    /// <summary>When the next request is due; null when none is any more.</summary>
    public TimeSpan? Next()
    {
        if (RequestTraffic.NextArrival(_spec, ref _piece, _at, RequestTraffic.GapOf(_spec, in _gaps, _entity, (ulong)Number)) is not { } at) return null;
        Number++;
        return _at = at;
    }
}
