namespace SchedBench.Core.Networking;

/// <summary>Ranges that services get their addresses and ports from. Defaults are those of kubeadm and kube-apiserver.</summary>
public sealed record ServiceAddressOptions
{
    /// <summary>Defaults.</summary>
    public static ServiceAddressOptions Default { get; } = new();

    /// <summary>IPv4 cluster addresses (kubeadm <c>serviceSubnet</c>).</summary>
    public string Ipv4Range { get; init; } = "10.96.0.0/12";

    /// <summary>IPv6 cluster addresses.</summary>
    public string Ipv6Range { get; init; } = "fd00:10:96::/112";

    /// <summary>Family of a service that states none.</summary>
    public string DefaultFamily { get; init; } = ServiceAddresses.Ipv4;

    /// <summary>First node port (kube-apiserver <c>--service-node-port-range</c>).</summary>
    public int FirstNodePort { get; init; } = 30000;

    /// <summary>Last node port.</summary>
    public int LastNodePort { get; init; } = 32767;

    /// <summary>Addresses outside of the cluster that balancers get, one for each service: the range that RFC 2544 keeps for benchmarks.</summary>
    public string BalancerRange { get; init; } = "198.18.0.0/15";
}
