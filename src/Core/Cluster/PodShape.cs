using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>
/// What all pods of one shape have in common: pods that no rule and no strategy could tell apart share a shape, so scores and feasibility are kept
/// once a shape and not once a pod. Names, priority, labels that no selector reads and (unless a rule counts them) the app are not part of it.
/// </summary>
public readonly struct PodShape
{
    /// <summary><see cref="OnlyNode"/> of pods that may go to any node.</summary>
    internal const int AnyNode = -1;

    /// <summary><see cref="OnlyNode"/> of pods whose node the fleet does not have.</summary>
    internal const int NoSuchNode = -2;

    internal PodShape(int entry, PodSpec spec)
    {
        Entry = entry;
        Index = new ShapeIndex(entry);
        Spec = spec;
        CpuMilli = spec.CpuMilli;
        MemoryBytes = spec.MemoryBytes;
        EphemeralStorageBytes = spec.EphemeralStorageBytes;
        Scored = ScoredRequests.Of(spec);
        GpuCount = spec.GpuCount;
        GpuMilliPerDevice = spec.GpuMilliPerDevice;
        OnlyNode = AnyNode;
        App = -1;
    }

    /// <summary>Index of the shape in the table, in order of first appearance. Shapes split when a selector appears that reads more labels.</summary>
    public ShapeIndex Index { get; internal init; }

    /// <summary>The spec of the first pod of this shape.</summary>
    public PodSpec Spec { get; }

    /// <summary>CPU request in milli.</summary>
    public long CpuMilli { get; }

    /// <summary>Memory request in bytes.</summary>
    public long MemoryBytes { get; }

    /// <summary>Ephemeral storage request in bytes.</summary>
    public long EphemeralStorageBytes { get; }

    /// <summary>What scores count for the pod, where the strategy tells containers apart.</summary>
    public ScoredRequests Scored { get; }

    /// <summary>Number of GPU devices.</summary>
    public int GpuCount { get; }

    /// <summary>Milli of each device; below 1000 only for a share of one device.</summary>
    public int GpuMilliPerDevice { get; }

    /// <summary>GPU milli over all devices.</summary>
    public long GpuMilliTotal => (long)GpuCount * GpuMilliPerDevice;

    /// <summary>Whether the pod takes a part of one device and leaves the rest to others.</summary>
    public bool IsGpuShare => GpuCount == 1 && GpuMilliPerDevice < PodSpec.WholeGpuMilli;

    /// <summary>Own place in the table: pods of one shape may differ in labels that nobody reads yet.</summary>
    public int Entry { get; }

    /// <summary>Which nodes are allowed by model, selector and node affinity; null when all are.</summary>
    internal NodeVerdicts? AllowedNodes { get; init; }

    /// <summary>The only node allowed, or <see cref="AnyNode"/>.</summary>
    internal int OnlyNode { get; init; }

    /// <summary>[extended resource] requested amounts; null when none is requested.</summary>
    internal long[]? Extended { get; init; }

    /// <summary>Index of the app whose pods are counted a node, or −1 when nobody counts them.</summary>
    internal int App { get; init; }

    /// <summary>At most this many pods of the app on a node; 0 = no limit.</summary>
    internal int MaxPerNode { get; init; }

    /// <summary>Tolerations; null without any.</summary>
    internal Tolerances? Tolerances { get; init; }

    /// <summary>Numbers of the host ports; null without any.</summary>
    internal int[]? Ports { get; init; }

    /// <summary>Rules that depend on the pods of other nodes; null without any.</summary>
    internal ClusterRuleSet? ClusterRules { get; init; }

    /// <summary>What its scheduler leaves out; null for nothing.</summary>
    internal Scheduling.RuleExemptions? Exemptions { get; init; }

    /// <summary>Whether anything about the node itself beyond the three plain resources, the pod limit, GPUs and taints restricts the pod.</summary>
    internal bool HasRules { get; init; }
}
