using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <summary>What a name stands for.</summary>
/// <param name="Addresses">Cluster addresses of a service.</param>
/// <param name="Pods">Identities of pods: what a headless service or the name of one pod gives (pods have identities here, not addresses).</param>
/// <param name="CanonicalName">Another name that stands for it (CNAME), or empty.</param>
public sealed record DnsAnswer(ValueList<string> Addresses, ValueList<long> Pods, string CanonicalName);

/// <summary>Names of services and pods inside the cluster (Kubernetes DNS specification 1.1, CoreDNS <c>plugin/kubernetes</c>).</summary>
/// <remarks>Names with fewer than five dots are looked up under <c>NAMESPACE.svc.cluster.local</c>, <c>svc.cluster.local</c> and <c>cluster.local</c> first, as a pod's resolv.conf says. Answers follow the store
/// at once: a real answer may be kept for its TTL. Not modelled: SRV records, <c>a-b-c-d.ns.pod</c> names, hosts outside of the cluster.</remarks>
public sealed class ServiceDns(ObjectView view)
{
    /// <summary>Domain of the cluster.</summary>
    public const string Domain = "cluster.local";

    private const int NameDots = 5;
    private const string Suffix = ".svc." + Domain;

    /// <summary>Looks a name up.</summary>
    /// <param name="name">Name, with or without the cluster's domain.</param>
    /// <param name="fromNamespace">Namespace of the pod that asks.</param>
    /// <returns>What it stands for; null when there is no such name.</returns>
    public DnsAnswer? Resolve(string name, string fromNamespace)
    {
        if (name.EndsWith('.')) return Qualified(name[..^1]);
        string asked = name.ToLowerInvariant();
        if (asked.AsSpan().Count('.') >= NameDots && Qualified(asked) is { } absolute) return absolute;
        return Qualified($"{asked}.{fromNamespace}{Suffix}") ?? Qualified(asked + Suffix) ?? Qualified($"{asked}.{Domain}") ?? Qualified(asked);
    }

    private DnsAnswer? Qualified(string name)
    {
        if (!name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)) return null;
        string[] labels = name[..^Suffix.Length].ToLowerInvariant().Split('.');
        return labels.Length switch
        {
            2 => OfService(labels[0], labels[1]),
            3 => OfPod(labels[0], labels[1], labels[2]),
            _ => null,
        };
    }

    private DnsAnswer? OfService(string name, string ns)
    {
        if (view.Find<Service>(ResourceKind.Service, ns, name) is not { } service) return null;
        if (service.Type == ServiceType.ExternalName) return new DnsAnswer(default, default, service.ExternalName);
        if (!service.IsHeadless) return new DnsAnswer(service.ClusterIps, default, "");
        List<long> pods = ReadyOf(service);
        return pods.Count == 0 ? null : new DnsAnswer(default, [.. pods], "");
    }

    /// <summary>A pod by its host name, if it belongs to the headless service of that name.</summary>
    private DnsAnswer? OfPod(string host, string serviceName, string ns)
    {
        if (view.Find<Service>(ResourceKind.Service, ns, serviceName) is not { IsHeadless: true } service) return null;
        foreach (long uid in ReadyOf(service))
        {
            if (view.Find(uid) is Pod pod && HostOf(pod) == host && SubdomainOf(pod) == serviceName) return new DnsAnswer(default, [uid], "");
        }

        return null;
    }

    private List<long> ReadyOf(Service service)
    {
        var pods = new List<long>();
        IReadOnlyList<KubeObject> owned = view.OwnedBy(service.Uid).Items;
        // Slices that somebody else writes for a service without selector have no owner.
        foreach (KubeObject item in owned.Count > 0 ? owned : view.All(ResourceKind.EndpointSlice))
        {
            if (item is not EndpointSlice slice || slice.ServiceName != service.Name || slice.Metadata.Namespace != service.Metadata.Namespace) continue;
            foreach (ref readonly Endpoint endpoint in slice.Endpoints.AsSpan())
            {
                if (endpoint.IsReady) pods.Add(endpoint.PodUid);
            }
        }

        pods.Sort();
        return pods;
    }

    /// <summary>The host name that a pod's spec states, or the name of a StatefulSet's pod; others have no name of their own.</summary>
    private static string HostOf(Pod pod) => pod.Spec.Hostname.Length > 0 ? pod.Spec.Hostname : IsOfStatefulSet(pod) ? pod.Name : "";

    private string SubdomainOf(Pod pod)
    {
        if (pod.Spec.Subdomain.Length > 0) return pod.Spec.Subdomain;
        return IsOfStatefulSet(pod) && view.Find(pod.Metadata.Controller!.Value.Uid) is StatefulSet set ? set.ServiceName : "";
    }

    private static bool IsOfStatefulSet(Pod pod) => pod.Metadata.Controller is { Kind: ResourceKind.StatefulSet };
}
