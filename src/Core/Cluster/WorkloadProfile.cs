using SchedBench.Core.Objects;

namespace SchedBench.Core.Cluster;

/// <summary>What may be known of a workload beforehand: the distinct requests of the original trace and how often each occurs.</summary>
public sealed class WorkloadProfile
{
    /// <summary>A request and its count.</summary>
    /// <param name="Spec">The request.</param>
    /// <param name="Pods">Pods of the trace that ask for it, ≥ 1.</param>
    public readonly record struct Entry(PodSpec Spec, long Pods);

    private WorkloadProfile(Entry[] entries) => Entries = entries;

    /// <summary>Distinct requests in order of first appearance.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>Counts the requests of a trace.</summary>
    public static WorkloadProfile Of(ReadOnlySpan<Arrivals.PodArrival> pods)
    {
        var index = new Dictionary<PodSpec, int>();
        var byInstance = new Dictionary<PodSpec, int>(ReferenceEqualityComparer.Instance);
        var specs = new List<PodSpec>();
        var counts = new List<long>();
        foreach (ref readonly Arrivals.PodArrival pod in pods)
        {
            if (!byInstance.TryGetValue(pod.Spec, out int entry))
            {
                if (!index.TryGetValue(pod.Spec, out entry))
                {
                    entry = specs.Count;
                    index.Add(pod.Spec, entry);
                    specs.Add(pod.Spec);
                    counts.Add(0);
                }

                byInstance.Add(pod.Spec, entry);
            }

            counts[entry]++;
        }

        return new WorkloadProfile([.. specs.Zip(counts, (spec, count) => new Entry(spec, count))]);
    }
}
