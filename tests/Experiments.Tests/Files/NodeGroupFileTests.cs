using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests.Files;

public sealed class NodeGroupFileTests : IDisposable
{
    private const string Pools = "pools: [{ name: base, count: 2, cpu: 4, memory: 8Gi, zone: a }, { name: burst, count: 3, cpu: 8, memory: 8Gi, zone: b }]";
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_pool_becomes_a_group_with_all_nodes_that_it_may_have_and_starts_with_those_it_has()
    {
        OrchestratedRunOptions options = Options("{ pool: burst, max: 5, boot: 20s }", "clusterAutoscaler: { scaleDownUnneededTime: 1m, expander: first }");
        NodeGroup group = Assert.Single(options.ClusterAutoscaler!.Groups);
        Assert.Equal(("burst", 0, 5, 3, 20.0), (group.Name, group.Min, group.Max, group.Initial, group.BootSeconds.Quantile(0.5)));
        Assert.Equal((TimeSpan.FromMinutes(1), NodeGroupExpander.First), (options.ClusterAutoscaler.UnneededTime, options.ClusterAutoscaler.Expander));
        Assert.Equal(["base-0", "base-1", "burst-0000", "burst-0001", "burst-0002", "burst-0003", "burst-0004"], options.Fleet.Nodes.ToArray().Select(node => node.Name));
        Assert.Equal("b", options.Fleet.Nodes[4].Zone);
    }

    [Fact]
    public void What_is_stated_of_a_group_is_taken()
    {
        OrchestratedRunOptions options = Options("{ pool: base, min: 1, max: 4, initial: 4 }, { pool: burst, max: 3 }", "");
        Assert.Equal([(1, 4, 4), (0, 3, 3)], options.ClusterAutoscaler!.Groups.Select(group => (group.Min, group.Max, group.Initial!.Value)));
        Assert.Equal(new NodeGroup { Name = "x", Template = options.Fleet.Nodes[0], Max = 1 }.BootSeconds.Quantile(0.5), options.ClusterAutoscaler.Groups[0].BootSeconds.Quantile(0.5));
        Assert.Equal(7, options.Fleet.Count);
    }

    [Theory]
    [InlineData("{ max: 4 }", "[0].pool", "required", null)]
    [InlineData("{ pool: brust, max: 4 }", "[0].pool", "a pool of fleet gpus", "burst")]
    [InlineData("{ pool: burst }", "[0].max", "required", null)]
    [InlineData("{ pool: burst, max: 0 }", "[0].max", "from 1", null)]
    [InlineData("{ pool: burst, min: 5, max: 4 }", "[0].max", "at least min (5)", null)]
    [InlineData("{ pool: burst, max: 2 }", "[0].pool", "a pool of 0 to 2 nodes, or initial stated", null)]
    [InlineData("{ pool: burst, max: 4, initial: 5 }", "[0].initial", "from min (0) to max (4)", null)]
    [InlineData("{ pool: burst, max: 4, boot: -1s }", "[0].boot", "", null)]
    [InlineData("{ pool: burst, max: 4 }, { pool: burst, max: 5 }", "[1].pool", "every pool once", null)]
    [InlineData("{ pool: burst, max: 4, mni: 1 }", "[0]", "one of the keys", "min")]
    public void A_group_is_one_that_the_fleets_can_have(string groups, string field, string expected, string? nearest)
    {
        InputProblem problem = _files.Problems(Text(groups, "", Pools))[0];
        Assert.Equal("spec.workloads[0].nodeGroups" + field, problem.Field);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
        Assert.True(problem.Line > 0);
    }

    [Fact]
    public void Nodes_of_a_file_cannot_be_groups() =>
        Assert.Contains("fleet gpus has the nodes of a file", _files.Problems(Text("{ pool: burst, max: 4 }", "", "nodes: { format: openb, path: nodes.csv }"))[0].Expected, StringComparison.Ordinal);

    [Fact]
    public void Steps_name_the_nodes_of_groups_as_groups_name_them()
    {
        const string Steps = "      steps: [{ at: 1m, powerOff: { nodes: [burst-0004] } }]\n      cluster: {";
        Assert.NotNull(_files.Parse(Text("{ pool: burst, max: 5 }", "", Pools).Replace("      cluster: {", Steps, StringComparison.Ordinal)));
        string wrong = Text("{ pool: burst, max: 5 }", "", Pools).Replace("      cluster: {", Steps.Replace("burst-0004", "burst-0005", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("burst-0000", Assert.Single(_files.Problems(wrong)).Nearest);
    }

    private static string Text(string groups, string settings, string fleet) => ClusterExperiments.Text()
        .Replace("nodes: { format: openb, path: nodes.csv }", fleet, StringComparison.Ordinal)
        .Replace("      cluster: {", $"      nodeGroups: [{groups}]\n      settings: {{ {settings} }}\n      cluster: {{", StringComparison.Ordinal);

    private OrchestratedRunOptions Options(string groups, string settings)
    {
        PlannedCell cell = ExperimentPlan.Create(_files.Parse(Text(groups, settings, Pools)), new PlanOverrides(), "SchedBench test").Cells[0];
        return ClusterCellSetup.Options(cell, (ClusterReplay)cell.Workload.Replay, LoadedInputs.Load([cell]), StrategyCatalog.BuiltIn());
    }
}
