using System.Globalization;
using SchedBench.Chaos.Effects;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Chaos.Formats.ChaosMesh;

/// <summary>PhysicalMachineChaos: machines are slow, full, or badly connected.</summary>
/// <remarks>Source: <c>api/v1alpha1/physical_machine_chaos_types.go</c> of Chaos Mesh 2.6. Machines are the nodes of the fleet.</remarks>
internal static class MachineKinds
{
    private const string NoAddresses = "a run knows no single addresses and ports: the way to everybody is meant";

    /// <summary>Actions that are read, and those that have no meaning, with why.</summary>
    private static readonly (string Name, string? Why)[] Actions =
    [
        ("stress-cpu", null), ("stress-mem", null), ("disk-fill", null), ("network-delay", null), ("network-loss", null), ("network-corrupt", null), ("network-partition", null), ("network-bandwidth", null), ("network-down", null),
        ("network-duplicate", NetworkKinds.NoOrder), ("network-dns", "names are looked up by clients, not by machines: DNSChaos has names that are not found"), ("network-flood", "ways of a run have no limit that could be used up"),
        ("disk-read-payload", "disks of a run have no throughput"), ("disk-write-payload", "disks of a run have no throughput"), ("process", "processes of a run are those of pods: PodChaos kills them"), ("clock", "nothing in a run reads the clock of a machine"),
        .. new[] { "jvm-exception", "jvm-gc", "jvm-latency", "jvm-return", "jvm-stress", "jvm-rule-data", "jvm-mysql" }.Select(name => (name, (string?)"containers of a run have no JVM")),
        .. new[] { "redis-expiration", "redis-penetration", "redis-cacheLimit", "redis-restart", "redis-stop", "kafka-fill", "kafka-flood", "kafka-io" }.Select(name => (name, (string?)"a run has no such server")),
        .. new[] { "http-abort", "http-delay", "http-config", "http-request" }.Select(name => (name, (string?)"requests go to pods: HTTPChaos has them")),
        .. new[] { "file-create", "file-modify", "file-delete", "file-rename", "file-append", "file-replace" }.Select(name => (name, (string?)"machines of a run have no files")),
        ("vm", "machines of a run are in no other machines; AWSChaos, AzureChaos and GCPChaos stop them"), ("user_defined", "what it does is not known"),
    ];

    private static readonly (string Name, int Value)[] Places = [.. Actions.Select((action, n) => (action.Name, n))];

    /// <summary>The kind.</summary>
    internal static MeshChaos PhysicalMachineChaos(YamlMap spec, MeshResource resource)
    {
        FaultReading.Refuse(spec, "remoteCluster", "a run has one cluster");
        FaultReading.Harmless(spec, "uid");
        TimeSpan? duration = FaultReading.Length(spec.Optional("duration"));
        TargetSpec target = Machines(spec, resource);
        YamlValue? stated = spec.Required("action");
        int? place = stated?.OneOf(Places);
        string? action = place is { } n ? Actions[n].Name : null;
        foreach ((string name, _) in Actions)
        {
            spec.Know(name);
            if (name != action && spec.Peek(name) is { } idle && !FaultReading.IsEmpty(idle)) idle.Report($"expected this key only beside the action {name}");
        }

        if (place is { } known && Actions[known].Why is { } why) stated!.Report($"expected another action: {why}");
        if (action is null || Actions[place!.Value].Why is not null) return MeshChaos.None;
        if (spec.Optional(action)?.Map() is not { } map)
        {
            if (!spec.Has(action)) spec.Report($"expected {action} beside this action");
            return MeshChaos.None;
        }

        FaultEffect? effect = action switch
        {
            "stress-cpu" => StressCpu(map, resource.Reading),
            "stress-mem" => Fill(map, "memoryPressure", "options"),
            "disk-fill" => Fill(map, "diskFull", "path", "fill-by-fallocate"),
            _ => Network(map, action, resource.Reading),
        };
        if (action == "network-down") duration = FaultReading.Length(map.Optional("duration")) ?? duration;
        return effect is null ? MeshChaos.None : new MeshChaos([new MeshEffect("", effect, target)], duration);
    }

