using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;

namespace SchedBench.Core.Controllers;

/// <summary>What claims, volumes and classes of a store allow the scheduler (kube-scheduler's plug-ins VolumeBinding, VolumeZone, VolumeRestrictions and NodeVolumeLimits).</summary>
/// <remarks>A bound claim's volume must be reachable from the node. A claim that waits for its first pod needs a free volume that is, or a class that makes volumes there. Every other
/// claim without a volume keeps its pods waiting. Volumes for one pod alone are in nobody else's use. Claims on a node count against its limits, each once.
/// Difference: kube-scheduler waits for the chosen volumes before it binds the pod; here the claim gets its node, and a free volume its claim, just before the binding, and
/// the pod waits on its node.</remarks>
/// <param name="view">The scheduler's view.</param>
/// <param name="store">API truth: where choices are written.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="options">Limits.</param>
internal sealed class ClaimRules(ObjectView view, ObjectStore store, FleetLayout fleet, StorageOptions options) : IVolumeRules
{
    private const string NoProvisioner = "kubernetes.io/no-provisioner";
    private const string OnePod = "ReadWriteOncePod";
    private readonly Dictionary<(int Node, ObjectKey Claim), int> _onNode = [];
    private readonly Dictionary<ObjectKey, int> _users = [];
    private readonly Dictionary<int, int> _attached = [];
    private readonly Dictionary<(int Node, string Driver), int> _attachedOf = [];
    private readonly Dictionary<(int Node, ObjectKey Claim), string> _driverOnNode = [];
    private readonly List<string> _newDrivers = [];
    private readonly List<long> _taken = [];
    private readonly List<InfeasibleReason> _reasons = [];

    /// <inheritdoc/>
    public InfeasibleReason? Check(PodSpec pod, string ns, NodeIndex node)
    {
        _reasons.Clear();
        Explain(pod, ns, node, _reasons);
        return _reasons.Count == 0 ? null : _reasons[0];
    }

    /// <inheritdoc/>
    public void Explain(PodSpec pod, string ns, NodeIndex node, List<InfeasibleReason> reasons)
    {
        // A node that is not there is judged as it would register.
        Node place = view.Find<Node>(ResourceKind.Node, "", fleet.Nodes[node.Value].Name) ?? NodeObjects.Of(fleet, node.Value);
        _taken.Clear();
        _newDrivers.Clear();
        int attached = _attached.GetValueOrDefault(node.Value);
        bool isInUse = false, isOutOfReach = false, isUnbound = false, isElsewhere = false;
        foreach (ref readonly Volume volume in pod.Volumes.AsSpan())
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            var key = new ObjectKey(ResourceKind.PersistentVolumeClaim, ns, volume.Source);
            bool isNew = !_onNode.ContainsKey((node.Value, key));
            if (isNew) attached++;
            if (view.Find(key) is not PersistentVolumeClaim { Metadata.IsDeleting: false } claim)
            {
                isUnbound = true;
                continue;
            }

            if (isNew && place.Spec.VolumeLimits.Count > 0) _newDrivers.Add(DriverOf(claim));

            isInUse |= claim.AccessModes.Contains(OnePod) && _users.ContainsKey(key);
            if (!claim.IsBound)
            {
                isUnbound |= !CanBind(claim, place);
                continue;
            }

            PersistentVolume? bound = VolumeOf(claim);
            isOutOfReach |= bound is null || !VolumeMatching.Reaches(bound, place);
            isElsewhere |= bound is not null && !VolumeZones.Allow(bound, place);
        }

