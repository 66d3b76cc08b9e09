using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>
/// What all pods of one shape have in common: pods that no rule and no strategy could tell apart share a shape, so scores and feasibility are kept
/// once a shape and not once a pod. Names, priority and (unless a rule counts them) the app are not part of it.
/// </summary>
public readonly struct PodShape
{
    internal PodShape(ShapeIndex index, PodSpec spec, bool[]? allowedClasses, long[]? extended, int app, int maxPerNode)
    {
        Index = index;
        Spec = spec;
        CpuMilli = spec.CpuMilli;
        MemoryBytes = spec.MemoryBytes;
        EphemeralStorageBytes = spec.EphemeralStorageBytes;
        GpuCount = spec.GpuCount;
        GpuMilliPerDevice = spec.GpuMilliPerDevice;
        AllowedClasses = allowedClasses;
        Extended = extended;
        App = app;
        MaxPerNode = maxPerNode;
    }

    /// <summary>Index in the shape table: 0, 1, 2, … in order of first appearance.</summary>
    public ShapeIndex Index { get; }

    /// <summary>The spec of the first pod of this shape.</summary>
    public PodSpec Spec { get; }

    /// <summary>CPU request in milli.</summary>
    public long CpuMilli { get; }

    /// <summary>Memory request in bytes.</summary>
    public long MemoryBytes { get; }

    /// <summary>Ephemeral storage request in bytes.</summary>
    public long EphemeralStorageBytes { get; }

    /// <summary>Number of GPU devices.</summary>
    public int GpuCount { get; }

    /// <summary>Milli of each device; below 1000 only for a share of one device.</summary>
    public int GpuMilliPerDevice { get; }

    /// <summary>GPU milli over all devices.</summary>
    public long GpuMilliTotal => (long)GpuCount * GpuMilliPerDevice;

    /// <summary>Whether the pod takes a part of one device and leaves the rest to others.</summary>
    public bool IsGpuShare => GpuCount == 1 && GpuMilliPerDevice < PodSpec.WholeGpuMilli;

    /// <summary>[node class] whether nodes of the class are allowed (model, selector); null when all are.</summary>
    internal bool[]? AllowedClasses { get; }

    /// <summary>[extended resource] requested amounts; null when none is requested.</summary>
    internal long[]? Extended { get; }

    /// <summary>Index of the app whose pods are counted a node, or −1 when nobody counts them.</summary>
    internal int App { get; }

    /// <summary>At most this many pods of the app on a node; 0 = no limit.</summary>
    internal int MaxPerNode { get; }

    /// <summary>Whether anything beyond the three plain resources, the pod limit and GPUs restricts the pod.</summary>
    internal bool HasRules => AllowedClasses is not null || Extended is not null || MaxPerNode > 0;
}
