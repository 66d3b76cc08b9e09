namespace SchedBench.Core.Objects;

/// <summary>What a node offers. Immutable; capacities are what pods may use (Kubernetes <c>allocatable</c>), all ≥ 0.</summary>
public sealed record NodeSpec
{
    /// <summary>Unique name within its fleet: the node's stable identity for draws.</summary>
    public required string Name { get; init; }

    /// <summary>Allocatable CPU in milli.</summary>
    public long CpuMilli { get; init; }

    /// <summary>Allocatable memory in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Allocatable ephemeral storage in bytes.</summary>
    public long EphemeralStorageBytes { get; init; }

    /// <summary>Pod limit (the kubelet's default is 110).</summary>
    public int Pods { get; init; } = 110;

    /// <summary>Number of whole GPU devices, 0 to 64.</summary>
    public int GpuCount { get; init; }

    /// <summary>Model of the node's GPU devices; empty without GPUs.</summary>
    public string GpuModel { get; init; } = "";

    /// <summary>Failure and topology zone; empty when not stated.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Labels, sorted by key.</summary>
    public ValueList<Label> Labels { get; init; }

    /// <summary>Extended resources, sorted by name.</summary>
    public ValueList<ResourceAmount> Extended { get; init; }

    /// <summary>Volumes of single CSI drivers that can be attached, by driver (Kubernetes <c>CSINode</c>, <c>spec.drivers[].allocatable.count</c>); a driver that is not named here has no limit
    /// of its own.</summary>
    public ValueList<ResourceAmount> VolumeLimits { get; init; }

    /// <summary>Taints that the node begins with.</summary>
    public ValueList<Taint> Taints { get; init; }
}
