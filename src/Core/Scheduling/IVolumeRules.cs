using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Scheduling;

/// <summary>Judges the claims of pods: who knows claims, volumes and classes tells the scheduler which nodes they allow. Asked for pods with claims only, at every decision.</summary>
public interface IVolumeRules
{
    /// <summary>Why the volumes of a pod keep it off a node, or null.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="ns">Its namespace: claims are named within it.</param>
    /// <param name="node">The node.</param>
    InfeasibleReason? Check(PodSpec pod, string ns, NodeIndex node);

    /// <summary>All reasons why the volumes of a pod keep it off a node, in the order in which kube-scheduler's plug-ins look: VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="node">The node.</param>
    /// <param name="reasons">Where they are added.</param>
    void Explain(PodSpec pod, string ns, NodeIndex node, List<InfeasibleReason> reasons)
    {
        if (Check(pod, ns, node) is { } reason) reasons.Add(reason);
    }

    /// <summary>What is true of the volumes of a pod whatever the node.</summary>
    VolumeOutlook Outlook(PodSpec pod, string ns) => default;

    /// <summary>A pod with claims was placed on a node in the view (+1) or taken away (−1), on trial too: what counts against the node's attach limit.</summary>
    void OnPlaced(PodSpec pod, string ns, NodeIndex node, int sign);
}
