using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Rules;

/// <summary>What wakes pods whose rules kept them waiting.</summary>
public sealed class WakingTests
{
    private static ClusterBuilder Racks => A.Cluster().Node(A.Node("a").Label("rack", "r0")).Node(A.Node("b").Label("rack", "r1"));

    [Fact]
    public void A_taint_that_goes() => Assert.Equal(5, Run(A.Cluster().Node(A.Node("n").Taint("dedicated", "db")), A.Workload().Pod(A.Pod("p")), run => run.Scheduler.SetTaints(new NodeIndex(0), default)).BoundAt["p"]);

    [Fact]
    public void A_taint_that_comes_keeps_the_next_one_out()
    {
        RunResult result = Run(A.Cluster().Nodes(1), A.Workload().Pod(A.Pod("p")).Pod(A.Pod("q").At(6)), run => run.Scheduler.SetTaints(new NodeIndex(0), [new Taint("k", "", TaintEffect.NoExecute)]));
        Assert.Equal(("n0", "-"), (result["p"], result["q"]));
        Assert.Equal(1, result.Count(FactKind.NodeTaintsChanged));
    }

    [Fact]
    public void A_node_that_comes() => Assert.Equal(5, Run(
        A.Cluster().Nodes(1),
        A.Workload().Pod(A.Pod("p").At(1)),
        run => run.Scheduler.SetPresent(new NodeIndex(0), present: true),
        run => run.Scheduler.SetPresent(new NodeIndex(0), present: false)).BoundAt["p"]);

    [Fact]
    public void A_friend_that_is_placed() => Assert.Equal(7, A.Run("first-fit").On(Racks)
        .Of(A.Workload().Pod(A.Pod("p").Near("db", "rack")).Pod(A.Pod("db").Label("app", "db").At(7))).Go().BoundAt["p"]);

    [Fact]
    public void A_friend_that_is_placed_with_its_group() => Assert.Equal(7, A.Run("first-fit").On(Racks)
        .Of(A.Workload().Pod(A.Pod("p").Near("db", "rack")).Group("g", 2, 2, A.Pod("db").Label("app", "db").At(7))).Go().BoundAt["p"]);

    [Fact]
    public void A_foe_that_ends_elsewhere_in_the_domain() => Assert.Equal(9, A.Run("first-fit").On(A.Cluster()
            .Node(A.Node("a").Label("rack", "r0").Cpu("1")).Node(A.Node("b").Label("rack", "r0")))
        .Of(A.Workload().Pod(A.Pod("db").Cpu("1").Label("app", "db").For(9)).Pod(A.Pod("p").Cpu("2").AwayFrom("db", "rack").At(1))).Go().BoundAt["p"]);

    [Fact]
    public void Spread_pods_follow_each_other_as_domains_fill()
    {
        PodBuilder web = A.Pod("web").Cpu("1").Label("app", "web").Spread("rack", "web").At(1);
        // b is full until 10: the skew lets one go to a, and the others follow in pairs.
        RunResult result = A.Run("first-fit").On(Racks).Of(A.Workload().Pod(A.Pod("full").Cpu("4").On("rack", "r1").For(10)).Pods(5, web)).Go();
        Assert.Equal(5, result.Bindings.Count() - 1);
        Assert.Equal([1.0, 10.0, 10.0, 10.0, 10.0], result.BoundAt.Where(bound => bound.Key != "full").Select(bound => bound.Value).Order());
        Assert.Equal((3, 2), (result.Placements.Count(p => p.Key != "full" && p.Value == "a"), result.Placements.Count(p => p.Key != "full" && p.Value == "b")));
    }

    [Fact]
    public void A_pod_that_is_asked_to_leave() => Assert.Equal(5, Run(
        A.Cluster().Node(A.Node("a").Label("rack", "r0").Cpu("8")).Node(A.Node("b").Label("rack", "r1").Cpu("1")),
        A.Workload().Pod(A.Pod("full").Cpu("1").On("rack", "r1")).Pod(A.Pod("old").Cpu("1").Label("app", "web")).Pod(A.Pod("new").Cpu("1").Label("app", "web").Spread("rack", "web").At(1)),
        run => run.Scheduler.OnPodLeaving(new PodIndex(1))).BoundAt["new"]);

    [Fact]
    public void Generated_worlds_meet_every_rule()
    {
        var seen = new SortedSet<InfeasibleReason>();
        for (ulong seed = 0; seed < 200; seed++)
        {
            World world = WorldGenerator.World(seed, WorldTraits.Placement);
            var state = new ClusterState(world.Fleet(), new ShapeTable(world.Fleet(), countsApps: false, countsPods: true));
            foreach (PodArrival pod in world.Pods)
            {
                ShapeIndex shape = state.Shapes.Intern(pod.Spec, pod.Labels, pod.Namespace ?? "");
                for (int n = 0; n < state.Count; n++) seen.UnionWith(Predicates.Check(state, in state.Shapes[shape], n).Select(reason => reason.Reason));
                if (Naive.Feasible(state, shape) is [int first, ..]) state.Add(in state.Shapes[shape], first, DeviceSet.Empty);
            }
        }

        InfeasibleReason[] rules =
        [
            InfeasibleReason.UntoleratedTaint, InfeasibleReason.NodeNameMismatch, InfeasibleReason.NodeAffinityMismatch, InfeasibleReason.HostPortConflict, InfeasibleReason.TopologySpreadViolated,
            InfeasibleReason.TopologySpreadLabelMissing, InfeasibleReason.PodAffinityUnsatisfied, InfeasibleReason.PodAntiAffinityViolated, InfeasibleReason.ExistingAntiAffinity,
        ];
        Assert.Empty(rules.Except(seen));
    }

    private static RunResult Run(ClusterBuilder cluster, WorkloadBuilder workload, Action<ClusterRun> atFive, Action<ClusterRun>? atZero = null) => A.Run("first-fit").On(cluster).Of(workload).Before(run =>
    {
        if (atZero is not null) run.Loop.Schedule(TimeSpan.Zero, new EventData(run.Loop.Register(new Act(() => atZero(run))), 0));
        run.Loop.Schedule(TimeSpan.FromSeconds(5), new EventData(run.Loop.Register(new Act(() => atFive(run))), 0));
    }).Go();

    private sealed class Act(Action act) : IEventHandler
    {
        public void Handle(in EventData data) => act();
    }
}
