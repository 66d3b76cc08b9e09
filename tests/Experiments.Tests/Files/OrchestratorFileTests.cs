using SchedBench.Core.Input;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests.Files;

public sealed class OrchestratorFileTests : IDisposable
{
    private const string StatefulSet = "\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db }\nspec: { serviceName: web, selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: \"shop/db:v1\" }] } } }\n";
    private const string Cluster = "manifests: services.yaml, until: 5m";
    private readonly TestExperiments _files = new();

    public OrchestratorFileTests() => _files.Write("services.yaml", ClusterExperiments.Services);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_workload_is_kubernetes_unless_it_says_swarm()
    {
        Assert.Equal(Orchestrator.Kubernetes, Replay("").Orchestrator);
        Assert.Equal(Orchestrator.Swarm, Replay("orchestrator: swarm").Orchestrator);
        Assert.Null(Options("").Swarm);
        Assert.Equal(4, Options("orchestrator: swarm\n      settings: { swarm: { gracePeriodMultiplier: 4 } }").Swarm!.DownAfterPeriods);
    }

    [Fact]
    public void Components_that_swarm_does_not_have_are_left_alone_and_noted()
    {
        const string Settings = "\n      settings: { kubelet: { syncFrequency: 1s }, registry: { imagesArePresent: true }, admission: { defaultNotReadyToleration: 1s } }";
        OrchestratedRunOptions options = Options("orchestrator: swarm" + Settings);
        Assert.Equal((TimeSpan.FromMinutes(1), true), (options.Agents!.SyncPeriod, options.Agents.ImagesArePresent));
        Assert.Equal(TimeSpan.FromMinutes(5), options.Admission.NotReadyToleration);
        Assert.Equal(["kubelet", "admission"], _files.Parse(Text("orchestrator: swarm" + Settings)).Notes.Select(note => note.Value));
        Assert.Empty(_files.Parse(Text(Settings)).Notes);
    }

    [Theory]
    [InlineData("orchestrator: swarn", null, "orchestrator", "kubernetes, swarm", "swarm")]
    [InlineData("orchestrator: swarm", "method: blueGreen, at: 1m, tag: v2", "update.method", "Docker Swarm has no blueGreen", null)]
    [InlineData("orchestrator: swarm", "method: canary, at: 1m, tag: v2", "update.method", "Docker Swarm has no canary", null)]
    [InlineData("orchestrator: swarm\n      nodeGroups: [{ pool: node, max: 9 }]", null, "nodeGroups", "no cluster autoscaler", null)]
    [InlineData("orchestrator: swarm\n      steps: [{ at: 1m, pause: { deployment: web } }]", null, "steps[0].pause", "cannot hold the updates", null)]
    [InlineData("orchestrator: swarm\n      steps: [{ at: 1m, taint: { selector: kubernetes.io/hostname, taints: [a-] } }]", null, "steps[0].taint", "neither taints nor a size", null)]
    [InlineData("orchestrator: swarm\n      steps: [{ at: 1m, resize: { selector: kubernetes.io/hostname, cpu: 1 } }]", null, "steps[0].resize", "neither taints nor a size", null)]
    [InlineData("orchestrator: swarm\n      steps: [{ at: 1m, restart: { deployment: web } }, { at: 2m, rollback: { deployment: web, revision: 1 } }]", null, "steps[1].rollback.revision", "the version before alone", null)]
    public void What_swarm_has_nothing_for_is_refused_by_name(string workload, string? update, string field, string expected, string? nearest)
    {
        InputProblem problem = Assert.Single(_files.Problems(Text(workload, update)));
        Assert.Equal("spec.workloads[0]." + field, problem.Field);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
        Assert.True(problem.Line > 0);
    }

