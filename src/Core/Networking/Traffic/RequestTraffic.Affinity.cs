using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <content>Clients that stay with their pod: kube-proxy sends a client's new connections to the pod of its last one, as long as it knows the pod as an endpoint and the last one is not
/// longer ago than the time-out (<c>pkg/proxy/iptables/proxier.go</c>, <c>-m recent --rcheck --seconds --reap</c>).</content>
/// <remarks>A request that is tried again meets the same pod. Ingresses choose endpoints themselves and do not look at it. A stream whose service keeps its clients is sent request by
/// request, whatever its rate.</remarks>
public sealed partial class RequestTraffic
{
    private readonly ClientAffinities _affinities = new();

    private struct Affinity
    {
        public long PodUid;
        public TimeSpan LastAt;
    }

    /// <summary>The pod that the client stays with, when it is among those that its proxy knows; −1 otherwise.</summary>
    private long StaysWith(Stream stream, int client, TimeSpan timeout, ReadOnlySpan<long> known)
    {
        if (timeout == TimeSpan.Zero || stream.Affinities is not { } affinities) return -1;
        ref Affinity affinity = ref affinities[client];
        bool stays = affinity.PodUid > 0 && _loop.Now - affinity.LastAt < timeout && known.Contains(affinity.PodUid);
        return stays ? affinity.PodUid : -1;
    }

    private void Remember(Stream stream, int client, TimeSpan timeout, long pod)
    {
        if (timeout == TimeSpan.Zero) return;
        stream.Affinities ??= new Affinity[stream.Connections.Length];
        stream.Affinities[client] = new Affinity { PodUid = pod, LastAt = _loop.Now };
    }

    /// <summary>How long clients of the stream stay with a pod; zero through an Ingress.</summary>
    private TimeSpan AffinityOf(Stream stream) => stream.Spec.Host.Length > 0 ? TimeSpan.Zero : _affinities.TimeoutOf(stream.Spec.Namespace, stream.Spec.Service);

    private bool IsFluid(Stream stream, double rate) => FluidTraffic.Takes(stream.Spec, rate) && AffinityOf(stream) == TimeSpan.Zero;

    /// <summary>A service keeps its clients from now on, or no longer: streams that are a fluid become requests, and may become a fluid again when their rate changes.</summary>
    private void OnService(in StoreChange change)
    {
        _affinities.OnChange(in change);
        if (_fluid is null) return;
        for (int s = 0; s < _streams.Length; s++)
        {
            Stream stream = _streams[s];
            if (stream.Fluid is not { Rate: > 0 } fluid || stream.Spec.Service != change.Object.Name || stream.Spec.Namespace != change.Object.Metadata.Namespace || AffinityOf(stream) == TimeSpan.Zero) continue;
            _fluid.SetRate(fluid, 0);
            ScheduleNext(s, _loop.Now);
        }
    }
}
