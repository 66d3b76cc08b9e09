namespace SchedBench.Schedulers.Kubernetes.Framework;

/// <summary>Where plugins take part in scheduling a pod, in the order in which it passes them (<c>k8s.io/kube-scheduler/framework</c>). A set of bits: a plugin has several.</summary>
[Flags]
public enum ExtensionPoint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>May the pod enter the queue?</summary>
    PreEnqueue = 1,

    /// <summary>Which pod is next?</summary>
    QueueSort = 1 << 1,

    /// <summary>Once a pod: what filters need, whether they are needed, which nodes are left.</summary>
    PreFilter = 1 << 2,

    /// <summary>Once a node: may the pod go there?</summary>
    Filter = 1 << 3,

    /// <summary>After no node was found: preemption.</summary>
    PostFilter = 1 << 4,

    /// <summary>Once a pod: what scores need, and whether they are needed.</summary>
    PreScore = 1 << 5,

    /// <summary>How good is the node?</summary>
    Score = 1 << 6,

    /// <summary>The node was chosen.</summary>
    Reserve = 1 << 7,

    /// <summary>Let the pod wait.</summary>
    Permit = 1 << 8,

    /// <summary>Before the binding.</summary>
    PreBind = 1 << 9,

    /// <summary>The binding.</summary>
    Bind = 1 << 10,

    /// <summary>After it.</summary>
    PostBind = 1 << 11,
}

/// <summary>The extension points by the names that configurations use.</summary>
public static class ExtensionPoints
{
    /// <summary>Name and point, in order.</summary>
    public static IReadOnlyList<(string Name, ExtensionPoint Point)> ByName { get; } =
    [
        .. Enum.GetValues<ExtensionPoint>().Where(point => point != ExtensionPoint.None).Select(point => ($"{char.ToLowerInvariant($"{point}"[0])}{$"{point}"[1..]}", point)),
    ];
}
