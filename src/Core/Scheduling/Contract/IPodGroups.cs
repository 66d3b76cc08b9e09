using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;

namespace SchedBench.Core.Scheduling;

/// <summary>What a group of pods asks for (the spec of a PodGroup, <c>scheduling.x-k8s.io/v1alpha1</c>).</summary>
/// <param name="Name">Name, with the namespace before it where there are namespaces.</param>
/// <param name="MinMember">Members that have to run together.</param>
/// <param name="CreatedAt">When it was created; for a group of a trace, when its first member arrived.</param>
public sealed record PodGroupTerms(string Name, int MinMember, TimeSpan CreatedAt)
{
    /// <summary>How long members wait for one another at most; null where the group says nothing.</summary>
    public TimeSpan? ScheduleTimeout { get; init; }

    /// <summary>Resources that must be free in the cluster before a member is tried, by name; CPU in milli.</summary>
    public ValueList<ResourceAmount> MinResources { get; init; }
}

/// <summary>The groups of pods that the scheduler knows of: those of a trace, or PodGroup objects and the label <c>scheduling.x-k8s.io/pod-group</c>.</summary>
public interface IPodGroups
{
    /// <summary>Number of the group that the pod names, or −1. The same during the whole run.</summary>
    int GroupOf(PodIndex pod);

    /// <summary>What the group asks for; null when pods name it and it does not exist.</summary>
    PodGroupTerms? TermsOf(int group);

    /// <summary>Pods that name the group and exist, those that have ended among them.</summary>
    int PodsOf(int group);

    /// <summary>Adds its pods that wait for a decision or hold resources.</summary>
    void Members(int group, List<PodIndex> into);
}
