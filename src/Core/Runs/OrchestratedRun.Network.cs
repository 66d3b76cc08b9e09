using System.Diagnostics.CodeAnalysis;
using SchedBench.Core.Networking;
using SchedBench.Core.Store;

namespace SchedBench.Core.Runs;

/// <content>Endpoints, what clients know of them, and the requests they send.</content>
public sealed partial class OrchestratedRun
{
    /// <summary>When clients learn of changes of endpoints.</summary>
    public ProxyTiming Proxies { get; private set; }

    /// <summary>Addresses and ports of services.</summary>
    public ServiceAddresses Addresses { get; private set; }

    /// <summary>Names of services and pods.</summary>
    public ServiceDns Dns { get; private set; }

    /// <summary>Who may talk to whom.</summary>
    public NetworkPolicies Policies { get; private set; }

    /// <summary>Who sends the requests, simulated or real; null without streams.</summary>
    public ILoad? Load { get; private set; }

    /// <summary>Simulated requests; null without streams, and where real clients send them.</summary>
    public RequestTraffic? Traffic { get; private set; }

    /// <summary>Longest time from a change of a pod until it is in its EndpointSlices, as long as the controllers run: it becomes known late, and a slice that was written before that write has become known
    /// is a conflict, which is tried again after a wait.</summary>
    internal TimeSpan EndpointPropagation => (2 * ControllerDelay) + (2 * Controllers.Context.RetryDelay);

    [MemberNotNull(nameof(Proxies), nameof(Addresses), nameof(Dns), nameof(Policies))]
    private void AddNetwork()
    {
        Controllers.Add(Endpoints);
        Proxies = new ProxyTiming(_options.Network, Seed);
        Addresses = ServiceAddresses.Attach(Store, _options.ServiceAddresses);
        Dns = new ServiceDns(Store.View);
        // Overlay networks of Docker Swarm know no policies.
        Policies = new NetworkPolicies(Swarm is null ? Store.View : new ObjectView());
        Store.Subscribe(Policies);
        if (_options.Traffic.Count == 0 || _options.Machines is not null) return;
        var endpoints = new EndpointHistory(() => Loop.Now, Proxies.Longest);
        Store.Subscribe(endpoints);
        var ingresses = new IngressHistory(() => Loop.Now, Proxies.Longest);
        Store.Subscribe(ingresses);
        Traffic = new RequestTraffic(Loop, Facts, endpoints, Proxies, new IngressRouter(ingresses), _options.Traffic, _options.Network, Seed, _options.MeasuredFrom, Fleet, Policies);
        Store.Subscribe(Traffic);
        Load = Traffic;
    }
}
