using SchedBench.Core.Objects;

namespace SchedBench.Core.Nodes;

/// <summary>Taints that the control plane sets on nodes (Kubernetes <c>core/v1/well_known_taints.go</c>).</summary>
public static class NodeTaints
{
    /// <summary>Key: the node says that it is not ready.</summary>
    public const string NotReady = "node.kubernetes.io/not-ready";

    /// <summary>Key: nothing is heard of the node.</summary>
    public const string Unreachable = "node.kubernetes.io/unreachable";

    /// <summary>Key: the node is cordoned.</summary>
    public const string Unschedulable = "node.kubernetes.io/unschedulable";

    /// <summary>Key: a person says that the machine is off for good.</summary>
    public const string OutOfService = "node.kubernetes.io/out-of-service";

    /// <summary>Key: the node is short of memory.</summary>
    public const string MemoryPressureKey = "node.kubernetes.io/memory-pressure";

    /// <summary>Key: the node is short of disk.</summary>
    public const string DiskPressureKey = "node.kubernetes.io/disk-pressure";

    /// <summary>The taint of a node that is short of memory.</summary>
    public static Taint MemoryPressure { get; } = new(MemoryPressureKey, "", TaintEffect.NoSchedule);

    /// <summary>The taint of a node that is short of disk.</summary>
    public static Taint DiskPressure { get; } = new(DiskPressureKey, "", TaintEffect.NoSchedule);

    /// <summary>Whether a node has a taint of this key and effect.</summary>
    public static bool Has(Node node, string key, TaintEffect effect)
    {
        foreach (ref readonly Taint taint in node.Taints.AsSpan())
        {
            if (taint.Effect == effect && taint.Key == key) return true;
        }

        return false;
    }
}
