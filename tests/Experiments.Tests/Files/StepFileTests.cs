using SchedBench.Core.Controllers;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Store;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;

namespace SchedBench.Experiments.Tests.Files;

public sealed class StepFileTests : IDisposable
{
    private const string Fleet = "    - name: pools\n      pools: [{ name: node, count: 12, cpu: 4, memory: 8Gi, zone: a, labels: { tier: front } }, { name: back, count: 1, cpu: 4, memory: 8Gi, zone: b }]\n";
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Every_verb_becomes_the_step_that_it_says()
    {
        _files.Write("extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shop }\n");
        Assert.Equal("extra", ((ApplyStep)One("apply: { manifests: extra.yaml }")).Objects.Single().Name);
        Assert.Equal(new DeleteStep(At, ResourceKind.Service, "web", Propagation.Orphan, "shop"), One("delete: { kind: Service, name: web, cascade: orphan }"));
        Assert.Equal(new DeleteStep(At, ResourceKind.Namespace, "shop", Propagation.Background, ""), One("delete: { kind: Namespace, name: shop }"));
        Assert.Equal(new ScaleStep(At, ResourceKind.Deployment, "web", 7, "shop"), One("scale: { name: shop/web, replicas: 7 }"));
        Assert.Equal(new SetImageStep(At, "web", "setup", "shop/setup:v9", "shop"), One("setImage: { deployment: web, container: setup, image: \"shop/setup:v9\" }"));
        Assert.Equal(new SetImageStep(At, "web", "*", "shop/web:v9", "shop"), One("setImage: { deployment: web, image: \"shop/web:v9\" }"));
        Assert.Equal(new RestartStep(At, "web", "shop"), One("restart: { deployment: web }"));
        Assert.Equal(new PauseStep(At, "web", "shop"), One("pause: { deployment: web }"));
        Assert.Equal(new ResumeStep(At, "web", "shop"), One("resume: { deployment: web }"));
        var cordon = (CordonNodesStep)One("cordon: { nodes: [node-03, back-0] }");
        Assert.Equal((At, true), (cordon.At, cordon.IsCordoned));
        Assert.Equal(["node-03", "back-0"], cordon.Nodes);
        var uncordon = (CordonNodesStep)One("uncordon: { selector: tier=front }");
        Assert.False(uncordon.IsCordoned);
        Assert.True(uncordon.Selector!.Matches([new Label("tier", "front")]));
        Assert.False(((PowerStep)One("powerOff: { nodes: [node-00] }")).IsOn);
        Assert.True(((PowerStep)One("powerOn: { selector: topology.kubernetes.io/zone=b }")).IsOn);
    }

    [Fact]
    public void A_drain_has_the_options_of_kubectl_and_their_defaults_are_the_cores()
    {
        Assert.Equal(new DrainOptions(), ((DrainStep)One("drain: { nodes: [node-00] }")).Options);
        var drain = (DrainStep)One("drain: { nodes: [node-00], gracePeriod: 5s, ignoreDaemonSets: false, force: false, deleteEmptyDirData: false, disableEviction: true, timeout: 1m, parallelism: 2 }");
        Assert.Equal(
            new DrainOptions { Grace = TimeSpan.FromSeconds(5), IgnoresDaemonSets = false, IsForced = false, DeletesEmptyDir = false, DisablesEviction = true, Timeout = TimeSpan.FromMinutes(1), Parallelism = 2 },
            drain.Options);
        Assert.NotNull(((DrainStep)One("drain: { selector: tier=front }")).Options!.Nodes);
        var maintenance = (MaintenanceStep)One("maintenance: { nodes: [node-00, node-01], work: 3m, pause: 4s, uncordon: false, cordonAllFirst: true, parallelism: 1 }");
        Assert.Equal(
            new MaintenanceOptions { Drain = new DrainOptions { Parallelism = 1 }, Work = TimeSpan.FromMinutes(3), Pause = TimeSpan.FromSeconds(4), Uncordons = false, CordonsAllFirst = true }, maintenance.Options);
    }

    [Fact]
    public void Steps_and_the_update_come_by_their_instants_the_update_first()
    {
        ClusterReplay replay = Replay("{ at: 30s, scale: { name: web, replicas: 3 } }, { at: 1m, restart: { deployment: web } }", "at: 1m, method: recreate, tag: v2, deployments: [web]");
        Assert.Equal(["ApplyStep", "ScaleStep", "RolloutStep", "RestartStep"], ClusterCellSetup.Steps(replay).Select(step => step.GetType().Name));
    }