        if (isInUse) reasons.Add(InfeasibleReason.VolumeInUse);
        if (attached > options.AttachLimit || IsOverLimit(place.Spec.VolumeLimits, node.Value)) reasons.Add(InfeasibleReason.TooManyVolumes);
        if (isOutOfReach) reasons.Add(InfeasibleReason.VolumeNodeConflict);
        if (isUnbound) reasons.Add(InfeasibleReason.VolumeBindingConflict);
        if (isElsewhere) reasons.Add(InfeasibleReason.VolumeZoneConflict);
    }

    /// <inheritdoc/>
    public VolumeOutlook Outlook(PodSpec pod, string ns)
    {
        var outlook = default(VolumeOutlook);
        foreach (ref readonly Volume volume in pod.Volumes.AsSpan())
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            outlook = outlook with { HasClaims = true };
            var key = new ObjectKey(ResourceKind.PersistentVolumeClaim, ns, volume.Source);
            if (view.Find(key) is not PersistentVolumeClaim claim)
            {
                outlook = outlook with { MissingClaim = outlook.MissingClaim ?? volume.Source };
                continue;
            }

            if (claim.Metadata.IsDeleting) outlook = outlook with { DeletedClaim = outlook.DeletedClaim ?? volume.Source };
            if (claim.AccessModes.Contains(OnePod) && _users.ContainsKey(key)) outlook = outlook with { IsInUse = true };
            if (!claim.IsBound && (claim.VolumeName.Length > 0 || ClassOf(view, claim) is not { WaitsForFirstConsumer: true })) outlook = outlook with { WaitsForBinding = true };
            if (claim.VolumeName.Length == 0) continue;
            if (VolumeOf(claim) is not { } bound) outlook = outlook with { MissingVolume = outlook.MissingVolume ?? claim.VolumeName };
            else if (VolumeZones.Names(bound)) outlook = outlook with { HasZones = true };
        }

        return outlook;
    }

    /// <inheritdoc/>
    public void OnPlaced(PodSpec pod, string ns, NodeIndex node, int sign)
    {
        foreach (ref readonly Volume volume in pod.Volumes.AsSpan())
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            var key = new ObjectKey(ResourceKind.PersistentVolumeClaim, ns, volume.Source);
            Count(_users, key, sign);
            bool wasThere = _onNode.ContainsKey((node.Value, key));
            Count(_onNode, (node.Value, key), sign);
            if (wasThere == _onNode.ContainsKey((node.Value, key))) continue;
            Count(_attached, node.Value, sign);
            // What counted when it came goes with it, whatever became of the claim meanwhile.
            if (sign > 0) _driverOnNode[(node.Value, key)] = view.Find(key) is PersistentVolumeClaim claim ? DriverOf(claim) : "";
            if (_driverOnNode[(node.Value, key)] is { Length: > 0 } driver) Count(_attachedOf, (node.Value, driver), sign);
            if (sign < 0) _driverOnNode.Remove((node.Value, key));
        }
    }

    /// <summary>Writes what was chosen for the claims of a pod that is about to be bound: the node to those that wait for their first pod, and their claim to free volumes that they
    /// take (<c>AssumePodVolumes</c>, <c>BindPodVolumes</c>).</summary>
    public void Choose(Pod pod, NodeIndex node)
    {
        foreach (Volume volume in pod.Spec.Volumes)
        {
            if (volume.Kind != VolumeKind.PersistentVolumeClaim) continue;
            if (store.View.Find<PersistentVolumeClaim>(ResourceKind.PersistentVolumeClaim, pod.Metadata.Namespace, volume.Source) is not { IsBound: false, SelectedNode.Length: 0 } claim) continue;
            if (ClassOf(store.View, claim) is not { WaitsForFirstConsumer: true } type) continue;
            if (store.View.Find<Node>(ResourceKind.Node, "", fleet.Nodes[node.Value].Name) is not { } place) continue;
            PersistentVolumeClaim chosen = claim with { SelectedNode = place.Name, StorageClass = type.Name };
            if (VolumeMatching.Find(store.View, chosen, place) is { Claim: null } free) _ = store.Update(free with { Claim = claim.Key });
            _ = store.Update(chosen);
        }
    }

    /// <summary>The CSI driver of a claim: of its volume, or of the class that will make it (<c>nodevolumelimits/csi.go</c>); empty for none.</summary>
    private string DriverOf(PersistentVolumeClaim claim)
    {
        if (VolumeOf(claim) is { } volume) return volume.Driver;
        return ClassOf(view, claim)?.Provisioner is { } provisioner && provisioner != NoProvisioner ? provisioner : "";
    }

    /// <summary>Whether the new volumes of some driver are more than the node can still attach. Drivers of which the pod brings no new volume are not looked at.</summary>
    private bool IsOverLimit(ValueList<ResourceAmount> limits, int node)
    {
        foreach (ref readonly ResourceAmount limit in limits.AsSpan())
        {
            int more = 0;
            foreach (string driver in _newDrivers) more += driver == limit.Name ? 1 : 0;
            if (more > 0 && _attachedOf.GetValueOrDefault((node, limit.Name)) + more > limit.Amount) return true;
        }

        return false;
    }

    private PersistentVolume? VolumeOf(PersistentVolumeClaim claim) => view.Find<PersistentVolume>(ResourceKind.PersistentVolume, "", claim.VolumeName);

    /// <summary>Whether a claim without a volume can get one that the node reaches.</summary>
    private bool CanBind(PersistentVolumeClaim claim, Node node)
    {
        // Without a class that waits the claim gets its volume first.
        if (claim.VolumeName.Length > 0 || ClassOf(view, claim) is not { WaitsForFirstConsumer: true } type) return false;
        if (claim.SelectedNode.Length > 0 && claim.SelectedNode != node.Name) return false;
        if (VolumeMatching.Find(view, claim.StorageClass is null ? claim with { StorageClass = type.Name } : claim, node, _taken) is { } free)
        {
            _taken.Add(free.Uid);
            return true;
        }

        return type.Provisioner is not ("" or NoProvisioner) && claim.Selector is null
            && (type.AllowedZones.Count == 0 || type.AllowedZones.Contains(node.Metadata.Labels.ValueOf(options.ZoneLabel) ?? "", StringComparer.Ordinal));
    }

    private static StorageClass? ClassOf(ObjectView objects, PersistentVolumeClaim claim) => claim.StorageClass is { } name
        ? name.Length == 0 ? null : objects.Find<StorageClass>(ResourceKind.StorageClass, "", name)
        : VolumeMatching.DefaultClass(objects);

    private static void Count<T>(Dictionary<T, int> counts, T key, int by)
        where T : notnull
    {
        int count = counts.GetValueOrDefault(key) + by;
        if (count == 0) counts.Remove(key);
        else counts[key] = count;
    }
}
