using System.Text.Json;
using SchedBench.Core.Cluster;
using SchedBench.Core.Controllers;
using SchedBench.Core.Objects;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Kubernetes;

/// <summary>Claims, volumes and classes of a recorded scenario, in a store of their own.</summary>
internal sealed class OracleVolumes
{
    private readonly ClaimRules _rules;

    public OracleVolumes(JsonElement input, ClusterState state)
    {
        var store = new ObjectStore(new EventLoop(new VirtualClock()));
        for (int n = 0; n < state.Count; n++) Create(NodeObjects.Of(state.Layout, n));
        foreach (JsonElement item in input.Items("storageClasses")) Create(Class(item));
        foreach (JsonElement item in input.Items("persistentVolumes")) Create(Volume(item));
        foreach (JsonElement item in input.Items("persistentVolumeClaims")) Create(Claim(item));
        _rules = new ClaimRules(store.View, store, state.Layout, new StorageOptions());
        state.Volumes = _rules;

        void Create(KubeObject item)
        {
            Assert.Null(store.Create(item, out KubeObject created));
            // What a status says is written apart from the rest.
            if (item is PersistentVolumeClaim { IsBound: true } claim) Assert.Null(store.Update(claim with { Metadata = created.Metadata }));
            if (item is PersistentVolume volume) Assert.Null(store.Update(volume with { Metadata = created.Metadata }));
        }
    }

    /// <summary>What the scheduler chooses for the claims of a pod that it places (Reserve).</summary>
    public void Choose(JsonElement pod, NodeIndex node) => _rules.Choose(new Pod
    {
        Metadata = new ObjectMeta { Name = pod.Text("metadata", "name"), Namespace = pod.Namespace() },
        Spec = OracleObjects.Spec(pod),
    }, node);

    /// <summary>Volumes by driver that a CSINode allows.</summary>
    public static ValueList<ResourceAmount> Limits(JsonElement csiNode) =>
    [
        .. csiNode.Child("spec").Items("drivers").Where(driver => driver.Child("allocatable", "count").ValueKind == JsonValueKind.Number)
            .Select(driver => new ResourceAmount(driver.Text("name"), driver.Child("allocatable").Number("count", 0))),
    ];

    private static StorageClass Class(JsonElement item) => new()
    {
        Metadata = Meta(item),
        Provisioner = item.Text("provisioner"),
        WaitsForFirstConsumer = item.Text("volumeBindingMode") == "WaitForFirstConsumer",
        AllowedZones = [.. item.Items("allowedTopologies").SelectMany(term => term.Items("matchLabelExpressions")).SelectMany(requirement => requirement.Names("values"))],
    };

    private static PersistentVolume Volume(JsonElement item)
    {
        JsonElement spec = item.Child("spec"), claim = spec.Child("claimRef");
        return new PersistentVolume
        {
            Metadata = Meta(item),
            SizeBytes = Units.Bytes(spec.Text("capacity", "storage")),
            StorageClass = spec.Text("storageClassName"),
            AccessModes = [.. spec.Names("accessModes")],
            Driver = spec.Text("csi", "driver"),
            NodeAffinity = spec.Child("nodeAffinity").ValueKind == JsonValueKind.Object ? [.. spec.Child("nodeAffinity", "required").Items("nodeSelectorTerms").Select(OracleObjects.NodeTerm)] : null,
            Claim = claim.ValueKind == JsonValueKind.Object ? new ObjectKey(ResourceKind.PersistentVolumeClaim, claim.Text("namespace"), claim.Text("name")) : null,
            Phase = Enum.Parse<VolumePhase>(item.Text("status", "phase")),
        };
    }

    private static PersistentVolumeClaim Claim(JsonElement item)
    {
        JsonElement spec = item.Child("spec");
        return new PersistentVolumeClaim
        {
            Metadata = Meta(item) with { Namespace = item.Namespace() },
            SizeBytes = Units.Bytes(spec.Text("resources", "requests", "storage")),
            StorageClass = spec.Child("storageClassName").ValueKind == JsonValueKind.String ? spec.Text("storageClassName") : null,
            AccessModes = [.. spec.Names("accessModes")],
            VolumeName = spec.Text("volumeName"),
            IsBound = item.Child("metadata", "annotations").Text("pv.kubernetes.io/bind-completed") == "yes",
        };
    }

    private static ObjectMeta Meta(JsonElement item) => new() { Name = item.Text("metadata", "name"), Labels = OracleObjects.LabelsOf(item.Child("metadata")) };
}
