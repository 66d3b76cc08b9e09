using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;

namespace SchedBench.Schedulers.Tests.Studies;

/// <summary>The published figures of the FGD study (USENIX ATC 2023), repeated: 6 policies × 3 traces × 10 seeds.</summary>
public sealed class FgdStudyTests
{
    [SkippableFact]
    public void The_published_means_come_out()
    {
        IReadOnlyList<FgdStudy.Published> published = FgdStudy.ReadPublished();
        NodeSpec[] nodes = FgdStudy.ReadNodes();
        var misses = new List<string>();
        double differences = 0;
        foreach (IGrouping<string, FgdStudy.Published> trace in published.GroupBy(point => point.Workload))
        {
            Workload workload = FgdStudy.ReadWorkload(trace.Key);
            foreach (IGrouping<string, FgdStudy.Published> policy in trace.GroupBy(point => point.Policy))
            {
                Dictionary<(string, int), double[]> curves = FgdStudy.Run(nodes, workload, FgdStudy.Strategies[policy.Key]);
                foreach (FgdStudy.Published point in policy)
                {
                    double[] ours = curves[(point.Metric, point.Percent)];
                    double difference = Math.Abs(ours.Average() - point.Mean), deviation = FgdStudy.Deviation(ours);
                    double error = Math.Sqrt(((deviation * deviation) + (point.Deviation * point.Deviation)) / FgdStudy.Seeds);
                    differences += difference;
                    if (difference > Math.Max(0.4, 3 * error)) misses.Add($"{point}: {ours.Average():F3}");
                }
            }
        }

        Assert.Equal(6 * 3 * 2 * 13, published.Count);
        Assert.Empty(misses);
        Assert.InRange(differences / published.Count, 0, 0.25);
    }

    // Weng et al.'s simulator gives ties to the first node; kube-scheduler's uniform rule costs FGD five points at 100 % arrival on the default trace.
    [SkippableTheory]
    [InlineData("fgd", 95.2, 89.8)]
    [InlineData("best-fit", 0, 0)]
    [InlineData("random", 0, 0)]
    public void Ties_decide_as_the_study_says(string strategy, double firstInOrder, double uniform)
    {
        NodeSpec[] nodes = FgdStudy.ReadNodes();
        Workload workload = FgdStudy.ReadWorkload("default");
        double first = FgdStudy.Run(nodes, workload, strategy)[("gpu_allocated_percent", 100)].Average();
        double drawn = FgdStudy.Run(nodes, workload, strategy, TieBreak.Uniform)[("gpu_allocated_percent", 100)].Average();
        if (firstInOrder == 0)
        {
            Assert.InRange(first - drawn, -0.5, 0.5);
            return;
        }

        Assert.InRange(first, firstInOrder - 0.4, firstInOrder + 0.4);
        Assert.InRange(drawn, uniform - 0.4, uniform + 0.4);
    }

    [SkippableFact]
    public void The_invariants_hold_in_a_cell_of_every_policy()
    {
        NodeSpec[] nodes = FgdStudy.ReadNodes();
        Workload workload = FgdStudy.ReadWorkload("default");
        WorkloadProfile profile = WorkloadProfile.Of(workload.Pods.Span);
        Parallel.ForEach(FgdStudy.Strategies.Values, strategy =>
            Assert.NotEmpty(FgdStudy.Run(nodes, workload, profile, strategy, TieBreak.FirstInOrder, FgdStudy.FirstSeed, sampling: 512)));
    }
}
