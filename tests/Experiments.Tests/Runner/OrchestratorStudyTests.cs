using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests.Runner;

/// <summary>The shipped study says what its page says: with equal timers there is little left between the two orchestrators.</summary>
public sealed class OrchestratorStudyTests
{
    private static readonly ExperimentPlan Plan = ExperimentPlan.Create(
        ExperimentFile.Read(Path.Combine(Repository.Root, "workloads", "orchestrators", "experiment.yaml"), null, TestExperiments.BuiltIn),
        new PlanOverrides { Seeds = [1, 2, 3], Only = CellFilter.Parse("strategy=least-allocated") },
        "SchedBench test");

    [Fact]
    public void With_equal_timers_both_lose_as_much_with_a_machine()
    {
        Assert.InRange(Mean("swarm-equal-power-off", "deficit_replica_seconds") / Mean("kubernetes-equal-power-off", "deficit_replica_seconds"), 0.85, 1.15);
        Assert.InRange(Mean("swarm-equal-power-off", "request_failures_per_million") / Mean("kubernetes-equal-power-off", "request_failures_per_million"), 0.7, 1.3);
    }

    [Fact]
    public void With_equal_timers_a_rollout_one_by_one_takes_about_as_long()
    {
        Assert.InRange(Mean("swarm-equal-rollout", "rollout_duration_seconds") / Mean("kubernetes-equal-rollout", "rollout_duration_seconds"), 0.95, 1.45);
        Assert.Equal(0.5, Mean("swarm-equal-rollout", "available_ratio_min"));
        Assert.Equal(0.5, Mean("kubernetes-equal-rollout", "available_ratio_min"));
    }

    [Fact]
    public void With_default_timers_swarm_replaces_lost_tasks_far_sooner_and_rolls_out_more_slowly()
    {
        Assert.True(20 * Mean("swarm-power-off", "deficit_replica_seconds") < Mean("kubernetes-power-off", "deficit_replica_seconds"));
        Assert.True(Mean("swarm-rollout", "rollout_duration_seconds") > 3 * Mean("kubernetes-rollout", "rollout_duration_seconds"));
    }

    private static double Mean(string workload, string metric) => Plan.Cells.Where(cell => cell.Workload.Name == workload).Average(cell =>
    {
        CellResult result = new CellRunner(LoadedInputs.Load([cell]), StrategyCatalog.BuiltIn(), new CellRunOptions()).Run(cell);
        Assert.Equal((CellStatus.Ok, ""), (result.Status, result.Failure));
        return result.Metrics.First(value => value.Metric == metric).Value!.Value;
    });
}
