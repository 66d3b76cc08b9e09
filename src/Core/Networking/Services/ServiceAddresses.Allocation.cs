using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Networking;

/// <content>Cluster addresses and node ports.</content>
public sealed partial class ServiceAddresses
{
    private ApiError? CompleteAddresses(ref Service service, Service? stored, long uid)
    {
        ValueList<string> kept = stored?.ClusterIps ?? default;
        if (service.ClusterIps.Count == 0 && kept.Count > 0) service = service with { ClusterIps = kept };
        else if (kept.Count > 0 && service.ClusterIps[0] != kept[0]) return Invalid("spec.clusterIPs[0]", $"Invalid value: \"{service.ClusterIps[0]}\": may not change once set");
        // A service that goes back to one family gives its second address back.
        if (service.ClusterIps == kept && service.IpFamilies.Count == 1 && kept.Count == 2) service = service with { ClusterIps = [kept[0]] };
        if (service.ClusterIps.Count > 2) return Invalid("spec.clusterIPs", "may only hold up to 2 values");
        if (FamiliesOf(service, out string[] families) is { } problem) return problem;
        if (service.IsHeadless)
        {
            if (service.ClusterIps.Count > 1) return Invalid("spec.clusterIPs", "'None' must be the first and only value");
            if (service.Type != ServiceType.ClusterIP) return Invalid("spec.clusterIPs[0]", $"may not be set to 'None' for {service.Type} services");
            service = service with { IpFamilies = [.. families] };
            return null;
        }

        var given = new List<string>();
        for (int i = 0; i < families.Length; i++)
        {
            int family = families[i] == Ipv4 ? 0 : 1;
            string field = string.Create(CultureInfo.InvariantCulture, $"spec.clusterIPs[{i}]");
            if (i >= service.ClusterIps.Count)
            {
                long next = _addresses[family].Next();
                if (next < 0) return new ApiError(ApiErrorCode.InternalError, $"failed to allocate a serviceIP: range {_ranges[family].Cidr} is full");
                given.Add(_ranges[family][next]);
                continue;
            }

            string asked = service.ClusterIps[i];
            long offset = _ranges[family].OffsetOf(asked);
            if (offset < 0) return Invalid(field, $"Invalid value: \"{asked}\": failed to allocate IP {asked}: the provided IP is not in the valid range {_ranges[family].Cidr}");
            if (_addresses[family].OwnerOf(offset) is not 0 and var owner && owner != uid)
                return Invalid(field, $"Invalid value: \"{asked}\": failed to allocate IP {asked}: provided IP is already allocated");
            given.Add(_ranges[family][offset]);
        }

        service = service with { ClusterIps = [.. given], IpFamilies = [.. families] };
        return null;
    }

    /// <summary>Families as stated, else as the addresses say, else the default.</summary>
    private ApiError? FamiliesOf(Service service, out string[] families)
    {
        families = [.. service.IpFamilies];
        foreach (string family in families)
        {
            if (family is not (Ipv4 or Ipv6)) return Invalid("spec.ipFamilies", $"Unsupported value: \"{family}\": supported values: \"{Ipv4}\", \"{Ipv6}\"");
        }

        if (families.Length > 2 || (families.Length == 2 && families[0] == families[1])) return Invalid("spec.ipFamilies", "may only hold each family once");
        if (families.Length == 0 && service.IsHeadless) families = [_options.DefaultFamily];
        if (service.IsHeadless) return null;
        if (families.Length == 0) families = [.. service.ClusterIps.Select(address => address.Contains(':', StringComparison.Ordinal) ? Ipv6 : Ipv4)];
        if (families.Length == 0) families = [_options.DefaultFamily];
        return families.Length < service.ClusterIps.Count ? Invalid("spec.clusterIPs", "holds more values than spec.ipFamilies") : null;
    }

    private ApiError? CompletePorts(ref Service service, Service? stored, long uid)
    {
        bool hasNodePorts = service.Type is ServiceType.NodePort or ServiceType.LoadBalancer;
        ServicePort[] ports = [.. service.Ports];
        // Stated ones first: what is given out must not be what a later port asks for.
        var mine = new HashSet<long>();
        for (int i = 0; i < ports.Length; i++)
        {
            if (hasNodePorts && ports[i].NodePort == 0 && stored is not null) ports[i] = ports[i] with { NodePort = NodePortBefore(stored, in ports[i]) };
            int asked = ports[i].NodePort;
            if (asked == 0) continue;
            string field = string.Create(CultureInfo.InvariantCulture, $"spec.ports[{i}].nodePort");
            if (!hasNodePorts)
            {
                // A service that was one with node ports and is none any more loses those that it has; nobody else may state them.
                if (stored is null || NodePortBefore(stored, in ports[i]) != asked) return Invalid(field, $"Forbidden: may not be used when `type` is '{service.Type}'");
                ports[i] = ports[i] with { NodePort = 0 };
                continue;
            }

            if (asked < _options.FirstNodePort || asked > _options.LastNodePort)
                return Invalid(field, string.Create(CultureInfo.InvariantCulture, $"Invalid value: {asked}: provided port is not in the valid range. The range of valid ports is {_options.FirstNodePort}-{_options.LastNodePort}"));
            long number = asked - _options.FirstNodePort;
            if (_ports.OwnerOf(number) is not 0 and var owner && owner != uid)
                return Invalid(field, string.Create(CultureInfo.InvariantCulture, $"Invalid value: {asked}: provided port is already allocated"));
            for (int k = 0; k < i; k++)
            {
                if (ports[k].NodePort == asked && ports[k].Protocol == ports[i].Protocol) return Invalid(field, string.Create(CultureInfo.InvariantCulture, $"Duplicate value: {asked}"));
            }

            mine.Add(number);
        }

        for (int i = 0; i < ports.Length && hasNodePorts; i++)
        {
            if (ports[i].NodePort != 0) continue;
            long next = _ports.Next(mine);
            if (next < 0) return new ApiError(ApiErrorCode.InternalError, "failed to allocate a nodePort: range is full");
            mine.Add(next);
            ports[i] = ports[i] with { NodePort = _options.FirstNodePort + (int)next };
        }

        if (!service.Ports.AsSpan().SequenceEqual(ports)) service = service with { Ports = [.. ports] };
        return null;
    }

    /// <summary>The node port that the same port of the service has; 0 when it has none.</summary>
    private static int NodePortBefore(Service stored, in ServicePort port)
    {
        foreach (ref readonly ServicePort before in stored.Ports.AsSpan())
        {
            if (before.Port == port.Port && before.Protocol == port.Protocol) return before.NodePort;
        }

        return 0;
    }
}
