using SchedBench.Core.Cluster;

namespace SchedBench.Core.Scheduling;

/// <summary>Changes of the cluster that may help a pod which waits (<c>fwk.ClusterEvent</c>, by what the scheduler can tell apart here). A set of bits.</summary>
[Flags]
public enum ClusterEvents
{
    /// <summary>None: only the five-minute flush, or somebody who asks for the pod.</summary>
    None = 0,

    /// <summary>A node came, went, or has other taints, labels, resources or another state.</summary>
    Node = 1,

    /// <summary>A pod holds its place no longer, is on its way out, or was taken back before it was bound.</summary>
    PodGone = 1 << 1,

    /// <summary>A pod was placed.</summary>
    PodPlaced = 1 << 2,

    /// <summary>A claim, a volume or a class of storage changed.</summary>
    Volume = 1 << 3,

    /// <summary>Labels of a namespace changed.</summary>
    Namespace = 1 << 4,

    /// <summary>A group of pods came or changed.</summary>
    PodGroup = 1 << 5,

    /// <summary>Any change.</summary>
    All = Node | PodGone | PodPlaced | Volume | Namespace | PodGroup,
}

/// <summary>A pod in the scheduling queue, to whoever orders it.</summary>
/// <param name="Pod">The pod; of a group that waits as one, its first member.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="QueuedAt">When it came into the queue, or its last try failed (<c>QueuedPodInfo.Timestamp</c>).</param>
/// <param name="FirstQueuedAt">When it came first (<c>InitialAttemptTimestamp</c>).</param>
public readonly record struct QueuedPod(PodIndex Pod, int Priority, TimeSpan QueuedAt, TimeSpan FirstQueuedAt);

/// <summary>Says which pod is decided on next.</summary>
public interface IQueueOrder
{
    /// <summary>Less than 0 when the left one comes first; equals follow in the order in which they came or failed last. Must not change while both wait.</summary>
    int Compare(in QueuedPod left, in QueuedPod right);
}
