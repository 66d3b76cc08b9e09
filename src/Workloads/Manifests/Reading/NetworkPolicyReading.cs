using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>NetworkPolicies.</summary>
internal static class NetworkPolicyReading
{
    internal static NetworkPolicy Read(ObjectReading reading, YamlMap root, ObjectMeta meta)
    {
        YamlMap? spec = root.Child("spec");
        ValueList<string> types = spec?.Texts("policyTypes") ?? [];
        bool hasEgress = spec?.Values("egress").Count > 0;
        return new NetworkPolicy
        {
            Metadata = meta,
            Pods = (spec is null ? null : SelectorReading.Read(spec, "podSelector")) ?? LabelSelector.Everything,
            LimitsIngress = types.Count == 0 || types.Contains("Ingress"),
            LimitsEgress = types.Count == 0 ? hasEgress : types.Contains("Egress"),
            Ingress = ReadRules(reading, spec, "ingress", "from"),
            Egress = ReadRules(reading, spec, "egress", "to"),
        };
    }

    private static ValueList<NetworkPeer> ReadRules(ObjectReading reading, YamlMap? spec, string key, string peersKey)
    {
        var peers = new List<NetworkPeer>();
        foreach (YamlMap rule in spec?.Children(key) ?? [])
        {
            (ValueList<int> ports, ValueList<string> names) = ReadPorts(rule);
            if (rule.Values(peersKey).Count == 0) peers.Add(new NetworkPeer(null, null, IsEverybody: true, ports) { PortNames = names });
            foreach (YamlMap peer in rule.Children(peersKey))
            {
                if (ReadPeer(reading, peer, ports) is { } read) peers.Add(read with { PortNames = names });
            }
        }

        return [.. peers];
    }

    private static NetworkPeer? ReadPeer(ObjectReading reading, YamlMap map, ValueList<int> ports)
    {
        if (map.Optional("ipBlock") is not { } value)
        {
            if (!map.Has("podSelector") && !map.Has("namespaceSelector")) map.Report("expected podSelector, namespaceSelector or ipBlock");
            return new NetworkPeer(SelectorReading.Read(map, "namespaceSelector"), SelectorReading.Read(map, "podSelector"), IsEverybody: false, ports);
        }

        if (map.Has("podSelector") || map.Has("namespaceSelector")) map.Report("expected ipBlock alone");
        if (value.Map() is not { } block) return null;
        YamlValue? cidr = block.Optional("cidr");
        foreach (YamlValue text in block.Values("except").Append(cidr).OfType<YamlValue>())
        {
            if (!IpText.IsBlock(text.PlainText)) text.Report("expected a block of addresses, such as 10.0.0.0/8");
        }

        // Pods have no addresses that a block could name, but all addresses are everybody.
        if (cidr?.PlainText is "0.0.0.0/0" or "::/0" && block.Values("except").Count == 0) return new NetworkPeer(null, null, IsEverybody: true, ports);
        reading.Note(value, "blocks of addresses name nobody inside the cluster: this peer is left out");
        return null;
    }

    private static (ValueList<int> Ports, ValueList<string> Names) ReadPorts(YamlMap rule)
    {
        var ports = new SortedSet<int>();
        var names = new List<string>();
        bool isAll = rule.Values("ports").Count == 0;
        foreach (YamlMap map in rule.Children("ports"))
        {
            if (map.Optional("port") is not { } value)
            {
                map.Optional("endPort")?.Report("expected port beside endPort");
                isAll = true;
                continue;
            }

            (int port, string name) = value.Port();
            if (name.Length > 0)
            {
                map.Optional("endPort")?.Report("expected a number as port beside endPort");
                names.Add(name);
                continue;
            }

            int last = map.Count("endPort", port, Math.Max(port, 1), 65_535);
            for (int number = port; number <= last; number++) ports.Add(number);
        }

        return isAll ? ([], []) : ([.. ports], [.. names]);
    }
}
