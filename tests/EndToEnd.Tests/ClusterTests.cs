using SchedBench.EndToEnd.Tests.Support;
using SchedBench.TestKit.Results;

namespace SchedBench.EndToEnd.Tests;

/// <summary>A tiny workload of Kubernetes objects, from manifests to the report, by the program itself.</summary>
[Collection(SweepCollection.Name)]
public sealed class ClusterTests : IDisposable
{
    private const string Secret = "hunter2-hunter2";

    private const string Manifests = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web, namespace: shop }
        spec:
          replicas: 3
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [{ name: web, image: "shop/web:v1", resources: { requests: { cpu: 100m, memory: 64Mi } } }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: web, namespace: shop }
        spec: { selector: { app: web }, ports: [{ port: 80 }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: nobody, namespace: shop }
        spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: key, namespace: shop }
        stringData: { password: hunter2-hunter2 }
        ---
        apiVersion: v1
        kind: Namespace
        metadata: { name: shop }
        """;

    private const string Text = """
        apiVersion: schedbench/v1
        kind: Experiment
        metadata: { name: tiny-cluster }
        spec:
          seeds: { first: 1, count: 2 }
          fleets:
            - { name: two, pools: [{ name: node, count: 2, cpu: 2, memory: 4Gi }] }
          workloads:
            - name: recreate
              cluster: &cluster
                manifests: shop
                warmup: 20s
                until: 2m
                images: { shop/web: { start: 2s } }
                traffic: [{ service: web, namespace: shop, rate: 20 }]
              update: { at: 40s, method: recreate, tag: v2 }
            - name: rolling
              cluster: *cluster
              update: { at: 40s, method: rollingUpdate, tag: v2, maxSurge: 1, maxUnavailable: 0 }
          strategies: [least-allocated, best-fit]
          expect: [{ metric: requests_failed_total, workload: recreate, atLeast: 1 }]

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("schedbench-cluster-");

    public ClusterTests()
    {
        Directory.CreateDirectory(At("shop"));
        File.WriteAllText(At("shop/shop.yaml"), Manifests);
        File.WriteAllText(At("tiny.yaml"), Text);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_cluster_gives_equal_bytes_on_one_thread_and_on_two_and_can_be_verified()
    {
        using var one = ProgramRun.ToTheEnd("run", At("tiny.yaml"), "--out", At("one"), "--jobs", "1");
        using var two = ProgramRun.ToTheEnd("run", At("tiny.yaml"), "--out", At("two"), "--jobs", "2");
        Assert.Equal(one.Ok().Out, two.Ok().Out);
        Assert.Contains("12 of 12 cells", one.Error, StringComparison.Ordinal);
        Assert.Empty(ResultsSnapshot.Differences(At("one"), At("two")));
        string[] cells = File.ReadAllLines(At("one/cells.csv"));
        Assert.All(cells.Skip(1), row => Assert.Contains(",ok,", row, StringComparison.Ordinal));
        Assert.Contains("request_failures_above_pair_per_million", cells[0], StringComparison.Ordinal);
        Assert.True(File.Exists(At("one/figures/rollout-recreate.svg")));
        string[] services = File.ReadAllLines(At("one/services.csv"));
        Assert.Equal("experiment,fleet,workload,faults,strategy,seed,service,metric,value", services[0]);
        Assert.Contains(services, row => row.StartsWith("tiny-cluster,two,recreate,none,best-fit,1,shop/web,replica_availability_ratio,0.", StringComparison.Ordinal));
        using var verified = ProgramRun.ToTheEnd("verify", At("one"), "--sample", "0");
        Assert.Contains("12 of 12 cells are equal", verified.Ok().Error, StringComparison.Ordinal);
        using var report = ProgramRun.ToTheEnd("report", At("two"));
        report.Ok();
        Assert.Empty(ResultsSnapshot.Differences(At("one"), At("two")));
    }

    [Fact]
    public void Steps_groups_of_nodes_and_settings_give_equal_bytes_on_one_thread_and_on_two()
    {
        const string Busy = """
                - name: busy
                  cluster: *cluster
                  nodeGroups: [{ pool: node, min: 1, max: 4, boot: { distribution: uniform, min: 5, max: 20 } }]
                  steps:
                    - { at: 30s, scale: { name: web, replicas: 60 } }
                    - { at: 50s, setImage: { deployment: web, image: "shop/web:v3" } }
                    - { at: 70s, powerOff: { selector: kubernetes.io/hostname=node-0001 } }
                    - { at: 90s, powerOn: { nodes: [node-0001] } }
                  settings: { controllerManager: { nodeMonitorGracePeriod: 10s }, admission: { defaultNotReadyToleration: 5s, defaultUnreachableToleration: 5s } }
                - name: busy-swarm
                  orchestrator: swarm
                  cluster: *cluster
                  update: { at: 40s, method: rollingUpdate, tag: v2 }
                  steps: [{ at: 70s, powerOff: { nodes: [node-1] } }]
              strategies:
            """;
        File.WriteAllText(At("shop/budget.yaml"), "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web, namespace: shop }\nspec: { minAvailable: 1, selector: { matchLabels: { app: web } } }\n");
        File.WriteAllText(At("busy.yaml"), Text.Replace("  strategies:", Busy, StringComparison.Ordinal));
        using var one = ProgramRun.ToTheEnd("run", At("busy.yaml"), "--out", At("one"), "--jobs", "1", "--only", "workload=busy,workload=busy-swarm");
        using var two = ProgramRun.ToTheEnd("run", At("busy.yaml"), "--out", At("two"), "--jobs", "2", "--only", "workload=busy,workload=busy-swarm");
        Assert.Equal(one.Ok().Out, two.Ok().Out);
        Assert.Contains("12 of 12 cells", one.Error, StringComparison.Ordinal);
        Assert.Empty(ResultsSnapshot.Differences(At("one"), At("two")));
        Assert.All(File.ReadAllLines(At("one/cells.csv")).Skip(1), row => Assert.Contains(",ok,", row, StringComparison.Ordinal));
        string manifest = File.ReadAllText(At("one/manifest.json"));
        Assert.Contains("\"nodeMonitorGracePeriod\": \"10s\"", manifest, StringComparison.Ordinal);
        Assert.Contains("\"selector\": \"kubernetes.io/hostname=node-0001\"", manifest, StringComparison.Ordinal);
        foreach (string text in (string[])[manifest, one.Error]) Assert.Contains("PodDisruptionBudget/shop/web: changes nothing: the orchestrator is swarm", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_of_manifests_reach_the_user_and_the_results_and_secrets_never_do()
    {
        const string Warning = "shop/shop.yaml:";
        using var run = ProgramRun.ToTheEnd("run", At("tiny.yaml"), "--out", At("out"), "--seeds", "1", "--only", "strategy=best-fit");
        using var validated = ProgramRun.ToTheEnd("validate", At("tiny.yaml"));
        Assert.Contains(Warning, validated.Ok().Error, StringComparison.Ordinal);
        Assert.Contains("its selector matches no pods", validated.Error, StringComparison.Ordinal);
        run.Ok();
        string manifest = File.ReadAllText(At("out/manifest.json"));
        Assert.Contains("\"format\": \"manifests\"", manifest, StringComparison.Ordinal);
        Assert.Contains("\"code\": \"manifest-warning\"", manifest, StringComparison.Ordinal);
        Assert.Contains(Warning, manifest, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(At("out"), "*", SearchOption.AllDirectories), file =>
            Assert.DoesNotContain(Secret, File.ReadAllText(file), StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, run.Out + run.Error + validated.Out + validated.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("service: web,", "service: wbe,", "cluster.traffic[0].service: 'wbe': expected a Service of the manifests in namespace shop", "did you mean 'web'?")]
    [InlineData("method: recreate,", "method: canaryByWeight,", "update.method: 'canaryByWeight': expected an Ingress that leads to Service shop/web", "")]
    [InlineData("tag: v2, maxSurge", "tag: v2, deployments: [wbe], maxSurge", "update.deployments[0]: 'wbe': expected a Deployment of the manifests", "did you mean 'web'?")]
    public void What_the_manifests_do_not_have_ends_every_command_with_2(string old, string replacement, string problem, string nearest)
    {
        File.WriteAllText(At("wrong.yaml"), Text.Replace(old, replacement, StringComparison.Ordinal));
        foreach (string[] command in (string[][])[["validate"], ["plan"], ["run", "--out", At("never")], ["explain", "--pod", "web"]])
        {
            using var run = ProgramRun.ToTheEnd([command[0], At("wrong.yaml"), .. command[1..]]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(problem, run.Error, StringComparison.Ordinal);
            Assert.Contains(nearest, run.Error, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(At("never")));
    }

    [Fact]
    public void What_a_rollout_did_is_told_as_a_timeline()
    {
        using var run = ProgramRun.ToTheEnd("explain", At("tiny.yaml"), "--only", "workload=rolling", "--object", "deploy/web", "-o", "csv");
        string[] rows = run.Ok().Out.TrimEnd('\n').Split('\n');
        Assert.Equal("time_(s),object,what", rows[0]);
        Assert.Equal("0,Deployment/web,created: 3 replicas of shop/web:v1", rows[1]);
        Assert.Contains("40,Deployment/web,template: shop/web:v1 becomes shop/web:v2", rows);
        Assert.Matches(",Deployment/web,\"rollout of revision 2 is complete, after [0-9.]+ s: 3 pods made, 3 taken away, never fewer than 3 ready\"$", rows[^1]);
    }

    [Theory]
    [InlineData("deployment/wbe", "--object: 'deployment/wbe': expected an object that exists at some time in this run; there were 1 of kind Deployment; did you mean 'web'?")]
    [InlineData("deploymnt/web", "--object: 'deploymnt/web': expected a kind of object; did you mean 'Deployment'?")]
    [InlineData("web", "--object: 'web': expected KIND/NAME or KIND/NAMESPACE/NAME")]
    public void An_object_that_is_not_there_is_answered_with_the_nearest_name(string wanted, string problem)
    {
        using var run = ProgramRun.ToTheEnd("explain", At("tiny.yaml"), "--object", wanted);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
