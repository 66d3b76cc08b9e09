using SchedBench.Core.Arrivals;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Generators.Fitting;

/// <summary>A job of a trace: a single pod, or a group with the request and life of its first member.</summary>
internal readonly record struct FittedJob(PodSpec Spec, TimeSpan Arrival, TimeSpan? Duration, int Members, bool Failed)
{
    /// <summary>The jobs of a workload by arrival.</summary>
    public static List<FittedJob> Of(Workload workload)
    {
        var jobs = new List<FittedJob>();
        int open = -1;
        foreach (PodArrival pod in workload.Pods.Span)
        {
            if (pod.Group >= 0 && pod.Group == open)
            {
                jobs[^1] = jobs[^1] with { Members = jobs[^1].Members + 1 };
                continue;
            }

            open = pod.Group;
            jobs.Add(new FittedJob(pod.Spec, pod.Arrival, pod.Duration, 1, pod.Outcome == PodOutcome.Failed));
        }

        return jobs;
    }
}
