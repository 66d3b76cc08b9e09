using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Rules;

/// <summary>A recorded scenario of the real kube-scheduler: cluster, operations, decisions.</summary>
internal sealed class OracleScenario
{
    private readonly Dictionary<string, JsonElement> _decisions;

    public OracleScenario(string name)
    {
        string input = SharedFiles.OrSkip($"oracle/kube-scheduler/{name}.input.json");
        Input = JsonDocument.Parse(File.ReadAllBytes(input)).RootElement;
        JsonElement expected = JsonDocument.Parse(File.ReadAllBytes(input.Replace(".input.", ".expected.", StringComparison.Ordinal))).RootElement;
        _decisions = expected.GetProperty("decisions").EnumerateArray().ToDictionary(decision => $"{decision.GetProperty("op").GetInt32()}");
        JsonElement[] added = [.. Operations.Where(op => Text(op, "op") == "addNode").Select(op => op.GetProperty("node"))];
        JsonElement[] nodes = [.. Items(Input, "nodes"), .. added];
        var fleet = new FleetLayout([.. nodes.Select(Node)]);
        State = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, countsPods: true));
        if (Input.TryGetProperty("namespaces", out JsonElement namespaces))
        {
            Dictionary<string, ValueList<Label>> labels = namespaces.EnumerateArray().ToDictionary(ns => Text(ns, "metadata", "name"), ns => LabelsOf(ns.GetProperty("metadata")));
            State.Shapes.SetNamespaceLabels(ns => labels.GetValueOrDefault(ns));
        }

        for (int n = nodes.Length - added.Length; n < nodes.Length; n++) State.SetPresent(n, present: false);
        foreach (JsonElement node in nodes) Update(node);
    }

    public JsonElement Input { get; }

    public ClusterState State { get; }

    public IEnumerable<JsonElement> Operations => Input.GetProperty("ops").EnumerateArray();

    public JsonElement Decision(int op) => _decisions[$"{op}"];

    public void Update(JsonElement node)
    {
        int n = State.Layout.IndexOf(Text(node, "metadata", "name"));
        JsonElement spec = node.TryGetProperty("spec", out JsonElement s) ? s : default;
        State.SetSchedulable(n, !(spec.ValueKind == JsonValueKind.Object && spec.TryGetProperty("unschedulable", out JsonElement cordon) && cordon.GetBoolean()));
        State.SetTaints(n, Taints(node));
        State.SetLabels(n, LabelsOf(node.GetProperty("metadata")));
        State.SetSize(n, Node(node));
    }

    /// <summary>Whether the operation changes what cannot change here: the extended resources of a node.</summary>
    public bool IsBeyond(JsonElement node) => Node(node).Extended != State.Layout.Nodes[State.Layout.IndexOf(Text(node, "metadata", "name"))].Extended;

    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement items) ? items.EnumerateArray() : [];

    public static string Text(JsonElement element, params string[] path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return "";
        }

        return element.ToString();
    }

    public static string KeyOf(JsonElement pod) => $"{NamespaceOf(pod)}/{Text(pod, "metadata", "name")}";

    public static string NamespaceOf(JsonElement pod) => Text(pod, "metadata", "namespace") is { Length: > 0 } ns ? ns : "default";

    public ShapeIndex Intern(JsonElement pod) => State.Shapes.Intern(Spec(pod), LabelsOf(pod.GetProperty("metadata")), NamespaceOf(pod));

    public static ValueList<Label> LabelsOf(JsonElement metadata) =>
        metadata.TryGetProperty("labels", out JsonElement labels) ? Labels.Of(labels.EnumerateObject().Select(label => new Label(label.Name, label.Value.GetString()!))) : default;

    public static LabelSelector? Selector(JsonElement owner, string name)
    {
        if (owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out JsonElement selector)) return null;
        var requirements = new List<LabelRequirement>();
        if (selector.TryGetProperty("matchLabels", out JsonElement labels))
            requirements.AddRange(labels.EnumerateObject().Select(label => new LabelRequirement(label.Name, SelectorOperator.In, [label.Value.GetString()!])));
        requirements.AddRange(Items(selector, "matchExpressions").Select(Requirement));
        return new LabelSelector([.. requirements]);
    }

    private static NodeSpec Node(JsonElement node)
    {
        JsonElement metadata = node.GetProperty("metadata"), allocatable = node.GetProperty("status").GetProperty("allocatable");
        return new NodeSpec
        {
            Name = Text(metadata, "name"),
            Labels = LabelsOf(metadata),
            CpuMilli = Cpu(Text(allocatable, "cpu")),
            MemoryBytes = Bytes(Text(allocatable, "memory")),
            EphemeralStorageBytes = Bytes(Text(allocatable, "ephemeral-storage")),
            Pods = (int)Bytes(Text(allocatable, "pods")),
            Extended = Extended(allocatable),
            Taints = Taints(node),
        };
    }

    private static ValueList<Taint> Taints(JsonElement node) =>
        [.. Items(node.TryGetProperty("spec", out JsonElement spec) ? spec : default, "taints").Select(taint => new Taint(Text(taint, "key"), Text(taint, "value"), Effect(Text(taint, "effect"))!.Value))];

    private static PodSpec Spec(JsonElement pod)
    {
        JsonElement spec = pod.GetProperty("spec");
        JsonElement[] containers = [.. Items(spec, "containers")];
        JsonElement[] requests = [.. containers.Where(c => c.TryGetProperty("resources", out JsonElement r) && r.TryGetProperty("requests", out _)).Select(c => c.GetProperty("resources").GetProperty("requests"))];
        JsonElement affinity = spec.TryGetProperty("affinity", out JsonElement a) ? a : default;
        return new PodSpec
        {
            CpuMilli = requests.Sum(r => Cpu(Text(r, "cpu"))),
            MemoryBytes = requests.Sum(r => Bytes(Text(r, "memory"))),
            EphemeralStorageBytes = requests.Sum(r => Bytes(Text(r, "ephemeral-storage"))),
            Extended = [.. requests.SelectMany(r => Extended(r)).GroupBy(e => e.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new ResourceAmount(g.Key, g.Sum(e => e.Amount)))],
            NodeSelector = spec.TryGetProperty("nodeSelector", out JsonElement selector) ? Labels.Of(selector.EnumerateObject().Select(l => new Label(l.Name, l.Value.GetString()!))) : default,
            NodeName = Text(spec, "nodeName"),
            Priority = Text(spec, "priority") is { Length: > 0 } priority ? int.Parse(priority) : 0,
            PreemptionPolicy = Text(spec, "preemptionPolicy") == "Never" ? PreemptionPolicy.Never : PreemptionPolicy.PreemptLowerPriority,
            Tolerations = [.. Items(spec, "tolerations").Select(t => new Toleration(Text(t, "key"), Text(t, "operator") == "Exists", Text(t, "value"), Effect(Text(t, "effect")), null))],
            HostPorts = [.. containers.SelectMany(c => Items(c, "ports")).Where(p => Text(p, "hostPort").Length > 0)
                .Select(p => new HostPort(int.Parse(Text(p, "hostPort")), Text(p, "protocol") is { Length: > 0 } protocol ? protocol : "TCP", Text(p, "hostIP")))],
            TopologySpread = [.. Items(spec, "topologySpreadConstraints").Select(Constraint)],
            Affinity = affinity.ValueKind == JsonValueKind.Object
                ? new Affinity { RequiredNodes = NodeTerms(affinity), RequiredPods = Terms(affinity, "podAffinity"), RequiredAnti = Terms(affinity, "podAntiAffinity") }
                : null,
        };
    }

    private static TopologySpreadConstraint Constraint(JsonElement constraint) => new()
    {
        TopologyKey = Text(constraint, "topologyKey"),
        MaxSkew = int.Parse(Text(constraint, "maxSkew")),
        IsHard = Text(constraint, "whenUnsatisfiable") == "DoNotSchedule",
        Selector = Selector(constraint, "labelSelector"),
        MinDomains = Text(constraint, "minDomains") is { Length: > 0 } min ? int.Parse(min) : null,
        HonorsNodeAffinity = Text(constraint, "nodeAffinityPolicy") != "Ignore",
        HonorsNodeTaints = Text(constraint, "nodeTaintsPolicy") == "Honor",
        MatchLabelKeys = [.. Items(constraint, "matchLabelKeys").Select(key => key.GetString()!)],
    };

    private static ValueList<NodeSelectorTerm>? NodeTerms(JsonElement affinity)
    {
        const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
        if (!affinity.TryGetProperty("nodeAffinity", out JsonElement node) || !node.TryGetProperty(Required, out JsonElement required)) return null;
        return [.. Items(required, "nodeSelectorTerms").Select(term =>
            new NodeSelectorTerm([.. Items(term, "matchExpressions").Select(Requirement)], [.. Items(term, "matchFields").Select(Requirement)]))];
    }

    private static ValueList<PodAffinityTerm> Terms(JsonElement affinity, string kind) =>
        [.. Items(affinity.TryGetProperty(kind, out JsonElement pods) ? pods : default, "requiredDuringSchedulingIgnoredDuringExecution").Select(term => new PodAffinityTerm(
            Selector(term, "labelSelector"), [.. Items(term, "namespaces").Select(ns => ns.GetString()!)], Selector(term, "namespaceSelector"), Text(term, "topologyKey")))];

    private static LabelRequirement Requirement(JsonElement r) =>
        new(Text(r, "key"), Enum.Parse<SelectorOperator>(Text(r, "operator")), [.. Items(r, "values").Select(value => value.GetString()!)]);

    private static ValueList<ResourceAmount> Extended(JsonElement amounts) =>
        [.. amounts.EnumerateObject().Where(a => a.Name is not ("cpu" or "memory" or "pods" or "ephemeral-storage")).OrderBy(a => a.Name, StringComparer.Ordinal).Select(a => new ResourceAmount(a.Name, Bytes(a.Value.GetString()!)))];

    private static TaintEffect? Effect(string effect) => effect.Length == 0 ? null : Enum.Parse<TaintEffect>(effect);

    private static long Cpu(string text) => text.Length == 0 ? 0 : Units.CpuMilli(text);

    private static long Bytes(string text) => text.Length == 0 ? 0 : Units.Bytes(text);
}
