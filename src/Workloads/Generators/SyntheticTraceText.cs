using System.Globalization;
using System.Text;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Resources;

namespace SchedBench.Workloads.Generators;

/// <summary>Writes options as YAML.</summary>
internal sealed class SyntheticTraceText
{
    private readonly StringBuilder _text = new();

    public string Write(SyntheticTraceOptions options, IReadOnlyList<string> comment)
    {
        foreach (string line in comment) _text.Append("# ").Append(line).Append('\n');
        Line(0, "apiVersion", SyntheticTraceFile.ApiVersion);
        Line(0, "kind", SyntheticTraceFile.Kind);
        _text.Append("metadata: { name: ").Append(Quoted(options.Name)).Append(" }\n");
        _text.Append("spec:\n");
        Line(1, "seed", options.Seed.ToString(CultureInfo.InvariantCulture));
        Line(1, "pods", Whole(options.Pods));
        Line(1, "timeStep", DurationText.Format(options.TimeStep));
        if (options.Fleet.Count > 0) _text.Append("  fleet:\n");
        foreach (NodePoolOptions pool in options.Fleet) WritePool(pool);
        WriteArrivals(options.Arrivals);
        if (options.Lifetime is not null) Line(1, "lifetime", Drawn(options.Lifetime));
        _text.Append("  classes:\n");
        foreach (DemandClassOptions kind in options.Classes) WriteClass(kind);
        return _text.ToString();
    }

    private void WritePool(NodePoolOptions pool)
    {
        var item = new Flow();
        item.Add("name", Quoted(pool.Name));
        item.Add("count", Whole(pool.Count));
        item.Add("cpu", Quoted(Quantity.FromMilli(pool.Template.CpuMilli).ToString()));
        item.Add("memory", Quoted(Quantity.FromBytes(pool.Template.MemoryBytes).ToString()));
        item.Add("ephemeralStorage", Quoted(Quantity.FromBytes(pool.Template.EphemeralStorageBytes).ToString()), pool.Template.EphemeralStorageBytes != 0);
        item.Add("pods", Whole(pool.Template.Pods));
        item.Add("gpus", Whole(pool.Template.GpuCount), pool.Template.GpuCount != 0);
        item.Add("gpuModel", Quoted(pool.Template.GpuModel), pool.Template.GpuModel.Length > 0);
        item.Add("zones", List(pool.Zones.Count > 0 ? pool.Zones : [pool.Template.Zone]), pool.Zones.Count > 0 || pool.Template.Zone.Length > 0);
        item.Add("labels", Labels(pool.Template.Labels), pool.Template.Labels.Count > 0);
        item.Add("extended", Amounts(pool.Template.Extended), pool.Template.Extended.Count > 0);
        _text.Append("    - ").Append(item).Append('\n');
    }

    private void WriteArrivals(ArrivalOptions arrivals)
    {
        _text.Append("  arrivals:\n");
        Line(2, "process", arrivals.Process.ToString().ToLowerInvariant());
        if (arrivals.Process is ArrivalProcess.Gamma or ArrivalProcess.Weibull) Line(2, "shape", Number(arrivals.Shape));
        if (arrivals.MeanInterarrival is TimeSpan mean) Line(2, "meanInterarrival", DurationText.Format(mean));
        if (arrivals.OfferedLoad is OfferedLoadOptions load)
        {
            Line(2, "offeredLoad", $"{{ resource: {load.Resource.ToString().ToLowerInvariant()}, ofCapacity: {Number(load.OfCapacity)} }}");
        }

        if (arrivals.Daily is DailyCycleOptions daily)
        {
            Line(2, "daily", $"{{ period: {DurationText.Format(daily.Period)}, weights: [{string.Join(", ", daily.Weights.Select(Number))}] }}");
        }

        if (arrivals.Bursts is BurstOptions bursts)
        {
            Line(2, "bursts", $"{{ factor: {Number(bursts.Factor)}, meanBurst: {DurationText.Format(bursts.MeanBurst)}, meanCalm: {DurationText.Format(bursts.MeanCalm)} }}");
        }
    }

