namespace SchedBench.Core.Cluster;

/// <summary>A term on pods that makes domains better or worse (Kubernetes <c>core/v1.WeightedPodAffinityTerm</c>), and the count of the placed pods that matter to it.</summary>
public readonly record struct PodPreference
{
    internal PodPreference(string topologyKey, int? weight, int required, int counter, int topology) =>
        (TopologyKey, Weight, IsPreferred, Required, Counter, Topology) = (topologyKey, weight ?? 0, weight is not null, required, counter, topology);

    /// <summary>Label of nodes that makes domains.</summary>
    public string TopologyKey { get; }

    /// <summary>What a pod counts: above 0 for affinity, below 0 for anti-affinity; 0 for terms that are required alone.</summary>
    public int Weight { get; }

    /// <summary>Whether it is a preference at all: terms of others may be required alone.</summary>
    public bool IsPreferred { get; }

    /// <summary>How often the carriers require the same affinity besides.</summary>
    public int Required { get; }

    /// <summary>Pods that matter: those that an own term means, or the carriers of a term of others.</summary>
    internal int Counter { get; }

    /// <summary>Number of the topology.</summary>
    internal int Topology { get; }
}

/// <summary>A preference as others meet it: it concerns pods that it means, in the domains where a pod carries it.</summary>
/// <param name="Matcher">Which pods.</param>
/// <param name="TopologyKey">Label that makes domains.</param>
/// <param name="Weight">Sum of the weights of a carrier's preferred terms of this kind, those of anti-affinity below 0; null without such terms.</param>
/// <param name="Required">Number of a carrier's required affinity terms of this kind.</param>
internal sealed record PreferenceTerm(PodMatcher Matcher, string TopologyKey, int? Weight, int Required);
