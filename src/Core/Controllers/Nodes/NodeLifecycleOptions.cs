namespace SchedBench.Core.Controllers;

/// <summary>Options of the node lifecycle controller; defaults are those of Kubernetes v1.34.</summary>
public sealed record NodeLifecycleOptions
{
    /// <summary>Time between two looks at all nodes (<c>node-monitor-period</c>). Looks are at multiples of it.</summary>
    public TimeSpan MonitorPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node is unknown when no new heartbeat was seen for this long (<c>node-monitor-grace-period</c>; 40 s before v1.32).</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>The same for a node that has never reported (<c>node-startup-grace-period</c>), counted from its creation.</summary>
    public TimeSpan StartupGracePeriod { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Nodes a second and zone that get a NoExecute taint (<c>node-eviction-rate</c>).</summary>
    public double EvictionRate { get; init; } = 0.1;

    /// <summary>The same in a zone that is partly down (<c>secondary-node-eviction-rate</c>); none in a zone of at most <see cref="LargeZone"/> nodes.</summary>
    public double SecondaryEvictionRate { get; init; } = 0.01;

    /// <summary>Above this number of nodes a zone is large (<c>large-cluster-size-threshold</c>).</summary>
    public int LargeZone { get; init; } = 50;

    /// <summary>Share of nodes that are not ready, at least three of them, from which a zone counts as partly down (<c>unhealthy-zone-threshold</c>).</summary>
    public double UnhealthyThreshold { get; init; } = 0.55;
}
