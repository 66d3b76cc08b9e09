namespace SchedBench.Core.Objects;

/// <summary>How a service is reached.</summary>
public enum ServiceType : byte
{
    /// <summary>Inside the cluster, by its cluster address.</summary>
    ClusterIP,

    /// <summary>Also on a port of every node.</summary>
    NodePort,

    /// <summary>Also by a balancer outside.</summary>
    LoadBalancer,

    /// <summary>A name for a host outside.</summary>
    ExternalName,
}

/// <summary>A Service (v1): one address for the ready pods of a selector.</summary>
public sealed record Service : KubeObject
{
    /// <summary>Type.</summary>
    public ServiceType Type { get; init; }

    /// <summary>Pods behind it; null when endpoints are written by somebody else.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Ports.</summary>
    public ValueList<ServicePort> Ports { get; init; }

    /// <summary>Cluster addresses, given by the store where the manifest states none; <c>None</c> for a headless service.</summary>
    public ValueList<string> ClusterIps { get; init; }

    /// <summary>Address families, <c>IPv4</c> and <c>IPv6</c>.</summary>
    public ValueList<string> IpFamilies { get; init; }

    /// <summary>Addresses outside that lead here too.</summary>
    public ValueList<string> ExternalIps { get; init; }

    /// <summary>Addresses that the balancer outside has got (<c>status.loadBalancer.ingress</c>).</summary>
    public ValueList<string> BalancerIps { get; init; }

    /// <summary>Host outside, of an ExternalName.</summary>
    public string ExternalName { get; init; } = "";

    /// <summary>Whether pods that are not ready are published too.</summary>
    public bool PublishesNotReady { get; init; }

    /// <summary>Whether a client stays with its pod (<c>sessionAffinity: ClientIP</c>).</summary>
    public bool HasClientAffinity { get; init; }

    /// <summary>How long after its last connection (<c>sessionAffinityConfig.clientIP.timeoutSeconds</c>), at most a day.</summary>
    public TimeSpan AffinityTimeout { get; init; } = TimeSpan.FromSeconds(10_800);

    /// <summary>Whether nodes send outside requests to their own pods only (<c>externalTrafficPolicy: Local</c>).</summary>
    public bool IsExternalLocal { get; init; }

    /// <summary>Whether it has no cluster address: its DNS name gives the pods'.</summary>
    public bool IsHeadless => ClusterIps.Count > 0 && ClusterIps[0] == "None";

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Service;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Service service && service with { Metadata = Metadata, Document = Document } == this;

    /// <inheritdoc/>
    public override KubeObject WithStatusOf(KubeObject stored) => stored is Service service && ClusterIps.Count == 0 ? this with { ClusterIps = service.ClusterIps, IpFamilies = IpFamilies.Count == 0 ? service.IpFamilies : IpFamilies } : this;
}

/// <summary>A port of a service.</summary>
/// <param name="Name">Name, or empty.</param>
/// <param name="Port">Port of the service.</param>
/// <param name="TargetPort">Port of the pods, or 0 with <paramref name="TargetName"/>.</param>
/// <param name="TargetName">Name of the pods' port, or empty.</param>
/// <param name="NodePort">Port of every node, or 0.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
public readonly record struct ServicePort(string Name, int Port, int TargetPort, string TargetName, int NodePort, string Protocol);

/// <summary>A pod behind a service, as an EndpointSlice lists it.</summary>
/// <param name="PodUid">Identity of the pod.</param>
/// <param name="PodName">Its name.</param>
/// <param name="Node">Its node, as a place in the run's order.</param>
/// <param name="IsReady">Condition ready: takes requests.</param>
/// <param name="IsServing">Condition serving: would take them, were it not terminating.</param>
/// <param name="IsTerminating">Condition terminating.</param>
public readonly record struct Endpoint(long PodUid, string PodName, int Node, bool IsReady, bool IsServing, bool IsTerminating);

/// <summary>Up to 100 endpoints of a service (discovery.k8s.io/v1 EndpointSlice).</summary>
public sealed record EndpointSlice : KubeObject
{
    /// <summary>Most endpoints of one slice.</summary>
    public const int MostEndpoints = 100;

    /// <summary>Service that it belongs to.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Endpoints, by pod identity.</summary>
    public ValueList<Endpoint> Endpoints { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.EndpointSlice;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is EndpointSlice slice && slice.ServiceName == ServiceName && slice.Endpoints == Endpoints;
}

/// <summary>An Ingress (networking.k8s.io/v1): routes of hosts and paths to services.</summary>
public sealed record Ingress : KubeObject
{
    /// <summary>Routes, in order.</summary>
    public ValueList<IngressRoute> Routes { get; init; }

    /// <summary>Service for all else, or empty.</summary>
    public string DefaultService { get; init; } = "";

    /// <summary>Share of the requests of an equal route that this one takes, in percent (<c>nginx.ingress.kubernetes.io/canary-weight</c>); null for an
    /// ordinary ingress.</summary>
    public int? CanaryWeight { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.Ingress;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is Ingress ingress && ingress with { Metadata = Metadata, Document = Document } == this;
}

/// <summary>A route of an Ingress.</summary>
/// <param name="Host">Host, <c>*.host</c>, or empty for all.</param>
/// <param name="Path">Path.</param>
/// <param name="IsExact">Whether the path must be equal; otherwise it is a prefix by whole elements.</param>
/// <param name="Service">Service.</param>
/// <param name="Port">Port of the service, or 0 with <paramref name="PortName"/>.</param>
/// <param name="PortName">Name of the port, or empty.</param>
public readonly record struct IngressRoute(string Host, string Path, bool IsExact, string Service, int Port, string PortName);

/// <summary>Who may talk to whom (networking.k8s.io/v1 NetworkPolicy): pods that no policy selects talk freely.</summary>
public sealed record NetworkPolicy : KubeObject
{
    /// <summary>Pods that it is about.</summary>
    public required LabelSelector Pods { get; init; }

    /// <summary>Whether incoming traffic is limited to <see cref="Ingress"/>.</summary>
    public bool LimitsIngress { get; init; }

    /// <summary>Whether outgoing traffic is limited to <see cref="Egress"/>.</summary>
    public bool LimitsEgress { get; init; }

    /// <summary>Peers that may come in; any of them suffices.</summary>
    public ValueList<NetworkPeer> Ingress { get; init; }

    /// <summary>Peers that may be reached.</summary>
    public ValueList<NetworkPeer> Egress { get; init; }

    /// <inheritdoc/>
    public override ResourceKind Kind => ResourceKind.NetworkPolicy;

    /// <inheritdoc/>
    public override bool HasSameSpec(KubeObject other) => other is NetworkPolicy policy && policy with { Metadata = Metadata, Document = Document } == this;
}

/// <summary>A peer of a NetworkPolicy's rule, with the ports of the rule.</summary>
/// <param name="Namespaces">Namespaces by their labels; null means the policy's own.</param>
/// <param name="Pods">Pods by their labels; null means all of the namespaces.</param>
/// <param name="IsEverybody">Whether the rule names no peer at all: everybody.</param>
/// <param name="Ports">Ports; empty means all.</param>
public sealed record NetworkPeer(LabelSelector? Namespaces, LabelSelector? Pods, bool IsEverybody, ValueList<int> Ports)
{
    /// <summary>Ports by their name in the target pod, beside <see cref="Ports"/>: all ports are meant only when both are empty.</summary>
    public ValueList<string> PortNames { get; init; }
}
