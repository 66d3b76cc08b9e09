using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>The ready endpoints of every service over time, as the slices say: an observer that is late looks at an older version.</summary>
/// <remarks>Versions that nobody can still see are dropped. A version is an array of pod identities in the order of the slices.</remarks>
public sealed class EndpointHistory : IStoreListener
{
    private readonly Dictionary<(string Namespace, string Service), Timeline> _services = [];
    private readonly Func<TimeSpan> _now;
    private readonly TimeSpan _longest;

    /// <summary>A history of a run.</summary>
    /// <param name="now">The current instant.</param>
    /// <param name="longest">Longest time from a change until everybody knows it.</param>
    public EndpointHistory(Func<TimeSpan> now, TimeSpan longest)
    {
        _now = now;
        _longest = longest;
    }

    /// <summary>Told of changes; null when nobody asks.</summary>
    internal IEndpointListener? Listener { get; set; }

    private sealed class Timeline
    {
        public readonly SortedDictionary<string, ValueList<Endpoint>> Slices = new(StringComparer.Ordinal);
        public readonly List<(TimeSpan At, long[] Ready)> Versions = [];
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not EndpointSlice slice) return;
        (string, string) key = (slice.Metadata.Namespace, slice.ServiceName);
        if (!_services.TryGetValue(key, out Timeline? timeline)) _services.Add(key, timeline = new Timeline());
        if (change.After is EndpointSlice after) timeline.Slices[after.Name] = after.Endpoints;
        else timeline.Slices.Remove(slice.Name);
        if (Add(timeline)) Listener?.OnEndpoints(slice.Metadata.Namespace, slice.ServiceName);
    }

    /// <summary>The ready endpoints of a service as they stood at an instant that is not too long ago; empty for an unknown service.</summary>
    public ReadOnlySpan<long> At(string ns, string service, TimeSpan instant) => VersionAt(ns, service, instant);

    /// <summary>The same as an array that stays what it is: equal references are equal versions.</summary>
    internal long[] VersionAt(string ns, string service, TimeSpan instant)
    {
        if (!_services.TryGetValue((ns, service), out Timeline? timeline)) return [];
        List<(TimeSpan At, long[] Ready)> versions = timeline.Versions;
        for (int i = versions.Count - 1; i >= 0; i--)
        {
            if (versions[i].At <= instant) return versions[i].Ready;
        }

        return [];
    }

    private bool Add(Timeline timeline)
    {
        TimeSpan now = _now();
        var ready = new List<long>();
        foreach (ValueList<Endpoint> endpoints in timeline.Slices.Values)
        {
            foreach (ref readonly Endpoint endpoint in endpoints.AsSpan())
            {
                if (endpoint.IsReady) ready.Add(endpoint.PodUid);
            }
        }

        List<(TimeSpan At, long[] Ready)> versions = timeline.Versions;
        if (versions.Count > 0 && versions[^1].Ready.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ready))) return false;
        if (versions.Count > 0 && versions[^1].At == now) versions[^1] = (now, [.. ready]);
        else versions.Add((now, [.. ready]));
        int old = 0;
        while (old + 1 < versions.Count && versions[old + 1].At <= now - _longest) old++;
        if (old > 0) versions.RemoveRange(0, old);
        return true;
    }
}

/// <summary>Told when the ready endpoints of a service have changed.</summary>
internal interface IEndpointListener
{
    /// <summary>They have, now.</summary>
    void OnEndpoints(string ns, string service);
}
