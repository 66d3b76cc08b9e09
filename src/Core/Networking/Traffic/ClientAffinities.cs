using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>Which services keep a client at its pod, and for how long (<c>sessionAffinity: ClientIP</c>).</summary>
internal sealed class ClientAffinities : IStoreListener
{
    private readonly Dictionary<(string Namespace, string Service), TimeSpan> _timeouts = [];

    /// <summary>How long a client stays after its last connection; zero where it does not.</summary>
    public TimeSpan TimeoutOf(string ns, string service) => _timeouts.Count == 0 ? TimeSpan.Zero : _timeouts.GetValueOrDefault((ns, service));

    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Service service) return;
        (string, string) key = (service.Metadata.Namespace, service.Name);
        // No proxy stands before a headless service or a name of a host outside.
        if (change.After is not null && service is { HasClientAffinity: true, IsHeadless: false, Type: not ServiceType.ExternalName }) _timeouts[key] = service.AffinityTimeout;
        else _timeouts.Remove(key);
    }
}
