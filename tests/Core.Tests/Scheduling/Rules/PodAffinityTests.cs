using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Rules;

/// <summary>Required affinity and anti-affinity of pods (kube-scheduler's InterPodAffinity filter) on racks r0 (a, b), r1 (c, d), r2 (e); f has none.</summary>
public sealed class PodAffinityTests
{
    private static PodBuilder Db => A.Pod().Label("app", "db");

    private static PodBuilder Web => A.Pod().Label("app", "web");

    [Fact]
    public void Affinity_wants_a_friend_in_the_domain()
    {
        RuleScene scene = RuleScene.Racks();
        Assert.Equal(("", "PodAffinityUnsatisfied"), (scene.Takes(Web.Near("db", "rack")), scene.Why(Web.Near("db", "rack"), "a")));
        scene.Place(Db, "c");
        Assert.Equal("c d", scene.Takes(Web.Near("db", "rack")));
        Assert.Equal("c", scene.Takes(Web.Near("db", "kubernetes.io/hostname")));
        scene.Remove(Db, "c");
        Assert.Equal("", scene.Takes(Web.Near("db", "rack")));
    }

    [Fact]
    public void The_first_of_its_own_group_goes_anywhere_that_has_the_label()
    {
        RuleScene scene = RuleScene.Racks();
        Assert.Equal("a b c d e", scene.Takes(Db.Near("db", "rack")));
        scene.Place(Db, "e");
        Assert.Equal("e", scene.Takes(Db.Near("db", "rack")));
    }

    [Fact]
    public void A_friend_where_the_label_is_missing_does_not_end_the_first_pods_freedom() =>
        Assert.Equal("a b c d e", RuleScene.Racks().Place(Db, "f").Takes(Db.Near("db", "rack")));

    [Fact]
    public void A_friend_has_to_match_all_terms()
    {
        PodAffinityTerm front = new(LabelSelector.Of([new Label("tier", "front")]), [], null, "rack");
        RuleScene scene = RuleScene.Racks().Place(Db, "a").Place(A.Pod().Label("tier", "front"), "a");
        Assert.Equal("", scene.Takes(Web.Near("db", "rack").Near(front)));
        scene.Place(Db.Label("tier", "front"), "c");
        Assert.Equal("c d", scene.Takes(Web.Near("db", "rack").Near(front)));
    }

    [Fact]
    public void Anti_affinity_keeps_away_from_the_domain()
    {
        RuleScene scene = RuleScene.Racks().Place(Db, "c");
        Assert.Equal(("a b e f", "PodAntiAffinityViolated"), (scene.Takes(Web.AwayFrom("db", "rack")), scene.Why(Web.AwayFrom("db", "rack"), "d")));
        Assert.Equal("a b d e f", scene.Takes(Web.AwayFrom("db", "kubernetes.io/hostname")));
    }

    [Fact]
    public void Anti_affinity_works_both_ways()
    {
        RuleScene scene = RuleScene.Racks();
        Assert.Equal("a b c d e f", scene.Takes(Db));
        scene.Place(Web.AwayFrom("db", "rack"), "c");
        Assert.Equal(("a b e f", "ExistingAntiAffinity"), (scene.Takes(Db), scene.Why(Db, "d")));
        Assert.Equal("a b c d e f", scene.Takes(Web));
        scene.Remove(Web.AwayFrom("db", "rack"), "c");
        Assert.Equal("a b c d e f", scene.Takes(Db));
    }

    [Fact]
    public void Replicas_that_avoid_each_other_take_one_node_each()
    {
        PodBuilder pod = Db.AwayFrom("db", "kubernetes.io/hostname");
        RuleScene scene = RuleScene.Racks().Place(pod, "a", "b", "c");
        Assert.Equal("d e f", scene.Takes(pod));
    }

    [Fact]
    public void Anti_affinity_where_the_label_is_missing_keeps_nobody_out() =>
        Assert.Equal("a b c d e f", RuleScene.Racks().Place(Web.AwayFrom("db", "rack"), "f").Takes(Db));

