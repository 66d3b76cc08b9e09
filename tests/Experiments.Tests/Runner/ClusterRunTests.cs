using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Experiments.Tests.Runner;

/// <summary>Small experiments from their text to the end of the run.</summary>
public sealed class ClusterRunTests : IDisposable
{
    private readonly TestExperiments _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Steps_are_done_at_their_instants()
    {
        OrchestratedRun run = Run(
            """
                steps:
                  - { at: 30s, scale: { name: web, replicas: 5 } }
                  - { at: 60s, drain: { nodes: [node-0] } }
                  - { at: 90s, setImage: { deployment: web, image: "shop/web:v7" } }
                  - { at: 3m, powerOff: { selector: kubernetes.io/hostname=node-1 } }
            """);
        var web = (Deployment)run.Store.View.Find(new ObjectKey(ResourceKind.Deployment, "default", "web"))!;
        Assert.Equal((5, "shop/web:v7"), (web.Replicas, web.Template.Spec.Containers[0].Image));
        Assert.True(((Node)run.Store.View.Find(new ObjectKey(ResourceKind.Node, "", "node-0"))!).IsCordoned);
        Assert.Equal([NodeTrouble.None, NodeTrouble.Down, NodeTrouble.None], Enumerable.Range(0, 3).Select(n => run.Health![n]));
        Assert.DoesNotContain(run.Store.View.All(ResourceKind.Pod).Cast<Pod>(), pod => pod.Node.Value == 0);
    }

    [Fact]
    public void Nodes_get_labels_taints_and_sizes_during_a_run()
    {
        OrchestratedRun run = Run(
            """
                steps:
                  - { at: 30s, label: { nodes: [node-1, node-2], labels: { leaves: "yes" } } }
                  - { at: 60s, taint: { selector: leaves=yes, taints: ["maintenance:NoExecute"] } }
                  - { at: 90s, taint: { nodes: [node-2], taints: ["maintenance:NoExecute-"] } }
                  - { at: 91s, label: { nodes: [node-2], labels: { leaves: null } } }
                  - { at: 92s, resize: { nodes: [node-0, node-2], cpu: 350m } }
                  - { at: 2m, scale: { name: web, replicas: 7 } }
            """);
        Node[] nodes = [.. Enumerable.Range(0, 3).Select(n => (Node)run.Store.View.Find(new ObjectKey(ResourceKind.Node, "", $"node-{n}"))!)];
        Assert.Equal([null, "yes", null], nodes.Select(node => node.Metadata.Labels.ValueOf("leaves")));
        Assert.Equal([0, 1, 0], nodes.Select(node => node.Taints.Count));
        // Nodes of 350 milli take three pods of 100 each, and one waits: the tainted one takes none.
        Assert.Equal([-1, 0, 0, 0, 2, 2, 2], run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Select(pod => pod.Node.IsNode ? pod.Node.Value : -1).Order());
    }

