using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Networking;

namespace SchedBench.Core.Runs;

/// <content>Endpoints, what clients know of them, and the requests they send.</content>
public sealed partial class OrchestratedRun
{
    /// <summary>When clients learn of changes of endpoints.</summary>
    public ProxyTiming Proxies { get; private set; }

    /// <summary>The requests; null without streams.</summary>
    public RequestTraffic? Traffic { get; private set; }

    [MemberNotNull(nameof(Proxies))]
    private void AddNetwork()
    {
        Controllers.Add(new EndpointSliceController());
        Proxies = new ProxyTiming(_options.Network, Seed);
        if (_options.Traffic.Count == 0) return;
        var endpoints = new EndpointHistory(() => Loop.Now, Proxies.Longest);
        Store.Subscribe(endpoints);
        Traffic = new RequestTraffic(Loop, Facts, endpoints, Proxies, new IngressRouter(Store.View), _options.Traffic, _options.Network, Seed, _options.MeasuredFrom);
    }
}
