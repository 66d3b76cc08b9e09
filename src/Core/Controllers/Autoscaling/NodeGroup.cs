using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Core.Controllers;

/// <summary>Equal nodes that an autoscaler adds and takes away (a node group of cluster-autoscaler: an instance group of one machine type in one zone).</summary>
/// <remarks>The fleet of a run holds all nodes that a group may ever have (<see cref="ClusterAutoscalerOptions.FleetWith"/>); those that do not exist are absent. A node that is
/// added takes the place that was left longest ago, never-used ones first, so that a name may come again, on an empty disk.</remarks>
public sealed record NodeGroup
{
    /// <summary>Name, unique; the nodes are called <c>name-0000</c> and so on.</summary>
    public required string Name { get; init; }

    /// <summary>What each node offers; its name is replaced, its zone is the group's.</summary>
    public required NodeSpec Template { get; init; }

    /// <summary>Nodes that stay in any case.</summary>
    public int Min { get; init; }

    /// <summary>Most nodes.</summary>
    public required int Max { get; init; }

    /// <summary>Nodes at the start of the run; null for <see cref="Min"/>.</summary>
    public int? Initial { get; init; }

    /// <summary>Time from the request for a machine to a node that is ready, in seconds.</summary>
    public Distribution BootSeconds { get; init; } = new ConstantDistribution(60);

    /// <summary>The node of a place, 0 to <see cref="Max"/> − 1.</summary>
    public NodeSpec Node(int place) => Template with { Name = $"{Name}-{place:D4}" };
}
