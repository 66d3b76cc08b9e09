namespace SchedBench.Core.Scheduling;

/// <summary>The rules of feasibility in groups, as a scheduler may leave them out (Kubernetes: the filter plugins of a profile). A set of bits.</summary>
[Flags]
public enum PlacementRules
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Cordoned nodes take no pods.</summary>
    NodeUnschedulable = 1,

    /// <summary>A pod that names a node goes there.</summary>
    NodeName = 1 << 1,

    /// <summary>Taints are tolerated.</summary>
    Taints = 1 << 2,

    /// <summary>Node selector, required node affinity, GPU model.</summary>
    NodeAffinity = 1 << 3,

    /// <summary>Host ports are free.</summary>
    HostPorts = 1 << 4,

    /// <summary>Requests fit, and the number of pods. Devices are looked at all the same: a pod cannot take what is not there.</summary>
    Resources = 1 << 5,

    /// <summary>Volumes for one pod are in nobody's use.</summary>
    VolumeRestrictions = 1 << 6,

    /// <summary>The node can attach the volumes.</summary>
    VolumeLimits = 1 << 7,

    /// <summary>Volumes are bound, or can be, and are within reach.</summary>
    VolumeBinding = 1 << 8,

    /// <summary>Volumes are in the node's zone.</summary>
    VolumeZones = 1 << 9,

    /// <summary>Hard topology spread.</summary>
    TopologySpread = 1 << 10,

    /// <summary>Required affinity and anti-affinity of pods.</summary>
    PodAffinity = 1 << 11,
}

/// <summary>What pods of a scheduler are exempt from while it decides on them. Agents hold them to their own rules all the same.</summary>
/// <param name="Rules">Rules that are left out.</param>
/// <param name="Resources">Extended resources of which it does not matter whether enough is left; null for none.</param>
public sealed record RuleExemptions(PlacementRules Rules, Predicate<string>? Resources = null)
{
    /// <summary>Whether a reason does not count.</summary>
    internal bool Cover(in Infeasibility reason) =>
        (Rules & Of(reason.Reason)) != PlacementRules.None || (reason.Reason == InfeasibleReason.InsufficientExtendedResource && Resources is not null && Resources(reason.Detail));

    /// <summary>The group that a reason belongs to; none for those that always count.</summary>
    private static PlacementRules Of(InfeasibleReason reason) => reason switch
    {
        InfeasibleReason.NodeUnschedulable => PlacementRules.NodeUnschedulable,
        InfeasibleReason.NodeNameMismatch => PlacementRules.NodeName,
        InfeasibleReason.UntoleratedTaint => PlacementRules.Taints,
        InfeasibleReason.NodeSelectorMismatch or InfeasibleReason.NodeAffinityMismatch or InfeasibleReason.GpuModelMismatch => PlacementRules.NodeAffinity,
        InfeasibleReason.HostPortConflict => PlacementRules.HostPorts,
        InfeasibleReason.TooManyPods or InfeasibleReason.TooManyPodsOfApp or InfeasibleReason.InsufficientCpu or InfeasibleReason.InsufficientMemory
            or InfeasibleReason.InsufficientEphemeralStorage or InfeasibleReason.InsufficientExtendedResource => PlacementRules.Resources,
        InfeasibleReason.VolumeInUse => PlacementRules.VolumeRestrictions,
        InfeasibleReason.TooManyVolumes => PlacementRules.VolumeLimits,
        InfeasibleReason.VolumeBindingConflict or InfeasibleReason.VolumeNodeConflict => PlacementRules.VolumeBinding,
        InfeasibleReason.VolumeZoneConflict => PlacementRules.VolumeZones,
        InfeasibleReason.TopologySpreadViolated or InfeasibleReason.TopologySpreadLabelMissing => PlacementRules.TopologySpread,
        InfeasibleReason.PodAffinityUnsatisfied or InfeasibleReason.PodAntiAffinityViolated or InfeasibleReason.ExistingAntiAffinity => PlacementRules.PodAffinity,
        _ => PlacementRules.None,
    };
}
