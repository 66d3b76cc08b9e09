using SchedBench.Core.Scheduling;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Tests.Plan;

public sealed class CommittedExperimentTests
{
    [SkippableFact]
    public void The_FGD_study_is_planned_as_published()
    {
        ExperimentPlan plan = Plan("experiment.yaml");
        Assert.Equal(180, plan.Cells.Count);
        Assert.Equal(Enumerable.Range(42, 10).Select(seed => (ulong)seed), plan.Experiment.Seeds);
        Assert.Equal(["random", "best-fit", "dot-product", "gpu-packing", "gpu-clustering", "fgd"], plan.Experiment.Strategies.Select(strategy => strategy.Label));
        Assert.Equal("best-fit", plan.Experiment.Baseline);
        Assert.All(plan.Experiment.Workloads, workload => Assert.Equal(plan.Experiment.Workloads[0].Replay, workload.Replay));
        Assert.Empty(plan.Experiment.Notes);
        Assert.NotNull(plan.Experiment.Published!.Path);
    }

    [SkippableFact]
    public void The_tie_break_study_crosses_six_policies_with_three_tie_breaks()
    {
        ExperimentPlan plan = Plan("tie-breaks.yaml");
        Assert.Equal(180, plan.Cells.Count);
        Assert.Equal(6, plan.Experiment.Strategies.Select(strategy => strategy.Name).Distinct().Count());
        Assert.All(plan.Experiment.Strategies.GroupBy(strategy => strategy.Name), levels =>
            Assert.Equal([TieBreak.FirstInOrder, TieBreak.LowestName, TieBreak.Uniform], levels.Select(level => level.TieBreak)));
        Assert.Contains(plan.Experiment.Strategies, strategy => strategy.Label == "fgd[tieBreak=uniform]");
    }

    [Fact]
    public void Every_experiment_that_needs_no_data_from_elsewhere_can_be_planned()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "workloads"), "experiment*.yaml", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) != "fgd")
                .Order(StringComparer.Ordinal),
        ];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            ExperimentPlan plan = ExperimentPlan.Create(ExperimentFile.Read(file, null, TestExperiments.BuiltIn), new PlanOverrides(), "SchedBench test");
            Assert.NotEmpty(plan.Cells);
            Assert.NotEmpty(plan.Inputs);
            Assert.Empty(plan.Experiment.Notes);
        }
    }

    private static ExperimentPlan Plan(string name)
    {
        string? data = Repository.Shared("traces/openb");
        Skip.If(data is null, "The openb traces are not beside the sources.");
        Experiment experiment = ExperimentFile.Read(Path.Combine(Repository.Root, "workloads", "fgd", name), data, TestExperiments.BuiltIn);
        return ExperimentPlan.Create(experiment, new PlanOverrides(), "SchedBench test");
    }
}
