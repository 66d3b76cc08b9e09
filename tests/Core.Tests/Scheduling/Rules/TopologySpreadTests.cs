using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Rules;

/// <summary>Hard topology spread (kube-scheduler's PodTopologySpread filter) on racks r0 (a, b), r1 (c, d), r2 (e); f has none.</summary>
public sealed class TopologySpreadTests
{
    private static PodBuilder Web => A.Pod().Label("app", "web");

    [Fact]
    public void A_domain_is_out_when_one_more_breaks_the_skew()
    {
        RuleScene scene = RuleScene.Racks().Place(Web, "a", "c");
        Assert.Equal("e", scene.Takes(Web.Spread("rack", "web")));
        Assert.Equal("a b c d e", scene.Takes(Web.Spread("rack", "web", maxSkew: 2)));
        Assert.Equal(("TopologySpreadViolated", "TopologySpreadLabelMissing"), (scene.Why(Web.Spread("rack", "web"), "a"), scene.Why(Web.Spread("rack", "web"), "f")));
        scene.Place(Web, "e");
        Assert.Equal("a b c d e", scene.Takes(Web.Spread("rack", "web")));
    }

    [Fact]
    public void A_pod_that_does_not_count_itself_may_fill_a_domain_up() =>
        Assert.Equal("a b c d e", RuleScene.Racks().Place(Web, "a").Takes(A.Pod().Label("app", "other").Spread("rack", "web")));

    [Fact]
    public void Soft_constraints_keep_nobody_out() => Assert.Equal("a b c d e f", RuleScene.Racks().Place(Web, "a", "a")
        .Takes(Web.Spread(new TopologySpreadConstraint { TopologyKey = "rack", IsHard = false, Selector = LabelSelector.Of([new Label("app", "web")]) })));

    [Fact]
    public void Too_few_domains_count_as_an_empty_one()
    {
        TopologySpreadConstraint constraint = Constraint with { MinDomains = 4 };
        RuleScene scene = RuleScene.Racks();
        Assert.Equal("a b c d e", scene.Takes(Web.Spread(constraint)));
        scene.Place(Web, "a", "c", "e");
        Assert.Equal("", scene.Takes(Web.Spread(constraint)));
        Assert.Equal("a b c d e", scene.Takes(Web.Spread(constraint with { MinDomains = 3 })));
    }

    [Fact]
    public void Nodes_that_node_affinity_forbids_are_no_domains_unless_ignored()
    {
        LabelRequirement notR2 = RuleScene.Needs("rack", SelectorOperator.NotIn, "r2");
        RuleScene scene = RuleScene.Racks().Place(Web, "a", "c");
        Assert.Equal("a b c d", scene.Takes(Web.NodeAffinity([notR2]).Spread(Constraint)));
        Assert.Equal("", scene.Takes(Web.NodeAffinity([notR2]).Spread(Constraint with { HonorsNodeAffinity = false })));
    }

    [Fact]
    public void Tainted_nodes_are_domains_unless_taints_are_honored()
    {
        RuleScene scene = RuleScene.Racks().Place(Web, "a", "c");
        scene.State.SetTaints(4, [new Taint("dedicated", "db", TaintEffect.NoSchedule)]);
        Assert.Equal("", scene.Takes(Web.Spread(Constraint)));
        Assert.Equal("a b c d", scene.Takes(Web.Spread(Constraint with { HonorsNodeTaints = true })));
        Assert.Equal("e", scene.Takes(Web.Tolerates("dedicated").Spread(Constraint with { HonorsNodeTaints = true })));
    }

    [Fact]
    public void A_cordoned_node_is_a_domain_all_the_same()
    {
        RuleScene scene = RuleScene.Racks().Place(Web, "a", "c");
        scene.State.SetSchedulable(4, schedulable: false);
        Assert.Equal("", scene.Takes(Web.Spread("rack", "web")));
        scene.State.SetPresent(4, present: false);
        Assert.Equal("a b c d", scene.Takes(Web.Spread("rack", "web")));
    }

