using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Plan;

/// <summary>Writes the resolved experiment in its canonical form: keys in the order of the file format, every default stated, decimals without trailing zeros,
/// durations and instants in their shortest exact text, quantities as whole milli and bytes.</summary>
internal static partial class ExperimentJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Everything, for the manifest.</summary>
    internal static ReadOnlyMemory<byte> Write(Experiment experiment, CellFilter only, IReadOnlyList<PlannedInput> inputs, string product) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("product", product);
        json.WriteString("apiVersion", Experiment.ApiVersion);
        json.WriteString("kind", Experiment.Kind);
        json.WriteString("name", experiment.Name);
        json.WriteString("epoch", Rfc3339.Format(experiment.Epoch));
        WriteList(json, "seeds", experiment.Seeds, seed => json.WriteNumberValue(seed));
        json.WriteString("only", only.Text);
        WriteList(json, "fleets", experiment.Fleets, fleet => WriteFleet(json, fleet));
        WriteList(json, "workloads", experiment.Workloads, workload => WriteWorkload(json, workload));
        if (experiment.Faults.Any(set => set.Sources.Count > 0)) WriteList(json, "faults", experiment.Faults, set => WriteFaults(json, set));
        WriteList(json, "strategies", experiment.Strategies, strategy => WriteStrategy(json, strategy));
        json.WriteString("baseline", experiment.Baseline);
        json.WriteNumber("timelineNodes", experiment.TimelineNodes);
        WriteReport(json, experiment);
        WriteList(json, "inputs", inputs, input =>
        {
            json.WriteStartObject();
            json.WriteString("path", input.Path);
            json.WriteString("sha256", input.Sha256Hex);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    });

    /// <summary>One fleet alone.</summary>
    internal static string Text(FleetSpec fleet) => Encoding.UTF8.GetString(Write(json => WriteFleet(json, fleet)).Span);

    /// <summary>One workload alone.</summary>
    internal static string Text(WorkloadSpec workload) => Encoding.UTF8.GetString(Write(json => WriteWorkload(json, workload)).Span);

    /// <summary>One fault set alone.</summary>
    internal static string Text(FaultSet set) => Encoding.UTF8.GetString(Write(json => WriteFaults(json, set)).Span);

    /// <summary>One strategy alone.</summary>
    internal static string Text(StrategySpec strategy) => Encoding.UTF8.GetString(Write(json => WriteStrategy(json, strategy)).Span);

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        write(json);
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteFleet(Utf8JsonWriter json, FleetSpec fleet)
    {
        json.WriteStartObject();
        json.WriteString("name", fleet.Name);
        if (fleet.Nodes is { } nodes)
        {
            json.WriteStartObject("nodes");
            json.WriteString("format", nodes.Format);
            json.WriteString("path", nodes.Path.Written);
            json.WriteString("order", Words.Of(Words.Orders, nodes.Order));
            json.WriteBoolean("strict", nodes.Strict);
            if (nodes.Subset?.Fraction is { } fraction) WriteDecimal(json, "subsetFraction", fraction);
            if (nodes.Subset?.Count is { } count) json.WriteNumber("subsetCount", count);
            json.WriteEndObject();
        }
        else
        {
            WriteList(json, "pools", fleet.Pools, pool => WritePool(json, pool));
        }

        json.WriteEndObject();
    }

    private static void WritePool(Utf8JsonWriter json, PoolSpec pool)
    {
        NodeSpec node = pool.Template;
        json.WriteStartObject();
        json.WriteString("name", pool.Name);
        json.WriteNumber("count", pool.Count);
        json.WriteNumber("cpuMilli", node.CpuMilli);
        json.WriteNumber("memoryBytes", node.MemoryBytes);
        json.WriteNumber("ephemeralStorageBytes", node.EphemeralStorageBytes);
        json.WriteNumber("pods", node.Pods);
        json.WriteNumber("gpus", node.GpuCount);
        json.WriteString("gpuModel", node.GpuModel);
        json.WriteString("zone", node.Zone);
        json.WriteStartObject("labels");
        foreach (Label label in node.Labels) json.WriteString(label.Key, label.Value);
        json.WriteEndObject();
        WriteList(json, "taints", node.Taints, taint =>
        {
            json.WriteStartObject();
            json.WriteString("key", taint.Key);
            json.WriteString("value", taint.Value);
            json.WriteString("effect", Words.Of(Words.TaintEffects, taint.Effect));
            json.WriteEndObject();
        });
        json.WriteStartObject("extended");
        foreach (ResourceAmount amount in node.Extended) json.WriteNumber(amount.Name, amount.Amount);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWorkload(Utf8JsonWriter json, WorkloadSpec workload)
    {
        json.WriteStartObject();
        json.WriteString("name", workload.Name);
        if (workload.Trace is { } trace)
        {
            json.WriteStartObject("trace");
            json.WriteString("format", trace.Format);
            json.WriteString("path", trace.Path.Written);
            json.WriteBoolean("strict", trace.Options.Strict);
            WriteWords(json, "settings", trace.Settings);
            json.WriteEndObject();
        }

        if (workload.Replay is ClusterReplay cluster)
        {
            WriteCluster(json, cluster);
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject("replay");
        switch (workload.Replay)
        {
            case SaturateReplay saturate:
                json.WriteString("mode", "saturate");
                json.WriteString("order", Words.Of(Words.Orders, saturate.Order));
                if (saturate.Until is not { } until) break;
                json.WriteStartObject("until");
                json.WriteString("resource", Words.Of(Words.Resources, until.Resource));
                WriteDecimal(json, "ofCapacity", until.OfCapacity);
                json.WriteEndObject();
                break;
            case TimedReplay timed:
                json.WriteString("mode", "timed");
                json.WriteString("from", DurationText.Format(timed.From));
                if (timed.To is { } to) json.WriteString("to", DurationText.Format(to));
                WriteDecimal(json, "compress", timed.Compress);
                WriteDecimal(json, "shake", timed.Shake);
                json.WriteString("startLatency", DurationText.Format(timed.StartLatency));
                json.WriteString("cacheDelay", DurationText.Format(timed.CacheDelay));
                json.WriteString("bindLatency", DurationText.Format(timed.BindLatency));
                break;
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStrategy(Utf8JsonWriter json, StrategySpec strategy)
    {
        json.WriteStartObject();
        json.WriteString("name", strategy.Name);
        json.WriteString("tieBreak", strategy.TieBreakName);
        json.WriteString("label", strategy.Label);
        if (strategy.File is { } file) json.WriteString("config", file.Name);
        WriteWords(json, "options", strategy.Options);
        json.WriteEndObject();
    }

    private static void WriteReport(Utf8JsonWriter json, Experiment experiment)
    {
        json.WriteStartObject("report");
        WriteList(json, "metrics", experiment.Report.Metrics, json.WriteStringValue);
        WriteList(json, "figures", experiment.Report.Figures, json.WriteStringValue);
        json.WriteEndObject();
        if (experiment.Published is { } published)
        {
            json.WriteStartObject("expected");
            json.WriteString("path", published.Written);
            json.WriteBoolean("found", published.Path is not null);
            json.WriteString("source", published.Source);
            json.WriteString("fleet", published.Fleet);
            json.WriteString("xColumn", published.XColumn);
            json.WriteString("xMetric", published.XMetric);
            WriteWords(json, "metrics", published.Metrics);
            WriteWords(json, "strategies", published.Strategies);
            json.WriteEndObject();
        }

        WriteList(json, "expect", experiment.Expectations, expectation =>
        {
            json.WriteStartObject();
            json.WriteString("metric", expectation.Metric);
            json.WriteString("statistic", Words.Of(Words.Statistics, expectation.Statistic));
            if (expectation.Strategy is { } strategy) json.WriteString("strategy", strategy);
            if (expectation.Workload is { } workload) json.WriteString("workload", workload);
            if (expectation.Fleet is { } fleet) json.WriteString("fleet", fleet);
            if (expectation.Faults is { } faults) json.WriteString("faults", faults);
            if (expectation.Service is { } service) json.WriteString("service", service);
            if (expectation.At is { } at) WriteDecimal(json, "at", at);
            if (expectation.AtLeast is { } atLeast) WriteDecimal(json, "atLeast", atLeast);
            if (expectation.AtMost is { } atMost) WriteDecimal(json, "atMost", atMost);
            json.WriteEndObject();
        });
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items) write(item);
        json.WriteEndArray();
    }

    private static void WriteWords(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, string>> words)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in words) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteDecimal(Utf8JsonWriter json, string name, decimal value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(Decimals.Text(value));
    }
}
