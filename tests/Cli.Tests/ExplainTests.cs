using SchedBench.Cli.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.Cli.Tests;

[Collection(FinishedRunCollection.Name)]
public sealed class ExplainTests(FinishedRun finished)
{
    [Fact]
    public void A_placed_pod_shows_its_node_first_and_a_score_or_reasons_for_every_other()
    {
        CliRun run = CliRun.Of("explain", finished.Experiment.File, "--pod", "pod-05", "-o", "csv").Ok();
        string[] rows = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("node,score,outcome", rows[0]);
        Assert.Equal(1 + 6, rows.Length);
        Assert.Matches("^gpu-[0-1],-?[0-9]+,chosen$", rows[1]);
        Assert.Single(rows, row => row.EndsWith(",chosen", StringComparison.Ordinal));
        Assert.Equal(4, rows.Count(row => row.StartsWith("node-", StringComparison.Ordinal) && row.Contains("InsufficientGpu", StringComparison.Ordinal)));
        Assert.Contains("pod pod-05, attempt 1 at ", run.Error, StringComparison.Ordinal);
        Assert.Contains("2 of 6 nodes fit", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_fits_nowhere_shows_the_reason_for_every_node()
    {
        CliRun run = CliRun.Of("explain", finished.Experiment.File, "--pod", TinyExperiment.TooBig, "-o", "csv").Ok();
        string[] rows = run.Out.Split("\n\n")[0].TrimEnd('\n').Split('\n');
        Assert.Equal(6, rows.Skip(1).Count(row => row.Contains("InsufficientCpu", StringComparison.Ordinal)));
        Assert.DoesNotContain("chosen", run.Out, StringComparison.Ordinal);
        Assert.Contains("no node; 0 of 6 nodes fit", run.Error, StringComparison.Ordinal);
        Assert.Contains("  6 nodes: InsufficientCpu", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decision_of_kube_scheduler_is_a_table_of_its_plugins()
    {
        string file = finished.Experiment.WriteWith("plugins.yaml", "[best-fit, random,", "[best-fit, kube-scheduler,");
        CliRun run = CliRun.Of("explain", file, "--pod", "pod-05", "--only", "strategy=kube-scheduler", "-o", "csv").Ok();
        string[] rows = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("node,outcome,total,tainttoleration×3,noderesourcesfit×1,noderesourcesbalancedallocation×1,imagelocality×1", rows[0]);
        Assert.Matches("^gpu-[0-1],chosen,[0-9]+,100,[0-9]+,[0-9]+,0$", rows[1]);
        Assert.Contains("  4 nodes: NodeResourcesFit: Insufficient nvidia.com/gpu (UnschedulableAndUnresolvable)", run.Error, StringComparison.Ordinal);
        Assert.Contains("profile default-scheduler: 2 of 6 nodes feasible, 2 scored, best total ", run.Error, StringComparison.Ordinal);
        run = CliRun.Of("explain", file, "--pod", TinyExperiment.TooBig, "--only", "strategy=kube-scheduler").Ok();
        Assert.Contains("  0/6 nodes are available: 6 Insufficient cpu.", run.Error, StringComparison.Ordinal);
        CliRun.Of("explain", file, "--pod", "pod-05", "--attempt", "9").Fails(2, "--attempt: '9': expected an attempt of pod pod-05");
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("0", 6)]
    public void As_many_nodes_are_shown_as_asked_for(string nodes, int rows) =>
        Assert.Equal(1 + rows, CliRun.Of("explain", finished.Experiment.File, "--pod", "pod-01", "--nodes", nodes, "-o", "csv").Ok().Out.TrimEnd('\n').Split('\n').Length);

    [Fact]
    public void The_cell_is_the_first_unless_another_is_asked_for()
    {
        Assert.Contains("strategy=best-fit,seed=1", CliRun.Of("explain", finished.Experiment.File, "--pod", "pod-01").Ok().Error, StringComparison.Ordinal);
        Assert.Contains("strategy=random,seed=1", CliRun.Of("explain", finished.Experiment.File, "--pod", "pod-01", "--only", "strategy=random").Ok().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_does_not_exist_is_answered_with_the_nearest_name() =>
        CliRun.Of("explain", finished.Experiment.File, "--pod", "too-bg").Fails(2, "--pod: 'too-bg': expected a pod of workload mixed", "did you mean 'too-big'?");

    [Fact]
    public void A_pod_outside_of_the_replayed_part_ends_with_1() =>
        CliRun.Of("explain", finished.Experiment.WriteWith("window.yaml", "mode: timed,", "mode: timed, to: 60s,"), "--pod", "pod-39").Fails(1, "was never decided on");
}