    private static TargetSpec Machines(YamlMap spec, MeshResource resource)
    {
        FaultReading.Refuse(spec, "address", "machines are chosen by selector.physicalMachines, by the names of nodes, or by labels");
        (TargetMode mode, int value) = MeshSelector.Mode(spec);
        var nodes = new List<string>();
        LabelSelector? labels = null;
        if (spec.Required("selector")?.Map() is { } selector)
        {
            // Machines have namespaces in Chaos Mesh alone.
            FaultReading.Harmless(selector, "namespaces");
            foreach ((_, YamlValue list) in selector.Optional("physicalMachines")?.Entries() ?? []) nodes.AddRange(list.Items(1).Select(item => item.Text()).OfType<string>().Select(resource.Reading.NameOf));
            labels = MeshSelector.Labels(selector);
            foreach (string key in (string[])["fieldSelectors", "annotationSelectors"]) FaultReading.Refuse(selector, key, "nodes are chosen by name or by labels");
            if (labels is not null && nodes.Count > 0) selector.Report("expected either physicalMachines or labels");
        }

        return new TargetSpec { Nodes = nodes, Selector = labels, Mode = mode, Value = value };
    }

    /// <summary>A thread of <c>load</c> percents on every CPU leaves the others the rest of it, half of it at least, as equals share a CPU.</summary>
    private static FaultEffect StressCpu(YamlMap map, FaultReading reading)
    {
        FaultReading.Refuse(map, "options", "options of stress-ng are not known");
        long load = map.Optional("load")?.Integer(1, 100) ?? 100;
        if (map.Optional("workers") is { } workers && workers.Integer(1, 8192) is not null) reading.Note(workers, "taken for one worker on every CPU of the machine");
        decimal left = Math.Max(0.5m, 1 - (load / 100m));
        return EffectCatalog.Of("slowCpu").With("factor", (1 / left).ToString("0.######", CultureInfo.InvariantCulture));
    }

    private static FaultEffect? Fill(YamlMap map, string effect, params ReadOnlySpan<string> others)
    {
        foreach (string key in others)
        {
            if (key == "options") FaultReading.Refuse(map, key, "options of stress-ng are not known");
            else map.Know(key);
        }

        if (map.Required("size") is not { } size) return null;
        string text = size.PlainText.Trim();
        if (text.EndsWith('%')) return FaultReading.With(EffectCatalog.Of(effect), "percent", text[..^1], size);
        return ByteText.Size(size) is { } bytes ? FaultReading.With(EffectCatalog.Of(effect), "bytes", bytes.ToString(CultureInfo.InvariantCulture), size) : null;
    }

    private static FaultEffect? Network(YamlMap map, string action, FaultReading reading)
    {
        FaultReading.Harmless(map, "device");
        foreach (string key in (string[])["source-port", "egress-port", "ip-address", "hostname", "accept-tcp-flags"])
        {
            if (map.Has(key)) FaultReading.Refuse(map, key, NoAddresses);
        }

        if (map.Optional("ip-protocol") is { } protocol && protocol.Text() is not (null or "" or "all" or "tcp")) protocol.Report("expected tcp or all: requests here go over TCP");
        switch (action)
        {
            case "network-delay":
                NetworkKinds.Correlated(map, reading, map.Has("jitter") && map.Peek("jitter")!.PlainText is not ("" or "0" or "0s" or "0ms"));
                return NetworkKinds.Delay(map, map.Required("latency"))?.With("direction", "to");
            case "network-loss" or "network-corrupt":
                NetworkKinds.Correlated(map, reading, hasDraws: true);
                return NetworkKinds.Loss(map.Required("percent"))?.With("direction", "to");
            case "network-bandwidth":
                FaultReading.Harmless(map, "limit", "buffer", "peakrate", "minburst");
                return map.Required("rate") is { } rate && ByteText.Rate(rate) is { } bytes ? EffectCatalog.Of("bandwidth").With("bytesPerSecond", bytes.ToString(CultureInfo.InvariantCulture)) : null;
            case "network-partition":
                string? direction = map.Optional("direction") is { } way && !FaultReading.IsEmpty(way) ? way.OneOf([("to", 0), ("from", 1), ("both", 2)]) switch { 0 => "to", 1 => "from", _ => "both" } : "both";
                return EffectCatalog.Of("partition").With("direction", direction);
            default:
                return EffectCatalog.Of("partition");
        }
    }
}