    private void WriteClass(DemandClassOptions kind)
    {
        PodSpec template = kind.Template;
        var item = new Flow();
        item.Add("name", Quoted(kind.Name));
        item.Add("weight", Number(kind.Weight));
        if (kind.CpuMilli.Drawn is BoundedDistribution cpu) item.Add("cpuMilli", Drawn(cpu));
        else item.Add("cpu", Quoted(Quantity.FromMilli(kind.CpuMilli.Amount).ToString()));
        if (kind.MemoryBytes.Drawn is BoundedDistribution memory) item.Add("memoryMib", Drawn(memory));
        else item.Add("memory", Quoted(Quantity.FromBytes(kind.MemoryBytes.Amount).ToString()));
        item.Add("ephemeralStorage", Quoted(Quantity.FromBytes(template.EphemeralStorageBytes).ToString()), template.EphemeralStorageBytes != 0);
        item.Add("gpus", Whole(template.GpuCount), template.GpuCount != 0);
        if (kind.GpuMilli.Drawn is BoundedDistribution share) item.Add("gpuMilli", Drawn(share));
        else item.Add("gpuMilli", Whole(kind.GpuMilli.Amount), kind.GpuMilli.Amount != PodSpec.WholeGpuMilli);
        item.Add("gpuModels", List(template.GpuModels), template.GpuModels.Count > 0);
        item.Add("extended", Amounts(template.Extended), template.Extended.Count > 0);
        item.Add("nodeSelector", Labels(template.NodeSelector), template.NodeSelector.Count > 0);
        item.Add("app", Quoted(template.App), template.App.Length > 0);
        item.Add("maxPerNode", Whole(template.MaxPerNode), template.MaxPerNode != 0);
        item.Add("priority", Whole(template.Priority), template.Priority != 0);
        if (kind.Lifetime is not null) item.Add("lifetime", Drawn(kind.Lifetime));
        item.Add("groupShare", Number(kind.GroupShare), kind.GroupShare > 0);
        if (kind.GroupSize is not null) item.Add("groupSize", Drawn(kind.GroupSize));
        item.Add("failedShare", Number(kind.FailedShare), kind.FailedShare > 0);
        _text.Append("    - ").Append(item).Append('\n');
    }

    private void Line(int depth, string key, string value) => _text.Append(' ', 2 * depth).Append(key).Append(": ").Append(value).Append('\n');

    private static string Drawn(BoundedDistribution drawn)
    {
        var item = new Flow();
        item.Add("distribution", drawn.Distribution.Name);
        foreach ((string parameter, IReadOnlyList<double> values) in drawn.Distribution.Parameters)
        {
            item.Add(parameter, values.Count == 1 ? Number(values[0]) : $"[{string.Join(", ", values.Select(Number))}]");
        }

        item.Add("atLeast", Number(drawn.AtLeast));
        item.Add("atMost", Number(drawn.AtMost));
        return item.ToString();
    }

    /// <summary>Plain decimal notation; the file's numbers have at most 15 digits.</summary>
    private static string Number(double value) => Shortened(value).ToString(CultureInfo.InvariantCulture);

    private static decimal Shortened(double value)
    {
        // double → decimal keeps 15 significant digits; small numbers keep 15 digits in all.
        decimal number = decimal.Round((decimal)value, 14);
        for (int places = 14; places > 0 && number.ToString(CultureInfo.InvariantCulture).Count(char.IsAsciiDigit) > 15; places--) number = decimal.Round(number, places - 1);
        return number / 1.000000000000000000000000000000m;
    }

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string List(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(Quoted))}]";

    private static string Labels(ValueList<Label> labels) => $"{{ {string.Join(", ", labels.Select(label => $"{Quoted(label.Key)}: {Quoted(label.Value)}"))} }}";

    private static string Amounts(ValueList<ResourceAmount> amounts) => $"{{ {string.Join(", ", amounts.Select(amount => $"{Quoted(amount.Name)}: {Whole(amount.Amount)}"))} }}";

    /// <summary>A mapping on one line.</summary>
    private sealed class Flow
    {
        private readonly StringBuilder _text = new();

        public void Add(string key, string value, bool present = true)
        {
            if (present) _text.Append(_text.Length == 0 ? "{ " : ", ").Append(key).Append(": ").Append(value);
        }

        public override string ToString() => _text + " }";
    }
}