    [Fact]
    public void Terms_mean_the_own_namespace_unless_they_name_others()
    {
        RuleScene scene = RuleScene.Racks().Place(Db.In("dev"), "a").Place(Db.In("prod"), "c");
        PodAffinityTerm Term(ValueList<string> namespaces, LabelSelector? selector = null) => new(LabelSelector.Of([new Label("app", "db")]), namespaces, selector, "rack");
        Assert.Equal("a b", scene.Takes(Web.In("dev").Near(Term([]))));
        Assert.Equal("c d", scene.Takes(Web.In("dev").Near(Term(["prod"]))));
        Assert.Equal("a b c d", scene.Takes(Web.In("dev").Near(Term(["prod", "dev"]))));
        Assert.Equal("a b c d", scene.Takes(Web.In("other").Near(Term([], LabelSelector.Everything))));
        Assert.Equal("", scene.Takes(Web.In("other").Near(Term([]))));
    }

    [Fact]
    public void Namespaces_are_chosen_by_their_labels()
    {
        RuleScene scene = RuleScene.Racks().Place(Db.In("dev"), "a").Place(Db.In("prod"), "c");
        string stage = "live";
        scene.State.Shapes.SetNamespaceLabels(ns => [new Label("stage", ns == "prod" ? stage : "test")]);
        var term = new PodAffinityTerm(LabelSelector.Of([new Label("app", "db")]), [], LabelSelector.Of([new Label("stage", "live")]), "rack");
        Assert.Equal("c d", scene.Takes(Web.In("dev").Near(term)));
        scene.Place(Web.In("dev").AwayFrom(term), "e");
        Assert.Equal(("a b c d f", "a b c d e f"), (scene.Takes(Db.In("prod")), scene.Takes(Db.In("dev"))));
        stage = "old";
        scene.State.Shapes.SetNamespaceLabels(ns => [new Label("stage", ns == "prod" ? stage : "test")]);
        Assert.Equal(("", "a b c d e f"), (scene.Takes(Web.In("dev").Near(term)), scene.Takes(Db.In("prod"))));
    }

    [Fact]
    public void A_term_without_selector_means_nobody() =>
        Assert.Equal(("", "a b c d e f"), (
            RuleScene.Racks().Place(Db, "a").Takes(Web.Near(new PodAffinityTerm(null, [], null, "rack"))),
            RuleScene.Racks().Place(Db, "a").Takes(Web.AwayFrom(new PodAffinityTerm(null, [], null, "rack")))));

    [Fact]
    public void Labels_that_nobody_reads_do_not_make_shapes()
    {
        RuleScene scene = RuleScene.Racks();
        ShapeIndex Shape(PodBuilder pod) => scene.State.Shapes[scene.Intern(pod)].Index;
        Assert.Equal(Shape(Db), Shape(Web.In("dev")));
        scene.Intern(A.Pod().Cpu("1").AwayFrom("db", "rack"));
        Assert.NotEqual(Shape(Db), Shape(Web));
        Assert.NotEqual(Shape(Db), Shape(Db.In("dev")));
        Assert.Equal(Shape(Db.Label("hash", "x")), Shape(Db.Label("hash", "y")));
        scene.Intern(A.Pod().Spread(new TopologySpreadConstraint { TopologyKey = "rack", MatchLabelKeys = ["hash"], Selector = LabelSelector.Everything }));
        Assert.NotEqual(Shape(Db.Label("hash", "x")), Shape(Db.Label("hash", "y")));
    }

    [Fact]
    public void Counting_begins_before_the_first_pod()
    {
        FleetLayout fleet = A.Cluster().Nodes(2).Build();
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
        state.Add(in state.Shapes[state.Shapes.Intern(A.Pod().Spec())], 0, DeviceSet.Empty);
        ShapeIndex late = state.Shapes.Intern(A.Pod().AwayFrom("db", "rack").Spec());
        Assert.Throws<InvalidOperationException>(() => state.Fits(in state.Shapes[late], 0));
    }
}
