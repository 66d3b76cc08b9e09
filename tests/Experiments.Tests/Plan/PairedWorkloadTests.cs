using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Tests.Plan;

public sealed class PairedWorkloadTests : IDisposable
{
    private const string Two = "{ at: 1m, method: recreate, tag: v2 }";
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Workloads_that_differ_in_their_update_alone_share_one_pair()
    {
        ExperimentPlan plan = Plan(Workload("a", Two) + Workload("b", "{ at: 2m, method: rollingUpdate, tag: v2 }"));
        Assert.Equal(["a", "b", "without-update"], plan.Cells.Select(cell => cell.Workload.Name).Distinct());
        Assert.All(plan.Cells, cell => AssertPair(plan, cell, "without-update"));
    }

    [Fact]
    public void Workloads_that_differ_in_more_have_pairs_of_their_own()
    {
        ExperimentPlan plan = Plan(Workload("a", Two) + Workload("b", Two, "until: 6m"));
        Assert.Equal(["a", "b", "a-without-update", "b-without-update"], plan.Cells.Select(cell => cell.Workload.Name).Distinct());
        AssertPair(plan, plan.Cells.Last(cell => cell.Workload.Name == "a"), "a-without-update");
        AssertPair(plan, plan.Cells.Last(cell => cell.Workload.Name == "b"), "b-without-update");
    }

    [Fact]
    public void A_workload_of_the_file_that_has_no_update_is_the_pair()
    {
        ExperimentPlan plan = Plan(Workload("a", Two) + Workload("calm", null));
        Assert.Equal(["a", "calm"], plan.Cells.Select(cell => cell.Workload.Name).Distinct());
        AssertPair(plan, plan.Cells[0], "calm");
    }

    [Fact]
    public void A_name_that_is_taken_is_not_given_again()
    {
        ExperimentPlan plan = Plan(Workload("without-update", Two));
        Assert.Equal(["without-update", "without-update-2"], plan.Cells.Select(cell => cell.Workload.Name).Distinct());
    }

    [Theory]
    [InlineData("workload=a", "a,calm")]
    [InlineData("workload=b", "b,without-update")]
    [InlineData("workload=calm", "calm")]
    public void A_filter_keeps_the_pairs_of_what_it_keeps(string only, string expected)
    {
        ExperimentPlan plan = Plan(Workload("a", Two) + Workload("calm", null) + Workload("b", Two, "until: 6m"), only);
        Assert.Equal(expected, string.Join(',', plan.Cells.Select(cell => cell.Workload.Name).Distinct()));
    }

    [Fact]
    public void Pairs_have_the_same_fleet_strategy_and_seed_whatever_else_there_is()
    {
        ExperimentPlan plan = Plan(Workload("a", Two) + Workload("b", Two, "until: 6m"), "strategy=fgd");
        Assert.All(plan.Cells.Where(cell => cell.Pair is not null), cell => AssertPair(plan, cell, cell.Workload.Name == "a" ? "a-without-update" : "b-without-update"));
    }

    [Fact]
    public void Whatever_changes_a_cluster_changes_the_fingerprint()
    {
        string[] texts =
        [
            Workload("a", Two), Workload("a", Two, "until: 6m"), Workload("a", Two, "until: 5m, warmup: 1s"), Workload("a", Two, "until: 5m, clientLimits: none"), Workload("a", Two, "until: 5m, watchDelay: 1s"),
            Workload("a", Two, "until: 5m, bindLatency: 1s"), Workload("a", Two, "until: 5m, images: { shop/web: {} }"), Workload("a", Two, "until: 5m, images: { shop/web: { start: { distribution: empirical, values: [1, 2] } } }"),
            Workload("a", Two, "until: 5m, images: { shop/web: { start: { distribution: empirical, values: [1, 3] } } }"), Workload("a", Two, $"until: 5m, traffic: [{ClusterExperiments.Stream}]"),
            Workload("a", "{ at: 1m, method: recreate, tag: v3 }"), Workload("a", "{ at: 1m, method: recreate, tag: v2, rollBack: false }"),
        ];
        Assert.Equal(texts.Length, texts.Select(text => Plan(text).Fingerprint.Hash).Distinct().Count());
    }

    [Fact]
    public void The_hashes_of_a_folder_are_those_of_the_files_that_are_read()
    {
        Directory.CreateDirectory(Path.Combine(_files.Folder, "m", "below"));
        _files.Write("m/below/shop.yaml", ClusterExperiments.Manifests);
        _files.Write("m/readme.txt", "not read");
        _files.Write("m/a.yml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n");
        ExperimentPlan plan = Plan(Workload("a", Two).Replace("shop.yaml", "m", StringComparison.Ordinal));
        Assert.Equal(["m/a.yml", "m/below/shop.yaml"], plan.Inputs.Select(input => input.Path).Where(path => path.StartsWith("m/", StringComparison.Ordinal)));
    }

    private static void AssertPair(ExperimentPlan plan, PlannedCell cell, string expected)
    {
        if (cell.Workload.Replay is not ClusterReplay { Update: not null })
        {
            Assert.Null(cell.Pair);
            return;
        }

        Assert.Equal(cell.Key with { Workload = expected }, plan.Cells[cell.Pair!.Value].Key);
    }

    private static string Workload(string name, string? update, string cluster = "until: 5m") =>
        $"    - name: {name}\n      cluster: {{ manifests: shop.yaml, {cluster} }}\n{(update is null ? "" : $"      update: {update}\n")}";

    private ExperimentPlan Plan(string workloads, string only = "")
    {
        const string Old = "    - name: default\n      trace: { format: openb, path: pods.csv }\n      replay: { mode: saturate }\n";
        Experiment experiment = _files.Parse(TestExperiments.SmallWith(Old, workloads));
        return ExperimentPlan.Create(experiment, new PlanOverrides { Only = only.Length > 0 ? CellFilter.Parse(only) : CellFilter.All }, "SchedBench 0.1.0");
    }
}
