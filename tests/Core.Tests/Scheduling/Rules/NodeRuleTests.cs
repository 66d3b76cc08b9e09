using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Rules;

/// <summary>Rules that concern one node: taints, cordon, node name, node affinity, host ports, volumes.</summary>
public sealed class NodeRuleTests
{
    private static RuleScene Tainted => new(
        A.Node("plain"), A.Node("gpu").Taint("dedicated", "gpu"), A.Node("db").Taint("dedicated", "db", TaintEffect.NoExecute),
        A.Node("slow").Taint("slow", "", TaintEffect.PreferNoSchedule), A.Node("both").Taint("dedicated", "gpu").Taint("maint", "yes", TaintEffect.NoExecute));

    [Fact]
    public void A_taint_keeps_out_who_does_not_tolerate_it() => Assert.Equal("plain slow", Tainted.Takes(A.Pod()));

    [Fact]
    public void Equal_tolerates_its_value_only() => Assert.Equal("plain gpu slow", Tainted.Takes(A.Pod().Tolerates("dedicated", "gpu")));

    [Fact]
    public void Exists_tolerates_every_value() => Assert.Equal("plain gpu db slow", Tainted.Takes(A.Pod().Tolerates("dedicated")));

    [Fact]
    public void A_toleration_of_one_effect_leaves_the_others() => Assert.Equal("plain gpu slow", Tainted.Takes(A.Pod().Tolerates("dedicated", null, TaintEffect.NoSchedule)));

    [Fact]
    public void An_empty_key_with_exists_tolerates_everything() => Assert.Equal("plain gpu db slow both", Tainted.Takes(A.Pod().Tolerates("")));

    [Fact]
    public void An_empty_key_with_equal_tolerates_nothing() => Assert.Equal("plain slow", Tainted.Takes(A.Pod().Tolerates("", "gpu")));

    [Fact]
    public void Every_taint_has_to_be_tolerated() =>
        Assert.Equal("plain gpu slow both", Tainted.Takes(A.Pod().Tolerates("dedicated", "gpu").Tolerates("maint", "yes", TaintEffect.NoExecute)));

    [Fact]
    public void The_reason_names_the_taint()
    {
        RuleScene scene = Tainted;
        Assert.Equal("taint {dedicated: db} is not tolerated", Predicates.Check(scene.State, in scene.State.Shapes[scene.Intern(A.Pod())], 2)[0].ToString());
    }

    [Fact]
    public void Taints_come_and_go()
    {
        RuleScene scene = new(A.Node("a"), A.Node("b"));
        scene.State.SetTaints(0, [new Taint("node.kubernetes.io/not-ready", "", TaintEffect.NoExecute)]);
        Assert.Equal(("b", "UntoleratedTaint"), (scene.Takes(A.Pod()), scene.Why(A.Pod(), "a")));
        scene.State.SetTaints(0, default);
        Assert.Equal("a b", scene.Takes(A.Pod()));
    }

    [Fact]
    public void A_cordoned_node_takes_who_tolerates_the_cordon()
    {
        RuleScene scene = new(A.Node("a"), A.Node("b"));
        scene.State.SetSchedulable(0, schedulable: false);
        Assert.Equal(("b", "NodeUnschedulable"), (scene.Takes(A.Pod()), scene.Why(A.Pod(), "a")));
        Assert.Equal("a b", scene.Takes(A.Pod().Tolerates("node.kubernetes.io/unschedulable", null, TaintEffect.NoSchedule)));
        Assert.Equal("b", scene.Takes(A.Pod().Tolerates("node.kubernetes.io/unschedulable", null, TaintEffect.NoExecute)));
    }

    [Fact]
    public void A_node_that_does_not_exist_takes_nobody()
    {
        RuleScene scene = new(A.Node("a"), A.Node("b"));
        scene.State.SetPresent(1, present: false);
        Assert.Equal(("a", "NodeNotAvailable"), (scene.Takes(A.Pod().Tolerates("")), scene.Why(A.Pod(), "b")));
    }

