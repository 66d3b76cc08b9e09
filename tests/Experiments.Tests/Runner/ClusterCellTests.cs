using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Tests.Runner;

/// <summary>What a cell of Kubernetes objects leaves behind.</summary>
public sealed class ClusterCellTests : IDisposable
{
    private const string Sort = """

        ---
        apiVersion: batch/v1
        kind: Job
        metadata: { name: sort, namespace: shop }
        spec:
          completions: 2
          template: { spec: { restartPolicy: Never, containers: [{ name: sort, image: shop/sort:v1, resources: { requests: { cpu: 100m } } }] } }
        """;

    private readonly TestExperiments _files = new TestExperiments().WithManifests(ClusterExperiments.Manifests + Sort);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_cell_has_metrics_of_pods_jobs_services_and_places_that_the_catalog_knows()
    {
        CellResult result = Run("");
        CellResultRules.Check(result);
        Dictionary<string, double?> metrics = result.Metrics.ToDictionary(metric => metric.Metric, metric => metric.Value, StringComparer.Ordinal);
        Assert.Equal(1, metrics["jobs_succeeded_total"]);
        Assert.InRange(metrics["turnaround_seconds_mean"]!.Value, 60, 70);
        Assert.InRange(metrics["replica_availability_ratio"]!.Value, 0.5, 1);
        Assert.Equal(metrics["deficit_replica_seconds"], metrics["deficit_by_update_replica_seconds"] + metrics["deficit_by_other_replica_seconds"]);
        Assert.All(
            ["scheduling_delay_seconds_p99", "pod_startup_seconds_p99", "node_worst_share_mean", "cpu_packed_percent", "balance_cpu_cv", "pods_moved_total", "goodput_cpu_ratio"],
            name => Assert.NotNull(metrics[name]));
        Assert.InRange(metrics["offered_load_cpu_ratio"]!.Value, (metrics["cpu_allocated_percent"]!.Value / 100) - 1e-9, 1);
        Assert.DoesNotContain("replica_scalings_total", metrics.Keys);
        Assert.Equal(["shop/web"], result.Services.Select(value => value.Service).Distinct());
        Assert.Equal(metrics["request_availability_ratio"], result.Services.Single(value => value.Metric == "request_availability_ratio").Value);
    }

    [Fact]
    public void A_cell_records_its_timeline_where_the_experiment_asks_for_it()
    {
        IReadOnlyList<TimelineBar> bars = Run("  record: { timeline: { nodes: 1 } }\n").Timeline;
        Assert.NotEmpty(bars);
        Assert.Equal(["node-0"], bars.Select(bar => bar.Node).Distinct());
        Assert.Contains(bars, bar => bar.Pod.StartsWith("web-", StringComparison.Ordinal));
        Assert.All(bars, bar => Assert.InRange(bar.EndSeconds, bar.StartSeconds, 300));
        Assert.Empty(Run("").Timeline);
    }

    private CellResult Run(string record)
    {
        string text = ClusterExperiments.Text($"{ClusterExperiments.Cluster}, traffic: [{ClusterExperiments.Stream}], images: {{ shop/sort: {{ start: 0s, run: 30s }} }}", "at: 1m, method: recreate, tag: v2")
            .Replace("      nodes: { format: openb, path: nodes.csv }", "      pools: [{ name: node, count: 2, cpu: 4, memory: 8Gi }]", StringComparison.Ordinal)
            .Replace("strategies: [random, best-fit, fgd]", "strategies: [best-fit]", StringComparison.Ordinal) + record;
        _files.Write("cluster.yaml", text);
        var session = ExperimentSession.Open(new RunRequest { ExperimentPath = Path.Combine(_files.Folder, "cluster.yaml"), Seeds = [1] });
        PlannedCell cell = session.Plan.Cells[0];
        CellResult result = session.Runner([cell]).Run(cell);
        Assert.Equal(("", CellStatus.Ok), (result.Failure, result.Status));
        return result;
    }
}
