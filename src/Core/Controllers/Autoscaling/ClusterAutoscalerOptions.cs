using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>Which group grows when several could help (<c>--expander</c>).</summary>
public enum NodeGroupExpander : byte
{
    /// <summary>The one whose new nodes have the least CPU and memory left; the first among equals.</summary>
    LeastWaste,

    /// <summary>A drawn one.</summary>
    Random,

    /// <summary>The first of the list. Kubernetes has none of this name; its priority expander comes to it.</summary>
    First,
}

/// <summary>Node groups and how they are scaled; defaults are the flags of cluster-autoscaler 1.34 (<c>cluster-autoscaler/config/flags</c>).</summary>
public sealed record ClusterAutoscalerOptions
{
    /// <summary>The groups, in order.</summary>
    public required ValueList<NodeGroup> Groups { get; init; }

    /// <summary>Time between two looks (<c>--scan-interval</c>).</summary>
    public TimeSpan ScanPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Which group grows.</summary>
    public NodeGroupExpander Expander { get; init; }

    /// <summary>Most nodes that one look adds (<c>--max-nodes-per-scaleup</c>).</summary>
    public int MaxNodesPerScaleOut { get; init; } = 1000;

    /// <summary>Pods of lower priority neither bring nodes nor keep them (<c>--expendable-pods-priority-cutoff</c>).</summary>
    public int ExpendablePriorityCutoff { get; init; } = -10;

    /// <summary>How old a pod must be to bring nodes (<c>--new-pod-scale-up-delay</c>).</summary>
    public TimeSpan NewPodDelay { get; init; }

    /// <summary>A machine that is not ready after this long is given up (<c>--max-node-provision-time</c>).</summary>
    public TimeSpan MaxProvisionTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a group is left alone after a machine was given up; it doubles (<c>--initial-node-group-backoff-duration</c>).</summary>
    public TimeSpan BackoffStart { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time that a group is left alone (<c>--max-node-group-backoff-duration</c>).</summary>
    public TimeSpan BackoffLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether nodes are taken away at all (<c>--scale-down-enabled</c>).</summary>
    public bool ScalesIn { get; init; } = true;

    /// <summary>A node of which a smaller share is requested may go (<c>--scale-down-utilization-threshold</c>): the larger of CPU and memory; of GPUs where it has any.</summary>
    public double UtilizationThreshold { get; init; } = 0.5;

    /// <summary>Whether requests of daemons do not count there (<c>--ignore-daemonsets-utilization</c>).</summary>
    public bool IgnoresDaemonUtilization { get; init; }

    /// <summary>How long it must have been so (<c>--scale-down-unneeded-time</c>).</summary>
    public TimeSpan UnneededTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same for a node that is not ready (<c>--scale-down-unready-time</c>).</summary>
    public TimeSpan UnreadyTime { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Nothing is taken away for this long after nodes were added (<c>--scale-down-delay-after-add</c>).</summary>
    public TimeSpan DelayAfterAdd { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Nothing is taken away for this long after a node went (<c>--scale-down-delay-after-delete</c>).</summary>
    public TimeSpan DelayAfterDelete { get; init; }

    /// <summary>A node whose removal failed is left alone for this long (<c>--unremovable-node-recheck-timeout</c>).</summary>
    public TimeSpan UnremovableTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Nodes that are on their way out at once (<c>--max-scale-down-parallelism</c>).</summary>
    public int MaxParallelism { get; init; } = 10;

    /// <summary>Nodes among them that have pods to evict (<c>--max-drain-parallelism</c>).</summary>
    public int MaxDrainParallelism { get; init; } = 1;

    /// <summary>Longest grace of an evicted pod (<c>--max-graceful-termination-sec</c>).</summary>
    public TimeSpan MaxGracefulTermination { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>How long evictions that budgets refuse are tried again (<c>--max-pod-eviction-time</c>).</summary>
    public TimeSpan MaxEvictionTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Time between two tries (<c>EvictionRetryTime</c>).</summary>
    public TimeSpan EvictionRetryPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What evicted pods get beyond their grace before the removal is given up (<c>PodEvictionHeadroom</c>).</summary>
    public TimeSpan EvictionHeadroom { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the taint of a node to its removal, at least (<c>--node-delete-delay-after-taint</c>).</summary>
    public TimeSpan DeleteDelayAfterTaint { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a pod of kube-system without a budget keeps its node (<c>--skip-nodes-with-system-pods</c>).</summary>
    public bool SkipsSystemPods { get; init; } = true;

    /// <summary>Whether a pod with local storage keeps its node (<c>--skip-nodes-with-local-storage</c>).</summary>
    public bool SkipsLocalStorage { get; init; } = true;

    /// <summary>A fleet of nodes that are always there, and of all nodes that the groups may have.</summary>
    public FleetLayout FleetWith(IReadOnlyList<NodeSpec> others) =>
        new([.. others, .. Groups.SelectMany(group => Enumerable.Range(0, group.Max).Select(group.Node))]);
}