    [Fact]
    public void Constraints_hold_together_and_nodes_without_one_of_the_keys_count_for_none()
    {
        RuleScene scene = new(
            RuleScene.Node("a").Label("rack", "r0"), RuleScene.Node("b").Label("rack", "r0"), RuleScene.Node("c").Label("rack", "r1"), A.Node("d").Label("rack", "r2"));
        scene.Place(Web, "a");
        // d has no hostname, so r2 is no domain, and r1 is the emptiest.
        Assert.Equal("c", scene.Takes(Web.Spread("rack", "web").Spread("kubernetes.io/hostname", "web")));
        scene.Place(Web, "c");
        Assert.Equal("b", scene.Takes(Web.Spread("rack", "web").Spread("kubernetes.io/hostname", "web")));
        scene.Place(Web, "b");
        Assert.Equal("c", scene.Takes(Web.Spread("rack", "web").Spread("kubernetes.io/hostname", "web", maxSkew: 5)));
    }

    [Fact]
    public void Match_label_keys_count_pods_of_the_same_value_only()
    {
        TopologySpreadConstraint constraint = Constraint with { MatchLabelKeys = ["pod-template-hash", "no-such-key"] };
        PodBuilder Of(string hash) => Web.Label("pod-template-hash", hash);
        RuleScene scene = RuleScene.Racks().Place(Of("old"), "a", "c", "e");
        Assert.Equal("a b c d e", scene.Takes(Of("new").Spread(constraint)));
        scene.Place(Of("new"), "a");
        Assert.Equal("c d e", scene.Takes(Of("new").Spread(constraint)));
        Assert.Equal("a b c d e", scene.Takes(Of("old").Spread(constraint)));
    }

    [Fact]
    public void Pods_of_other_namespaces_do_not_count() =>
        Assert.Equal("a b c d e", RuleScene.Racks().Place(Web.In("dev"), "a", "c").Takes(Web.Spread("rack", "web")));

    [Fact]
    public void An_empty_selector_counts_nobody_and_none_matches_nobody()
    {
        RuleScene scene = RuleScene.Racks().Place(Web, "a", "a", "c");
        Assert.Equal("a b c d e", scene.Takes(Web.Spread(Constraint with { Selector = LabelSelector.Everything })));
        Assert.Equal("a b c d e", scene.Takes(Web.Spread(Constraint with { Selector = null })));
    }

    [Fact]
    public void Pods_on_their_way_out_do_not_count()
    {
        RuleScene scene = RuleScene.Racks().Place(Web, "a", "c", "e", "c");
        ref readonly PodShape shape = ref scene.State.Shapes[scene.Intern(Web)];
        Assert.Equal("a b e", scene.Takes(Web.Spread("rack", "web")));
        Assert.True(scene.State.SetLeaving(in shape, 0, leaving: true));
        Assert.False(scene.State.SetLeaving(in shape, 0, leaving: true));
        Assert.Equal("a b", scene.Takes(Web.Spread("rack", "web")));
        // A selector that is met late knows it too; affinity and anti-affinity still see the pod.
        Assert.Equal("a b", scene.Takes(Web.Spread(Constraint with { Selector = new LabelSelector([RuleScene.Needs("app", SelectorOperator.Exists)]) })));
        Assert.Equal("f", scene.Takes(A.Pod().AwayFrom("web", "rack")));
        Assert.True(scene.State.SetLeaving(in shape, 0, leaving: false));
        Assert.Equal("a b e", scene.Takes(Web.Spread("rack", "web")));
    }

    [Fact]
    public void A_constraint_that_appears_late_counts_the_pods_that_were_there()
    {
        RuleScene scene = RuleScene.Racks().Place(Web.Label("tier", "front"), "a", "b", "c");
        PodBuilder late = Web.Spread(new TopologySpreadConstraint { TopologyKey = "rack", Selector = LabelSelector.Of([new Label("tier", "front")]), MaxSkew = 2 }).Label("tier", "front");
        Assert.Equal("c d e", scene.Takes(late));
        scene.Remove(Web.Label("tier", "front"), "a");
        Assert.Equal("a b c d e", scene.Takes(late));
    }

    private static TopologySpreadConstraint Constraint => new() { TopologyKey = "rack", Selector = LabelSelector.Of([new Label("app", "web")]) };
}
