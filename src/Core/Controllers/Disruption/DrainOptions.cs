using SchedBench.Core.Objects;

namespace SchedBench.Core.Controllers;

/// <summary>How nodes are drained (<c>kubectl drain</c>).</summary>
/// <remarks>Kubernetes' command refuses to begin where a node has pods of DaemonSets, pods without a controller, or pods with emptyDir volumes, unless it is told
/// otherwise; here it is told otherwise by default, as in most people's scripts.</remarks>
public sealed record DrainOptions
{
    /// <summary>Grace of the evicted pods; null for the one that each states (<c>--grace-period=-1</c>).</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Whether pods of DaemonSets stay where they are (<c>--ignore-daemonsets</c>); otherwise they are an error.</summary>
    public bool IgnoresDaemonSets { get; init; } = true;

    /// <summary>Whether pods without a controller go too (<c>--force</c>); otherwise they are an error.</summary>
    public bool IsForced { get; init; } = true;

    /// <summary>Whether pods with emptyDir volumes go too (<c>--delete-emptydir-data</c>); otherwise they are an error.</summary>
    public bool DeletesEmptyDir { get; init; } = true;

    /// <summary>Whether pods are deleted without asking budgets (<c>--disable-eviction</c>).</summary>
    public bool DisablesEviction { get; init; }

    /// <summary>A node whose pods are not gone after this long is given up and stays cordoned; null waits for ever (<c>--timeout</c>).</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Pods of a node that are on their way out at once; 0 for all, as <c>kubectl</c> does.</summary>
    public int Parallelism { get; init; }

    /// <summary>Nodes that are drained (<c>--selector</c>); null for those that are named.</summary>
    public LabelSelector? Nodes { get; init; }
}

/// <summary>A round over nodes: drain one, work on it, give it back, go on to the next.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>How each is drained.</summary>
    public DrainOptions Drain { get; init; } = new();

    /// <summary>How long a drained node is worked on.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>Whether a node is given back (uncordoned) after the work.</summary>
    public bool Uncordons { get; init; } = true;

    /// <summary>Pause between two nodes.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Whether all nodes are cordoned before the first is drained, as <c>kubectl drain --selector</c> does.</summary>
    public bool CordonsAllFirst { get; init; }
}
