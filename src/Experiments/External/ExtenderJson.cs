using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Experiments.External;

/// <summary>The messages of the extender protocol (<c>k8s.io/kube-scheduler/extender/v1</c>): pods and nodes as <c>core/v1</c> objects, as far as a scheduler looks at them.</summary>
/// <remarks>The types of that package have no JSON tags, so names are written as Go does, capitalised, and read without regard to case.</remarks>
internal static class ExtenderJson
{
    private const string Gpu = "nvidia.com/gpu";

    /// <summary><c>ExtenderArgs</c>: the pod, and names of nodes or whole nodes.</summary>
    public static byte[] Args(in PodRequest pod, StrategyContext context, ReadOnlySpan<NodeIndex> nodes, bool namesSuffice)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("Pod");
            Pod(json, in pod.Shape, pod.Pod, pod.Priority, context);
            if (namesSuffice)
            {
                json.WriteNull("Nodes");
                json.WriteStartArray("NodeNames");
                foreach (NodeIndex node in nodes) json.WriteStringValue(NameOf(context, node));
                json.WriteEndArray();
            }
            else
            {
                json.WriteStartObject("Nodes");
                json.WriteString("apiVersion", "v1");
                json.WriteString("kind", "NodeList");
                json.WriteStartObject("metadata");
                json.WriteEndObject();
                json.WriteStartArray("items");
                foreach (NodeIndex node in nodes) Node(json, context.View, node);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteNull("NodeNames");
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>ExtenderPreemptionArgs</c>: the pod, and by node the victims, whole pods or identities.</summary>
    public static byte[] Preemption(in PodRequest pod, StrategyContext context, IReadOnlyList<PreemptionCandidate> candidates, bool identitiesSuffice)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("Pod");
            Pod(json, in pod.Shape, pod.Pod, pod.Priority, context);
            json.WriteNull(identitiesSuffice ? "NodeNameToVictims" : "NodeNameToMetaVictims");
            json.WriteStartObject(identitiesSuffice ? "NodeNameToMetaVictims" : "NodeNameToVictims");
            foreach (PreemptionCandidate candidate in candidates)
            {
                json.WriteStartObject(NameOf(context, candidate.Node));
                json.WriteStartArray("Pods");
                foreach (PlacedPod victim in candidate.Victims)
                {
                    if (identitiesSuffice)
                    {
                        json.WriteStartObject();
                        json.WriteString("UID", UidOf(victim.Pod));
                        json.WriteEndObject();
                    }
                    else
                    {
                        Pod(json, in context.View[victim.Shape], victim.Pod, victim.Priority, context);
                    }
                }

                json.WriteEndArray();
                json.WriteNumber("NumPDBViolations", candidate.BudgetViolations);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Identity of a pod in messages: the same as long as it exists.</summary>
    public static string UidOf(PodIndex pod) => pod.Value.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>ExtenderBindingArgs</c>.</summary>
    public static byte[] Binding(in PodRequest pod, StrategyContext context, NodeIndex node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("PodName", PodName(pod.Pod, context));
            json.WriteString("PodNamespace", Namespace(in pod.Shape, context));
            json.WriteString("PodUID", UidOf(pod.Pod));
            json.WriteString("Node", NameOf(context, node));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Name of a node.</summary>
    public static string NameOf(StrategyContext context, NodeIndex node) => context.View.Fleet.Nodes[node.Value].Name;

    /// <summary>A member of an object, whatever its case; undefined when it is not there.</summary>
    public static JsonElement Member(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object) return default;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return property.Value;
        }

        return default;
    }

    private static void Pod(Utf8JsonWriter json, in PodShape shape, PodIndex pod, int priority, StrategyContext context)
    {
        PodSpec spec = shape.Spec;
        json.WriteStartObject();
        json.WriteString("apiVersion", "v1");
        json.WriteString("kind", "Pod");
        json.WriteStartObject("metadata");
        json.WriteString("name", PodName(pod, context));
        json.WriteString("namespace", Namespace(in shape, context));
        json.WriteString("uid", UidOf(pod));
        Labels(json, context.View.LabelsOf(in shape));
        json.WriteEndObject();
        json.WriteStartObject("spec");
        json.WriteString("schedulerName", spec.SchedulerName);
        json.WriteNumber("priority", priority);
        json.WriteStartArray("containers");
        if (spec.Containers.Count == 0)
        {
            // Pods of traces have no containers: one stands for the whole pod.
            Container(json, "main", "", spec.CpuMilli, spec.MemoryBytes, spec.EphemeralStorageBytes, [.. spec.Extended, .. spec.GpuCount > 0 ? [new ResourceAmount(Gpu, spec.GpuCount)] : Array.Empty<ResourceAmount>()]);
        }

        foreach (Container container in spec.Containers)
            Container(json, container.Name, container.Image, container.CpuMilli, container.MemoryBytes, container.EphemeralStorageBytes, container.Extended);
        json.WriteEndArray();
        json.WriteStartObject("nodeSelector");
        foreach (Label label in spec.NodeSelector) json.WriteString(label.Key, label.Value);
        json.WriteEndObject();
        json.WriteStartArray("tolerations");
        foreach (Toleration toleration in spec.Tolerations)
        {
            json.WriteStartObject();
            json.WriteString("key", toleration.Key);
            json.WriteString("operator", toleration.Exists ? "Exists" : "Equal");
            json.WriteString("value", toleration.Value);
            if (toleration.Effect is { } effect) json.WriteString("effect", $"{effect}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("status");
        json.WriteString("phase", "Pending");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Container(Utf8JsonWriter json, string name, string image, long cpuMilli, long memoryBytes, long storageBytes, IEnumerable<ResourceAmount> extended)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("image", image);
        json.WriteStartObject("resources");
        json.WriteStartObject("requests");
        Amounts(json, cpuMilli, memoryBytes, storageBytes, extended);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Node(Utf8JsonWriter json, ClusterView view, NodeIndex index)
    {
        NodeState node = view[index];
        NodeSpec spec = node.Spec;
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteString("name", view.Fleet.Nodes[index.Value].Name);
        Labels(json, spec.Labels);
        json.WriteEndObject();
        json.WriteStartObject("spec");
        json.WriteBoolean("unschedulable", !node.IsSchedulable);
        json.WriteStartArray("taints");
        foreach (Taint taint in node.Taints)
        {
            json.WriteStartObject();
            json.WriteString("key", taint.Key);
            json.WriteString("value", taint.Value);
            json.WriteString("effect", $"{taint.Effect}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("status");
        foreach (string part in (string[])["capacity", "allocatable"])
        {
            json.WriteStartObject(part);
            Amounts(json, node.AllocatableCpuMilli, node.AllocatableMemoryBytes, spec.EphemeralStorageBytes, [.. spec.Extended, .. spec.GpuCount > 0 ? [new ResourceAmount(Gpu, spec.GpuCount)] : Array.Empty<ResourceAmount>()]);
            json.WriteString("pods", spec.Pods.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Amounts(Utf8JsonWriter json, long cpuMilli, long memoryBytes, long storageBytes, IEnumerable<ResourceAmount> extended)
    {
        if (cpuMilli > 0) json.WriteString("cpu", string.Create(CultureInfo.InvariantCulture, $"{cpuMilli}m"));
        if (memoryBytes > 0) json.WriteString("memory", memoryBytes.ToString(CultureInfo.InvariantCulture));
        if (storageBytes > 0) json.WriteString("ephemeral-storage", storageBytes.ToString(CultureInfo.InvariantCulture));
        foreach (ResourceAmount amount in extended) json.WriteString(amount.Name, amount.Amount.ToString(CultureInfo.InvariantCulture));
    }

    private static void Labels(Utf8JsonWriter json, ValueList<Label> labels)
    {
        json.WriteStartObject("labels");
        foreach (Label label in labels) json.WriteString(label.Key, label.Value);
        json.WriteEndObject();
    }

    private static string PodName(PodIndex pod, StrategyContext context) => context.NameOf?.Invoke(pod) ?? UidOf(pod);

    private static string Namespace(in PodShape shape, StrategyContext context) => context.View.NamespaceOf(in shape) is { Length: > 0 } ns ? ns : "default";
}
