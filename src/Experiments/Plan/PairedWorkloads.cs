using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Plan;

/// <summary>Adds the workloads that others are measured against: a workload with an update is paired with the same one without it, so that what would have failed
/// anyway is not held against the update (REFERENCE §1.6). Workloads that differ in their update alone share one.</summary>
internal static class PairedWorkloads
{
    /// <summary>The workloads with their pairs at the end, and for each the place of its pair, or −1.</summary>
    /// <param name="workloads">Workloads that are run.</param>
    /// <param name="all">All workloads of the experiment: names are taken, and one without an update serves as a pair although it was not asked for.</param>
    public static (IReadOnlyList<WorkloadSpec> Workloads, IReadOnlyList<int> PairOf) Add(IReadOnlyList<WorkloadSpec> workloads, IReadOnlyList<WorkloadSpec> all)
    {
        var planned = new List<WorkloadSpec>(workloads);
        var pairOf = new List<int>();
        foreach (WorkloadSpec workload in workloads)
        {
            if (workload.Replay is not ClusterReplay { Update: not null } disturbed)
            {
                pairOf.Add(-1);
                continue;
            }

            string wanted = TextOf(disturbed.Undisturbed);
            int at = planned.FindIndex(IsWanted);
            if (at < 0)
            {
                planned.Add(all.FirstOrDefault(IsWanted) ?? new WorkloadSpec(FreeName(planned, all), disturbed.Undisturbed));
                at = planned.Count - 1;
            }

            pairOf.Add(at);

            bool IsWanted(WorkloadSpec other) => other.Replay is ClusterReplay { Update: null } calm && TextOf(calm) == wanted;
        }

        while (pairOf.Count < planned.Count) pairOf.Add(-1);
        return (planned, pairOf);
    }

    /// <summary>Everything but the name.</summary>
    private static string TextOf(ClusterReplay replay) => ExperimentJson.Text(new WorkloadSpec("", replay));

    private static string FreeName(List<WorkloadSpec> planned, IReadOnlyList<WorkloadSpec> all)
    {
        for (int k = 1; ; k++)
        {
            string name = k == 1 ? ClusterReplay.WithoutUpdate : $"{ClusterReplay.WithoutUpdate}-{k}";
            if (planned.Concat(all).All(workload => workload.Name != name)) return name;
        }
    }
}