    [Fact]
    public void A_pod_that_names_a_node_goes_nowhere_else()
    {
        RuleScene scene = RuleScene.Racks();
        Assert.Equal(("c", "NodeNameMismatch"), (scene.Takes(A.Pod().OnNode("c")), scene.Why(A.Pod().OnNode("c"), "d")));
        Assert.Equal("", scene.Takes(A.Pod().OnNode("no-such-node")));
    }

    public static TheoryData<string, SelectorOperator, string[], string> Requirements => new()
    {
        { "rack", SelectorOperator.In, ["r0", "r2"], "a b e" },
        { "rack", SelectorOperator.NotIn, ["r0"], "c d e f" },
        { "rack", SelectorOperator.Exists, [], "a b c d e" },
        { "rack", SelectorOperator.DoesNotExist, [], "f" },
        { "gen", SelectorOperator.Gt, ["1"], "b" },
        { "gen", SelectorOperator.Lt, ["2"], "a" },
    };

    [Theory]
    [MemberData(nameof(Requirements))]
    public void Node_affinity_reads_labels(string key, SelectorOperator op, string[] values, string nodes)
    {
        RuleScene scene = new(
            RuleScene.Node("a").Label("rack", "r0").Label("gen", "1"), RuleScene.Node("b").Label("rack", "r0").Label("gen", "2"), RuleScene.Node("c").Label("rack", "r1").Label("gen", "x"),
            RuleScene.Node("d").Label("rack", "r1"), RuleScene.Node("e").Label("rack", "r2"), RuleScene.Node("f"));
        Assert.Equal(nodes, scene.Takes(A.Pod().NodeAffinity([RuleScene.Needs(key, op, values)])));
    }

    [Fact]
    public void Terms_are_alternatives_and_requirements_hold_together()
    {
        LabelRequirement rack = RuleScene.Needs("rack", SelectorOperator.In, "r1"), host = RuleScene.Needs("kubernetes.io/hostname", SelectorOperator.NotIn, "c");
        Assert.Equal("d", RuleScene.Racks().Takes(A.Pod().NodeAffinity([rack, host])));
        Assert.Equal("a b c d e f", RuleScene.Racks().Takes(A.Pod().NodeAffinity([rack]).NodeAffinity([host])));
    }

    [Fact]
    public void An_empty_term_matches_no_node_and_neither_does_an_empty_list()
    {
        Assert.Equal(("", "NodeAffinityMismatch"), (RuleScene.Racks().Takes(A.Pod().NodeAffinity([])), RuleScene.Racks().Why(A.Pod().NodeAffinity([]), "a")));
        var scene = RuleScene.Racks();
        ShapeIndex shape = scene.State.Shapes.Intern(new PodSpec { Affinity = new Affinity { RequiredNodes = default(ValueList<NodeSelectorTerm>) } });
        Assert.All(Enumerable.Range(0, 6), n => Assert.False(scene.State.Fits(in scene.State.Shapes[shape], n)));
    }

    [Fact]
    public void Node_affinity_reads_the_name_of_a_node()
    {
        RuleScene scene = RuleScene.Racks();
        Assert.Equal("d", scene.Takes(A.Pod().NodeAffinity([], [RuleScene.Needs("metadata.name", SelectorOperator.In, "d")])));
        Assert.Equal("", scene.Takes(A.Pod().NodeAffinity([RuleScene.Needs("rack", SelectorOperator.In, "r0")], [RuleScene.Needs("metadata.name", SelectorOperator.In, "d")])));
        Assert.Equal("a b c e f", scene.Takes(A.Pod().NodeAffinity([], [RuleScene.Needs("metadata.name", SelectorOperator.NotIn, "d")])));
        Assert.Equal("a b d", scene.Takes(A.Pod().NodeAffinity([RuleScene.Needs("rack", SelectorOperator.In, "r0")]).NodeAffinity([], [RuleScene.Needs("metadata.name", SelectorOperator.In, "d")])));
    }

