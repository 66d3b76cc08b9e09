using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Experiments.Files;
using SchedBench.Experiments.Plan;

namespace SchedBench.Experiments.Tests.Files;

/// <summary>Steps that give nodes other labels, taints and sizes.</summary>
public sealed class NodeStepFileTests : IDisposable
{
    private const string Fleet = "    - name: pools\n      pools: [{ name: node, count: 12, cpu: 4, memory: 8Gi, zone: a, labels: { tier: front } }, { name: back, count: 1, cpu: 4, memory: 8Gi, zone: b }]\n";
    private readonly TestExperiments _files = new TestExperiments().WithManifests();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_label_is_set_by_its_value_and_taken_away_by_null()
    {
        var step = (LabelNodesStep)One("label: { nodes: [node-03, back-0], labels: { tier: back, example.com/old: null, disk: \"\" } }");
        Assert.Equal(["node-03", "back-0"], step.Nodes);
        Assert.Equal([new Label("disk", ""), new Label("tier", "back")], step.Set);
        Assert.Equal(["example.com/old"], step.Remove);
    }

    [Fact]
    public void A_taint_is_written_as_kubectl_writes_it()
    {
        var step = (TaintNodesStep)One("taint: { selector: tier=front, taints: [\"dedicated=web:NoExecute\", \"dedicated:NoSchedule\", \"old:PreferNoSchedule-\", \"example.com/older-\"] }");
        Assert.True(step.Selector!.Matches([new Label("tier", "front")]));
        Assert.Equal([new Taint("dedicated", "web", TaintEffect.NoExecute), new Taint("dedicated", "", TaintEffect.NoSchedule)], step.Set);
        Assert.Equal([new TaintRemoval("old", TaintEffect.PreferNoSchedule), new TaintRemoval("example.com/older", null)], step.Remove);
    }

    [Fact]
    public void A_size_changes_what_is_stated_and_leaves_the_rest()
    {
        var step = (ResizeNodesStep)One("resize: { nodes: [node-03], cpu: 1500m, pods: 0 }");
        Assert.Equal((1500L, null, null, 0), (step.CpuMilli, step.MemoryBytes, step.EphemeralStorageBytes, step.Pods));
        step = (ResizeNodesStep)One("resize: { nodes: [node-03], memory: 2Gi, ephemeralStorage: 1Gi }");
        Assert.Equal((null, 2L << 30, 1L << 30, null), (step.CpuMilli, step.MemoryBytes, step.EphemeralStorageBytes, step.Pods));
    }

    [Fact]
    public void A_later_selector_is_judged_by_the_labels_that_steps_gave()
    {
        Assert.Equal(2, Replay("{ at: 1m, label: { nodes: [node-03], labels: { disk: fast } } }, { at: 2m, cordon: { selector: disk=fast } }").Steps.Count);
        AssertProblem("{ at: 1m, label: { nodes: [node-03], labels: { disk: fast } } }, { at: 2m, cordon: { selector: disk=slow } }", "[1].cordon.selector", "matches a node of fleet pools by then", null);
        AssertProblem("{ at: 1m, cordon: { selector: disk=fast } }, { at: 2m, label: { nodes: [node-03], labels: { disk: fast } } }", "[0].cordon.selector", "matches a node of fleet pools by then", null);
    }

    [Fact]
    public void Every_part_of_a_change_is_part_of_the_fingerprint()
    {
        string[] steps =
        [
            "label: { nodes: [node-00], labels: { a: b } }", "label: { nodes: [node-00], labels: { a: c } }", "label: { nodes: [node-00], labels: { a: null } }", "label: { nodes: [node-01], labels: { a: b } }",
            "taint: { nodes: [node-00], taints: [\"a=b:NoSchedule\"] }", "taint: { nodes: [node-00], taints: [\"a:NoSchedule\"] }", "taint: { nodes: [node-00], taints: [\"a:NoSchedule-\"] }", "taint: { nodes: [node-00], taints: [a-] }",
            "resize: { nodes: [node-00], cpu: 1 }", "resize: { nodes: [node-00], cpu: 2 }", "resize: { nodes: [node-00], pods: 2 }", "resize: { nodes: [node-00], memory: 2 }", "resize: { nodes: [node-00], ephemeralStorage: 2 }",
        ];
        Assert.Equal(steps.Length, steps.Select(step => ExperimentPlan.Create(_files.Parse(Text($"{{ at: 1m, {step} }}")), new PlanOverrides(), "SchedBench test").Fingerprint.Hash).Distinct().Count());
    }

