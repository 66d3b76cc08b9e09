using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Manifests.Reading;

/// <summary>Lists of resources (<c>core/v1.ResourceList</c>): CPU in milli, everything else in bytes or whole units.</summary>
internal static class AmountReading
{
    internal const string Cpu = "cpu";
    internal const string Memory = "memory";
    internal const string EphemeralStorage = "ephemeral-storage";
    internal const string Storage = "storage";
    internal const string Pods = "pods";

    /// <summary>The extended resource that stands for whole GPU devices.</summary>
    internal const string Gpu = "nvidia.com/gpu";

    /// <summary>Label from which the GPU model of a node is taken.</summary>
    internal const string GpuModelLabel = "nvidia.com/gpu.product";

    private const string HugePages = "hugepages-";

    private static readonly string[] Native = [Cpu, Memory, EphemeralStorage, HugePages + "2Mi", HugePages + "1Gi"];

    /// <summary>Amounts by name, as written. Wrong ones are reported and left out.</summary>
    internal static SortedDictionary<string, (long Amount, YamlValue At)> Read(YamlMap? map, string key, Func<string, TextError?>? rule = null)
    {
        var amounts = new SortedDictionary<string, (long, YamlValue)>(StringComparer.Ordinal);
        foreach ((string name, YamlValue value) in map?.Entries(key) ?? [])
        {
            if (rule?.Invoke(name) is { } error) value.Report(error.Expected);
            if (Amount(name, value) is { } amount) amounts[name] = (amount, value);
        }

        return amounts;
    }

    /// <summary>An amount in the unit of its resource.</summary>
    internal static long? Amount(string name, YamlValue value) => IsCpu(name) ? value.CpuMilli() : value.WholeUnits();

    /// <summary>Whether the resource is counted in thousandths: CPU, also of quotas.</summary>
    internal static bool IsCpu(string name) => name is Cpu or "requests.cpu" or "limits.cpu";

    /// <summary>Whether requests and limits of the resource have to be equal: it cannot be shared out beyond what is there.</summary>
    internal static bool IsExact(string name) => name.StartsWith(HugePages, StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal);

    /// <summary>Names of resources that containers and nodes may state.</summary>
    internal static TextError? CheckResource(string name)
    {
        if (name is Cpu or Memory or EphemeralStorage || name.StartsWith(HugePages, StringComparison.Ordinal)) return null;
        if (name.Contains('/', StringComparison.Ordinal)) return KubernetesName.CheckQualifiedName(name) is { } error ? error with { Expected = error.Expected + ", as the resource's name" } : null;
        string nearest = NearestName.Find(name, Native) is { } meant ? $"; did you mean '{meant}'?" : "";
        return new TextError(0, $"expected one of {string.Join(", ", Native)}, or a name with a prefix such as example.com/fpga, as the resource's name{nearest}");
    }
}
