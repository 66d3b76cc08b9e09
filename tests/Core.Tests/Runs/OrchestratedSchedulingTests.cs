using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Runs;

/// <summary>What the scheduler of an orchestrated run learns from the store, and what it writes there.</summary>
public sealed class OrchestratedSchedulingTests
{
    private const string Zone = "topology.kubernetes.io/zone";
    private const string Host = "kubernetes.io/hostname";

    [Fact]
    public void A_pod_waits_for_a_taint_to_go_that_it_does_not_tolerate()
    {
        OrchestratedRun run = Fleet(1).Do(1, r => SetTaints(r, new Taint("dedicated", "db", TaintEffect.NoSchedule))).Apply(2, Some.Pod("p")).Do(30, r => SetTaints(r)).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(30), Pod(run, "p").Status.ScheduledAt);
    }

    [Fact]
    public void Taints_of_the_fleet_are_those_of_its_nodes()
    {
        OrchestratedRun run = Fleet(1).With(o => o with { Fleet = new FleetLayout([o.Fleet.Nodes[0] with { Taints = [new Taint("a", "", TaintEffect.NoSchedule)] }]) })
            .Apply(2, Some.Pod("p")).Do(30, r => SetTaints(r)).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(30), Pod(run, "p").Status.ScheduledAt);
    }

    [Fact]
    public void A_node_that_is_deleted_takes_no_pod_until_it_is_registered_again()
    {
        Node? node = null;
        OrchestratedRun run = Fleet(1).Do(1, r =>
        {
            node = r.Find<Node>("node-000")!;
            r.Store.Delete(node.Key);
        }).Apply(2, Some.Pod("p")).Do(40, r => r.Store.Create(node! with { Metadata = new ObjectMeta { Name = "node-000", Labels = node.Metadata.Labels } }, out _)).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(40), Pod(run, "p").Status.ScheduledAt);
    }

    [Fact]
    public void Every_node_is_a_domain_of_its_host_name()
    {
        ReplicaSet web = WithSpec(ReplicaSet("web", 3), spec => spec with { Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(Own("web"), default, null, Host)] } });
        OrchestratedRun run = Fleet(3).Apply(web).Build(out _);
        run.Run();
        Assert.Equal(3, Pods(run).Select(pod => pod.Node).Distinct().Count());
        Assert.All(run.Store.View.All(ResourceKind.Node), node => Assert.Equal(node.Name, node.Metadata.Labels.ValueOf(Host)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_placed_pod_counts_by_the_labels_it_has_by_now(double bindLatency)
    {
        ReplicaSet lone = WithSpec(ReplicaSet("lone", 1), spec => spec with { Affinity = new Affinity { RequiredAnti = [new PodAffinityTerm(Own("web"), default, null, Host)] } });
        OrchestratedRun run = Fleet(1).With(o => o with { Scheduler = o.Scheduler with { BindLatency = TimeSpan.FromSeconds(bindLatency) } })
            .Apply(Some.Pod("p") with { Metadata = Meta("p") with { Labels = [new Label("app", "web")] } }).Apply(10, lone)
            .Do(30, r => Relabel(r, "p", "other")).Do(60, r => Relabel(r, "p", "web")).Do(70, r => r.Store.Delete(Pods(r)[1].Key)).Do(100, r => Relabel(r, "p", "other")).BuildWithAgents();
        List<TimeSpan> bound = [];
        run.OnEveryWrite(change =>
        {
            if (change.Before is Pod { Node.IsNode: false } && change.After is Pod { Node.IsNode: true } && change.Object.Name != "p") bound.Add(run.Loop.Now);
        });
        run.Run();
        Assert.Equal([TimeSpan.FromSeconds(30 + bindLatency), TimeSpan.FromSeconds(100 + bindLatency)], bound);
    }

    [Fact]
    public void A_waiting_pod_is_tried_by_the_tolerations_it_has_by_now()
    {
        OrchestratedRun run = Fleet(1).Do(1, r => SetTaints(r, new Taint("dedicated", "db", TaintEffect.NoSchedule))).Apply(2, Some.Pod("p"))
            .Do(30, r => r.Store.Update(Pod(r, "p") with { Spec = Pod(r, "p").Spec with { Tolerations = [.. Pod(r, "p").Spec.Tolerations, new Toleration("dedicated", true, "", null, null)] } })).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(30), Pod(run, "p").Status.ScheduledAt);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    [InlineData(0, 2)]
    public void A_pod_whose_labels_change_while_it_is_being_bound_is_bound_once(double delay, double bindLatency)
    {
        OrchestratedRun run = Fleet(2).With(o => o with { SchedulerDelay = TimeSpan.FromSeconds(delay), Scheduler = o.Scheduler with { BindLatency = TimeSpan.FromSeconds(bindLatency) } })
            .Apply(2, Some.Pod("p") with { Metadata = Meta("p") with { Labels = [new Label("app", "web")] } })
            .Do(2.5, r => Relabel(r, "p", "other")).Do(30, r =>
            {
                Assert.Equal("other", KnownLabel(r, "p"));
                Relabel(r, "p", "third");
            }).BuildWithAgents();
        foreach (ObjectJudge judge in ObjectJudge.AttachAll(run)) Assert.Equal(0, judge.Judged);
        run.Run();
        Assert.Equal((PodLifePhase.Running, TimeSpan.FromSeconds(2 + delay + bindLatency)), (Pod(run, "p").Status.Phase, Pod(run, "p").Status.ScheduledAt));
        Assert.Equal("third", KnownLabel(run, "p"));
    }

    /// <summary>The label by which the scheduler counts a pod.</summary>
    private static string? KnownLabel(OrchestratedRun run, string name) => run.Shapes.IdentityOf(run.Mirror[run.SlotOf(Pod(run, name).Uid)].Shape).Labels.ValueOf("app");

    private static void Relabel(OrchestratedRun run, string name, string app)
    {
        Pod pod = Pod(run, name);
        Assert.Null(run.Store.Update(pod with { Metadata = pod.Metadata with { Labels = [new Label("app", app)] } }));
    }

    [Fact]
    public void Selectors_of_namespaces_follow_their_labels()
    {
        var other = new Namespace { Metadata = new ObjectMeta { Name = "other", Labels = [new Label("stage", "prod")] } };
        Pod enemy = Some.Pod("enemy") with { Metadata = new ObjectMeta { Name = "enemy", Namespace = "other", Labels = [new Label("app", "x")] } };
        var anti = new PodAffinityTerm(Own("x"), default, LabelSelector.Of([new Label("stage", "prod")]), Host);
        Pod shy = Some.Pod("shy") with { Spec = Some.Pod("shy").Spec with { Affinity = new Affinity { RequiredAnti = [anti] } } };
        OrchestratedRun run = Fleet(1).Apply(other, enemy).Apply(10, shy)
            .Do(20, r => r.Store.Update(r.Store.View.Find(other.Key)! with { Metadata = r.Store.View.Find(other.Key)!.Metadata with { Labels = [new Label("stage", "test")] } })).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(20), Pod(run, "shy").Status.ScheduledAt);
    }

    [Fact]
    public void A_pod_on_its_way_out_does_not_count_for_spread_but_keeps_its_room()
    {
        ReplicaSet web = WithSpec(ReplicaSet("web", 2), spec => spec with { TopologySpread = [new TopologySpreadConstraint { TopologyKey = Zone, Selector = Own("web") }] });
        OrchestratedRun run = Fleet(2).Apply(web).Do(20, r => r.Store.Delete(Pods(r)[0].Key)).Build(out InstantAgent agent);
        agent.StopTime = TimeSpan.FromHours(1);
        run.Run();
        Pod second = Pods(run)[^1];
        Assert.Equal(TimeSpan.FromSeconds(20), second.Status.ScheduledAt);
        Assert.Equal(2, Pods(run).Select(pod => pod.Node).Distinct().Count());
    }

    [Fact]
    public void A_pod_of_higher_priority_pushes_out_one_of_lower_and_takes_its_room()
    {
        Pod seen = Some.Pod("none");
        OrchestratedRun run = Fleet(1).Apply(Big("low", 0)).Apply(10, Big("high", 100)).Do(10.5, r => seen = Pod(r, "high")).Build(out _);
        FactLog facts = FactLog.Of(run);
        PodStatus? victim = null;
        run.OnEveryWrite(change => { if (change.After is Pod { Name: "low", Metadata.IsDeleting: true } low) victim = low.Status; });
        run.Run();
        Assert.Equal("PreemptionByScheduler", victim!.Disruption);
        Assert.Equal(new NodeIndex(0), seen.Status.NominatedNode);
        Assert.Single(facts.Of(FactKind.PodPreempted));
        Assert.Equal((TimeSpan.FromSeconds(11), NodeIndex.None), (Pod(run, "high").Status.ScheduledAt, Pod(run, "high").Status.NominatedNode));
        Assert.Null(run.Find<Pod>("low"));
    }

    [Fact]
    public void Without_preemption_a_pod_of_higher_priority_waits()
    {
        OrchestratedRun run = Fleet(1).With(o => o with { Preempts = false }).Apply(Big("low", 0)).Apply(10, Big("high", 100)).Build(out _);
        run.Run();
        Assert.False(Pod(run, "high").Node.IsNode);
        Assert.True(Pod(run, "low").Status.IsReady);
    }

    [Fact]
    public void Preemption_spares_pods_whose_budget_allows_nothing()
    {
        Pod guarded = Big("guarded", 0);
        var budget = new PodDisruptionBudget { Metadata = Meta("b"), Selector = Own("guarded"), MinAvailable = IntOrPercent.Of(1) };
        OrchestratedRun run = Fleet(2).Apply(budget, guarded with { Metadata = guarded.Metadata with { Labels = [new Label("app", "guarded")] } }, Big("free", 0)).Apply(10, Big("high", 100)).Build(out _);
        run.Run();
        Assert.NotNull(run.Find<Pod>("guarded"));
        Assert.Null(run.Find<Pod>("free"));
        Assert.True(Pod(run, "high").Status.IsReady);
    }

    [Fact]
    public void A_pod_without_labels_has_no_budget_for_preemption_whatever_the_selector_says()
    {
        var selector = new LabelSelector([new LabelRequirement("tier", SelectorOperator.DoesNotExist, [])]);
        var budget = new PodDisruptionBudget { Metadata = Meta("b"), Selector = selector, MinAvailable = IntOrPercent.Of(2) };
        Pod named = Big("named", 0), bare = Big("bare", 0);
        named = named with { Metadata = named.Metadata with { Labels = [new Label("app", "named")] } };
        bare = bare with { Metadata = bare.Metadata with { Labels = default } };
        OrchestratedRun run = Fleet(2).Apply(budget, bare).Apply(10, named).Apply(20, Big("high", 100)).Build(out _);
        run.Run();
        Assert.Null(run.Find<Pod>("bare"));
        Assert.NotNull(run.Find<Pod>("named"));
    }

    [Fact]
    public void Pods_that_started_last_are_pushed_out_first()
    {
        OrchestratedRun run = Fleet(2).Apply(Big("old", 0)).Apply(10, Big("young", 0)).Apply(20, Big("high", 100)).Build(out _);
        run.Run();
        Assert.NotNull(run.Find<Pod>("old"));
        Assert.Null(run.Find<Pod>("young"));
    }

    [Fact]
    public void A_pod_waits_for_the_claim_it_names()
    {
        OrchestratedRun run = Fleet(1).Apply(Disk(waits: true), WithClaim("p", "c")).Apply(30, Claim("c")).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(30), Pod(run, "p").Status.ScheduledAt);
        Assert.Equal("node-000", run.Find<PersistentVolumeClaim>("c")!.SelectedNode);
        Assert.True(run.Find<PersistentVolumeClaim>("c")!.IsBound);
    }

    [Fact]
    public void A_pod_waits_for_a_claim_that_gets_its_volume_before()
    {
        OrchestratedRun run = Fleet(1).Apply(Disk(waits: false), Claim("c"), WithClaim("p", "c")).Build(out _);
        TimeSpan bound = default;
        run.OnEveryWrite(change => { if (change is { Before: PersistentVolumeClaim { IsBound: false }, After: PersistentVolumeClaim { IsBound: true } }) bound = run.Loop.Now; });
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(5), bound);
        // It may be tried once too early, and then backs off.
        Assert.InRange(Pod(run, "p").Status.ScheduledAt!.Value, bound, bound + TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_pod_goes_where_its_volume_is()
    {
        OrchestratedRun run = Fleet(3).Apply(Disk(waits: false) with { AllowedZones = ["c"] }, Claim("c"), WithClaim("p", "c")).Build(out _);
        run.Run();
        Assert.Equal(new NodeIndex(2), Pod(run, "p").Node);
    }

    [Theory]
    [InlineData("topology.kubernetes.io/zone", "c", 2)]
    [InlineData("topology.kubernetes.io/zone", "x__b", 1)]
    [InlineData("failure-domain.beta.kubernetes.io/zone", "b", 1)]
    [InlineData("topology.kubernetes.io/region", "b", -1)]
    public void A_pod_goes_where_the_labels_of_its_volume_say(string label, string zones, int node)
    {
        PersistentVolume volume = Local("pv-a", "node-000") with { NodeAffinity = null, Metadata = new ObjectMeta { Name = "pv-a", Labels = [new Label(label, zones)] } };
        OrchestratedRun run = Fleet(3).Apply(Disk(waits: false) with { Provisioner = "kubernetes.io/no-provisioner" }, volume, Claim("c"), WithClaim("p", "c")).Build(out _);
        run.Run();
        Assert.Equal(node, Pod(run, "p").Node.Value);
    }

    [Fact]
    public void A_waiting_claim_keeps_its_pod_in_the_zones_of_its_class()
    {
        OrchestratedRun run = Fleet(3).Apply(Disk(waits: true) with { AllowedZones = ["b"] }, Claim("c"), WithClaim("p", "c")).Build(out _);
        run.Run();
        Assert.Equal(new NodeIndex(1), Pod(run, "p").Node);
    }

    [Fact]
    public void Two_pods_never_go_to_one_free_volume()
    {
        OrchestratedRun run = Fleet(3).Apply(Disk(waits: true) with { Provisioner = "kubernetes.io/no-provisioner" }, Local("pv-a", "node-000"), Local("pv-b", "node-002"), Claim("c"), Claim("d"))
            .Apply(WithClaim("p", "c"), WithClaim("q", "d")).Build(out _);
        run.Run();
        Assert.Equal([0, 2], new[] { Pod(run, "p").Node.Value, Pod(run, "q").Node.Value }.Order());
        Assert.All(run.Store.View.All(ResourceKind.PersistentVolumeClaim).Cast<PersistentVolumeClaim>(), claim => Assert.True(claim.IsBound));
    }

    [Fact]
    public void A_node_takes_no_pod_over_its_limit_of_volumes()
    {
        OrchestratedRun run = Fleet(1).With(o => o with { Controllers = o.Controllers with { Storage = o.Controllers.Storage with { AttachLimit = 1 } } })
            .Apply(Disk(waits: true), Claim("c"), Claim("d"), WithClaim("p", "c")).Apply(5, WithClaim("q", "d")).Do(60, r => r.Store.Delete(Pod(r, "p").Key)).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(61), Pod(run, "q").Status.ScheduledAt);
    }

    [Theory]
    [InlineData("csi.test", 1, 61)]
    [InlineData("csi.test", 2, 5)]
    [InlineData("csi.other", 1, 5)]
    public void A_node_takes_no_pod_over_its_limit_of_volumes_of_a_driver(string driver, int limit, int seconds)
    {
        OrchestratedRun run = Fleet(1).With(o => o with { Fleet = new FleetLayout([o.Fleet.Nodes[0] with { VolumeLimits = [new ResourceAmount(driver, limit)] }]) })
            .Apply(Disk(waits: true), Claim("c"), Claim("d"), WithClaim("p", "c"), WithClaim("again", "c")).Apply(5, WithClaim("q", "d"))
            .Do(60, r => r.Store.Delete(Pod(r, "p").Key)).Do(60, r => r.Store.Delete(Pod(r, "again").Key)).Build(out _);
        run.Run();
        Assert.Equal(TimeSpan.FromSeconds(seconds), Pod(run, "q").Status.ScheduledAt);
    }

    [Fact]
    public void Agents_start_a_pod_when_its_volumes_are_attached()
    {
        OrchestratedRun run = Fleet(1).Apply(Disk(waits: true), Claim("c"), WithClaim("p", "c")).With(o => o with { Until = TimeSpan.FromMinutes(2) })
            .BuildWithAgents(new AgentOptions { ImagesArePresent = true, RelistPeriod = TimeSpan.Zero });
        FactLog facts = FactLog.Of(run);
        run.Run();
        // 5 s to make the volume, 8 s to attach it.
        Assert.Equal([13.0], facts.Seconds(FactKind.PodStarted));
    }

    private static ReplicaSet WithSpec(ReplicaSet set, Func<PodSpec, PodSpec> change) => set with { Template = set.Template with { Spec = change(set.Template.Spec) } };

    private static LabelSelector Own(string app) => LabelSelector.Of([new Label("app", app)]);

    private static Pod Big(string name, int priority) => Some.Pod(name, "5") with { Spec = Some.Pod(name, "5").Spec with { Priority = priority } };

    private static StorageClass Disk(bool waits) => new() { Metadata = new ObjectMeta { Name = "disk" }, Provisioner = "csi.test", IsDefault = true, WaitsForFirstConsumer = waits };

    private static PersistentVolumeClaim Claim(string name) => new() { Metadata = Meta(name), SizeBytes = 10, AccessModes = ["ReadWriteOnce"] };

    private static Pod WithClaim(string name, string claim) =>
        Some.Pod(name) with { Spec = Some.Pod(name).Spec with { Volumes = [new Volume("data", VolumeKind.PersistentVolumeClaim, claim, false, null)] } };

    private static PersistentVolume Local(string name, string node) => new()
    {
        Metadata = new ObjectMeta { Name = name },
        SizeBytes = 10,
        StorageClass = "disk",
        AccessModes = ["ReadWriteOnce"],
        NodeAffinity = [new NodeSelectorTerm([new LabelRequirement(Host, SelectorOperator.In, [node])], default)],
    };

    private static Pod Pod(OrchestratedRun run, string name) => run.Find<Pod>(name)!;

    private static void SetTaints(OrchestratedRun run, params Taint[] taints) => run.Store.Update(run.Find<Node>("node-000")! with { Taints = [.. taints] });
}
