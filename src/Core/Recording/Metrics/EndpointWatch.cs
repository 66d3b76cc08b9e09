using SchedBench.Core.Networking;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Recording.Metrics;

/// <summary>Which pods stand as ready endpoints in the store, and when the last client knows that one does not any more.</summary>
/// <param name="proxies">When clients learn of changes.</param>
/// <param name="clients">Number of clients.</param>
/// <param name="added">Told of a pod that became an endpoint.</param>
/// <param name="removed">Told of a pod that is none any more.</param>
internal sealed class EndpointWatch(ProxyTiming proxies, int clients, Action<long> added, Action<long> removed)
{
    private readonly HashSet<long> _listed = [];

    /// <summary>Whether requests are sent to a pod, as far as the store says.</summary>
    public bool IsListed(long pod) => _listed.Contains(pod);

    /// <summary>When the last client knows of a change that was written at an instant.</summary>
    public TimeSpan KnownToAllFrom(TimeSpan change)
    {
        TimeSpan latest = TimeSpan.Zero;
        for (int client = 0; client < clients; client++)
        {
            TimeSpan known = proxies.KnownFrom(client, change);
            if (known > latest) latest = known;
        }

        return latest;
    }

    /// <summary>A write was made.</summary>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not EndpointSlice) return;
        if (change.After is EndpointSlice after)
        {
            foreach (Endpoint endpoint in after.Endpoints)
            {
                if (!endpoint.IsReady) Remove(endpoint.PodUid);
                else if (_listed.Add(endpoint.PodUid)) added(endpoint.PodUid);
            }
        }

        if (change.Before is not EndpointSlice before) return;
        foreach (Endpoint endpoint in before.Endpoints)
        {
            if (change.After is not EndpointSlice slice || !Holds(slice, endpoint.PodUid)) Remove(endpoint.PodUid);
        }
    }

    private static bool Holds(EndpointSlice slice, long pod)
    {
        foreach (ref readonly Endpoint endpoint in slice.Endpoints.AsSpan())
        {
            if (endpoint.PodUid == pod) return true;
        }

        return false;
    }

    private void Remove(long pod)
    {
        if (_listed.Remove(pod)) removed(pod);
    }
}
