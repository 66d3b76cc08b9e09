using System.Globalization;
using System.Text.Json;
using SchedBench.Core.Objects;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Kubernetes objects of a recorded scenario, as Core has them.</summary>
internal static class OracleObjects
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    private const string Gpu = "nvidia.com/gpu";

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    public static JsonElement Child(this JsonElement element, params string[] path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return default;
        }

        return element;
    }

    public static string Text(this JsonElement element, params string[] path) => element.Child(path) is { ValueKind: not JsonValueKind.Undefined } value ? value.ToString() : "";

    public static int Number(this JsonElement element, string name, int otherwise) => element.Text(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public static IEnumerable<string> Names(this JsonElement element, string name) => element.Items(name).Select(item => item.GetString()!);

    public static string Namespace(this JsonElement item) => item.Text("metadata", "namespace") is { Length: > 0 } ns ? ns : "default";

    public static string Key(this JsonElement item) => $"{item.Namespace()}/{item.Text("metadata", "name")}";

    public static ValueList<Label> LabelsOf(JsonElement owner, string name = "labels") =>
        owner.Child(name) is { ValueKind: JsonValueKind.Object } labels ? Labels.Of(labels.EnumerateObject().Select(label => new Label(label.Name, label.Value.GetString()!))) : default;

    public static LabelSelector? Selector(JsonElement owner, string name)
    {
        if (owner.Child(name) is not { ValueKind: JsonValueKind.Object } selector) return null;
        return new LabelSelector([.. LabelSelector.Of(LabelsOf(selector, "matchLabels")).Requirements, .. selector.Items("matchExpressions").Select(Requirement)]);
    }

    public static NodeSpec Node(JsonElement node)
    {
        JsonElement allocatable = node.Child("status", "allocatable");
        return new NodeSpec
        {
            Name = node.Text("metadata", "name"),
            Labels = LabelsOf(node.Child("metadata")),
            CpuMilli = Cpu(allocatable.Text("cpu")),
            MemoryBytes = Amount(allocatable.Text("memory")),
            EphemeralStorageBytes = Amount(allocatable.Text("ephemeral-storage")),
            Pods = (int)Amount(allocatable.Text("pods")),
            GpuCount = (int)Amount(allocatable.Text(Gpu)),
            Extended = Extended(allocatable),
            Taints = Taints(node),
        };
    }

    public static ValueList<Taint> Taints(JsonElement node) =>
        [.. node.Child("spec").Items("taints").Select(taint => new Taint(taint.Text("key"), taint.Text("value"), Effect(taint.Text("effect"))!.Value))];

    public static PodSpec Spec(JsonElement pod)
    {
        JsonElement spec = pod.Child("spec"), affinity = spec.Child("affinity"), overhead = spec.Child("overhead"), own = spec.Child("resources", "requests");
        PodSpec whole = PodRequests.OfContainers(
            new PodSpec
            {
                Containers = [.. spec.Items("containers").Select(Container)],
                InitContainers = [.. spec.Items("initContainers").Select(Container)],
                NodeSelector = LabelsOf(spec, "nodeSelector"),
                NodeName = spec.Text("nodeName"),
                Priority = spec.Number("priority", 0),
                PreemptionPolicy = spec.Text("preemptionPolicy") == "Never" ? PreemptionPolicy.Never : PreemptionPolicy.PreemptLowerPriority,
                SchedulingGates = [.. spec.Items("schedulingGates").Select(gate => gate.Text("name"))],
                Tolerations = [.. spec.Items("tolerations").Select(t => new Toleration(t.Text("key"), t.Text("operator") == "Exists", t.Text("value"), Effect(t.Text("effect")), null))],
                TopologySpread = [.. spec.Items("topologySpreadConstraints").Select(Constraint)],
                Volumes = [.. spec.Items("volumes").Where(v => v.Child("persistentVolumeClaim").ValueKind == JsonValueKind.Object)
                    .Select(v => new Volume(v.Text("name"), VolumeKind.PersistentVolumeClaim, v.Text("persistentVolumeClaim", "claimName"), IsOptional: false, null))],
                Affinity = affinity.ValueKind != JsonValueKind.Object ? null : new Affinity
                {
                    RequiredNodes = RequiredNodeTerms(affinity),
                    PreferredNodes = [.. affinity.Child("nodeAffinity").Items(Preferred).Select(term => new PreferredNodeTerm(term.Number("weight", 0), NodeTerm(term.Child("preference"))))],
                    RequiredPods = [.. affinity.Child("podAffinity").Items(Required).Select(Term)],
                    RequiredAnti = [.. affinity.Child("podAntiAffinity").Items(Required).Select(Term)],
                    PreferredPods = [.. affinity.Child("podAffinity").Items(Preferred).Select(WeightedTerm)],
                    PreferredAnti = [.. affinity.Child("podAntiAffinity").Items(Preferred).Select(WeightedTerm)],
                },
            },
            Cpu(overhead.Text("cpu")),
            Amount(overhead.Text("memory")));
        if (own.Text("cpu") is { Length: > 0 } cpu) whole = whole with { CpuMilli = Cpu(cpu) + Cpu(overhead.Text("cpu")), Scored = ScoredRequests.Of(whole) with { CpuMilli = Cpu(cpu) + Cpu(overhead.Text("cpu")) } };
        if (own.Text("memory") is { Length: > 0 } memory) whole = whole with { MemoryBytes = Amount(memory) + Amount(overhead.Text("memory")), Scored = ScoredRequests.Of(whole) with { MemoryBytes = Amount(memory) + Amount(overhead.Text("memory")) } };
        int gpus = (int)whole.Extended.FirstOrDefault(amount => amount.Name == Gpu).Amount;
        return whole with
        {
            GpuCount = gpus,
            GpuMilliPerDevice = gpus > 0 ? PodSpec.WholeGpuMilli : 0,
            Extended = [.. whole.Extended.Where(amount => amount.Name != Gpu)],
        };
    }

    private static Container Container(JsonElement container)
    {
        JsonElement resources = container.Child("resources");
        return new Container
        {
            Name = container.Text("name"),
            Image = container.Text("image"),
            CpuMilli = Cpu(Of("cpu")),
            MemoryBytes = Amount(Of("memory")),
            EphemeralStorageBytes = Amount(Of("ephemeral-storage")),
            StatesZeroCpu = Of("cpu") is { Length: > 0 } cpu && Cpu(cpu) == 0,
            StatesZeroMemory = Of("memory") is { Length: > 0 } memory && Amount(memory) == 0,
            Extended = [.. Extended(resources.Child("requests"), withGpu: true).UnionBy(Extended(resources.Child("limits"), withGpu: true), amount => amount.Name).OrderBy(amount => amount.Name, StringComparer.Ordinal)],
            IsSidecar = container.Text("restartPolicy") == "Always",
            Ports = [.. container.Items("ports").Where(port => port.Number("hostPort", 0) > 0).Select(port => new ContainerPort(
                "", port.Number("containerPort", 0), port.Number("hostPort", 0), port.Text("protocol") is { Length: > 0 } protocol ? protocol : "TCP", port.Text("hostIP")))],
        };

        string Of(string name) => resources.Text("requests", name) is { Length: > 0 } request ? request : resources.Text("limits", name);
    }

    private static TopologySpreadConstraint Constraint(JsonElement constraint) => new()
    {
        TopologyKey = constraint.Text("topologyKey"),
        MaxSkew = constraint.Number("maxSkew", 1),
        IsHard = constraint.Text("whenUnsatisfiable") == "DoNotSchedule",
        Selector = Selector(constraint, "labelSelector"),
        MinDomains = constraint.Text("minDomains").Length > 0 ? constraint.Number("minDomains", 1) : null,
        HonorsNodeAffinity = constraint.Text("nodeAffinityPolicy") != "Ignore",
        HonorsNodeTaints = constraint.Text("nodeTaintsPolicy") == "Honor",
        MatchLabelKeys = [.. constraint.Names("matchLabelKeys")],
    };

    private static ValueList<NodeSelectorTerm>? RequiredNodeTerms(JsonElement affinity) =>
        affinity.Child("nodeAffinity", Required) is { ValueKind: JsonValueKind.Object } required ? [.. required.Items("nodeSelectorTerms").Select(NodeTerm)] : null;

    public static NodeSelectorTerm NodeTerm(JsonElement term) => new([.. term.Items("matchExpressions").Select(Requirement)], [.. term.Items("matchFields").Select(Requirement)]);

    private static PodAffinityTerm Term(JsonElement term) =>
        new(Selector(term, "labelSelector"), [.. term.Names("namespaces")], Selector(term, "namespaceSelector"), term.Text("topologyKey"));

    private static WeightedPodAffinityTerm WeightedTerm(JsonElement term) => new(term.Number("weight", 0), Term(term.Child("podAffinityTerm")));

    private static LabelRequirement Requirement(JsonElement r) => new(r.Text("key"), Enum.Parse<SelectorOperator>(r.Text("operator")), [.. r.Names("values")]);

    private static ValueList<ResourceAmount> Extended(JsonElement amounts, bool withGpu = false) => amounts.ValueKind != JsonValueKind.Object ? default :
    [
        .. amounts.EnumerateObject().Where(a => a.Name is not ("cpu" or "memory" or "pods" or "ephemeral-storage") && (withGpu || a.Name != Gpu))
            .OrderBy(a => a.Name, StringComparer.Ordinal).Select(a => new ResourceAmount(a.Name, Amount(a.Value.GetString()!))),
    ];

    private static TaintEffect? Effect(string effect) => effect.Length == 0 ? null : Enum.Parse<TaintEffect>(effect);

    private static long Cpu(string text) => text.Length == 0 ? 0 : Units.CpuMilli(text);

    private static long Amount(string text) => text.Length == 0 ? 0 : Units.Bytes(text);
}
