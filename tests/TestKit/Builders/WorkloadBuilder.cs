using SchedBench.Core.Arrivals;

namespace SchedBench.TestKit;

/// <summary>Builds a workload. Pods are put in order of arrival, equal instants in the order in which they were added.</summary>
public sealed class WorkloadBuilder
{
    private readonly List<PodArrival> _pods = [];
    private readonly List<PodGroupSpec> _groups = [];

    /// <summary>Adds a pod.</summary>
    public WorkloadBuilder Pod(PodBuilder pod) => Add(pod.Build());

    /// <summary>Adds so many pods of one spec.</summary>
    public WorkloadBuilder Pods(int count, PodBuilder pod) => Add([.. pod.Times(count)]);

    /// <summary>Adds a group of equal pods.</summary>
    public WorkloadBuilder Group(string name, int minMember, int members, PodBuilder pod)
    {
        Add([.. pod.Times(members, _groups.Count)]);
        _groups.Add(new PodGroupSpec(name, minMember));
        return this;
    }

    /// <summary>Adds a group of different pods.</summary>
    public WorkloadBuilder Group(string name, int minMember, params PodBuilder[] pods)
    {
        Add([.. pods.Select(pod => pod.Build(_groups.Count))]);
        _groups.Add(new PodGroupSpec(name, minMember));
        return this;
    }

    /// <summary>Adds pods as they are.</summary>
    public WorkloadBuilder Add(params PodArrival[] pods)
    {
        _pods.AddRange(pods);
        return this;
    }

    /// <summary>The workload.</summary>
    public Workload Build() => new([.. _pods.OrderBy(pod => pod.Arrival)], [.. _groups]);
}
