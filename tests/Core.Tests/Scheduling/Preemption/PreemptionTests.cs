using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.PreemptionTests;

/// <summary>Preemption in runs, judged by invariant 35; whom it chooses is compared with kube-scheduler in <c>KubeSchedulerOracleTests</c>.</summary>
public sealed class PreemptionTests
{
    [Fact]
    public void Without_a_preemptor_a_pod_waits()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1")).Of(Workload).Go();
        Assert.Equal(("n0", "-"), (result["low"], result["high"]));
    }

    [Fact]
    public void A_pod_of_higher_priority_takes_the_place_of_a_lower_one()
    {
        RunResult result = Run(A.Cluster().Nodes(1, cpu: "1"), Workload);
        Assert.Equal(["PodNominated", "PodPreempted", "PodSucceeded"], result.Facts.Where(fact => fact.At == TimeSpan.FromSeconds(1)).Select(fact => fact.Kind.ToString()).Where(kind => kind is "PodNominated" or "PodPreempted" or "PodSucceeded"));
        // It was parked before its victim left, so its back-off of one second comes first.
        Assert.Equal(("n0", 2.0), (result["high"], result.BoundAt["high"]));
    }

    [Fact]
    public void Equal_priority_pushes_nobody_out() =>
        Assert.Equal("-", Run(A.Cluster().Nodes(1, cpu: "1"), A.Workload().Pod(A.Pod("low").Cpu("1").Priority(5)).Pod(A.Pod("high").Cpu("1").Priority(5).At(1)))["high"]);

    [Fact]
    public void A_pod_that_never_preempts_waits() =>
        Assert.Equal("-", Run(A.Cluster().Nodes(1, cpu: "1"), A.Workload().Pod(A.Pod("low").Cpu("1")).Pod(A.Pod("high").Cpu("1").Priority(5).NeverPreempts().At(1)))["high"]);

    [Fact]
    public void No_more_leave_than_have_to()
    {
        RunResult result = Run(A.Cluster().Nodes(1, cpu: "4"), A.Workload()
            .Pod(A.Pod("a").Cpu("1").Priority(1)).Pod(A.Pod("b").Cpu("1").Priority(3)).Pod(A.Pod("c").Cpu("1").Priority(2)).Pod(A.Pod("d").Cpu("1").Priority(2).At(1))
            .Pod(A.Pod("high").Cpu("2").Priority(9).At(2)));
        Assert.Equal(["a", "d"], result.Of(FactKind.PodPreempted).Select(fact => result.NameOf(fact.Uid)).Order(StringComparer.Ordinal));
        Assert.Equal("n0", result["high"]);
    }

    [Fact]
    public void Nothing_leaves_where_it_would_not_help()
    {
        RunResult result = Run(A.Cluster().Node(A.Node("small").Cpu("1")).Node(A.Node("tainted").Cpu("8").Taint("dedicated", "db")), A.Workload()
            .Pod(A.Pod("low").Cpu("1")).Pod(A.Pod("other").Cpu("1").Tolerates("dedicated")).Pod(A.Pod("high").Cpu("4").Priority(9).At(2)));
        Assert.Equal((0, "-"), (result.Count(FactKind.PodPreempted), result["high"]));
    }

    [Fact]
    public void The_room_of_a_nominated_pod_is_kept_from_lower_and_equal_ones()
    {
        StorePods? pods = null;
        WorkloadBuilder workload = A.Workload().Pod(A.Pod("low").Cpu("3").Priority(1)).Pod(A.Pod("high").Cpu("4").Priority(9).At(1)).Pod(A.Pod("between").Cpu("1").Priority(5).At(2));
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "4")).Of(workload).Before(run =>
        {
            run.Scheduler.Preemptor = new DefaultPreemptor(pods = new StorePods(run) { HasGrace = true });
            At(run, 10, () => pods.LetGo());
        }).Go();
        Assert.Equal((10.0, "-"), (result.BoundAt["high"], result["between"]));
        Assert.Equal([0], pods!.Evicted);
    }

    [Fact]
    public void A_pod_of_higher_priority_than_the_nominated_one_may_take_its_room()
    {
        StorePods? pods = null;
        WorkloadBuilder workload = A.Workload().Pod(A.Pod("low").Cpu("3").Priority(1)).Pod(A.Pod("high").Cpu("4").Priority(9).At(1)).Pod(A.Pod("higher").Cpu("1").Priority(10).At(2));
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "4")).Of(workload).Before(run =>
        {
            run.Scheduler.Preemptor = new DefaultPreemptor(pods = new StorePods(run) { HasGrace = true });
            At(run, 10, () => pods.LetGo());
        }).Go();
        Assert.Equal((2.0, "-"), (result.BoundAt["higher"], result["high"]));
    }

    [Fact]
    public void While_victims_leave_nobody_else_is_asked_to()
    {
        StorePods? pods = null;
        WorkloadBuilder workload = A.Workload().Pods(2, A.Pod("low").Cpu("4").Priority(1)).Pod(A.Pod("high").Cpu("4").Priority(9).At(1)).Pod(A.Pod("stuck").Cpu("64").At(4));
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "4")).Of(workload).Before(run =>
        {
            run.Scheduler.Preemptor = new DefaultPreemptor(pods = new StorePods(run) { HasGrace = true });
            At(run, 3, () => run.Scheduler.Queue.Flush(run.Loop.Now, run.Loop.Now));
            At(run, 20, () => pods.LetGo());
        }).Go();
        Assert.Equal(2, result.Of(FactKind.PodUnschedulable).Count(fact => result.NameOf(fact.Uid) == "high"));
        Assert.Equal([0], pods!.Evicted);
        Assert.Equal(20, result.BoundAt["high"]);
    }

    [Fact]
    public void A_binding_under_way_can_be_a_victim()
    {
        var seen = new List<PlacedPod>();
        A.Run("first-fit").On(A.Cluster().Nodes(1, gpus: 2)).Of(A.Workload().Pod(A.Pod("p").Gpus(2).Priority(3))).BindLatency(5).Before(run =>
        {
            IPlacedPods pods = run.Scheduler.TrackPlacedPods((_, _) => { });
            Assert.Throws<InvalidOperationException>(() => run.Scheduler.TrackPlacedPods((_, _) => { }));
            At(run, 1, () => pods.List(new NodeIndex(0), seen));
        }).Go();
        Assert.Equal([new PlacedPod(new PodIndex(0), new ShapeIndex(0), new DeviceSet(0b11), 3, TimeSpan.FromSeconds(1))], seen);
    }

    [Fact]
    public void A_trial_leaves_no_trace() => Law.Holds(WorldTraits.Gpus | WorldTraits.Rules | WorldTraits.Placement | WorldTraits.Timed, world =>
    {
        (ClusterState state, ClusterState twin) = (NewState(world), NewState(world));
        var pods = new ListedPods();
        var dice = new Dice(world.Seed);
        foreach (PodArrival pod in world.Pods)
        {
            ShapeIndex shape = state.Shapes.Intern(pod.Spec, pod.Labels, pod.Namespace ?? "");
            ShapeIndex twins = twin.Shapes.Intern(pod.Spec, pod.Labels, pod.Namespace ?? "");
            List<int> feasible = Naive.Feasible(state, shape);
            if (feasible.Count > 0 && dice.Percent(80))
            {
                int node = dice.Of([.. feasible]);
                DeviceSet devices = DeviceChoice.Tightest(in state.Shapes[shape], new NodeState(state, node));
                state.Add(in state.Shapes[shape], node, devices);
                twin.Add(in twin.Shapes[twins], node, devices);
                pods.Placed.Add((node, new PlacedPod(new PodIndex(pods.Placed.Count), shape, devices, pod.Spec.Priority, pod.Arrival)));
                continue;
            }

            var request = new PreemptionRequest(
                new PodRequest(in state.Shapes[shape], new PodIndex(-1), 0, 0), pod.Spec.Priority + 5, NodeIndex.None, new ClusterView(state), new Nominations(state, new PodStore()));
            Preemption? preemption = new DefaultPreemptor(pods).Preempt(in request);
            Assert.True(state.SameAmounts(twin));
            if (preemption is null) continue;
            // Without the victims it fits, by a plain scan; the most important of them would be in the way.
            foreach (PodIndex victim in preemption.Victims) Take(victim, -1);
            Assert.True(Naive.Fits(state, shape, preemption.Node.Value));
            foreach (PodIndex victim in preemption.Victims) Take(victim, 1);

            void Take(PodIndex victim, int sign)
            {
                (int node, PlacedPod placed) = pods.Placed[victim.Value];
                if (sign < 0) state.Remove(in state.Shapes[placed.Shape], node, placed.Devices);
                else state.Add(in state.Shapes[placed.Shape], node, placed.Devices);
            }
        }
    });

    [Fact]
    public void Runs_with_preemption_are_sound() => Law.Holds(WorldTraits.Gpus | WorldTraits.Rules | WorldTraits.Placement | WorldTraits.Timed, world =>
    {
        // Pods run on: what ends is what is pushed out.
        world = world with { Pods = [.. world.Pods.Select(pod => pod with { Duration = null })] };
        StorePods? pods = null;
        RunResult result = world.Run("best-fit").Before(run =>
        {
            run.Scheduler.Preemptor = new DefaultPreemptor(pods = new StorePods(run));
            pods.Tracked = run.Scheduler.TrackPlacedPods(pods.Evict);
        }).Go();
        Assert.Empty(result.Refusals);
        Assert.Equal(result.Count(FactKind.PodPreempted), pods!.Evicted.Count);
        Assert.Equal(0, result.Run.Scheduler.Nominations.Count);
    });

    private static WorkloadBuilder Workload => A.Workload().Pod(A.Pod("low").Cpu("1").Priority(1)).Pod(A.Pod("high").Cpu("1").Priority(5).At(1));

    private static RunResult Run(ClusterBuilder cluster, WorkloadBuilder workload) => A.Run("first-fit").On(cluster).Of(workload)
        .Before(run => run.Scheduler.Preemptor = new DefaultPreemptor(new StorePods(run))).Go();

    private static ClusterState NewState(World world) => new(world.Fleet(), new ShapeTable(world.Fleet(), countsApps: true, world.Workload().AppsWithLimit, countsPods: true));

    private static void At(ClusterRun run, double seconds, Action act) =>
        run.Loop.Schedule(TimeSpan.FromSeconds(seconds), new EventData(run.Loop.Register(new Act(act)), 0));

    private sealed class Act(Action act) : IEventHandler
    {
        public void Handle(in EventData data) => act();
    }

    private sealed class ListedPods : IPlacedPods
    {
        public List<(int Node, PlacedPod Pod)> Placed { get; } = [];

        public void List(NodeIndex node, List<PlacedPod> into) => into.AddRange(Placed.Where(pod => pod.Node == node.Value).Select(pod => pod.Pod));

        public void Evict(PodIndex victim, PodIndex preemptor) => throw new NotSupportedException();
    }
}