    [Fact]
    public void The_pair_keeps_the_steps_but_those_that_are_nothing_without_the_update()
    {
        ClusterReplay replay = Replay(
            """
            { at: 2m, abortRelease: { deployment: web } }, { at: 2m, rollback: { deployment: web } }, { at: 3m, powerOff: { nodes: [node-00] } }, { at: 3m, setImage: { deployment: web, image: "shop/web:v3" } },
            { at: 4m, rollback: { deployment: web } }
            """.ReplaceLineEndings(" "),
            "at: 1m, method: canary, tag: v2, deployments: [web]");
        Assert.Equal(5, replay.Steps.Count);
        Assert.Equal(["powerOff", "setImage", "rollback"], replay.Undisturbed.Steps.Select(step => step.Verb));
    }

    [Fact]
    public void Steps_alone_have_no_pair_and_change_the_fingerprint()
    {
        ExperimentPlan[] plans = [.. new[] { "{ at: 3m, powerOff: { nodes: [node-00] } }", "{ at: 3m, powerOff: { nodes: [node-01] } }", "{ at: 3m, powerOff: { selector: tier=front } }", "{ at: 4m, powerOn: { nodes: [node-00] } }" }.Select(step => Plan(step))];
        Assert.All(plans, plan => Assert.All(plan.Cells, cell => Assert.Null(cell.Pair)));
        Assert.Equal(plans.Length, plans.Select(plan => plan.Fingerprint.Hash).Distinct().Count());
    }

    [Fact]
    public void Manifests_of_steps_are_inputs_like_those_of_the_start()
    {
        _files.Write("extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shop }\n");
        Assert.Equal(["shop.yaml", "extra.yaml"], Plan("{ at: 1m, apply: { manifests: extra.yaml } }").Inputs.Select(input => input.Path));
    }

    [Fact]
    public void What_a_step_applied_can_be_named_after_it_and_what_it_deleted_cannot()
    {
        _files.Write("extra.yaml", ClusterExperiments.Manifests.Split("---\n")[0].Replace("name: web, namespace", "name: extra, namespace", StringComparison.Ordinal));
        Assert.Equal(3, Replay("{ at: 1m, apply: { manifests: extra.yaml } }, { at: 2m, scale: { name: extra, replicas: 1 } }, { at: 2m, delete: { kind: Deployment, name: extra } }").Steps.Count);
        AssertProblem("{ at: 1m, apply: { manifests: extra.yaml } }, { at: 2m, delete: { kind: Deployment, name: extra } }, { at: 3m, scale: { name: extra, replicas: 1 } }", "[2].scale.name", "that is there by then", null);
    }

    [Fact]
    public void Pods_of_a_stateful_set_can_be_deleted_by_their_names()
    {
        _files.Write("shop.yaml", ClusterExperiments.Manifests + "\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db, namespace: shop }\nspec:\n  replicas: 2\n  serviceName: web\n  selector: { matchLabels: { app: db } }\n  template:\n    metadata: { labels: { app: db } }\n    spec: { containers: [{ name: db, image: \"shop/db:v1\" }] }\n");
        Assert.Equal(new DeleteStep(At, ResourceKind.Pod, "db-1", Propagation.Background, "shop") { Grace = TimeSpan.FromSeconds(5) }, One("delete: { kind: Pod, name: db-1, gracePeriod: 5s }"));
        AssertProblem("{ at: 1m, delete: { kind: Pod, name: db-2 } }", "[0].delete.name", "names of other pods are drawn", "db-0");
        Assert.Equal(2, Replay("{ at: 1m, scale: { kind: StatefulSet, name: db, replicas: 3 } }, { at: 2m, delete: { kind: Pod, name: db-2 } }").Steps.Count);
    }

