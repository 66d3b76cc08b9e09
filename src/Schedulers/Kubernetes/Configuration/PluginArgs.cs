using SchedBench.Core.Objects;

namespace SchedBench.Schedulers.Kubernetes.Configuration;

/// <summary>Arguments of the default plugins (<c>pluginConfig</c>), each with the defaults of v1.34.</summary>
public sealed record PluginArgs
{
    /// <summary>Of NodeResourcesFit.</summary>
    public NodeResourcesFitArgs Fit { get; init; } = new();

    /// <summary>Of NodeResourcesBalancedAllocation: resources, all of weight 1.</summary>
    public IReadOnlyList<ResourceWeight> BalancedResources { get; init; } = ResourceWeight.CpuAndMemory;

    /// <summary>Of PodTopologySpread.</summary>
    public PodTopologySpreadArgs Spread { get; init; } = new();

    /// <summary>Of InterPodAffinity.</summary>
    public InterPodAffinityArgs Affinity { get; init; } = new();

    /// <summary>Of NodeAffinity: an affinity that all pods of the profile have besides their own; null for none.</summary>
    public AddedAffinity? AddedAffinity { get; init; }

    /// <summary>Of DefaultPreemption: share of the nodes that is tried, in percent. All nodes are tried here.</summary>
    public int MinCandidateNodesPercentage { get; init; } = 10;

    /// <summary>Of DefaultPreemption: nodes that are tried at least.</summary>
    public int MinCandidateNodesAbsolute { get; init; } = 100;

    /// <summary>Of VolumeBinding: longest wait for volumes.</summary>
    public TimeSpan VolumeBindTimeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Of Coscheduling.</summary>
    public CoschedulingArgs Coscheduling { get; init; } = new();

    /// <summary>Of DynamicResources: longest filtering of one node.</summary>
    public TimeSpan DynamicResourcesFilterTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How NodeResourcesFit makes one score of several resources.</summary>
public enum ScoringStrategyType
{
    /// <summary>The emptier the better.</summary>
    LeastAllocated,

    /// <summary>The fuller the better.</summary>
    MostAllocated,

    /// <summary>By a broken line over the utilisation.</summary>
    RequestedToCapacityRatio,
}

/// <summary>Arguments of NodeResourcesFit.</summary>
public sealed record NodeResourcesFitArgs
{
    /// <summary>Extended resources that the filter leaves out.</summary>
    public IReadOnlyList<string> IgnoredResources { get; init; } = [];

    /// <summary>Prefixes (before the slash) of extended resources that the filter leaves out.</summary>
    public IReadOnlyList<string> IgnoredResourceGroups { get; init; } = [];

    /// <summary>Strategy.</summary>
    public ScoringStrategyType Type { get; init; }

    /// <summary>Resources of the score.</summary>
    public IReadOnlyList<ResourceWeight> Resources { get; init; } = ResourceWeight.CpuAndMemory;

    /// <summary>Of RequestedToCapacityRatio: points by utilisation (0 to 100), scores 0 to 10.</summary>
    public IReadOnlyList<UtilizationPoint> Shape { get; init; } = [];

    /// <summary>Whether the filter leaves the resource out (<c>fitsRequest</c>).</summary>
    public bool Ignores(string resource) => IgnoredResources.Contains(resource) || IgnoredResourceGroups.Contains(resource.Split('/')[0]);
}

/// <summary>A resource with its weight in a score.</summary>
/// <param name="Name">Name.</param>
/// <param name="Weight">1 to 100.</param>
public sealed record ResourceWeight(string Name, long Weight)
{
    /// <summary>The default: CPU and memory alike.</summary>
    public static IReadOnlyList<ResourceWeight> CpuAndMemory { get; } = [new("cpu", 1), new("memory", 1)];
}

/// <summary>A point of a broken line.</summary>
/// <param name="Utilization">0 to 100.</param>
/// <param name="Score">0 to 10.</param>
public sealed record UtilizationPoint(int Utilization, int Score);

/// <summary>Arguments of PodTopologySpread.</summary>
public sealed record PodTopologySpreadArgs
{
    /// <summary>Whether pods without constraints get Kubernetes' own (<c>defaultingType: System</c>): hostname with skew 3, zone with skew 5, both soft.</summary>
    public bool IsSystemDefaulted { get; init; } = true;

    /// <summary>Constraints of pods without any (<c>defaultingType: List</c>), without selectors.</summary>
    public IReadOnlyList<TopologySpreadConstraint> DefaultConstraints { get; init; } =
    [
        new TopologySpreadConstraint { TopologyKey = "kubernetes.io/hostname", MaxSkew = 3, IsHard = false },
        new TopologySpreadConstraint { TopologyKey = "topology.kubernetes.io/zone", MaxSkew = 5, IsHard = false },
    ];
}

/// <summary>Arguments of InterPodAffinity.</summary>
public sealed record InterPodAffinityArgs
{
    /// <summary>What a required affinity term of a placed pod that means this one counts in the score, 0 to 100.</summary>
    public int HardPodAffinityWeight { get; init; } = 1;

    /// <summary>Whether preferences of placed pods are left out when the pod has none of its own.</summary>
    public bool IgnorePreferredTermsOfExistingPods { get; init; }
}

/// <summary>Arguments of Coscheduling (kubernetes-sigs/scheduler-plugins, <c>apis/config/v1/defaults.go</c>).</summary>
public sealed record CoschedulingArgs
{
    /// <summary>How long a member waits for the others at most, where its group says nothing.</summary>
    public TimeSpan PermitWaitingTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the members of a group that failed are not tried; zero tries them as soon as anything can help.</summary>
    public TimeSpan PodGroupBackoff { get; init; }
}

/// <summary>Node affinity that all pods of a profile have.</summary>
/// <param name="Required">Terms, one of which must hold; null without a requirement.</param>
/// <param name="Preferred">Terms that add to the score.</param>
public sealed record AddedAffinity(ValueList<NodeSelectorTerm>? Required, ValueList<PreferredNodeTerm> Preferred);
