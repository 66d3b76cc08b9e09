using SchedBench.Experiments.Files;

namespace SchedBench.Experiments.Plan;

/// <summary>Adds the workloads that others are measured against: a workload with an update is paired with the same one without it, so that what would have failed
/// anyway is not held against the update (REFERENCE §1.6). Workloads that differ in their update alone share one. A pair is called
/// <see cref="ClusterReplay.WithoutUpdate"/>; where an experiment needs several, each after the first workload that it belongs to.</summary>
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
                planned.Add(all.FirstOrDefault(IsWanted) ?? new WorkloadSpec(FreeName(NameOf(wanted, all), planned, all), disturbed.Undisturbed));
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

    /// <summary>A function of the whole experiment, so that a part of it has the same names.</summary>
    private static string NameOf(string wanted, IReadOnlyList<WorkloadSpec> all)
    {
        string[] calm = [.. all.Where(workload => workload.Replay is ClusterReplay { Update: null }).Select(workload => TextOf((ClusterReplay)workload.Replay))];
        (string Name, string Text)[] missing = [.. all.Where(workload => workload.Replay is ClusterReplay { Update: not null })
            .Select(workload => (workload.Name, Text: TextOf(((ClusterReplay)workload.Replay).Undisturbed))).Where(pair => !calm.Contains(pair.Text, StringComparer.Ordinal)).DistinctBy(pair => pair.Text)];
        return missing.Length == 1 ? ClusterReplay.WithoutUpdate : $"{missing.First(pair => pair.Text == wanted).Name}-{ClusterReplay.WithoutUpdate}";
    }

    private static string FreeName(string wanted, List<WorkloadSpec> planned, IReadOnlyList<WorkloadSpec> all)
    {
        for (int k = 1; ; k++)
        {
            string name = k == 1 ? wanted : $"{wanted}-{k}";
            if (planned.Concat(all).All(workload => workload.Name != name)) return name;
        }
    }
}
