using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>A recorded scenario of the real kube-scheduler: cluster, operations, decisions.</summary>
internal sealed class OracleScenario : INodeImages, IDefaultSelectors
{
    private readonly Dictionary<int, JsonElement> _decisions;
    private readonly HashSet<(int Node, string Image)> _images = [];
    private readonly Dictionary<string, long> _imageBytes = new(StringComparer.Ordinal);

    public OracleScenario(string name)
    {
        (string input, string output) = OracleFiles.OrSkip(name);
        Input = JsonDocument.Parse(File.ReadAllBytes(input)).RootElement;
        Expected = JsonDocument.Parse(File.ReadAllBytes(output)).RootElement;
        _decisions = Expected.Items("decisions").ToDictionary(decision => decision.GetProperty("op").GetInt32());
        JsonElement[] added = [.. Operations.Where(op => op.Text("op") == "addNode").Select(op => op.GetProperty("node"))];
        JsonElement[] nodes = [.. Input.Items("nodes"), .. added];
        Dictionary<string, ValueList<ResourceAmount>> limits = Input.Items("csiNodes").ToDictionary(node => node.Text("metadata", "name"), OracleVolumes.Limits);
        var fleet = new FleetLayout([.. nodes.Select(OracleObjects.Node).Select(node => node with { VolumeLimits = limits.GetValueOrDefault(node.Name) })]);
        State = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, countsPods: true, readsContainers: true));
        Dictionary<string, ValueList<Label>> labels = Input.Items("namespaces").ToDictionary(ns => ns.Text("metadata", "name"), ns => OracleObjects.LabelsOf(ns.Child("metadata")));
        State.Shapes.SetNamespaceLabels(ns => labels.GetValueOrDefault(ns));
        for (int n = nodes.Length - added.Length; n < nodes.Length; n++) State.SetPresent(n, present: false);
        foreach (JsonElement node in nodes) Update(node);
        Volumes = new OracleVolumes(Input, State);
    }

    public OracleVolumes Volumes { get; }

    public JsonElement Input { get; }

    public JsonElement Expected { get; }

    public ClusterState State { get; }

    public IEnumerable<JsonElement> Operations => Input.Items("ops");

    /// <summary>The pod whose decision is next: its services and owner are asked for.</summary>
    public JsonElement Pod { get; private set; }

    public JsonElement Decision(int op) => _decisions[op];

    public string NameOf(NodeIndex node) => State.Layout.Nodes[node.Value].Name;

    /// <summary>What the profile gives to pods without topology spread.</summary>
    public ValueList<TopologySpreadConstraint> DefaultSpread { get; set; }

    public ShapeIndex Intern(JsonElement pod)
    {
        Pod = pod;
        PodSpec spec = OracleObjects.Spec(pod);
        bool isGiven = spec.TopologySpread.Count == 0 && DefaultSpread.Count > 0;
        if (isGiven && ((IDefaultSelectors)this).SelectorOf(default) is { } selector) spec = new SpreadDefaults().Give(spec, DefaultSpread, selector);
        return State.Shapes.Intern(spec, OracleObjects.LabelsOf(pod.Child("metadata")), pod.Namespace());
    }

    public void Update(JsonElement node)
    {
        int n = State.Layout.IndexOf(node.Text("metadata", "name"));
        NodeSpec spec = OracleObjects.Node(node);
        Assert.Equal(State.Layout.Nodes[n].Extended, spec.Extended);
        State.SetSchedulable(n, node.Text("spec", "unschedulable") != "True");
        State.SetTaints(n, spec.Taints);
        State.SetLabels(n, spec.Labels);
        State.SetSize(n, spec);
        _images.RemoveWhere(image => image.Node == n);
        foreach (string gone in _imageBytes.Keys.Where(image => !_images.Any(held => held.Image == image)).ToArray()) _imageBytes.Remove(gone);
        foreach (JsonElement image in node.Child("status").Items("images"))
        {
            foreach (string name in image.Names("names"))
            {
                _images.Add((n, name));
                // kube-scheduler keeps one size for all nodes: that of the first that has the image (backend/cache/cache.go, addNodeImageStates).
                _imageBytes.TryAdd(name, image.GetProperty("sizeBytes").GetInt64());
            }
        }
    }

    long INodeImages.BytesOn(NodeIndex node, string image) => _images.Contains((node.Value, image)) ? _imageBytes[image] : 0;

    int INodeImages.NodesWith(string image) => _images.Count(held => held.Image == image && State.IsPresent(held.Node));

    LabelSelector? IDefaultSelectors.SelectorOf(PodIndex pod)
    {
        ValueList<Label> labels = OracleObjects.LabelsOf(Pod.Child("metadata"));
        var requirements = new List<LabelRequirement>();
        foreach (JsonElement service in Input.Items("services").Where(service => service.Namespace() == Pod.Namespace()))
        {
            LabelSelector selector = LabelSelector.Of(OracleObjects.LabelsOf(service.Child("spec"), "selector"));
            if (selector.Requirements.Count > 0 && selector.Matches(labels)) requirements.AddRange(selector.Requirements);
        }

        foreach (JsonElement owner in Pod.Child("metadata").Items("ownerReferences").Where(owner => owner.Text("controller") == "True"))
        {
            foreach (JsonElement set in Input.Items("replicaSets").Where(set => set.Namespace() == Pod.Namespace() && set.Text("metadata", "name") == owner.Text("name")))
                requirements.AddRange(OracleObjects.Selector(set.Child("spec"), "selector")?.Requirements ?? default);
        }

        return requirements.Count == 0 ? null : new LabelSelector([.. requirements]);
    }
}