    [Theory]
    [InlineData("{ scale: { name: web, replicas: 1 } }", "[0].at", "required", null)]
    [InlineData("{ at: 5m, scale: { name: web, replicas: 1 } }", "[0].at", "before until", null)]
    [InlineData("{ at: 2m, restart: { deployment: web } }, { at: 1m, restart: { deployment: web } }", "[1].at", "in the order of their instants", null)]
    [InlineData("{ at: 1m }", "[0]", "exactly one of the keys apply, delete", null)]
    [InlineData("{ at: 1m, restart: { deployment: web }, pause: { deployment: web } }", "[0]", "exactly one of the keys", null)]
    [InlineData("{ at: 1m, restrat: { deployment: web } }", "[0]", "one of the keys", "restart")]
    [InlineData("{ at: 1m, restart: web }", "[0].restart", "mapping", null)]
    [InlineData("{ at: 1m, restart: { deployment: wbe } }", "[0].restart.deployment", "a Deployment of the manifests", "web")]
    [InlineData("{ at: 1m, restart: { name: web } }", "[0].restart.deployment", "required", null)]
    [InlineData("{ at: 1m, scale: { kind: DaemonSet, name: web, replicas: 1 } }", "[0].scale.kind", "Deployment, StatefulSet, ReplicaSet", null)]
    [InlineData("{ at: 1m, scale: { kind: StatefulSet, name: web, replicas: 1 } }", "[0].scale.name", "of which there are none by then", null)]
    [InlineData("{ at: 1m, scale: { name: web, replicas: -1 } }", "[0].scale.replicas", "from 0 to", null)]
    [InlineData("{ at: 1m, scale: { name: web } }", "[0].scale.replicas", "required", null)]
    [InlineData("{ at: 1m, setImage: { deployment: web, container: wbe, image: a } }", "[0].setImage.container", "a container of Deployment shop/web", "web")]
    [InlineData("{ at: 1m, setImage: { deployment: web, image: \"a b\" } }", "[0].setImage.image", "an image such as", null)]
    [InlineData("{ at: 1m, pause: { deployment: web } }, { at: 2m, restart: { deployment: web } }", "[1].restart.deployment", "not paused by then", null)]
    [InlineData("{ at: 1m, rollback: { deployment: web } }", "[0].rollback.deployment", "got a new version before", null)]
    [InlineData("{ at: 1m, abortRelease: { deployment: web } }", "[0].abortRelease.deployment", "the update releases by then", null)]
    [InlineData("{ at: 1m, delete: { kind: Deploymnet, name: web } }", "[0].delete.kind", "one of", "Deployment")]
    [InlineData("{ at: 1m, delete: { kind: Node, name: node-00 } }", "[0].delete.kind", "one of", null)]
    [InlineData("{ at: 1m, delete: { kind: Service, name: wbe } }", "[0].delete.name", "a Service of the manifests", "web")]
    [InlineData("{ at: 1m, delete: { kind: Service, name: web, gracePeriod: 5s } }", "[0].delete.gracePeriod", "belongs to a Pod", null)]
    [InlineData("{ at: 1m, delete: { kind: Service, name: web, cascade: forground } }", "[0].delete.cascade", "background, foreground, orphan", "foreground")]
    [InlineData("{ at: 1m, apply: { manifests: extr.yaml } }", "[0].apply.manifests", "existing file or folder", null)]
    [InlineData("{ at: 1m, cordon: { nodes: [node-3] } }", "[0].cordon.nodes[0]", "a node of fleet pools", "node-03")]
    [InlineData("{ at: 1m, cordon: { nodes: [node-03, node-03] } }", "[0].cordon.nodes[1]", "every node once", null)]
    [InlineData("{ at: 1m, cordon: { nodes: [] } }", "[0].cordon.nodes", "at least 1", null)]
    [InlineData("{ at: 1m, cordon: {} }", "[0].cordon", "exactly one of the keys nodes, selector", null)]
    [InlineData("{ at: 1m, powerOff: { nodes: [node-03], selector: tier=front } }", "[0].powerOff", "exactly one of the keys nodes, selector", null)]
    [InlineData("{ at: 1m, powerOff: { selector: \"tier=\" } }", "[0].powerOff.selector", "matches a node of fleet pools", null)]
    [InlineData("{ at: 1m, powerOff: { selector: \"tier in front\" } }", "[0].powerOff.selector", "expected a selector such as", null)]
    [InlineData("{ at: 1m, drain: { nodes: [node-03], timeout: 0s } }", "[0].drain.timeout", "from 1s", null)]
    [InlineData("{ at: 1m, drain: { nodes: [node-03], ignoreDaemonsets: true } }", "[0].drain", "one of the keys", "ignoreDaemonSets")]
    [InlineData("{ at: 1m, maintenance: { nodes: [node-03], work: -1s } }", "[0].maintenance.work", "", null)]
    public void A_step_is_one_that_the_cluster_can_take_by_then(string steps, string field, string expected, string? nearest) => AssertProblem(steps, field, expected, nearest);

