using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>Gives services their addresses and ports when they are written, and takes them back when they go (Kubernetes <c>pkg/registry/core/service/storage/alloc.go</c>,
/// validation of <c>pkg/apis/core/validation</c>).</summary>
/// <remarks>
/// Which address a service gets is a function of the services there are: the lowest free one outside of the band that is kept for requested ones (Kubernetes draws it at random). What is
/// in use is what the store holds: a write that is refused takes nothing. A balancer's external address is there at once (in a cloud it takes a while). Not modelled:
/// <c>ipFamilyPolicy</c> (two families mean dual stack), <c>healthCheckNodePort</c>, <c>allocateLoadBalancerNodePorts: false</c>.
/// </remarks>
public sealed partial class ServiceAddresses : IAdmission, IStoreListener
{
    /// <summary>The family of IPv4 addresses.</summary>
    public const string Ipv4 = "IPv4";

    /// <summary>The family of IPv6 addresses.</summary>
    public const string Ipv6 = "IPv6";

    /// <summary>Address of a headless service.</summary>
    public const string None = "None";

    private readonly ServiceAddressOptions _options;
    private readonly AddressRange[] _ranges;
    private readonly AddressRange _balancers;
    private readonly NumberPool[] _addresses;
    private readonly NumberPool _externals;
    private readonly NumberPool _ports;

    /// <summary>Nothing is in use.</summary>
    public ServiceAddresses(ServiceAddressOptions? options = null)
    {
        _options = options ?? ServiceAddressOptions.Default;
        _ranges = [new AddressRange(_options.Ipv4Range), new AddressRange(_options.Ipv6Range)];
        // The first address is the network's; the last of IPv4 is for broadcasts.
        _addresses = [.. _ranges.Select(range => new NumberPool(range.Size - (range.IsIpv6 ? 0 : 1), range.StaticBand, 1))];
        _balancers = new AddressRange(_options.BalancerRange);
        _externals = new NumberPool(_balancers.Size - 1, 1, 1);
        int ports = _options.LastNodePort - _options.FirstNodePort + 1;
        _ports = new NumberPool(ports, Math.Min(ports, Math.Clamp(ports / 32, 16, 128)));
    }

    /// <summary>Adds it to a store: as admission, and as who sees what was written.</summary>
    public static ServiceAddresses Attach(ObjectStore store, ServiceAddressOptions? options = null)
    {
        var addresses = new ServiceAddresses(options);
        store.Admit(addresses);
        store.Subscribe(addresses);
        return addresses;
    }

    /// <inheritdoc/>
    public void OnChange(in StoreChange change)
    {
        if (change.Object is not Service) return;
        if (change.Before is Service before) Mark(before, 0);
        if (change.After is Service after) Mark(after, after.Uid);
    }

    /// <inheritdoc/>
    public ApiError? OnCreate(ref KubeObject requested)
    {
        if (requested is not Service service) return null;
        ApiError? error = Complete(ref service, null);
        requested = service;
        return error;
    }

    /// <inheritdoc/>
    public ApiError? OnUpdate(KubeObject current, ref KubeObject next)
    {
        if (next is not Service service || current is not Service stored) return null;
        ApiError? error = Complete(ref service, stored);
        next = service;
        return error;
    }

    /// <summary>Everything a service has is in use by an owner, or free.</summary>
    private void Mark(Service service, long owner)
    {
        foreach (string address in service.ClusterIps)
        {
            for (int family = 0; family < _ranges.Length; family++)
            {
                if (_ranges[family].OffsetOf(address) is >= 0 and var offset) Put(_addresses[family], offset, owner);
            }
        }

        foreach (string address in service.BalancerIps)
        {
            if (_balancers.OffsetOf(address) is >= 0 and var offset) Put(_externals, offset, owner);
        }

        foreach (ServicePort port in service.Ports)
        {
            if (port.NodePort != 0) Put(_ports, port.NodePort - _options.FirstNodePort, owner);
        }
    }

    private static void Put(NumberPool pool, long number, long owner)
    {
        if (owner == 0) pool.Free(number);
        else pool.Take(number, owner);
    }

    /// <summary>Checks what a service asks for and gives it what it lacks.</summary>
    private ApiError? Complete(ref Service service, Service? stored)
    {
        if (service.Type == ServiceType.ExternalName)
        {
            if (service.ExternalName.Length == 0) return Invalid("spec.externalName", "Required value");
            if (stored is null && service.ClusterIps.Count > 0) return Invalid("spec.clusterIPs", "may not be set for ExternalName services");
            service = service with { ClusterIps = default, IpFamilies = default, BalancerIps = default, Ports = [.. service.Ports.Select(port => port with { NodePort = 0 })] };
            return null;
        }

        long uid = stored?.Uid ?? -1;
        return CompleteAddresses(ref service, stored, uid) ?? CompletePorts(ref service, stored, uid) ?? CompleteBalancer(ref service, stored);
    }

    private ApiError? CompleteBalancer(ref Service service, Service? stored)
    {
        if (service.Type != ServiceType.LoadBalancer)
        {
            if (service.BalancerIps.Count > 0) service = service with { BalancerIps = default };
            return null;
        }

        if (stored is { BalancerIps.Count: > 0 })
        {
            service = service with { BalancerIps = stored.BalancerIps };
            return null;
        }

        long offset = _externals.Next();
        if (offset < 0) return new ApiError(ApiErrorCode.InternalError, $"no external address is left in {_balancers.Cidr}");
        service = service with { BalancerIps = [_balancers[offset]] };
        return null;
    }

    private static ApiError Invalid(string field, string problem) => new(ApiErrorCode.Invalid, $"{field}: {problem}");
}
