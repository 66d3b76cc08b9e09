using SchedBench.Core.Objects;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>Brings claims and volumes together (Kubernetes <c>pkg/controller/volume/persistentvolume/pv_controller.go</c>, <c>index.go</c>; the provisioner's part
/// of <c>sig-storage-lib-external-provisioner</c>; the protection controllers of claims and volumes).</summary>
/// <remarks>
/// A claim takes the volume it names, or the smallest available one of its class that is large enough, has its access modes and its labels; equal sizes in order of
/// creation. Without one its class provisions a volume after a while: at once, or with <c>WaitForFirstConsumer</c> when the scheduler has chosen a node, in that
/// node's zone. When the claim is gone its volume is deleted after a while or stays, released. Claims that a pod uses and volumes that a claim has are not removed.
/// Difference: a claim without a class takes the default class when it is first looked at, not at admission, so also when the class comes later (as since v1.28).
/// Kubernetes' scheduler chooses the node of a waiting claim and waits for the volume before it binds; where the claim does not say a node yet, here the node of its
/// first bound pod is taken, and the pod waits on its node. Volume modes and pre-bound volumes of other namespaces are not modelled. Claims that grow: <see cref="VolumeExpansionController"/>.
/// </remarks>
public sealed class PersistentVolumeController(StorageOptions? options = null) : Controller
{
    private const string NoProvisioner = "kubernetes.io/no-provisioner";
    private readonly StorageOptions _options = options ?? new StorageOptions();

    /// <summary>Claims whose volume is being made, and until when.</summary>
    private readonly Dictionary<long, TimeSpan> _provisioning = [];

    /// <summary>Volumes that are being deleted, and until when.</summary>
    private readonly Dictionary<long, TimeSpan> _deleting = [];

    private readonly ClaimUsers _users = new();

    /// <inheritdoc/>
    public override string Name => "persistentvolume-controller";

    /// <inheritdoc/>
    public override void OnChange(in StoreChange change)
    {
        switch (change.Object)
        {
            case PersistentVolumeClaim claim:
                if (change.After is not null) Enqueue(claim.Uid);
                else if (View.Find<PersistentVolume>(ResourceKind.PersistentVolume, "", claim.VolumeName) is { } volume) Enqueue(volume.Uid);
                break;
            case PersistentVolume volume:
                if (change.After is not null) Enqueue(volume.Uid);
                if (volume.Claim is { } taken)
                {
                    if (View.Find(taken) is PersistentVolumeClaim { IsBound: false } owner) Enqueue(owner.Uid);
                }
                else if (change.After is not null) EnqueueUnbound(volume.StorageClass);
                break;
            case StorageClass type:
                EnqueueUnbound(type.Name);
                break;
            case Pod pod:
                OnPod(pod, isGone: change.After is null || pod.HasEnded);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public override void Restart()
    {
        _provisioning.Clear();
        _deleting.Clear();
        _users.Clear();
        base.Restart();
    }

    /// <inheritdoc/>
    public override void Reconcile(long uid)
    {
        switch (View.Find(uid))
        {
            case PersistentVolumeClaim claim:
                SyncClaim(claim);
                break;
            case PersistentVolume volume:
                SyncVolume(volume);
                break;
            default:
                _provisioning.Remove(uid);
                _deleting.Remove(uid);
                break;
        }
    }

    private void OnPod(Pod pod, bool isGone)
    {
        foreach (ref readonly Volume volume in pod.Spec.Volumes.AsSpan())
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            var key = new ObjectKey(ResourceKind.PersistentVolumeClaim, pod.Metadata.Namespace, volume.Source);
            bool isNews = _users.Set(key, pod.Uid, uses: !isGone);
            if (!isGone)
            {
                if (pod.Node.IsNode && View.Find(key) is PersistentVolumeClaim { IsBound: false, SelectedNode.Length: 0 } unbound) Enqueue(unbound.Uid);
            }
            else if (isNews && _users.Of(key).Count == 0 && View.Find(key) is { Metadata.IsDeleting: true } claim) Enqueue(claim.Uid);
        }
    }

    /// <summary>Claims of a class, and those that may come to it, are looked at again.</summary>
    private void EnqueueUnbound(string storageClass)
    {
        foreach (KubeObject item in View.All(ResourceKind.PersistentVolumeClaim))
        {
            if (item is PersistentVolumeClaim { IsBound: false } claim && (claim.StorageClass is null || claim.StorageClass == storageClass)) Enqueue(claim.Uid);
        }
    }

    private void SyncClaim(PersistentVolumeClaim claim)
    {
        if (claim.Metadata.IsDeleting)
        {
            if (_users.Of(claim.Key).Count == 0) RemoveFinalizer(claim, StorageProtection.Claim);
            return;
        }

        if (claim.IsBound) return;
        if (claim.StorageClass is null)
        {
            if (VolumeMatching.DefaultClass(View) is { } standard && Api.Update(claim with { StorageClass = standard.Name }) is null) return;
            claim = claim with { StorageClass = "" };
        }

        StorageClass? type = claim.StorageClass!.Length == 0 ? null : View.Find<StorageClass>(ResourceKind.StorageClass, "", claim.StorageClass);
        bool waits = type is { WaitsForFirstConsumer: true } && claim.VolumeName.Length == 0 && claim.SelectedNode.Length == 0;
        if (waits)
        {
            if (SelectNode(claim)) return;
            Context.Events.Tell(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding", Name);
            return;
        }

        Node? node = claim.SelectedNode.Length == 0 ? null : View.Find<Node>(ResourceKind.Node, "", claim.SelectedNode);
        if (VolumeMatching.Find(View, claim, node, takesOwn: true) is { } volume) Bind(claim, volume);
        else if (claim.VolumeName.Length == 0) Provision(claim, type, node);
    }

    /// <summary>The node of the first bound pod of a claim is the one that its volume is made for, when the scheduler has not said so before the binding.</summary>
    private bool SelectNode(PersistentVolumeClaim claim)
    {
        Pod? first = null;
        foreach (long uid in _users.Of(claim.Key))
        {
            if (View.Find(uid) is not Pod { Node.IsNode: true } pod) continue;
            first = pod;
            break;
        }

        if (first is null) return false;
        foreach (KubeObject item in View.All(ResourceKind.Node))
        {
            if (item is Node node && node.Index == first.Node) return Api.Update(claim with { SelectedNode = node.Name }) is null;
        }

        return false;
    }

    /// <summary>The volume first, then the claim: whoever is interrupted in between finds the volume that says whose it is.</summary>
    private void Bind(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        if (volume.Claim != claim.Key || volume.Phase != VolumePhase.Bound)
        {
            if (Api.Update(volume with { Claim = claim.Key, Phase = VolumePhase.Bound }) is not null)
            {
                Retry(claim.Uid);
                return;
            }
        }

        if (Api.Update(claim with { VolumeName = volume.Name, IsBound = true, CapacityBytes = volume.SizeBytes }) is not null) Retry(claim.Uid);
    }

    private void Provision(PersistentVolumeClaim claim, StorageClass? type, Node? node)
    {
        if (type is null || type.Provisioner is "" or NoProvisioner) return;
        if (claim.Selector is not null)
        {
            Context.Events.Warn(claim, "ProvisioningFailed", "claim.spec.selector is not supported for dynamic provisioning", Name);
            return;
        }

        if (!_provisioning.TryGetValue(claim.Uid, out TimeSpan due))
        {
            _provisioning.Add(claim.Uid, due = Now + _options.ProvisionTime);
            Context.Events.Tell(claim, "Provisioning", $"{type.Provisioner} makes a volume", Name);
        }

        if (due > Now)
        {
            EnqueueAfter(claim.Uid, due - Now);
            return;
        }

        string? zone = node?.Metadata.Labels.ValueOf(_options.ZoneLabel) ?? (type.AllowedZones.Count > 0 ? type.AllowedZones[(int)(Randomness.Draw.Entity(claim.Key.ToString()) % (ulong)type.AllowedZones.Count)] : null);
        if (zone is not null && type.AllowedZones.Count > 0 && !type.AllowedZones.Contains(zone))
        {
            _provisioning.Remove(claim.Uid);
            Context.Events.Warn(claim, "ProvisioningFailed", $"no volume of class {type.Name} can be made in zone {zone}", Name);
            // The scheduler chooses again.
            _ = Api.Update(claim with { SelectedNode = "" });
            return;
        }

        var made = new PersistentVolume
        {
            Metadata = new ObjectMeta { Name = $"pvc-{claim.Uid}", Labels = zone is null ? default : [new Label(_options.ZoneLabel, zone)] },
            SizeBytes = claim.SizeBytes,
            StorageClass = type.Name,
            Driver = type.Provisioner,
            AccessModes = claim.AccessModes,
            Reclaim = type.Reclaim,
            NodeAffinity = zone is null ? null : [new NodeSelectorTerm([new LabelRequirement(_options.ZoneLabel, SelectorOperator.In, [zone])], default)],
            Claim = claim.Key,
            Phase = VolumePhase.Bound,
        };
        ApiError? error = Api.Create(made, out _);
        _provisioning.Remove(claim.Uid);
        if (error is not null) Retry(claim.Uid);
        else Enqueue(claim.Uid);
    }

    private void SyncVolume(PersistentVolume volume)
    {
        bool hasClaim = volume.Claim is { } key && View.Find(key) is PersistentVolumeClaim claim && (claim.VolumeName == volume.Name || !claim.IsBound);
        if (volume.Phase == VolumePhase.Bound && !hasClaim)
        {
            if (Api.Update(volume with { Phase = VolumePhase.Released }) is not null) Retry(volume.Uid);
            return;
        }

        if (volume.Metadata.IsDeleting && volume.Phase != VolumePhase.Bound) RemoveFinalizer(volume, StorageProtection.Volume);
        if (volume.Metadata.IsDeleting || volume.Phase != VolumePhase.Released) return;
        if (volume.Reclaim == ReclaimPolicy.Retain) return;
        if (!_deleting.TryGetValue(volume.Uid, out TimeSpan due)) _deleting.Add(volume.Uid, due = Now + _options.DeleteTime);
        if (due > Now) EnqueueAfter(volume.Uid, due - Now);
        else if (Api.Delete(volume.Key, new DeleteOptions(volume.Uid)) is not null) Retry(volume.Uid);
    }

    private void RemoveFinalizer(KubeObject item, string finalizer)
    {
        if (!item.Metadata.Finalizers.Contains(finalizer)) return;
        ObjectMeta meta = item.Metadata with { Finalizers = [.. item.Metadata.Finalizers.Where(name => name != finalizer)] };
        if (Api.Update(item with { Metadata = meta }) is { Code: not ApiErrorCode.NotFound }) Retry(item.Uid);
    }
}
