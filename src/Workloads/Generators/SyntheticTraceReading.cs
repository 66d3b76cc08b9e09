using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Generators;

/// <summary>One reading of a file of options: types here, ranges in <see cref="SyntheticTraceRules"/>.</summary>
internal sealed class SyntheticTraceReading
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    private static readonly (string, ArrivalProcess)[] Processes =
        [("poisson", ArrivalProcess.Poisson), ("gamma", ArrivalProcess.Gamma), ("weibull", ArrivalProcess.Weibull), ("together", ArrivalProcess.Together)];

    private static readonly (string, LoadResource)[] Resources = [("cpu", LoadResource.Cpu), ("memory", LoadResource.Memory), ("gpu", LoadResource.Gpu)];

    private readonly Dictionary<string, (int Line, int Column)> _places = new(StringComparer.Ordinal);

    public SyntheticTraceOptions Read(YamlMap root)
    {
        root.Required("apiVersion")?.OneOf([(SyntheticTraceFile.ApiVersion, 0)]);
        root.Required("kind")?.OneOf([(SyntheticTraceFile.Kind, 0)]);
        string name = root.Required("metadata")?.Map() is { } metadata ? Name(metadata) : "";
        YamlMap? spec = Seen(root.Required("spec"))?.Map();
        if (spec is null) return new SyntheticTraceOptions { Name = name, Pods = 1, Arrivals = new ArrivalOptions(), Classes = [] };
        return new SyntheticTraceOptions
        {
            Name = name,
            Seed = Seen(spec.Optional("seed"))?.Unsigned(0, ulong.MaxValue) ?? 1,
            Pods = (int)(Seen(spec.Required("pods"))?.Integer(1, SyntheticTraceRules.MostPods) ?? 1),
            TimeStep = Seen(spec.Optional("timeStep"))?.Duration(TimeSpan.FromTicks(1), TimeSpan.FromDays(1)) ?? TimeSpan.FromMilliseconds(1),
            Fleet = [.. Maps(spec.Optional("fleet")).Select(ReadPool)],
            Arrivals = Seen(spec.Required("arrivals"))?.Map() is { } arrivals ? ReadArrivals(arrivals) : new ArrivalOptions(),
            Lifetime = ReadLifetime(spec),
            Classes = [.. Maps(spec.Required("classes")).Select(ReadClass)],
        };
    }

    /// <summary>A problem with the place of its field, or of the nearest field above it.</summary>
    public InputProblem Placed(InputProblem problem)
    {
        for (string path = problem.Field; path.Length > 0; path = path[..Math.Max(path.LastIndexOf('.'), 0)])
        {
            if (_places.TryGetValue(path, out (int Line, int Column) place)) return problem with { Line = place.Line, Column = place.Column };
        }

        return problem;
    }

    private YamlValue? Seen(YamlValue? value)
    {
        if (value is not null) _places.TryAdd(value.Path, (value.Line, value.Column));
        return value;
    }

    private IEnumerable<YamlMap> Maps(YamlValue? list)
    {
        foreach (YamlValue item in Seen(list)?.Items(1, SyntheticTraceRules.MostClasses) ?? [])
        {
            if (Seen(item)!.Map() is { } map) yield return map;
        }
    }

    private string Name(YamlMap map)
    {
        if (Seen(map.Required("name")) is not { } value || value.Text() is not { } name) return "";
        if (KubernetesName.CheckSubdomain(name) is { } error) value.Report(error);
        return name;
    }

    private NodePoolOptions ReadPool(YamlMap map)
    {
        string name = Name(map);
        var zones = new List<string>();
        foreach (YamlValue zone in Seen(map.Optional("zones"))?.Items(1, 1000) ?? []) zones.Add(LabelValue(zone));
        var template = new NodeSpec
        {
            Name = name,
            CpuMilli = Seen(map.Required("cpu"))?.CpuMilli() ?? 0,
            MemoryBytes = Seen(map.Required("memory"))?.WholeUnits() ?? 0,
            EphemeralStorageBytes = Seen(map.Optional("ephemeralStorage"))?.WholeUnits() ?? 0,
            Pods = (int)(Seen(map.Optional("pods"))?.Integer(0, int.MaxValue) ?? new NodeSpec { Name = name }.Pods),
            GpuCount = (int)(Seen(map.Optional("gpus"))?.Integer(0, 64) ?? 0),
            GpuModel = LabelValue(Seen(map.Optional("gpuModel"))),
            Labels = ReadLabels(map.Optional("labels")),
            Extended = ReadAmounts(map.Optional("extended"), least: 0),
        };
        return new NodePoolOptions(name, (int)(Seen(map.Required("count"))?.Integer(1, SyntheticTraceRules.MostNodes) ?? 1), template, zones);
    }

    private ArrivalOptions ReadArrivals(YamlMap map) => new()
    {
        Process = Seen(map.Required("process"))?.OneOf(Processes) ?? ArrivalProcess.Poisson,
        Shape = Number(map.Optional("shape")) ?? 1,
        MeanInterarrival = Seen(map.Optional("meanInterarrival"))?.Duration(TimeSpan.FromTicks(1), Longest),
        OfferedLoad = Seen(map.Optional("offeredLoad"))?.Map() is { } load
            ? new OfferedLoadOptions(Seen(load.Required("resource"))?.OneOf(Resources) ?? LoadResource.Cpu, Number(load.Required("ofCapacity")) ?? 1)
            : null,
        Daily = Seen(map.Optional("daily"))?.Map() is { } daily ? ReadDaily(daily) : null,
        Bursts = Seen(map.Optional("bursts"))?.Map() is { } bursts
            ? new BurstOptions(Number(bursts.Required("factor")) ?? 2, Length(bursts.Required("meanBurst")), Length(bursts.Required("meanCalm")))
            : null,
    };

    private DailyCycleOptions ReadDaily(YamlMap map)
    {
        TimeSpan period = Seen(map.Optional("period"))?.Duration(TimeSpan.FromTicks(1), Longest) ?? TimeSpan.FromDays(1);
        if (map.ExactlyOneOf("weights", "amplitude") != "amplitude")
        {
            map.Know("peak");
            var weights = new List<double>();
            foreach (YamlValue item in Seen(map.Optional("weights"))?.Items(1, SyntheticTraceRules.MostWeights) ?? []) weights.Add((double)(item.Decimal(0, 1_000_000_000) ?? 1));
            return new DailyCycleOptions(period, weights);
        }

        double amplitude = (double)(Seen(map.Required("amplitude"))?.Decimal(0, 1) ?? 0);
        return DailyCycleOptions.Wave(period, amplitude, Seen(map.Required("peak"))?.Duration(TimeSpan.Zero, period) ?? TimeSpan.Zero);
    }

    private DemandClassOptions ReadClass(YamlMap map)
    {
        int gpus = (int)(Seen(map.Optional("gpus"))?.Integer(0, 64) ?? 0);
        var models = new List<string>();
        foreach (YamlValue model in Seen(map.Optional("gpuModels"))?.Items(1, 1000) ?? []) models.Add(LabelValue(model));
        return new DemandClassOptions
        {
            Name = Name(map),
            Weight = Number(map.Optional("weight")) ?? 1,
            CpuMilli = map.ExactlyOneOf("cpu", "cpuMilli") == "cpuMilli"
                ? Drawn(map.Optional("cpuMilli"), Demand.DrawnCpuMilli)
                : Demand.Exactly(Seen(map.Optional("cpu"))?.CpuMilli() ?? 0),
            MemoryBytes = map.ExactlyOneOf("memory", "memoryMib") == "memoryMib"
                ? Drawn(map.Optional("memoryMib"), Demand.DrawnMemoryMib)
                : Demand.Exactly(Seen(map.Optional("memory"))?.WholeUnits() ?? 0),
            GpuMilli = ReadGpuMilli(map),
            Template = new PodSpec
            {
                GpuCount = gpus,
                GpuMilliPerDevice = gpus == 0 ? 0 : PodSpec.WholeGpuMilli,
                GpuModels = ValueList.Create<string>([.. models.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]),
                EphemeralStorageBytes = Seen(map.Optional("ephemeralStorage"))?.WholeUnits() ?? 0,
                Extended = ReadAmounts(map.Optional("extended"), least: 1),
                NodeSelector = ReadLabels(map.Optional("nodeSelector")),
                App = LabelValue(Seen(map.Optional("app"))),
                MaxPerNode = (int)(Seen(map.Optional("maxPerNode"))?.Integer(0, int.MaxValue) ?? 0),
                Priority = (int)(Seen(map.Optional("priority"))?.Integer(int.MinValue, int.MaxValue) ?? 0),
            },
            Lifetime = ReadLifetime(map),
            GroupShare = Number(map.Optional("groupShare")) ?? 0,
            GroupSize = Seen(map.Optional("groupSize"))?.Map() is { } size ? Bounded(size, 2, SyntheticTraceRules.MostMembers) : null,
            FailedShare = Number(map.Optional("failedShare")) ?? 0,
        };
    }

    private Demand ReadGpuMilli(YamlMap map)
    {
        if (Seen(map.Optional("gpuMilli")) is not { } value) return Demand.Exactly(PodSpec.WholeGpuMilli);
        return value.IsMap ? Drawn(value, Demand.DrawnGpuMilli, 1, PodSpec.WholeGpuMilli) : Demand.Exactly(value.Integer(1, PodSpec.WholeGpuMilli) ?? 1);
    }

    private BoundedDistribution? ReadLifetime(YamlMap map)
    {
        if (Seen(map.Optional("lifetime")) is not { } value) return null;
        const double longestSeconds = 3_153_600_000;
        if (value.IsMap) return value.Map() is { } drawn ? Bounded(drawn, 0, longestSeconds) : null;
        double seconds = (value.Duration(TimeSpan.FromTicks(1), Longest) ?? TimeSpan.FromSeconds(1)).TotalSeconds;
        return new BoundedDistribution(DistributionYaml.Constant(seconds), 0, longestSeconds);
    }

    private Demand Drawn(YamlValue? value, Func<BoundedDistribution, Demand> make, double least = 0, double most = 1L << 30) =>
        Seen(value)?.Map() is { } map ? make(Bounded(map, least, most)) : Demand.Exactly(0);

    private BoundedDistribution Bounded(YamlMap map, double least, double most) =>
        new(DistributionYaml.Read(map, "atLeast", "atMost"), Number(map.Optional("atLeast")) ?? least, Number(map.Optional("atMost")) ?? most);

    private double? Number(YamlValue? value) => (double?)Seen(value)?.Decimal(-1_000_000_000_000_000, 1_000_000_000_000_000);

    private TimeSpan Length(YamlValue? value) => Seen(value)?.Duration(TimeSpan.FromTicks(1), Longest) ?? TimeSpan.FromSeconds(1);

    private static string LabelValue(YamlValue? value)
    {
        if (value?.Text() is not { } text) return "";
        if (text.Length == 0) value.Report("expected a name, or the key left out");
        else if (KubernetesName.CheckLabelValue(text) is { } error) value.Report(error);
        return text;
    }

    private ValueList<Label> ReadLabels(YamlValue? value)
    {
        var labels = new List<Label>();
        foreach ((string key, YamlValue label) in Seen(value)?.Entries() ?? [])
        {
            if (KubernetesName.CheckQualifiedName(key) is { } error) label.Report(error.Expected);
            if (label.Text() is { } text) labels.Add(new Label(key, text));
        }

        return ValueList.Create<Label>([.. labels.OrderBy(label => label.Key, StringComparer.Ordinal)]);
    }

    private ValueList<ResourceAmount> ReadAmounts(YamlValue? value, long least)
    {
        var amounts = new List<ResourceAmount>();
        foreach ((string key, YamlValue amount) in Seen(value)?.Entries() ?? [])
        {
            if (KubernetesName.CheckQualifiedName(key) is { } error) amount.Report(error.Expected);
            if (amount.Integer(least, 1L << 50) is { } number) amounts.Add(new ResourceAmount(key, number));
        }

        return ValueList.Create<ResourceAmount>([.. amounts.OrderBy(amount => amount.Name, StringComparer.Ordinal)]);
    }
}
