using SchedBench.Chaos.Plans;
using SchedBench.Core.Input;
using SchedBench.Experiments.Expectations;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests.Files;

/// <summary><c>faults</c> in experiment files: levels, plans, cells, and what is wrong with them.</summary>
public sealed class FaultFileTests
{
    [Fact]
    public void None_is_a_level_of_its_own_and_added_where_it_is_left_out()
    {
        Assert.Equal(["none"], Read("").Faults.Select(set => set.Name));
        Assert.Equal(["none", "a"], Read("  faults: [{ name: a, faults: [{ at: 1m, effect: hang }] }]\n").Faults.Select(set => set.Name));
        Assert.Equal(["a", "none"], Read("  faults: [{ name: a, faults: [{ at: 1m }] }, none]\n").Faults.Select(set => set.Name));
        using TestExperiments files = Files();
        ExperimentPlan plan = ExperimentPlan.Create(Parse(files, "  faults: [{ name: a, faults: [{ at: 1m }] }]\n"), new PlanOverrides(), "test");
        Assert.Equal(["none", "a"], plan.Cells.Select(cell => cell.Key.Faults));
    }

    [Theory]
    [InlineData("[{ name: none, faults: [{ at: 1m }] }]", "expected another name")]
    [InlineData("[nothing]", "expected none, or { name")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: crsh }] }]", "expected one of crash, hang, processHang, cutOff, heartbeatLoss")]
    [InlineData("[{ name: a, faults: [{ at: 1m, mode: fixed }] }]", "expected value beside this mode")]
    [InlineData("[{ name: a, faults: [{ at: 1m, mode: one, value: 3 }] }]", "expected this key only beside the modes")]
    [InlineData("[{ name: a, faults: [{ model: deen-2008 }] }]", "did you mean 'dean-2008'?")]
    [InlineData("[{ name: a, faults: [{ model: google-2011 }] }]", "expected timeToFailure beside google-2011, whose source publishes no rate")]
    [InlineData("[{ name: a, faults: [{ model: rewiring, wave: 0.0001 }] }]", "expected 0, or a share of 0.001 to 1")]
    [InlineData("[{ name: a, faults: [{ model: rewiring, effect: schedulerCrash }] }]", "expected faults on nodes beside wave")]
    [InlineData("[{ name: a, faults: [{ model: fail-slow }] }]", "expected timeToFailure beside fail-slow")]
    [InlineData("[{ name: a, faults: [{ model: rack }] }]", "expected by: LABEL beside it")]
    [InlineData("[{ name: a, faults: [{ model: renewal }] }]", "expected timeToFailure and timeToRepair beside it")]
    [InlineData("[{ name: a, faults: [{ model: dean-2008, timeToFailure: { distribution: pareto, shape: 1, min: 5 } }] }]", "expected distributions of finite mean")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: podKill }] }]", "pods")]
    [InlineData("[{ name: a, faults: [{ model: dean-2008, effect: podKill }] }]", "pods")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: slowCpu }] }]", "expected factor beside effect slowCpu: times as slow")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: slowCpu, factor: 0.5 }] }]", "expected 1 to 10000")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: delay, latency: 100 }] }]", "such as 90s")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: partition, peer: zone b }] }]", "expected anyone, controlPlane, outside")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: podKill, pods: {}, duration: 5s }] }]", "podKill happens at an instant")]
    [InlineData("[{ name: a, faults: [{ cron: '61 * * * *' }] }]", "61")]
    [InlineData("[{ name: a, faults: [{ at: 1m, effect: podKill, pods: { selector: 'a in' } }] }]", "selector")]
    [InlineData("[{ name: a, faults: [{ at: 1m, model: dean-2008 }] }]", "at")]
    [InlineData("[{ name: a, faults: [{ at: 1m, nodes: [x], selector: a=b }] }]", "expected either nodes or selector")]
    [InlineData("[{ name: a, faults: [{ name: s, at: 1m }, { name: s, at: 2m }] }]", "expected every name once")]
    [InlineData("[{ name: a, survivors: 150%, faults: [{ at: 1m }] }]", "expected a whole number or percent")]
    [InlineData("[{ name: a, plan: nowhere.yaml }]", "nowhere.yaml")]
    public void What_is_wrong_is_told_with_its_place(string faults, string expected)
    {
        InputException error = Assert.Throws<InputException>(() => Read($"  faults: {faults}\n"));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains(expected, StringComparison.Ordinal));
        Assert.All(error.Problems, problem => Assert.True(problem.Line > 0));
    }

    [Fact]
    public void A_fault_hits_the_run_and_a_set_that_hits_nothing_makes_it_void()
    {
        CellResult[] results = Run("  faults: [{ name: power, faults: [{ at: 1m, duration: 2m, nodes: [node-0] }] }, { name: late, faults: [{ at: 2h }] }]\n");
        Assert.Equal([CellStatus.Ok, CellStatus.Ok, CellStatus.Void], results.Select(result => result.Status));
        Assert.Equal(1, results[1].Metrics.Single(metric => metric.Metric == "faults_total").Value);
        Assert.DoesNotContain(results[0].Metrics, metric => metric.Metric == "faults_total");
        Assert.NotEqual(results[0].Fingerprint, results[1].Fingerprint);
        Assert.Contains("no fault hit anything", results[2].Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodes: [node-0, nod-1]", "'nod-1'", "did you mean 'node-1'?")]
    [InlineData("selector: \"disk=ssd\"", "disk=ssd", "expected a selector that matches a node of fleet three")]
    [InlineData("by: topology.kubernetes.io/zoen", "zoen", "expected a label of nodes of fleet three")]
    public void Nodes_that_no_fleet_has_are_told_with_their_place(string whom, string value, string expected)
    {
        InputException error = Assert.Throws<InputException>(() => Run($"  faults: [{{ name: a, faults: [{{ at: 1m, {whom} }}] }}]\n"));
        InputProblem problem = Assert.Single(error.Problems);
        Assert.Contains(value, $"{problem}", StringComparison.Ordinal);
        Assert.Contains(expected, $"{problem}", StringComparison.Ordinal);
        Assert.True(problem.Line > 0);
    }

    [Fact]
    public void A_set_that_is_healed_has_to_converge_by_the_end_of_the_run()
    {
        using TestExperiments files = Files();
        Experiment experiment = Parse(files, "  faults: [{ name: soon, heal: 3m, faults: [{ at: 1m, nodes: [node-0, node-1] }] }, { name: late, heal: 1199900ms, faults: [{ at: 1130s, nodes: [node-0, node-1] }] }]\n");
        ExperimentPlan plan = ExperimentPlan.Create(experiment, new PlanOverrides(), "test");
        CellResult[] results = Cells(plan);
        double? Of(int cell, string metric) => results[cell].Metrics.Single(value => value.Metric == metric).Value;
        Assert.Equal(0, Of(1, "workloads_not_restored_total"));
        Assert.InRange(Of(1, "time_to_converge_seconds")!.Value, 0.1, 120);
        Assert.True(Of(2, "workloads_not_restored_total") > 0);
        Assert.Null(Of(2, "time_to_converge_seconds"));
        Assert.Equal([("soon", true), ("late", false)], ExpectationJudge.Judge(experiment, results).Select(verdict => (verdict.Faults, verdict.Holds)));
        string[] lines = [.. VerdictSummary.Lines(ExpectationJudge.Judge(experiment, results))];
        Assert.StartsWith("holds: max of workloads_not_restored_total for first-fit on shop under soon", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("FAILS: max of workloads_not_restored_total for first-fit on shop under late", lines[1], StringComparison.Ordinal);
        Verdict[] both = [.. ExpectationJudge.Judge(experiment, results).Where(verdict => verdict.Holds).SelectMany(verdict => new[] { verdict, verdict with { Strategy = "random", Value = -1 } })];
        Assert.Equal("holds: max of workloads_not_restored_total under soon for 2 of 2 combinations: expected at most 0, found -1 to 0", Assert.Single(VerdictSummary.Lines(both)));
        Assert.Contains(Assert.Throws<InputException>(() => Read("  faults: [{ name: a, heal: 2h, faults: [{ at: 1m }] }]\n")).Problems, problem => $"{problem}".Contains("expected heal of a before the end", StringComparison.Ordinal));
    }

    [Fact]
    public void Secondary_damage_is_the_difference_to_the_same_cell_without_faults()
    {
        using TestExperiments files = Files();
        ExperimentPlan plan = ExperimentPlan.Create(Parse(files, "  faults: [{ name: power, faults: [{ at: 1m, duration: 10m, nodes: [node-0] }] }]\n"), new PlanOverrides(), "test");
        Assert.Equal([null, 0], plan.Cells.Select(cell => cell.Calm));
        CellResult[] results = Cells(plan);
        CellResult with = PairedMetrics.Add(plan.Cells, results)[1];
        double Of(CellResult result, string metric) => result.Metrics.Single(value => value.Metric == metric).Value!.Value;
        Assert.Equal(Of(results[1], "pods_placed_total") - Of(results[0], "pods_placed_total"), Of(with, "pods_placed_above_calm_total"));
        Assert.True(Of(with, "pods_placed_above_calm_total") > 0);
        Assert.Equal(with.Metrics, PairedMetrics.Add(plan.Cells[1], results[1], null, results[0]).Metrics);
        Assert.DoesNotContain(with.Metrics, metric => metric.Metric == "request_failures_above_calm_per_million");
    }

    [Fact]
    public void A_saved_plan_replays_to_the_same_run()
    {
        const string Drawn = "  faults: [{ name: drawn, faults: [{ model: renewal, timeToFailure: { distribution: exponential, mean: 300 }, timeToRepair: 40s, effect: hang }, { at: 4m, every: 3m, effect: podKill, pods: { namespace: default, selector: \"app=web\" }, mode: one, gracePeriod: 1s, name: kill }] }]\n";
        using TestExperiments files = Files();
        Experiment experiment = Parse(files, Drawn);
        ExperimentPlan plan = ExperimentPlan.Create(experiment, new PlanOverrides(), "test");
        FaultPlan faults = FaultPlans.Of(plan.Cells[1], LoadedInputs.Load(plan.Cells));
        Assert.True(faults.Faults.Count > 3);
        files.Write("plan.yaml", FaultPlanFile.Write(faults));
        Assert.Equal(Cells(plan)[1].Fingerprint, Cells(ExperimentPlan.Create(Parse(files, "  faults: [{ name: saved, plan: plan.yaml }]\n"), new PlanOverrides(), "test"))[1].Fingerprint);
    }

    [Theory]
    [InlineData("{ at: 1m, duration: 1m, effect: requestDelay, pods: { namespace: default }, latency: 1s, name: late }", "unlike requestDelay of late: the workload sends no requests")]
    [InlineData("{ at: 1m, duration: 1m, effect: apiServerSlow, latency: 1s, name: late }", "unlike apiServerSlow of late: scheduler, controllers and agents of this run see every write at once")]
    public void What_a_cluster_cannot_suffer_is_told_before_a_run_begins(string fault, string expected)
    {
        using TestExperiments files = Files();
        var plan = ExperimentPlan.Create(Parse(files, $"  faults: [{{ name: odd, faults: [{fault}] }}]\n"), new PlanOverrides(), "test");
        InputProblem problem = Assert.Single(Assert.Throws<InputException>(() => LoadedInputs.Load(plan.Cells)).Problems);
        Assert.StartsWith($"e.yaml:9:12: spec.faults[0]: expected effects that a cluster of workload shop can suffer, {expected}", $"{problem}", StringComparison.Ordinal);
    }

    [Fact]
    public void An_effect_without_what_it_needs_is_one_problem()
    {
        using TestExperiments files = Files();
        InputException error = Assert.Throws<InputException>(() => Parse(files, "  faults: [{ name: odd, faults: [{ at: 1m, duration: 1m, effect: requestDelay, pods: { namespace: default }, name: late }] }]\n"));
        Assert.Contains("expected latency beside effect requestDelay", $"{Assert.Single(error.Problems)}", StringComparison.Ordinal);
    }

    private static Experiment Read(string faults)
    {
        using TestExperiments files = Files();
        return Parse(files, faults);
    }

    private static CellResult[] Run(string faults)
    {
        using TestExperiments files = Files();
        return Cells(ExperimentPlan.Create(Parse(files, faults), new PlanOverrides(), "test"));
    }

    private static CellResult[] Cells(ExperimentPlan plan)
    {
        var runner = new CellRunner(LoadedInputs.Load(plan.Cells), StrategyCatalog.BuiltIn(), new CellRunOptions { InvariantSampling = 1 });
        return [.. plan.Cells.Select(cell => runner.Run(cell))];
    }

    private static TestExperiments Files()
    {
        var files = new TestExperiments();
        files.Write("services.yaml", ClusterExperiments.Services);
        return files;
    }

    private static Experiment Parse(TestExperiments files, string faults)
    {
        string text = $"""
            apiVersion: schedbench/v1
            kind: Experiment
            metadata: {"{ name: test }"}
            spec:
              seeds: [1]
              fleets: [{"{ name: three, pools: [{ name: node, count: 3, cpu: 4, memory: 8Gi }] }"}]
              workloads: [{"{ name: shop, cluster: { manifests: services.yaml, until: 20m } }"}]
              strategies: [first-fit]

            """ + faults;
        return ExperimentFile.Parse(text, new YamlReader("e.yaml"), files.Folder, null, TestExperiments.BuiltIn);
    }
}