    [Fact]
    public void The_zone_is_a_label()
    {
        RuleScene scene = new(A.Node("a").Zone("east"), A.Node("b").Zone("west"), A.Node("c"));
        Assert.Equal("a", scene.Takes(A.Pod().NodeAffinity([RuleScene.Needs("topology.kubernetes.io/zone", SelectorOperator.In, "east")])));
        Assert.Equal("b", scene.Takes(A.Pod().On("topology.kubernetes.io/zone", "west")));
    }

    [Theory]
    [InlineData(80, "", "TCP", "b")]
    [InlineData(81, "", "TCP", "a b")]
    [InlineData(80, "", "UDP", "a b")]
    [InlineData(80, "10.0.0.1", "TCP", "b")]
    [InlineData(443, "10.0.0.1", "TCP", "b")]
    [InlineData(443, "10.0.0.2", "TCP", "a b")]
    [InlineData(443, "0.0.0.0", "TCP", "b")]
    public void A_host_port_is_taken_once(int port, string ip, string protocol, string nodes)
    {
        RuleScene scene = new(A.Node("a"), A.Node("b"));
        PodBuilder first = A.Pod().HostPort(80).HostPort(443, "10.0.0.1");
        scene.Place(first, "a");
        Assert.Equal(nodes, scene.Takes(A.Pod().HostPort(port, ip, protocol)));
        Assert.Equal(nodes == "b" ? "HostPortConflict" : "", scene.Why(A.Pod().HostPort(port, ip, protocol), "a"));
        scene.Remove(first, "a");
        Assert.Equal("a b", scene.Takes(A.Pod().HostPort(port, ip, protocol)));
    }

    [Fact]
    public void Claims_are_judged_by_who_knows_them()
    {
        RuleScene scene = new(A.Node("a"), A.Node("b"));
        var volumes = new OneVolumeANode();
        scene.State.Volumes = volumes;
        ref readonly PodShape shape = ref scene.State.Shapes[scene.Intern(A.Pod().Claim("data").In("dev"))];
        Assert.True(scene.State.Fits(in shape, 0));
        scene.State.Add(in shape, 0, DeviceSet.Empty);
        Assert.Equal((false, true), (scene.State.Fits(in shape, 0), scene.State.Fits(in shape, 1)));
        Assert.Equal("TooManyVolumes", scene.Why(A.Pod().Claim("data").In("dev"), "a"));
        scene.State.Remove(in shape, 0, DeviceSet.Empty);
        Assert.True(scene.State.Fits(in shape, 0));
        Assert.Equal("a b", scene.Takes(A.Pod()));
    }

    [Fact]
    public void The_agents_check_what_concerns_their_node_alone()
    {
        var fleet = new FleetLayout([A.Node("a").Label("rack", "r").Taint("dedicated", "db").Build()]);
        var truth = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false, countsPods: true), isNodeTruth: true);
        ShapeIndex Shape(PodBuilder pod) => truth.Shapes.Intern(pod.Spec(), pod.Labels, pod.Namespace);
        Assert.True(truth.Fits(in truth.Shapes[Shape(A.Pod().Near("db", "rack"))], 0));
        Assert.False(truth.Fits(in truth.Shapes[Shape(A.Pod().OnNode("b"))], 0));
        Assert.False(truth.Fits(in truth.Shapes[Shape(A.Pod().NodeAffinity([RuleScene.Needs("rack", SelectorOperator.In, "other")]))], 0));
        Assert.Empty(Predicates.Check(truth, in truth.Shapes[Shape(A.Pod().Near("db", "rack"))], 0));
    }

    private sealed class OneVolumeANode : IVolumeRules
    {
        private readonly int[] _pods = new int[2];

        public InfeasibleReason? Check(PodSpec pod, string ns, NodeIndex node)
        {
            Assert.Equal("dev", ns);
            return _pods[node.Value] > 0 ? InfeasibleReason.TooManyVolumes : null;
        }

        public void OnPlaced(PodSpec pod, string ns, NodeIndex node, int sign) => _pods[node.Value] += sign;
    }
}