    [Theory]
    [InlineData("orchestrator: swarm", "method: rollingUpdate, at: 1m, tag: v2, rollBack: false", "rollBack")]
    [InlineData("orchestrator: swarm", "method: rollingUpdate, at: 1m, tag: v2, progressDeadline: 1m", "progressDeadline")]
    [InlineData("orchestrator: swarm\n      settings: { swarm: { updateConfig: { parallelism: 2 } } }", "method: rollingUpdate, at: 1m, tag: v2, maxSurge: 1", "maxSurge")]
    public void What_changes_nothing_under_swarm_is_noted(string workload, string update, string key)
    {
        InputProblem note = Assert.Single(_files.Parse(Text(workload, update)).Notes);
        Assert.Equal("spec.workloads[0].update." + key, note.Field);
        Assert.Contains("changes nothing", note.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_that_swarm_has_nothing_for_are_refused_with_the_reason()
    {
        _files.Write("services.yaml", ClusterExperiments.Services + StatefulSet);
        InputProblem problem = Assert.Single(_files.Problems(Text("orchestrator: swarm")));
        Assert.Equal("spec.workloads[0].cluster.manifests", problem.Field);
        Assert.Contains("StatefulSet/default/db: Docker Swarm gives tasks no stable identity", problem.Expected, StringComparison.Ordinal);
        Assert.Empty(_files.Parse(Text("")).Notes);
    }

    [Fact]
    public void Objects_that_a_step_applies_are_judged_in_their_place()
    {
        _files.Write("more.yaml", StatefulSet);
        InputProblem problem = Assert.Single(_files.Problems(Text("orchestrator: swarm\n      steps: [{ at: 1m, apply: { manifests: more.yaml } }]")));
        Assert.Equal("spec.workloads[0].steps[0].apply.manifests", problem.Field);
    }

    [Fact]
    public void Objects_and_fields_that_change_nothing_under_swarm_are_listed()
    {
        _files.Write("services.yaml", ClusterExperiments.Services.Replace("spec: { containers:", "spec: { activeDeadlineSeconds: 5, containers:", StringComparison.Ordinal) + Budget("one") + Budget("two"));
        Assert.Equal(
            [
                "Deployment/default/web: changes nothing: the orchestrator is swarm, and spec.template.spec.activeDeadlineSeconds has no counterpart",
                "PodDisruptionBudget/default/one, PodDisruptionBudget/default/two: changes nothing: the orchestrator is swarm, and a drain of Docker Swarm asks nobody: all tasks of the node are stopped and replaced at once",
            ],
            _files.Parse(Text("orchestrator: swarm")).Notes.Select(note => note.Expected));

        static string Budget(string name) => $"\n---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{ name: {name} }}\nspec: {{ minAvailable: 1, selector: {{ matchLabels: {{ app: web }} }} }}\n";
    }

    [Fact]
    public void Whose_ways_a_cluster_has_is_part_of_the_plan()
    {
        ExperimentPlan[] plans = [.. new[] { "orchestrator: kubernetes", "orchestrator: swarm" }.Select(text => ExperimentPlan.Create(_files.Parse(Text(text, "method: recreate, at: 1m, tag: v2")), new PlanOverrides(), "SchedBench test"))];
        Assert.NotEqual(plans[0].Fingerprint.Hash, plans[1].Fingerprint.Hash);
        Assert.All(plans[1].Cells, cell => Assert.Equal(Orchestrator.Swarm, ((ClusterReplay)cell.Workload.Replay).Orchestrator));
    }

    private static string Text(string workload, string? update = null) => ClusterExperiments.Text(Cluster, update)
        .Replace("nodes: { format: openb, path: nodes.csv }", "pools: [{ name: node, count: 3, cpu: 4, memory: 8Gi }]", StringComparison.Ordinal)
        .Replace("      cluster: {", (workload.Length > 0 ? $"      {workload.TrimStart()}\n" : "") + "      cluster: {", StringComparison.Ordinal);

    private ClusterReplay Replay(string workload) => (ClusterReplay)_files.Parse(Text(workload)).Workloads.Single().Replay;

    private OrchestratedRunOptions Options(string workload)
    {
        PlannedCell cell = ExperimentPlan.Create(_files.Parse(Text(workload)), new PlanOverrides(), "SchedBench test").Cells[0];
        return ClusterCellSetup.Options(cell, (ClusterReplay)cell.Workload.Replay, LoadedInputs.Load([cell]), StrategyCatalog.BuiltIn());
    }
}