    [Fact]
    public void What_a_step_applies_has_to_be_something_that_the_API_takes_by_then()
    {
        _files.Write("extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shpo }\n");
        AssertProblem("{ at: 1m, apply: { manifests: extra.yaml } }", "[0].apply.manifests", "namespace \"shpo\" not found", null);
    }

    [Theory]
    [InlineData("kind: Deployment, name: web")]
    [InlineData("kind: Namespace, name: shop")]
    public void What_the_update_still_needs_cannot_be_deleted_before_it(string what)
    {
        InputProblem problem = _files.Problems(Text($"{{ at: 1m, delete: {{ {what} }} }}", "at: 2m, method: recreate, tag: v2, deployments: [web]"))[0];
        Assert.Equal("spec.workloads[0].steps[0].delete.name", problem.Field);
        Assert.Contains("the update at 2m can do without: it changes Deployment/shop/web", problem.Expected, StringComparison.Ordinal);
        Assert.Single(Replay($"{{ at: 1m, delete: {{ {what} }} }}", "at: 1m, method: recreate, tag: v2, deployments: [web]").Steps);
    }

    [Fact]
    public void Nodes_of_a_file_are_judged_when_the_file_is_read()
    {
        _files.Write("nodes.csv", "sn,cpu_milli,memory_mib,gpu,model\nopenb-node-0000,64000,262144,0,\n");
        string text = ClusterExperiments.Text().Replace("      cluster: {", "      steps: [{ at: 1m, powerOff: { nodes: [openb-node-0001] } }]\n      cluster: {", StringComparison.Ordinal);
        ExperimentPlan plan = ExperimentPlan.Create(_files.Parse(text), new PlanOverrides(), "SchedBench test");
        InputProblem problem = Assert.Throws<InputException>(() => LoadedInputs.Load(plan.Cells)).Problems[0];
        Assert.Equal(("spec.workloads[0].steps[0].powerOff.nodes[0]", "openb-node-0000"), (problem.Field, problem.Nearest));
        Assert.True(problem.Line > 0);
    }

    private static TimeSpan At => TimeSpan.FromMinutes(1);

    private RunStep One(string verb) => Replay($"{{ at: 1m, {verb} }}").Steps.Single().Step;

    private ClusterReplay Replay(string steps, string? update = null) => (ClusterReplay)_files.Parse(Text(steps, update)).Workloads.Single().Replay;

    private ExperimentPlan Plan(string steps) => ExperimentPlan.Create(_files.Parse(Text(steps)), new PlanOverrides(), "SchedBench test");

    private static string Text(string steps, string? update = null) => ClusterExperiments.Text(update: update)
        .Replace("    - name: gpus\n      nodes: { format: openb, path: nodes.csv }\n", Fleet, StringComparison.Ordinal)
        .Replace("      cluster: {", $"      steps: [{steps}]\n      cluster: {{", StringComparison.Ordinal);

    [Theory]
    [InlineData("4", "spec.workloads[0].steps[0].powerOff.nodes[0]")]
    [InlineData("x", "spec.fleets[0].pools[0].cpu")]
    public void Nodes_are_judged_when_the_fleets_are_sound(string cpu, string field)
    {
        string fleet = $"    - name: tiny\n      pools: [{{ name: node, count: 12, cpu: {cpu}, memory: 8Gi }}]\n";
        string text = Text("{ at: 1m, powerOff: { nodes: [node-99] } }").Replace(Fleet, fleet, StringComparison.Ordinal);
        Assert.Equal([field], _files.Problems(text).Select(problem => problem.Field));
    }

    private void AssertProblem(string steps, string field, string expected, string? nearest)
    {
        InputProblem problem = _files.Problems(Text(steps))[0];
        Assert.Equal("spec.workloads[0].steps" + field, problem.Field);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
        Assert.True(problem.Line > 0);
    }
}
