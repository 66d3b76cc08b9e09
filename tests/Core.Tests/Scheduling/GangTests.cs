using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling;

/// <summary>Groups are placed all or nothing, under strategies that know nothing of groups.</summary>
public sealed class GangTests
{
    [Fact]
    public void A_group_that_fits_is_bound_in_one_instant()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(3, cpu: "1")).Of(A.Workload().Group("g", 3, 3, A.Pod("m").Cpu("1"))).Go();
        Assert.Equal(["n0", "n1", "n2"], result.Placements.Values);
        Assert.Equal(1, result.Count(FactKind.GroupPlaced));
    }

    [Fact]
    public void A_group_counts_as_one_decision_as_often_as_it_is_tried()
    {
        // Tried as a whole at 1 s in vain and, when the pod has ended, with success: two decisions beside the one on the pod, not six.
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(3, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("1").For(30)).Group("g", 3, 3, A.Pod("m").Cpu("1").At(1))).Go();
        Assert.Equal((4, 3L), (result.Placements.Count, result.Run.Scheduler.Decisions));
    }

    [Fact]
    public void A_group_that_does_not_fit_holds_nothing()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Group("g", 3, 3, A.Pod("m").Cpu("1")).Pods(2, A.Pod("p").Cpu("1"))).Go();
        Assert.Equal(["p-0", "p-1"], result.Placements.Keys);
        Assert.Equal(1, result.Count(FactKind.GroupRolledBack));
    }

    [Fact]
    public void A_group_waits_until_all_its_members_have_room()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(3, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("a").Cpu("1").For(20)).Pod(A.Pod("b").Cpu("1").For(40)).Group("g", 3, 3, A.Pod("m").Cpu("1").At(5))).Go();
        Assert.Equal([40, 40, 40], result.BoundAt.Where(pod => pod.Key[0] == 'm').Select(pod => pod.Value));
    }

    [Fact]
    public void Members_beyond_the_minimum_come_along_or_follow()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(3, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("a").Cpu("1").For(20)).Group("g", 1, 4, A.Pod("m").Cpu("1").At(5).For(100))).Go();
        Assert.Equal([5, 5, 20, 105], result.BoundAt.Where(pod => pod.Key[0] == 'm').Select(pod => pod.Value));
        Assert.Equal(1, result.Count(FactKind.GroupPlaced));
    }

    [Fact]
    public void A_group_of_hundreds_is_placed()
    {
        RunResult result = A.Run("best-fit").On(A.Cluster().Nodes(100, cpu: "8")).Of(A.Workload().Group("g", 700, 700, A.Pod("m").Cpu("1").For(5))).Judged(200).Go();
        Assert.Equal((700, 700, 0), (result.Bindings.Count(), result.Count(FactKind.PodSucceeded), result.Count(FactKind.StrategyError)));
    }

    [Fact]
    public void A_smaller_group_is_not_left_behind_a_larger_one_that_never_fits()
    {
        // The large group is the older; both wait for the node to be free.
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "2"))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("2").For(30)).Group("large", 5, 5, A.Pod("l").Cpu("1").At(1)).Group("small", 4, 4, A.Pod("s").Cpu("1").At(2))).Go();
        Assert.Equal(["now", "s-0", "s-1", "s-2", "s-3"], result.Placements.Keys);
        Assert.Equal(30, result.BoundAt["s-0"]);
    }

    [Fact]
    public void Equal_groups_follow_one_another_into_the_room_of_one_change()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "6"))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("6").For(30)).Group("a", 2, 2, A.Pod("a").Cpu("1").At(1)).Group("b", 2, 2, A.Pod("b").Cpu("1").At(2)).Group("c", 2, 2, A.Pod("c").Cpu("1").At(3))
                .Group("d", 2, 2, A.Pod("d").Cpu("1").At(4))).Go();
        Assert.Equal([30, 30, 30, 30, 30, 30], result.BoundAt.Values.Skip(1));
        Assert.Equal(["now", "a-0", "a-1", "b-0", "b-1", "c-0", "c-1"], result.Placements.Keys);
    }

    [Fact]
    public void A_mixed_group_is_woken_by_room_for_any_of_its_members()
    {
        // The first member always fits in the east; the second waits for the west, where the first may not go.
        RunResult result = A.Run("first-fit").On(A.Cluster().Node(A.Node("east").Zone("east").Cpu("1")).Node(A.Node("west").Zone("west").Cpu("1")))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("1").On("topology.kubernetes.io/zone", "west").For(30))
                .Group("g", 2, A.Pod("e").Cpu("1").On("topology.kubernetes.io/zone", "east").At(1), A.Pod("w").Cpu("1").On("topology.kubernetes.io/zone", "west").At(1))).Go();
        Assert.Equal((30.0, 30.0), (result.BoundAt["e"], result.BoundAt["w"]));
    }

    [Fact]
    public void A_group_that_the_strategy_lets_wait_is_tried_again_after_any_change()
    {
        // The strategy waits for the small node to be empty, where no member fits.
        ClusterState? view = null;
        var strategy = new Chosen((feasible, pod) => pod > 0 && view!.FreePods[1] < 110 ? NodeIndex.None : feasible.Nth(feasible.Count - 1));
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(1).Nodes(1, cpu: "500m"))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("500m").For(20)).Group("g", 2, 2, A.Pod("m").Cpu("1").At(1))).Before(run => view = run.ViewState).Go();
        Assert.Equal((20.0, 20.0), (result.BoundAt["m-0"], result.BoundAt["m-1"]));
    }

    [Fact]
    public void Members_beyond_the_minimum_have_one_try_in_a_saturation_replay()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Group("g", 1, 5, A.Pod("m").Cpu("1")).Pod(A.Pod("next"))).Saturated().Go();
        // The next pod comes after all of them were decided on.
        Assert.Equal(["m-2", "m-3", "m-4"], result.Facts.TakeWhile(fact => fact.Kind != FactKind.PodArrived || fact.Uid < 5).Where(fact => fact.Kind == FactKind.PodUnplaced).Select(fact => result.NameOf(fact.Uid)));
        Assert.Equal(2, result.Run.Scheduler.Decisions);
    }

    [Fact]
    public void A_wrong_node_for_a_member_is_refused_and_its_devices_are_not_asked_for()
    {
        int asked = 0;
        var strategy = new Chosen((_, _) => new NodeIndex(9), () => new DeviceSet((ulong)++asked));
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(2, gpus: 1)).Of(A.Workload().Group("g", 2, 2, A.Pod("m").Gpus(1))).Go();
        Assert.Equal([RefusalReason.UnknownNode], result.Refusals);
        Assert.Equal(0, asked);
    }

    [Fact]
    public void A_group_that_fails_its_only_try_is_unplaced_as_a_whole()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1"))
            .Of(A.Workload().Group("g", 3, 3, A.Pod("m").Cpu("1")).Group("h", 2, 2, A.Pod("n").Cpu("1"))).Saturated().Go();
        Assert.Equal((3, 2), (result.Count(FactKind.PodUnplaced), result.Bindings.Count()));
        Assert.Equal(2, result.Run.Store.Count);
    }

    [Fact]
    public void A_repeated_group_of_a_saturation_replay_is_a_group_again()
    {
        Workload workload = A.Workload().Group("g", 2, 2, A.Pod("m").Cpu("1")).Build();
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(5, cpu: "1")).Of(workload).Saturated([0, 1, 0, 1, 0, 1]).Go();
        Assert.Equal((2, 1), (result.Count(FactKind.GroupPlaced), result.Count(FactKind.GroupRolledBack)));
        Assert.Equal((4, 2), (result.Bindings.Count(), result.Count(FactKind.PodUnplaced)));
    }

    [Fact]
    public void Attempts_of_a_member_are_those_of_its_group()
    {
        var attempts = new List<(ulong Pod, int Attempt)>();
        var strategy = new Recording((pod, attempt) => attempts.Add((pod, attempt)));
        // One node of two CPUs; a pod leaves at 10 s and at 20 s.
        A.Run(strategy).On(A.Cluster().Nodes(1, cpu: "2"))
            .Of(A.Workload().Pod(A.Pod("x").Cpu("1").For(10)).Pod(A.Pod("y").Cpu("1").For(20)).Group("g", 2, 2, A.Pod("m").Cpu("1").At(1))).Go();
        Assert.Equal([(0, 0), (1, 0), (2, 1), (2, 2), (3, 2)], attempts);
    }

    [Fact]
    public void A_slot_that_is_used_again_starts_without_attempts()
    {
        var attempts = new List<(ulong Pod, int Attempt)>();
        RunResult result = A.Run(new Recording((pod, attempt) => attempts.Add((pod, attempt)))).On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("a").Cpu("1").For(10)).Pod(A.Pod("b").Cpu("1").For(5)).Group("g", 2, 2, A.Pod("m").At(20))).Go();
        Assert.Equal(2, result.Run.Store.SlotCount);
        Assert.Equal([(0, 0), (1, 1), (2, 0), (3, 0)], attempts);
    }

    [Fact]
    public void Groups_hold_all_or_nothing_in_random_worlds() => Law.Holds(WorldTraits.All, world =>
    {
        RunResult result = world.Run("random").Go();
        foreach (IGrouping<int, int> bound in result.Bindings.Select(binding => binding.Uid).Where(uid => world.Pods[uid].Group >= 0).GroupBy(uid => world.Pods[uid].Group))
            Assert.True(bound.Count() >= world.Groups[bound.Key].MinMember);
    });

    private sealed class Recording(Action<ulong, int> onChoose) : ClusterStrategy
    {
        public override NodeIndex Choose(in PodRequest pod, FeasibleNodes feasible)
        {
            onChoose(pod.Entity, pod.Attempt);
            return feasible.Nth(0);
        }
    }
}