    [Theory]
    [InlineData("label: { nodes: [node-3], labels: { a: b } }", "label.nodes[0]", "a node of fleet pools", "node-03")]
    [InlineData("label: { nodes: [node-03] }", "label.labels", "required", null)]
    [InlineData("label: { nodes: [node-03], labels: {} }", "label.labels", "at least one label", null)]
    [InlineData("label: { nodes: [node-03], labels: { -a: b } }", "label.labels.-a", "as the label's key", null)]
    [InlineData("label: { nodes: [node-03], labels: { a: \"b c\" } }", "label.labels.a", "expected letters, digits", null)]
    [InlineData("label: { nodes: [node-03], labels: { a: 1 } }", "label.labels.a", "quote it", null)]
    [InlineData("label: { nodes: [node-03], labels: { kubernetes.io/hostname: b } }", "label.labels[\"kubernetes.io/hostname\"]", "this one names the node", null)]
    [InlineData("taint: { nodes: [node-03], taints: [] }", "taint.taints", "at least 1", null)]
    [InlineData("taint: { nodes: [node-03], taints: [dedicated] }", "taint.taints[0]", "expected a taint such as dedicated=batch:NoSchedule", null)]
    [InlineData("taint: { nodes: [node-03], taints: [\"a=b:NoSchedul\"] }", "taint.taints[0]", "expected one of NoSchedule", "NoSchedule")]
    [InlineData("taint: { nodes: [node-03], taints: [\"a=b:NoSchedule-\"] }", "taint.taints[0]", "no value where a taint is taken away", null)]
    [InlineData("taint: { nodes: [node-03], taints: [\"=b:NoSchedule\"] }", "taint.taints[0]", "as the taint's key", null)]
    [InlineData("taint: { nodes: [node-03], taints: [\"a=b c:NoSchedule\"] }", "taint.taints[0]", "as the taint's value", null)]
    [InlineData("taint: { nodes: [node-03], taints: [\"a=b:NoSchedule\", \"a:NoSchedule\"] }", "taint.taints[1]", "every key and effect once", null)]
    [InlineData("taint: { nodes: [node-03], taints: [\"a=b:NoSchedule\", a-] }", "taint.taints[1]", "every key and effect once", null)]
    [InlineData("taint: { nodes: [node-03], taints: [a-, \"a:NoSchedule-\"] }", "taint.taints[1]", "every key and effect once", null)]
    [InlineData("resize: { nodes: [node-03] }", "resize", "at least one of the keys cpu, memory", null)]
    [InlineData("resize: { nodes: [node-03], cpus: 1 }", "resize", "one of the keys", "cpu")]
    [InlineData("resize: { nodes: [node-03], memory: -1 }", "resize.memory", "0 or more", null)]
    [InlineData("resize: { nodes: [node-03], ephemeralStorage: 0 }", "resize.ephemeralStorage", "at least one byte", null)]
    [InlineData("resize: { cpu: 1 }", "resize", "exactly one of the keys nodes, selector", null)]
    public void A_change_is_one_that_nodes_can_take(string verb, string field, string expected, string? nearest) => AssertProblem($"{{ at: 1m, {verb} }}", "[0]." + field, expected, nearest);

    private RunStep One(string verb) => Replay($"{{ at: 1m, {verb} }}").Steps.Single().Step;

    private ClusterReplay Replay(string steps) => (ClusterReplay)_files.Parse(Text(steps)).Workloads.Single().Replay;

    private static string Text(string steps) => ClusterExperiments.Text()
        .Replace("    - name: gpus\n      nodes: { format: openb, path: nodes.csv }\n", Fleet, StringComparison.Ordinal)
        .Replace("      cluster: {", $"      steps: [{steps}]\n      cluster: {{", StringComparison.Ordinal);

    private void AssertProblem(string steps, string field, string expected, string? nearest)
    {
        InputProblem problem = Assert.Single(_files.Problems(Text(steps)));
        Assert.Equal("spec.workloads[0].steps" + field, problem.Field);
        Assert.Contains(expected, problem.Expected, StringComparison.Ordinal);
        if (nearest is not null) Assert.Equal(nearest, problem.Nearest);
        Assert.True(problem.Line > 0);
    }
}
