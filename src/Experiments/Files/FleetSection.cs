using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Readers;

namespace SchedBench.Experiments.Files;

/// <summary>One item of <c>fleets</c>.</summary>
internal static class FleetSection
{
    /// <summary>Nodes of one fleet.</summary>
    internal const int MostNodes = 1_000_000;

    /// <summary>What a pod limit may be; the kubelet's default is 110.</summary>
    internal const int MostPods = 1_000_000;

    private const int MostGpus = 64;

    private const int MostTaints = 100;

    internal static FleetSpec Read(YamlMap map, ExperimentReading reading)
    {
        string name = ExperimentReading.Name(map);
        return map.ExactlyOneOf("nodes", "pools") switch
        {
            "nodes" => new FleetSpec(name) { Nodes = map.Required("nodes")?.Map() is { } nodes ? ReadNodes(nodes, reading) : null },
            "pools" => new FleetSpec(name) { Pools = ReadPools(map.Required("pools")!) },
            _ => new FleetSpec(name),
        };
    }

    private static NodeFile ReadNodes(YamlMap map, ExperimentReading reading)
    {
        string format = map.Required("format") is { } value
            ? ExperimentReading.Known(value, "a format of node lists", [.. NodeReaderCatalog.All.Select(known => known.Format)])
            : "";
        return new NodeFile(
            format,
            reading.File(map, format),
            map.Optional("order")?.OneOf(Words.Orders) ?? RecordOrder.Recorded,
            map.Optional("strict")?.Boolean() ?? false,
            map.Optional("subset")?.Map() is { } subset ? ReadSubset(subset) : null);
    }

    private static NodeSubset? ReadSubset(YamlMap map) => map.ExactlyOneOf("fraction", "count") switch
    {
        "fraction" => new NodeSubset(map.Required("fraction")?.Decimal(0.000001m, 1) ?? 1, null),
        "count" => new NodeSubset(null, (int)(map.Required("count")?.Integer(1, MostNodes) ?? 1)),
        _ => null,
    };

    private static List<PoolSpec> ReadPools(YamlValue list)
    {
        var pools = new List<PoolSpec>();
        var names = new List<(string, YamlValue)>();
        foreach (YamlValue item in list.Items(1, ExperimentReading.MostLevels))
        {
            if (item.Map() is not { } map) continue;
            pools.Add(ReadPool(map));
            if (map.Peek("name") is { } name) names.Add((name.PlainText, name));
        }

        ExperimentReading.Distinct(names, "expected every name once in its list");
        if (pools.Sum(pool => (long)pool.Count) > MostNodes) list.Report($"expected at most {MostNodes} nodes in all pools together");
        CheckSum(list, "cpu", pools, node => node.CpuMilli);
        CheckSum(list, "memory", pools, node => node.MemoryBytes);
        CheckSum(list, "ephemeralStorage", pools, node => node.EphemeralStorageBytes);
        foreach (string resource in pools.SelectMany(pool => pool.Template.Extended).Select(extended => extended.Name).Distinct(StringComparer.Ordinal))
        {
            CheckSum(list, resource, pools, node => node.Extended.Where(extended => extended.Name == resource).Sum(extended => extended.Amount));
        }

        return pools;
    }

    private static PoolSpec ReadPool(YamlMap map)
    {
        string name = ExperimentReading.Name(map);
        int count = (int)(map.Required("count")?.Integer(1, MostNodes) ?? 1);
        YamlValue? model = map.Optional("gpuModel");
        var template = new NodeSpec
        {
            Name = name,
            CpuMilli = map.Required("cpu")?.CpuMilli() ?? 0,
            MemoryBytes = map.Required("memory")?.WholeUnits() ?? 0,
            EphemeralStorageBytes = map.Optional("ephemeralStorage")?.WholeUnits() ?? 0,
            Pods = (int)(map.Optional("pods")?.Integer(0, MostPods) ?? new NodeSpec { Name = name }.Pods),
            GpuCount = (int)(map.Optional("gpus")?.Integer(0, MostGpus) ?? 0),
            GpuModel = LabelValue(model),
            Zone = LabelValue(map.Optional("zone")),
            Labels = ReadLabels(map.Optional("labels")),
            Taints = ReadTaints(map.Optional("taints")),
            Extended = ReadExtended(map.Optional("extended")),
        };
        if (template.GpuCount == 0) model?.Report("expected gpus of 1 or more beside gpuModel");
        return new PoolSpec(name, count, template);
    }

    private static string LabelValue(YamlValue? value)
    {
        if (value?.Text() is not { } text) return "";
        if (text.Length == 0) value.Report("expected a name, or the key left out");
        else if (KubernetesName.CheckLabelValue(text) is { } error) value.Report(error);
        return text;
    }

    private static ValueList<Label> ReadLabels(YamlValue? value)
    {
        var labels = new List<Label>();
        foreach ((string key, YamlValue labelValue) in value?.Entries() ?? [])
        {
            if (KubernetesName.CheckQualifiedName(key) is { } keyError) labelValue.Report($"{keyError.Expected}, as the label's key");
            string text = labelValue.Text() ?? "";
            if (KubernetesName.CheckLabelValue(text) is { } error) labelValue.Report(error);
            labels.Add(new Label(key, text));
        }

        return [.. labels.OrderBy(label => label.Key, StringComparer.Ordinal)];
    }

    private static ValueList<Taint> ReadTaints(YamlValue? list)
    {
        var taints = new List<Taint>();
        foreach (YamlValue item in list?.Items(0, MostTaints) ?? [])
        {
            if (item.Map() is not { } map) continue;
            YamlValue? key = map.Required("key");
            string name = key?.Text() ?? "";
            if (key is not null && name == key.PlainText && KubernetesName.CheckQualifiedName(name) is { } error) key.Report(error);
            TaintEffect? effect = map.Required("effect")?.OneOf(Words.TaintEffects);
            var taint = new Taint(name, map.Optional("value") is { } value ? LabelValue(value) : "", effect ?? TaintEffect.NoSchedule);
            if (taints.Any(other => other.Key == taint.Key && other.Effect == taint.Effect)) item.Report("expected taints that differ in key or effect");
            taints.Add(taint);
        }

        return [.. taints];
    }

    private static ValueList<ResourceAmount> ReadExtended(YamlValue? value)
    {
        var amounts = new List<ResourceAmount>();
        foreach ((string name, YamlValue amount) in value?.Entries() ?? [])
        {
            if (!name.Contains('/', StringComparison.Ordinal)) amount.Report("expected an extended resource with a prefix, such as example.com/fpga");
            else if (KubernetesName.CheckQualifiedName(name) is { } error) amount.Report($"{error.Expected}, as the resource's name");
            amounts.Add(new ResourceAmount(name, amount.WholeUnits() ?? 0));
        }

        return [.. amounts.OrderBy(amount => amount.Name, StringComparer.Ordinal)];
    }

    private static void CheckSum(YamlValue list, string resource, List<PoolSpec> pools, Func<NodeSpec, long> amount)
    {
        Int128 sum = 0;
        foreach (PoolSpec pool in pools) sum += (Int128)pool.Count * amount(pool.Template);
        if (sum > long.MaxValue) list.Report($"expected pools whose {resource} adds up to at most 2^63-1 (thousandths of a CPU, bytes or whole units)");
    }
}
