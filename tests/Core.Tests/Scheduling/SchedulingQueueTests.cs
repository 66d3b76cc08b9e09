using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling;

public sealed class SchedulingQueueTests
{
    [Fact]
    public void Back_off_doubles_from_one_second_to_ten()
    {
        // A pod that never fits is woken by a node that changes every 1 ms: it is tried when its back-off is over. The strategy waits, so any change wakes it.
        WorkloadBuilder workload = A.Workload().Pod(A.Pod("stuck").Cpu("1"));
        for (int i = 0; i < 70_000; i++) workload.Pod(A.Pod($"tick{i}").At(i / 1000.0).For(0.0005));
        var strategy = new Chosen((feasible, pod) => pod == 0 ? NodeIndex.None : feasible.Nth(0));
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(1)).Of(workload).Judged(10_000).Go();
        double[] tries = [.. result.Of(FactKind.PodUnschedulable).Select(fact => fact.At.TotalSeconds)];
        double[] waits = [.. tries.Zip(tries.Skip(1), (from, to) => Math.Round(to - from, 2))];
        Assert.Equal([1, 2, 4, 8, 10, 10, 10, 10, 10, 10], waits);
        Assert.Equal(Enumerable.Range(0, tries.Length), result.Of(FactKind.PodUnschedulable).Select(fact => (int)fact.Detail));
        Assert.Equal(tries.Length - 1, result.Run.Scheduler.Retries);
    }

    [Fact]
    public void A_pod_whose_back_off_is_over_is_tried_at_once()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("first").Cpu("1").For(5)).Pod(A.Pod("second").Cpu("1").At(1).For(5))).Go();
        Assert.Equal(5, result.BoundAt["second"]);
    }

    [Fact]
    public void A_pod_in_back_off_is_tried_when_it_ends()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("first").Cpu("1").For(0.25)).Pod(A.Pod("second").Cpu("1").For(5))).Go();
        Assert.Equal(1, result.BoundAt["second"]);
    }

    [Fact]
    public void With_pop_from_back_off_it_is_tried_as_soon_as_nobody_else_is_ready()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1")).Scheduler(o => o with { Queue = o.Queue with { PopsFromBackoff = true } })
            .Of(A.Workload().Pod(A.Pod("first").Cpu("1").For(0.25)).Pod(A.Pod("second").Cpu("1").For(5)).Pod(A.Pod("third").Cpu("1").For(5))).Judged(1).Go();
        Assert.Equal(0.25, result.BoundAt["second"]);
        Assert.Equal(5.25, result.BoundAt["third"]);
    }

    [Theory]
    [InlineData(false, new[] { 2, 1 })]
    [InlineData(true, new[] { 1, 2 })]
    public void With_pop_from_back_off_priority_counts_among_those_whose_back_off_ends_in_the_same_second(bool pops, int[] order)
    {
        // The second fails 200 ms after the first, of higher priority; both are woken then, in back-off.
        var queue = new SchedulingQueue(new QueueOptions { PopsFromBackoff = pops });
        ClusterState view = State();
        queue.Add(1, 9);
        queue.Add(2, 0);
        Assert.True(queue.TryPop(out int _) && queue.TryPop(out int _));
        ShapeIndex shape = view.Shapes.Intern(A.Pod().Spec());
        queue.Park(2, shape, UnschedulableKind.Unknown, TimeSpan.FromSeconds(10.1));
        queue.Park(1, shape, UnschedulableKind.Unknown, TimeSpan.FromSeconds(10.3));
        queue.OnNodeChanged(view, 0, TimeSpan.FromSeconds(10.4));
        if (!pops) queue.ReleaseBackoff(TimeSpan.FromSeconds(11.1));
        Assert.True(queue.TryPop(out int first));
        if (!pops) queue.ReleaseBackoff(TimeSpan.FromSeconds(11.3));
        Assert.True(queue.TryPop(out int second));
        Assert.Equal(order, new[] { first, second });
    }

    [Fact]
    public void A_unit_whose_attempt_ended_with_an_error_waits_for_its_back_off_alone()
    {
        var queue = new SchedulingQueue(new QueueOptions { PopsFromBackoff = true });
        queue.Add(1, 0);
        Assert.True(queue.TryPop(out int unit));
        queue.BackOff(unit, TimeSpan.FromSeconds(5));
        Assert.Equal((TimeSpan.FromSeconds(6), 1, 1), (queue.NextBackoffEnd!.Value, queue.BackoffCount, queue.Attempts(unit)));
        Assert.False(queue.TryPop(out _));
        queue.ReleaseBackoff(TimeSpan.FromSeconds(6));
        Assert.True(queue.TryPop(out unit));
        Assert.Equal(1, unit);
    }

    private static ClusterState State()
    {
        FleetLayout fleet = A.Cluster().Nodes(1).Build();
        return new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
    }

    [Fact]
    public void Higher_priority_goes_first_then_the_older()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1))
            .Of(A.Workload().Pod(A.Pod("a").Priority(1)).Pod(A.Pod("b").Priority(5)).Pod(A.Pod("c").Priority(5)).Pod(A.Pod("d").Priority(-2)).Pod(A.Pod("e").Priority(1))).Go();
        Assert.Equal(["b", "c", "a", "e", "d"], result.Placements.Keys);
    }

    [Fact]
    public void Room_wakes_the_higher_priority_first()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("1").Priority(9).For(20)).Pod(A.Pod("low").Cpu("1").At(1).For(9)).Pod(A.Pod("high").Cpu("1").Priority(3).At(2).For(9))).Go();
        Assert.Equal((20.0, 29.0), (result.BoundAt["high"], result.BoundAt["low"]));
    }

    [Fact]
    public void Room_wakes_as_many_as_it_takes()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "4"))
            .Of(A.Workload().Pod(A.Pod("big").Cpu("4").For(20)).Pods(10, A.Pod("small").Cpu("1").At(1))).Go();
        // Ten were tried and parked; four were woken and placed, the other six lie still.
        Assert.Equal(15, result.Run.Scheduler.Decisions);
        Assert.Equal(4, result.Run.Scheduler.Retries);
    }

    [Fact]
    public void Of_equals_the_one_whose_back_off_is_over_is_woken_first()
    {
        // One pod loses four times against a higher priority, so that its back-off lasts from 40 to 50 s; its equal has failed once. Room appears at 45 s.
        WorkloadBuilder workload = A.Workload().Pod(A.Pod("now").Cpu("1").For(10)).Pod(A.Pod("often").Cpu("1").At(1)).Pod(A.Pod("once").Cpu("1").At(41).For(10));
        foreach ((int at, int time) in new[] { (2, 10), (12, 10), (22, 10), (32, 5) }) workload.Pod(A.Pod($"high{at}").Cpu("1").Memory("1Gi").Priority(9).At(at).For(time));
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1")).Of(workload).Go();
        Assert.Equal((45.0, 55.0), (result.BoundAt["once"], result.BoundAt["often"]));
    }

    [Fact]
    public void The_pod_that_failed_longest_ago_goes_first_whatever_its_shape()
    {
        // Pods of the first shape were the first to wait; one of the second has waited longer than the one that follows them.
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1"))
            .Of(A.Workload().Pod(A.Pod("now").Cpu("1").For(10)).Pod(A.Pod("a").Cpu("1").At(1).For(10)).Pod(A.Pod("b").Cpu("1").Memory("1Gi").At(2).For(10)).Pod(A.Pod("c").Cpu("1").At(11).For(10))).Go();
        Assert.Equal((10.0, 20.0, 30.0), (result.BoundAt["a"], result.BoundAt["b"], result.BoundAt["c"]));
    }

    [Fact]
    public void Pods_that_nothing_can_help_do_not_keep_a_run_going()
    {
        // The strategy's answer may depend on time, so both are tried every five minutes; each try of one falls between two of the other.
        RunResult result = A.Run(new Chosen((feasible, _) => feasible.Nth(0), dependsOnTime: true)).On(A.Cluster().Nodes(1))
            .Of(A.Workload().Pod(A.Pod("a").Cpu("64")).Pod(A.Pod("b").Cpu("64").At(40))).Until(10_000).Go();
        Assert.Equal([0, 40, 300, 360, 600], result.Of(FactKind.PodUnschedulable).Select(fact => fact.At.TotalSeconds).Take(5));
        Assert.InRange(result.Run.Loop.Now.TotalSeconds, 600, 1000);
    }

    [Fact]
    public void A_node_that_is_uncordoned_wakes_what_fits_it()
    {
        WorkloadBuilder workload = A.Workload().Pod(A.Pod("p").At(1)).Pod(A.Pod("later").At(30).On("disk", "none"));
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1)).Of(workload).Before(run =>
        {
            run.Facts.Subscribe(new Switch(run, FactKind.PodUnschedulable));
            run.Loop.Schedule(TimeSpan.Zero, new Core.Time.EventData(run.Loop.Register(new Cordon(run)), 0));
        }).Go();
        // The cordon is lifted when the second pod fails too.
        Assert.Equal(30, result.BoundAt["p"]);
    }

    [Fact]
    public void Nobody_is_left_lying_who_fits_and_has_no_equal_on_the_way() => Law.Holds(WorldTraits.All, world =>
    {
        foreach (string strategy in new[] { "first-fit", "least-allocated", "random" })
            world.Run(strategy).Before(run => run.Loop.Observer = new Liveness(run)).Go();
    }, cases: 300);

    [Fact]
    public void At_the_end_nothing_is_pending_that_fits() => Law.Holds(WorldTraits.All, world =>
    {
        RunResult result = world.Run("best-fit").Go();
        Liveness.AssertNothingFits(result.Run);
    }, cases: 300);

    [Fact]
    public void The_law_sees_a_queue_that_forgets_to_wake() => Assert.Throws<Xunit.Sdk.TrueException>(() =>
        A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Pods(3, A.Pod("p").Cpu("1").For(5)).Pod(A.Pod("late").At(100)))
            .Before(run =>
            {
                run.Loop.Observer = new Liveness(run);
                // Room appears that nobody tells the queue of.
                Recording.Saboteur.In(run, FactKind.PodUnschedulable, _ => run.ViewState.FreeCpuMilli[0] += 1000);
            }).Judged(0).Go());

    private sealed class Cordon(Core.Runs.ClusterRun run) : Core.Time.IEventHandler
    {
        public void Handle(in Core.Time.EventData data) => run.Scheduler.SetSchedulable(new NodeIndex(0), schedulable: false);
    }

    private sealed class Switch(Core.Runs.ClusterRun run, FactKind kind) : IFactObserver
    {
        private int _seen;

        public void Observe(in Fact fact)
        {
            if (fact.Kind == kind && ++_seen == 2) run.Scheduler.SetSchedulable(new NodeIndex(0), schedulable: true);
        }
    }
}
