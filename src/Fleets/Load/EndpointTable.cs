using System.Collections.Immutable;
using System.Net;

namespace SchedBench.Fleets.Load;

/// <summary>A pod that requests may be sent to.</summary>
/// <param name="PodUid">Its identity.</param>
/// <param name="Name">Its name: what its answers say.</param>
/// <param name="Version">Its version.</param>
/// <param name="Address">Where it listens.</param>
public sealed record LiveEndpoint(long PodUid, string Name, string Version, IPEndPoint Address)
{
    /// <summary>Its image: how much work a request is for it.</summary>
    public string Image { get; init; } = "";
}

/// <summary>The endpoints of every service as clients know them: changed by the run, read by generators. Thread-safe; a reader sees a whole version.</summary>
public sealed class EndpointTable
{
    private ImmutableDictionary<(string Namespace, string Service), ImmutableArray<LiveEndpoint>> _services = ImmutableDictionary<(string Namespace, string Service), ImmutableArray<LiveEndpoint>>.Empty;

    /// <summary>The endpoints of a service now; empty for an unknown one.</summary>
    public ImmutableArray<LiveEndpoint> Of(string ns, string service) => Volatile.Read(ref _services).TryGetValue((ns, service), out ImmutableArray<LiveEndpoint> endpoints) ? endpoints : [];

    /// <summary>A service has these from now on. Called by one thread.</summary>
    public void Set(string ns, string service, ImmutableArray<LiveEndpoint> endpoints) => Volatile.Write(ref _services, _services.SetItem((ns, service), endpoints));
}
