using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Kubernetes.Framework;

namespace SchedBench.Schedulers.Kubernetes.Plugins;

/// <summary>The rules of feasibility, which Core judges, under the plugins and in the words of kube-scheduler.</summary>
/// <remarks>Rules that Kubernetes does not have stand where users would look for them: the GPU model of a trace is a label of nodes (NodeAffinity), a trace's limit of pods of an app
/// on a node is a resource of it (NodeResourcesFit).</remarks>
internal static class FilterReasons
{
    /// <summary>What one plugin says of a node.</summary>
    /// <param name="plugin">Kubernetes' name of the plugin.</param>
    /// <param name="view">The cluster.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="node">The node.</param>
    public static Status Of(string plugin, ClusterView view, in PodShape pod, NodeIndex node)
    {
        List<string>? texts = null;
        bool isUnresolvable = false;
        foreach (Infeasibility reason in Predicates.Check(view, in pod, node))
        {
            (string owner, string text, bool unresolvable) = Translate(in reason, view[node]);
            // Of all plugins but these the first reason is the answer.
            if (owner != plugin || (texts is not null && plugin is not ("NodeResourcesFit" or "VolumeBinding"))) continue;
            (texts ??= []).Add(text);
            isUnresolvable |= unresolvable;
        }

        if (texts is null) return Status.Success;
        return new Status(isUnresolvable ? StatusCode.UnschedulableAndUnresolvable : StatusCode.Unschedulable, [.. texts]);
    }

    private static (string Plugin, string Text, bool IsUnresolvable) Translate(in Infeasibility reason, in NodeState node) => reason.Reason switch
    {
        InfeasibleReason.NodeUnschedulable => ("NodeUnschedulable", "node(s) were unschedulable", true),
        InfeasibleReason.NodeNameMismatch => ("NodeName", "node(s) didn't match the requested node name", true),
        InfeasibleReason.UntoleratedTaint => ("TaintToleration", $"node(s) had untolerated taint {reason.Detail}", true),
        InfeasibleReason.NodeSelectorMismatch or InfeasibleReason.NodeAffinityMismatch or InfeasibleReason.GpuModelMismatch =>
            ("NodeAffinity", "node(s) didn't match Pod's node affinity/selector", true),
        InfeasibleReason.HostPortConflict => ("NodePorts", "node(s) didn't have free ports for the requested pod ports", false),
        InfeasibleReason.TooManyPods => ("NodeResourcesFit", "Too many pods", false),
        InfeasibleReason.TooManyPodsOfApp => ("NodeResourcesFit", $"Too many pods of {reason.Detail}", false),
        InfeasibleReason.InsufficientCpu => ("NodeResourcesFit", "Insufficient cpu", reason.Requested > node.AllocatableCpuMilli),
        InfeasibleReason.InsufficientMemory => ("NodeResourcesFit", "Insufficient memory", reason.Requested > node.AllocatableMemoryBytes),
        InfeasibleReason.InsufficientEphemeralStorage => ("NodeResourcesFit", "Insufficient ephemeral-storage", reason.Requested > node.Spec.EphemeralStorageBytes),
        InfeasibleReason.InsufficientGpu =>
            ("NodeResourcesFit", $"Insufficient {NodeResource.Gpu}", reason.Requested > MostGpu(in reason, in node)),
        InfeasibleReason.InsufficientExtendedResource =>
            ("NodeResourcesFit", $"Insufficient {reason.Detail}", reason.Requested > NodeResource.AllocatableExtended(node.Spec, reason.Detail)),
        InfeasibleReason.TopologySpreadViolated => ("PodTopologySpread", "node(s) didn't match pod topology spread constraints", false),
        InfeasibleReason.TopologySpreadLabelMissing => ("PodTopologySpread", "node(s) didn't match pod topology spread constraints (missing required label)", true),
        InfeasibleReason.PodAffinityUnsatisfied => ("InterPodAffinity", "node(s) didn't match pod affinity rules", true),
        InfeasibleReason.PodAntiAffinityViolated => ("InterPodAffinity", "node(s) didn't match pod anti-affinity rules", false),
        InfeasibleReason.ExistingAntiAffinity => ("InterPodAffinity", "node(s) didn't satisfy existing pods anti-affinity rules", false),
        InfeasibleReason.VolumeInUse =>
            ("VolumeRestrictions", "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod", false),
        InfeasibleReason.TooManyVolumes => ("NodeVolumeLimits", "node(s) exceed max volume count", false),
        InfeasibleReason.VolumeBindingConflict => ("VolumeBinding", "node(s) didn't find available persistent volumes to bind", true),
        InfeasibleReason.VolumeNodeConflict => ("VolumeBinding", "node(s) didn't match PersistentVolume's node affinity", true),
        InfeasibleReason.VolumeZoneConflict => ("VolumeZone", "node(s) had no available volume zone", true),
        // A node that is not there is in no snapshot; one that is kept for nominated pods lacks what they ask for.
        _ => ("NodeResourcesFit", "node is kept for a nominated pod", false),
    };

    /// <summary>What the node has at most, in the unit of the reason: whole devices, or milli of one device for a share.</summary>
    private static long MostGpu(in Infeasibility reason, in NodeState node) => node.Spec.GpuCount == 0 ? 0 : reason.Detail == "whole devices" ? node.Spec.GpuCount : 1000;
}