    [Fact]
    public void A_step_that_is_refused_in_the_run_fails_its_cell_with_the_reason()
    {
        CellResult result = Result(
            """
                steps: [{ at: 1m, drain: { nodes: [node-0], force: false } }]
            """,
            Manifests + "\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: alone }\nspec: { nodeName: node-0, containers: [{ name: main, image: \"shop/alone:v1\" }] }\n");
        Assert.Equal(CellStatus.Failed, result.Status);
        Assert.StartsWith("drain: ", result.Failure, StringComparison.Ordinal);
        Assert.Contains("alone", result.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 50 } } }")]
    [InlineData("{ type: Pods, pods: { metric: { name: http_requests }, target: { type: AverageValue, averageValue: 10 } } }")]
    [InlineData("{ type: Resource, resource: { name: memory, target: { type: AverageValue, averageValue: 40Mi } } }")]
    public void Autoscalers_of_pods_follow_what_images_use_and_requests_ask(string metric)
    {
        // 60 requests a second of 10 ms of CPU each: 600 milli CPU, of which 50 % of 100 milli a pod make 12; 10 a second a pod make 6. 120 MiB a pod are three times 40.
        OrchestratedRun run = Run("", Manifests.Replace("replicas: 3", "replicas: 2", StringComparison.Ordinal)
            + "\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 2, maxReplicas: 6, metrics: [" + metric + "] }\n");
        Assert.Equal(6, ((Deployment)run.Store.View.Find(new ObjectKey(ResourceKind.Deployment, "default", "web"))!).Replicas);
    }

    [Fact]
    public void A_group_grows_for_pods_that_fit_nowhere_and_shrinks_when_they_are_gone()
    {
        const string Groups = "    nodeGroups: [{ pool: node, min: 1, max: 6, boot: 20s }]\n    settings: { clusterAutoscaler: { scaleDownUnneededTime: 30s, scaleDownDelayAfterAdd: 30s } }\n";
        Assert.Equal(6, Present(Run(Groups + "    steps: [{ at: 20s, scale: { name: web, replicas: 110 } }]\n")));
        Assert.True(Present(Run(Groups + "    steps: [{ at: 20s, scale: { name: web, replicas: 110 } }, { at: 2m, scale: { name: web, replicas: 1 } }]\n")) <= 2);

        static int Present(OrchestratedRun run) => run.Store.View.All(ResourceKind.Node).Count;
    }

    [Fact]
    public void Shorter_times_of_components_bring_pods_back_sooner()
    {
        const string Off = "    steps: [{ at: 60s, powerOff: { nodes: [node-0, node-1] } }]\n";
        const string Fast = "    settings: { kubelet: { nodeLeaseRenewInterval: 1s }, controllerManager: { nodeMonitorPeriod: 1s, nodeMonitorGracePeriod: 5s, nodeEvictionRate: 100 }, admission: { defaultNotReadyToleration: 0s, defaultUnreachableToleration: 0s } }\n";
        Assert.Equal((0, 3), (Replaced(Run(Off)), Replaced(Run(Off + Fast))));

        static int Replaced(OrchestratedRun run) => run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Count(pod => pod.Node.Value == 2 && pod.Status.IsReady) == 3 ? 3 : 0;
    }

    [Fact]
    public void The_same_services_run_under_swarm_are_updated_lose_a_node_and_heal()
    {
        OrchestratedRun run = Run("    orchestrator: swarm\n    steps: [{ at: 40s, setImage: { deployment: web, image: \"shop/web:v2\" } }, { at: 2m, powerOff: { nodes: [node-1] } }]\n");
        Pod[] ready = [.. run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Where(pod => pod.Status.IsReady && pod.Node.Value != 1)];
        Assert.Equal(3, ready.Length);
        Assert.All(ready, pod => Assert.Equal("shop/web:v2", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void Swarm_rolls_back_to_the_version_before_when_asked()
    {
        OrchestratedRun run = Run("    orchestrator: swarm\n    steps: [{ at: 40s, setImage: { deployment: web, image: \"shop/web:v2\" } }, { at: 2m, rollback: { deployment: web } }]\n");
        Pod[] ready = [.. run.Store.View.All(ResourceKind.Pod).Cast<Pod>().Where(pod => pod.Status.IsReady)];
        Assert.Equal(3, ready.Length);
        Assert.All(ready, pod => Assert.Equal("shop/web:v1", pod.Spec.Containers[0].Image));
    }

    [Fact]
    public void Tainted_pools_take_no_ordinary_pods()
    {
        OrchestratedRun run = Run("", fleet: "pools: [{ name: node, count: 1, cpu: 2, memory: 8Gi }, { name: control, count: 3, cpu: 64, memory: 64Gi, taints: [{ key: node-role.kubernetes.io/control-plane, effect: NoSchedule }] }]");
        Pod[] pods = [.. run.Store.View.All(ResourceKind.Pod).Cast<Pod>()];
        Assert.Equal(3, pods.Length);
        Assert.All(pods, pod => Assert.Equal((0, true), (pod.Node.Value, pod.Status.IsReady)));
    }

    private const string Manifests = ClusterExperiments.Services;

    private const string Fleet = "pools: [{ name: node, count: 3, cpu: 2, memory: 8Gi }]";

    private OrchestratedRun Run(string workload, string manifests = Manifests, string fleet = Fleet)
    {
        PlannedCell cell = Cell(workload, manifests, fleet);
        OrchestratedRun? run = null;
        Runner(cell).Explain(cell, prepared => run = prepared, CancellationToken.None);
        return run!;
    }

    private CellResult Result(string workload, string manifests = Manifests)
    {
        PlannedCell cell = Cell(workload, manifests);
        return Runner(cell).Run(cell);
    }

    private static CellRunner Runner(PlannedCell cell) => new(LoadedInputs.Load([cell]), StrategyCatalog.BuiltIn(), new CellRunOptions { Time = TimeProvider.System, InvariantSampling = 1 });

    private PlannedCell Cell(string workload, string manifests, string fleet = Fleet)
    {
        _files.Write("services.yaml", manifests);
        string text = $$"""
            apiVersion: schedbench/v1
            kind: Experiment
            metadata: { name: small }
            spec:
              seeds: [1]
              fleets:
                - name: three
                  {{fleet}}
              workloads:
                - name: it
                  cluster:
                    manifests: services.yaml
                    until: 4m
                    warmup: 10s
                    images: { shop/web: { memory: 120Mi, cpuMillisecondsPerRequest: 10 } }
                    traffic: [{ service: web, rate: 60 }]
            {{Indented(workload)}}
              strategies: [least-allocated]
            """;
        Experiment experiment = ExperimentFile.Parse(text, "e.yaml", _files.Folder, null, TestExperiments.BuiltIn);
        return ExperimentPlan.Create(experiment, new PlanOverrides(), "SchedBench test").Cells[0];
    }

    /// <summary>Keys at the depth of a workload's, items of lists below them.</summary>
    private static string Indented(string workload) =>
        string.Join('\n', workload.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => (line[0] == '-' ? "        " : "      ") + line));
}
