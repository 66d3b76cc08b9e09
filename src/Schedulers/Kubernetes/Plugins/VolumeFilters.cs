using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>A filter on the claims of pods, which has nothing to do for pods without.</summary>
/// <param name="name">Kubernetes' name of the plugin.</param>
internal abstract class VolumeFilter(string name) : PredicateFilter(name), IPreFilterPlugin
{
    /// <inheritdoc/>
    public PreFilterResult PreFilter(in PodRequest pod)
    {
        VolumeOutlook outlook = View.VolumesOf(in pod.Shape);
        if (!outlook.HasClaims) return PreFilterResult.Skip;
        return outlook.MissingClaim is { } missing ? new PreFilterResult(Status.Unresolvable($"persistentvolumeclaim \"{missing}\" not found")) : Judge(in outlook);
    }

    /// <summary>What the plugin says of claims that all exist, whatever the node.</summary>
    protected abstract PreFilterResult Judge(in VolumeOutlook outlook);
}

/// <summary>VolumeRestrictions (<c>plugins/volumerestrictions</c>): claims of one pod at a time that nobody else uses.</summary>
internal sealed class VolumeRestrictions() : VolumeFilter("VolumeRestrictions")
{
    /// <inheritdoc/>
    protected override PreFilterResult Judge(in VolumeOutlook outlook) => outlook.IsInUse ? PreFilterResult.Success : PreFilterResult.Skip;
}

/// <summary>NodeVolumeLimits (<c>plugins/nodevolumelimits</c>): as many volumes as a node can attach.</summary>
internal sealed class NodeVolumeLimits() : VolumeFilter("NodeVolumeLimits")
{
    /// <inheritdoc/>
    protected override PreFilterResult Judge(in VolumeOutlook outlook) => PreFilterResult.Success;
}

/// <summary>VolumeBinding (<c>plugins/volumebinding</c>): volumes that are bound, or can be, from the node. Its score needs the feature gate StorageCapacityScoring, which is off in v1.34.</summary>
internal sealed class VolumeBinding() : VolumeFilter("VolumeBinding"), IPreScorePlugin, ILocalScore, IGroupedScore
{
    /// <inheritdoc/>
    public bool IsLocal(in PodRequest pod) => true;

    /// <inheritdoc/>
    public bool IsFinal => false;

    /// <inheritdoc/>
    public long LocalScore(in PodShape pod, in NodeState node) => 0;

    /// <inheritdoc/>
    public long FeaturesOf(in PodRequest pod) => 0;

    /// <inheritdoc/>
    public int Describe(in PodRequest pod, NodeIndex node, int group, FeatureChain chain) => group;

    /// <inheritdoc/>
    public Status PreScore(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes) => Status.Skip;

    /// <inheritdoc/>
    public void Score(in PodRequest pod, ReadOnlySpan<NodeIndex> nodes, Span<long> scores) => scores.Clear();

    /// <inheritdoc/>
    protected override PreFilterResult Judge(in VolumeOutlook outlook)
    {
        if (outlook.DeletedClaim is { } deleted) return new PreFilterResult(Status.Unresolvable($"persistentvolumeclaim \"{deleted}\" is being deleted"));
        return outlook.WaitsForBinding ? new PreFilterResult(Status.Unresolvable("pod has unbound immediate PersistentVolumeClaims")) : PreFilterResult.Success;
    }
}

/// <summary>VolumeZone (<c>plugins/volumezone</c>): nodes in the zones that the labels of bound volumes name.</summary>
internal sealed class VolumeZone() : VolumeFilter("VolumeZone")
{
    /// <inheritdoc/>
    protected override PreFilterResult Judge(in VolumeOutlook outlook)
    {
        if (outlook.MissingVolume is { } missing) return new PreFilterResult(Status.Unresolvable($"persistentvolume \"{missing}\" not found"));
        return outlook.HasZones ? PreFilterResult.Success : PreFilterResult.Skip;
    }
}
