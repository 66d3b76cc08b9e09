using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Services.</summary>
internal static class ServiceReading
{
    private const int FirstNodePort = 30_000;
    private const int LastNodePort = 32_767;
    private const string Headless = "None";

    private static readonly (string, ServiceType)[] Types =
    [
        ("ClusterIP", ServiceType.ClusterIP), ("NodePort", ServiceType.NodePort), ("LoadBalancer", ServiceType.LoadBalancer),
        ("ExternalName", ServiceType.ExternalName),
    ];

    internal static Service Read(YamlMap root, ObjectMeta meta)
    {
        YamlMap spec = WorkloadReading.Spec(root);
        ServiceType type = spec.Choice("type", ServiceType.ClusterIP, Types);
        ValueList<string> addresses = ReadClusterIps(spec, type);
        bool isHeadless = addresses.Count > 0 && addresses[0] == Headless;
        if (isHeadless && type is ServiceType.NodePort or ServiceType.LoadBalancer) spec.Optional("clusterIP")?.Report("expected None only with the type ClusterIP");
        bool isExternal = type is ServiceType.NodePort or ServiceType.LoadBalancer;
        string policy = spec.Text("externalTrafficPolicy");
        if (policy.Length > 0 && !isExternal && spec.Values("externalIPs").Count == 0) spec.Optional("externalTrafficPolicy")!.Report("expected it only with the types NodePort and LoadBalancer");
        ValueList<ServicePort> ports = ReadPorts(spec, isExternal);
        if (ports.Count == 0 && !isHeadless && type != ServiceType.ExternalName) spec.Report("expected ports with at least one port");
        ValueList<Label> labels = type == ServiceType.ExternalName ? [] : MetaReading.ReadLabels(spec, "selector");
        return new Service
        {
            Metadata = meta,
            Type = type,
            Selector = labels.Count == 0 ? null : LabelSelector.Of(labels),
            Ports = ports,
            ClusterIps = addresses,
            IpFamilies = ReadFamilies(spec, type, addresses),
            ExternalIps = ReadExternalIps(spec),
            ExternalName = ReadExternalName(spec, type),
            PublishesNotReady = spec.Flag("publishNotReadyAddresses"),
            HasClientAffinity = spec.Text("sessionAffinity") == "ClientIP",
            AffinityTimeout = ReadAffinityTimeout(spec),
            IsExternalLocal = policy == "Local",
        };
    }

    private static TimeSpan ReadAffinityTimeout(YamlMap spec)
    {
        const int Usual = 10_800, Day = 86_400;
        if (spec.Child("sessionAffinityConfig") is not { } config) return TimeSpan.FromSeconds(Usual);
        if (spec.Text("sessionAffinity") != "ClientIP") spec.Optional("sessionAffinityConfig")!.Report("expected it only with sessionAffinity: ClientIP");
        return TimeSpan.FromSeconds(config.Child("clientIP")?.Count("timeoutSeconds", Usual, 1, Day) ?? Usual);
    }

    private static ValueList<ServicePort> ReadPorts(YamlMap spec, bool isExternal)
    {
        var ports = new List<ServicePort>();
        bool hasSeveral = spec.Values("ports").Count > 1;
        foreach (YamlMap map in spec.Children("ports"))
        {
            string name = map.Checked("name", text => text.Length == 0 ? null : KubernetesName.CheckDnsLabel(text)), protocol = ContainerReading.Protocol(map);
            int number = map.Count("port", 0, 1, 65_535), nodePort = 0;
            if (name.Length == 0 && hasSeveral) map.Report("expected a name: with several ports each needs one");
            if (name.Length > 0 && ports.Exists(port => port.Name == name)) map.Optional("name")!.Report("expected every port name once in its service");
            if (ports.Exists(port => port.Port == number && port.Protocol == protocol)) map.Optional("port")?.Report("expected every pair of port and protocol once in its service");
            if (map.Optional("nodePort") is { PlainText: not "0" } value)
            {
                nodePort = map.Count("nodePort", 0, FirstNodePort, LastNodePort);
                if (!isExternal) value.Report("expected nodePort only with the types NodePort and LoadBalancer");
            }

            (int Port, string Name) target = map.Optional("targetPort") is { PlainText: not ("0" or "") } targetValue ? targetValue.Port() : (number, "");
            ports.Add(new ServicePort(name, number, target.Port, target.Name, nodePort, protocol));
        }

        return [.. ports];
    }

    private static ValueList<string> ReadClusterIps(YamlMap spec, ServiceType type)
    {
        ValueList<string> several = spec.Texts("clusterIPs");
        string first = spec.Text("clusterIP");
        if (several.Count > 0 && first.Length > 0 && several[0] != first) spec.Optional("clusterIPs")!.Report("expected clusterIP as the first of clusterIPs");
        if (several.Count == 0 && first.Length > 0) several = [first];
        if (several.Count > 2) spec.Optional("clusterIPs")!.Report("expected at most two addresses, one a family");
        if (type == ServiceType.ExternalName && several.Count > 0) (spec.Optional("clusterIP") ?? spec.Optional("clusterIPs"))!.Report("expected no cluster address with the type ExternalName");
        foreach (YamlValue value in spec.Values("clusterIPs").Append(spec.Optional("clusterIP")).OfType<YamlValue>())
        {
            if (value.PlainText is not (Headless or "") && !IpText.IsAddress(value.PlainText)) value.Report($"{IpText.Expected}, or None");
        }

        return several;
    }

    /// <summary>Families as stated, or of the stated addresses, or IPv4, with IPv6 beside it when two are asked for.</summary>
    private static ValueList<string> ReadFamilies(YamlMap spec, ServiceType type, ValueList<string> addresses)
    {
        const string V4 = "IPv4", V6 = "IPv6";
        ValueList<string> stated = spec.Texts("ipFamilies");
        if (type == ServiceType.ExternalName || stated.Count > 2 || (stated.Count == 2 && stated[0] == stated[1]))
        {
            if (stated.Count > 0) spec.Optional("ipFamilies")!.Report(type == ServiceType.ExternalName ? "expected no families with the type ExternalName" : "expected every family once");
            return [];
        }

        string first = stated.Count > 0 ? stated[0] : addresses.Count > 0 && addresses[0].Contains(':', StringComparison.Ordinal) ? V6 : V4;
        bool isDual = stated.Count == 2 || spec.Text("ipFamilyPolicy") is "PreferDualStack" or "RequireDualStack" || addresses.Count == 2;
        return isDual ? [first, first == V4 ? V6 : V4] : [first];
    }

    private static ValueList<string> ReadExternalIps(YamlMap spec)
    {
        foreach (YamlValue value in spec.Values("externalIPs"))
        {
            bool isUsable = IpText.IsAddress(value.PlainText) && value.PlainText is not ("0.0.0.0" or "::" or "::1") && !value.PlainText.StartsWith("127.", StringComparison.Ordinal);
            if (!isUsable) value.Report($"{IpText.Expected}, not of this host alone");
        }

        return spec.Texts("externalIPs");
    }

    private static string ReadExternalName(YamlMap spec, ServiceType type)
    {
        if (type != ServiceType.ExternalName) return "";
        string name = spec.Required("externalName", "expected the name of a host outside");
        if (name.Length > 0 && KubernetesName.CheckSubdomain(name.TrimEnd('.')) is { } error) spec.Optional("externalName")!.Report(error);
        return name;
    }
}
