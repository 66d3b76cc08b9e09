using System.Buffers;
using System.Text;
using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Experiments.External;

/// <summary>The lines of the protocol between the program and a strategy process (<c>docs/strategy-protocol.md</c>): one JSON object a line, UTF-8.</summary>
internal sealed class StrategyProtocol
{
    /// <summary>Version.</summary>
    public const int Version = 1;

    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly StringBuilder _lines = new();

    /// <summary>What was written since the last call.</summary>
    public string Take()
    {
        string lines = _lines.ToString();
        _lines.Clear();
        return lines;
    }

    /// <summary>The greeting: what the run is, and every node as it is now.</summary>
    public void Hello(StrategyContext context) => Line("hello", json =>
    {
        json.WriteNumber("protocol", Version);
        json.WriteNumber("seed", context.Seed);
        json.WriteStartArray("nodes");
        for (int n = 0; n < context.View.Count; n++)
        {
            json.WriteStartObject();
            Node(json, context.View, new NodeIndex(n));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>A node changed.</summary>
    public void NodeChanged(ClusterView view, NodeIndex node) => Line("node", json => Node(json, view, node));

    /// <summary>A shape, before the first message that names it.</summary>
    public void Shape(int number, PodSpec spec) => Line("shape", json =>
    {
        json.WriteNumber("shape", number);
        json.WriteNumber("cpuMilli", spec.CpuMilli);
        json.WriteNumber("memoryBytes", spec.MemoryBytes);
        json.WriteNumber("ephemeralStorageBytes", spec.EphemeralStorageBytes);
        json.WriteNumber("gpus", spec.GpuCount);
        json.WriteNumber("gpuMilli", spec.GpuMilliPerDevice);
        Amounts(json, spec.Extended);
        json.WriteString("app", spec.App);
    });

    /// <summary>A pod was placed.</summary>
    public void Placed(int pod, int shape, int node) => Line("placed", json =>
    {
        json.WriteNumber("pod", pod);
        json.WriteNumber("shape", shape);
        json.WriteNumber("node", node);
    });

    /// <summary>A pod left its node.</summary>
    public void Removed(int pod, int node, string reason) => Line("removed", json =>
    {
        json.WriteNumber("pod", pod);
        json.WriteNumber("node", node);
        json.WriteString("reason", reason);
    });

    /// <summary>The question.</summary>
    public void Decide(long id, TimeSpan now, int pod, int shape, int attempt, NodeIndex[] feasible) => Line("decide", json =>
    {
        json.WriteNumber("id", id);
        json.WriteNumber("now", now.TotalSeconds);
        json.WriteNumber("pod", pod);
        json.WriteNumber("shape", shape);
        json.WriteNumber("attempt", attempt);
        json.WriteStartArray("feasible");
        foreach (NodeIndex node in feasible) json.WriteNumberValue(node.Value);
        json.WriteEndArray();
    });

    /// <summary>Checks the answer to the greeting.</summary>
    /// <exception cref="StrategyFaultException">It is none.</exception>
    public static void CheckReady(string line)
    {
        using JsonDocument document = Parse(line);
        if (!document.RootElement.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String || type.GetString() != "ready")
            throw new StrategyFaultException($"the strategy process did not answer the greeting with {{\"type\":\"ready\",\"protocol\":{Version}}}: {StrategyProcess.Shown(line)}");
        if (!document.RootElement.TryGetProperty("protocol", out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number) || number != Version)
            throw new StrategyFaultException($"the strategy process does not speak protocol {Version}: {StrategyProcess.Shown(line)}");
    }

    /// <summary>Reads the answer to a question: a node, none (the pod waits), or a score for each feasible node.</summary>
    /// <param name="line">The line.</param>
    /// <param name="id">Number of the question.</param>
    /// <param name="scores">[feasible node] where scores go.</param>
    /// <returns>The node, or null when <paramref name="scores"/> were given.</returns>
    /// <exception cref="StrategyFaultException">It is no answer to the question.</exception>
    public static NodeIndex? Answer(string line, long id, Span<long> scores)
    {
        using JsonDocument document = Parse(line);
        JsonElement answer = document.RootElement;
        if (!answer.TryGetProperty("id", out JsonElement number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out long given) || given != id)
            throw new StrategyFaultException($"the strategy process gave an answer without the id {id} of the question: {StrategyProcess.Shown(line)}");
        if (answer.TryGetProperty("node", out JsonElement node))
        {
            if (node.ValueKind == JsonValueKind.Null) return NodeIndex.None;
            if (node.ValueKind == JsonValueKind.Number && node.TryGetInt32(out int index) && index >= 0) return new NodeIndex(index);
            throw new StrategyFaultException($"the strategy process gave a node that is neither a number of a node nor null: {StrategyProcess.Shown(line)}");
        }

        if (!answer.TryGetProperty("scores", out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != scores.Length)
            throw new StrategyFaultException($"the strategy process gave neither a node nor {scores.Length} scores, one for each feasible node: {StrategyProcess.Shown(line)}");
        int n = 0;
        foreach (JsonElement score in list.EnumerateArray())
        {
            if (score.ValueKind != JsonValueKind.Number || !score.TryGetInt64(out scores[n++]) || scores[n - 1] == long.MinValue)
                throw new StrategyFaultException($"the strategy process gave a score that is no whole number of 64 bits: {StrategyProcess.Shown(line)}");
        }

        return null;
    }

    private static JsonDocument Parse(string line)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new StrategyFaultException($"the strategy process wrote what is no JSON object: {StrategyProcess.Shown(line)}");
    }

    private static void Node(Utf8JsonWriter json, ClusterView view, NodeIndex index)
    {
        NodeState node = view[index];
        NodeSpec spec = node.Spec;
        json.WriteNumber("node", index.Value);
        json.WriteString("name", view.Fleet.Nodes[index.Value].Name);
        json.WriteBoolean("present", node.IsPresent);
        json.WriteBoolean("schedulable", node.IsSchedulable);
        json.WriteNumber("cpuMilli", node.AllocatableCpuMilli);
        json.WriteNumber("memoryBytes", node.AllocatableMemoryBytes);
        json.WriteNumber("ephemeralStorageBytes", spec.EphemeralStorageBytes);
        json.WriteNumber("pods", spec.Pods);
        json.WriteNumber("gpus", spec.GpuCount);
        json.WriteString("gpuModel", spec.GpuModel);
        Amounts(json, spec.Extended);
        json.WriteStartObject("labels");
        foreach (Label label in spec.Labels) json.WriteString(label.Key, label.Value);
        if (spec.Zone.Length > 0 && spec.Labels.ValueOf("topology.kubernetes.io/zone") is null) json.WriteString("topology.kubernetes.io/zone", spec.Zone);
        json.WriteEndObject();
        json.WriteStartArray("taints");
        foreach (Taint taint in node.Taints) json.WriteStringValue($"{taint.Key}{(taint.Value.Length > 0 ? "=" : "")}{taint.Value}:{taint.Effect}");
        json.WriteEndArray();
    }

    private static void Amounts(Utf8JsonWriter json, ValueList<ResourceAmount> amounts)
    {
        json.WriteStartObject("extended");
        foreach (ResourceAmount amount in amounts) json.WriteNumber(amount.Name, amount.Amount);
        json.WriteEndObject();
    }

    private void Line(string type, Action<Utf8JsonWriter> fields)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            fields(json);
            json.WriteEndObject();
        }

        _lines.Append(Encoding.UTF8.GetString(_buffer.WrittenSpan)).Append('\n');
    }
}
