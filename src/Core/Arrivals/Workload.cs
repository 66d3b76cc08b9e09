using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Arrivals;

/// <summary>How a pod's recorded life ended.</summary>
public enum PodOutcome : byte
{
    /// <summary>The pod completed.</summary>
    Succeeded,

    /// <summary>The pod ended with an error.</summary>
    Failed,
}

/// <summary>One pod of a workload: what it asks for, when it arrives, how long it runs.</summary>
/// <param name="Name">Unique within the workload: the pod's stable identity for draws.</param>
/// <param name="Spec">Shared spec.</param>
/// <param name="Arrival">Instant of creation since the start of the workload, ≥ 0.</param>
/// <param name="Duration">Service time once started, &gt; 0; <see langword="null"/> when the pod runs on to the end (censored in the record).</param>
/// <param name="Group">Index into <see cref="Workload.Groups"/>, or −1.</param>
/// <param name="Outcome">How it ends after <paramref name="Duration"/>.</param>
public readonly record struct PodArrival(
    string Name, PodSpec Spec, TimeSpan Arrival, TimeSpan? Duration, int Group = -1, PodOutcome Outcome = PodOutcome.Succeeded)
{
    /// <summary>Labels, sorted by key: what topology spread and pod affinity read.</summary>
    public ValueList<Label> Labels { get; init; }

    /// <summary>Namespace; empty for the only one.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Pods that are placed all or nothing (the coscheduling PodGroup of Kubernetes): a parallel job of a trace.</summary>
/// <param name="Name">Unique within the workload.</param>
/// <param name="MinMember">The group runs when at least this many members can be placed; the readers set it to the number of members.</param>
public sealed record PodGroupSpec(string Name, int MinMember);

/// <summary>A recorded or generated workload in memory: pods sorted by arrival (equal instants keep the order of the file).
/// Members of a group are neighbours and arrive at one instant.</summary>
public sealed class Workload
{
    /// <summary>Holds the arrays as given, without a copy; the caller hands them over.</summary>
    /// <param name="pods">Sorted by arrival.</param>
    /// <param name="groups">Groups that <see cref="PodArrival.Group"/> points into.</param>
    public Workload(PodArrival[] pods, PodGroupSpec[] groups)
    {
        Pods = pods;
        Groups = groups;
        HasClusterRules = pods.Any(pod => ClusterRuleSet.IsNeeded(pod.Spec));
        HasPodPreferences = pods.Any(pod => ClusterRuleSet.PrefersPods(pod.Spec));
        AppsWithLimit = pods.Where(pod => pod.Spec.MaxPerNode > 0).Select(pod => pod.Spec.App).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Pods by arrival.</summary>
    public ReadOnlyMemory<PodArrival> Pods { get; }

    /// <summary>Pod groups.</summary>
    public IReadOnlyList<PodGroupSpec> Groups { get; }

    /// <summary>Apps of which some pod limits the number a node may hold; all pods of such an app count towards the limit.</summary>
    internal IReadOnlySet<string> AppsWithLimit { get; }

    /// <summary>Whether some pod has a rule that depends on the pods of other nodes.</summary>
    internal bool HasClusterRules { get; }

    /// <summary>Whether some pod prefers nodes by the pods of other nodes, which strategies may look at.</summary>
    internal bool HasPodPreferences { get; }
}
