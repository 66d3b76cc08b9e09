using System.Runtime.CompilerServices;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Recording;
using SchedBench.Core.Recording.Invariants;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Store;
using SchedBench.Core.Time;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Recording;

/// <summary>Planted bugs: each breaks one invariant, and the observer names that very one.</summary>
public sealed class InvariantObserverTests
{
    private static WorkloadBuilder Busy => A.Workload()
        .Pods(6, A.Pod("early").Cpu("1").Memory("1Gi").At(0).For(30))
        .Pods(3, A.Pod("share").Cpu("250m").GpuShare(400).At(5).For(20))
        .Pod(A.Pod("whole").Cpu("500m").Gpus(2).At(10).For(20))
        .Pods(4, A.Pod("late").Cpu("1").Memory("2Gi").At(40).For(5));

    private static RunBuilder Run => A.Run("first-fit").On(A.Cluster().Nodes(3, cpu: "4", gpus: 2, gpuModel: "A10")).Of(Busy);

    [Fact]
    public void A_healthy_run_passes()
    {
        InvariantObserver? observer = null;
        RunResult result = Run.Judged(0).Before(run => observer = InvariantObserver.Attach(run, 10)).Go();
        Assert.Equal(14, result.Count(FactKind.PodSucceeded));
        Assert.Equal((result.Run.Loop.EventsHandled / 10) + 1, observer!.DenseComparisons);
    }

    [Fact]
    public void An_overcommitted_node_breaks_1() => Breaks(Invariant.NodeCapacity, run =>
    {
        // Node truth and view both believe in CPU that the node does not have.
        for (int n = 0; n < 3; n++)
        {
            run.ViewState.FreeCpuMilli[n] += 50_000;
            run.Agents.Truth.FreeCpuMilli[n] += 50_000;
        }
    });

    [Fact]
    public void A_pod_that_runs_without_a_fact_breaks_1() =>
        Breaks(Invariant.NodeCapacity, FactKind.PodStarted, (run, fact) => run.Agents.Truth.Add(in run.Shapes[run.Store[fact.Pod].Shape], 1, DeviceSet.Empty));

    [Fact]
    public void A_device_that_is_forgotten_to_be_in_use_breaks_2() => Breaks(
        Invariant.Devices,
        FactKind.PodStarted,
        (run, _) =>
        {
            // The first device of node 1, which the first share has just taken.
            run.ViewState.DeviceFreeMilli[2] = 1000;
            run.Agents.Truth.DeviceFreeMilli[2] = 1000;
        },
        nth: 7);

    [Fact]
    public void A_node_above_its_pod_limit_breaks_3() => Breaks(
        Invariant.PodLimit,
        run =>
        {
            run.ViewState.FreePods[0] = 2;
            run.Agents.Truth.FreePods[0] = 2;
        },
        A.Run("first-fit").On(A.Cluster().Nodes(1, pods: 1)).Of(A.Workload().Pods(2, A.Pod("p"))));

    [Fact]
    public void A_pod_on_a_node_of_another_model_breaks_4() => Breaks(
        Invariant.BindingRules,
        run => Saboteur.In(run, FactKind.PodArrived, fact => Array.Fill(run.Shapes[run.Store[fact.Pod].Shape].AllowedNodes!.Answers, (sbyte)1)),
        A.Run("first-fit").On(A.Cluster().Nodes(1, gpus: 1, gpuModel: "T4")).Of(A.Workload().Pod(A.Pod("p").Gpus(1).Models("A10"))));

    [Fact]
    public void A_taint_that_is_not_looked_at_breaks_4() => Breaks(
        Invariant.BindingRules,
        run => Array.Fill(Saboteur.Get<bool[]>(run.ViewState, "_open"), true),
        A.Run("first-fit").On(A.Cluster().Node(A.Node("n").Taint("dedicated", "db"))).Of(A.Workload().Pod(A.Pod("p"))));

    [Fact]
    public void A_required_node_that_is_forgotten_breaks_4() => Breaks(
        Invariant.BindingRules,
        run => Saboteur.In(run, FactKind.PodArrived, fact => Forget(run, fact, shape => shape with { OnlyNode = PodShape.AnyNode })),
        A.Run("first-fit").On(A.Cluster().Nodes(2)).Of(A.Workload().Pod(A.Pod("p").OnNode("n1"))));

    [Theory]
    [InlineData("spread")]
    [InlineData("near")]
    [InlineData("away")]
    [InlineData("kept out")]
    public void A_rule_on_other_pods_that_is_forgotten_breaks_4(string rule) => Breaks(
        Invariant.BindingRules,
        run => Saboteur.In(run, FactKind.PodArrived, fact => Forget(run, fact, shape => shape with { ClusterRules = null }), nth: 2),
        A.Run("best-fit").On(A.Cluster().Node(A.Node("a").Label("rack", "r0")).Node(A.Node("b").Label("rack", "r1").Cpu("64"))).Of(A.Workload()
            .Pod(rule == "kept out" ? A.Pod("p").Cpu("1").Label("app", "x").AwayFrom("x", "rack") : A.Pod("p").Cpu("1").Label("app", "x"))
            .Pod(rule switch
            {
                "spread" => A.Pod("q").Cpu("1").Label("app", "x").At(1).Spread("rack", "x"),
                "near" => A.Pod("q").Cpu("8").Label("app", "y").At(1).Near("x", "rack"),
                "away" => A.Pod("q").Cpu("1").Label("app", "y").At(1).AwayFrom("x", "rack"),
                _ => A.Pod("q").Cpu("1").Label("app", "x").At(1),
            })));

    [Fact]
    public void A_selector_that_counts_wrongly_breaks_4() => Breaks(
        Invariant.BindingRules,
        run => Saboteur.In(run, FactKind.PodUnschedulable, _ => run.ViewState.TallyOf(0, run.Shapes.Rules.TopologyOf("rack")).Counts[0]--),
        A.Run("first-fit").On(A.Cluster().Node(A.Node("a").Label("rack", "r0"))).Of(A.Workload()
            .Pod(A.Pod("p").Label("app", "x")).Pod(A.Pod("q").At(1).AwayFrom("x", "rack")).Pod(A.Pod("r").At(2).AwayFrom("x", "rack"))));

    [Fact]
    public void A_host_port_that_is_given_twice_breaks_6() => Breaks(
        Invariant.HostPorts,
        run =>
        {
            // Neither the view nor the agent remembers the port, nor is the decision judged.
            InvariantObserver.Attach(run, 1_000);
            run.Scheduler.Assumed += (_, _, _) => { };
            Saboteur.In(run, FactKind.PodArrived, fact => Forget(run, fact, shape => shape with { Ports = null }));
            Saboteur.Set(run.Invariants!, "_readsPods", false);
        },
        A.Run("first-fit").On(A.Cluster().Nodes(1)).Of(A.Workload().Pods(2, A.Pod("p").HostPort(80))),
        sampling: 0);

    [Theory]
    [InlineData("priority")]
    [InlineData("room")]
    [InlineData("too many")]
    [InlineData("elsewhere")]
    public void A_preemption_that_is_wrong_breaks_35(string how) => Breaks(
        Invariant.Preemption,
        run => run.Scheduler.Preemptor = new WrongPreemptor(how),
        A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "4")).Of(A.Workload()
            .Pods(4, A.Pod("low").Cpu("1").Priority(how == "priority" ? 9 : 1)).Pod(A.Pod("other").Cpu("4").Priority(1)).Pod(A.Pod("high").Cpu("2").Priority(9).At(1))));

    [Fact]
    public void A_pod_that_is_bound_again_breaks_5() => Breaks(Invariant.OneBinding, FactKind.PodStarted, (run, fact) =>
    {
        Saboteur.Record(run, fact.Pod).Phase = PodPhase.Pending;
        run.Store.Bind(fact.Pod, new NodeIndex(2), DeviceSet.Empty, fact.At);
        run.Facts.Record(fact with { Kind = FactKind.PodBound, Node = new NodeIndex(2) });
    });

    [Fact]
    public void A_pod_that_reverts_to_pending_breaks_5() => Breaks(Invariant.OneBinding, FactKind.PodStarted, (run, fact) =>
    {
        Saboteur.Record(run, fact.Pod).Phase = PodPhase.Pending;
        run.Scheduler.OnPodAdded(fact.Pod);
    });

    [Fact]
    public void A_binding_that_changes_breaks_5() =>
        Breaks(Invariant.OneBinding, FactKind.PodStarted, (run, fact) => Saboteur.Record(run, fact.Pod).Node = new NodeIndex(2));

    [Fact]
    public void A_refused_decision_that_leaves_a_trace_breaks_7() => Breaks(
        Invariant.RefusalsLeaveNoTrace,
        run => Saboteur.In(run, FactKind.PodUnschedulable, fact => run.ViewState.Add(in run.Shapes[run.Store[fact.Pod].Shape], 1, DeviceSet.Empty)),
        A.Run("first-fit").On(A.Cluster().Nodes(2)).Of(A.Workload().Pod(A.Pod("big").Cpu("64"))));

    [Fact]
    public void A_half_placed_gang_breaks_8() => Breaks(
        Invariant.Gangs,
        run =>
        {
            InvariantObserver.Attach(run, 1_000);
            Saboteur.In(run, FactKind.PodUnschedulable, fact =>
            {
                // Somebody binds one member of a group that was just taken back.
                var node = new NodeIndex(0);
                run.ViewState.Add(in run.Shapes[run.Store[fact.Pod].Shape], 0, DeviceSet.Empty);
                run.Scheduler.Assumed!(fact.Pod, node, DeviceSet.Empty);
                run.Store.Bind(fact.Pod, node, DeviceSet.Empty, fact.At);
                run.Facts.Record(new Fact(FactKind.PodBound, fact.At, fact.Pod, fact.Uid, node, 0));
            });
        },
        A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Group("g", 3, 3, A.Pod("m").Cpu("1"))),
        sampling: 0);

    [Fact]
    public void A_half_placed_gang_that_is_drawn_again_breaks_8() => Breaks(
        Invariant.Gangs,
        run => Saboteur.In(run, FactKind.GroupPlaced, _ =>
        {
            // From the second time on the scheduler believes that one member is enough.
            PodGroupSpec[] groups = [new("g", 1)];
            Saboteur.Set(run.Scheduler, "_groups", groups);
            Saboteur.Set(Saboteur.Get<PendingPods>(run.Scheduler, "_pending"), "_groups", groups);
        }),
        A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "3")).Of(A.Workload().Group("g", 2, 2, A.Pod("m").Cpu("1"))).Saturated([0, 1, 0, 1]));

    [Fact]
    public void A_lost_pod_breaks_9() => Breaks(
        Invariant.Conservation,
        run => Saboteur.In(run, FactKind.PodUnschedulable, fact =>
        {
            run.Store.GiveUp(fact.Pod);
            run.Store.Release(fact.Pod);
        }),
        A.Run("first-fit").On(A.Cluster().Nodes(2)).Of(A.Workload().Pod(A.Pod("big").Cpu("64"))));

    [Fact]
    public void A_pod_that_no_queue_holds_breaks_9() => Breaks(
        Invariant.Conservation,
        run => Saboteur.In(run, FactKind.PodArrived, _ => run.Scheduler.Queue.TryPop(out int _), nth: 2),
        A.Run("first-fit").On(A.Cluster().Nodes(2)).Of(A.Workload().Pods(2, A.Pod("p"))));

    [Fact]
    public void A_view_that_drifts_breaks_10() => Breaks(Invariant.Mirror, FactKind.PodStarted, (run, _) => run.ViewState.FreeMemoryBytes[2]--);

    [Fact]
    public void A_view_that_forgets_a_running_pod_breaks_10() => Breaks(Invariant.Mirror, FactKind.PodStarted, (run, fact) =>
        run.ViewState.Remove(in run.Shapes[run.Store[fact.Pod].Shape], fact.Node.Value, run.Store[fact.Pod].Devices));

    [Fact]
    public void An_end_that_nobody_hears_of_breaks_11() => Breaks(Invariant.NothingHeldByTheDead, run => run.Agents.Watch = new DeafWatch());

    [Fact]
    public void A_counter_that_falls_breaks_12() =>
        Breaks(Invariant.CountersGrow, FactKind.PodStarted, (run, _) => Saboteur.Set(run.Scheduler, "<Decisions>k__BackingField", 0L), nth: 3);

    [Fact]
    public void Node_time_that_no_pod_used_breaks_13()
    {
        // Node truth is wrong while the judge reads it, and right again before the event is over.
        InvariantViolationException broken = Assert.Throws<InvariantViolationException>(() => Run.Judged(0).Before(run =>
        {
            Saboteur.In(run, FactKind.PodSucceeded, fact => run.Agents.Truth.FreeCpuMilli[fact.Node.Value] -= 10, nth: 3);
            InvariantObserver.Attach(run, 1);
            Saboteur.In(run, FactKind.PodSucceeded, fact => run.Agents.Truth.FreeCpuMilli[fact.Node.Value] += 10, nth: 3);
        }).Go());
        Assert.Equal(Invariant.ResourceTime, broken.Invariant);
    }

    [Fact]
    public void Time_that_goes_back_breaks_42() => Breaks(Invariant.TimeOrder, FactKind.PodStarted, (run, fact) =>
        Saboteur.ScheduleInThePast(run.Loop, fact.At - TimeSpan.FromSeconds(1), new EventData(HandlerOf(run), 1)), nth: 7);

    [Fact]
    public void Events_out_of_sequence_break_42()
    {
        IEventLoopObserver? observer = null;
        RunResult result = Run.Judged(0).Before(run => observer = InvariantObserver.Attach(run)).Go();
        var key = new EventKey(result.Run.Loop.Now, 0);
        Assert.Equal(Invariant.TimeOrder, Assert.Throws<InvariantViolationException>(() => observer!.AfterEvent(key)).Invariant);
    }

    [Fact]
    public void A_fact_of_another_instant_breaks_42() => Breaks(Invariant.TimeOrder, FactKind.PodStarted, (run, fact) =>
        run.Facts.Record(fact with { Kind = FactKind.GroupPlaced, At = fact.At + TimeSpan.FromTicks(1) }));

    [Fact]
    public void An_arrival_that_is_not_planned_breaks_44() => Breaks(Invariant.SameArrivals, FactKind.PodStarted, (run, fact) =>
    {
        PodIndex pod = run.Store.Create(99, 0, new ShapeIndex(0), run.Arrivals.Workload.Pods.Span[0], fact.At);
        run.Facts.Record(new Fact(FactKind.PodArrived, fact.At, pod, 99, NodeIndex.None, -1));
    });

    [Fact]
    public void Slots_that_are_not_used_again_break_50() => Breaks(Invariant.BoundedMemory, FactKind.PodArrived, (run, _) =>
    {
        // A hundred slots nobody needs.
        int used = run.Store.SlotCount;
        Saboteur.Set(run.Store, "_used", used + 100);
        var free = Saboteur.Get<Stack<int>>(run.Store, "_free");
        for (int slot = used; slot < used + 100; slot++) free.Push(slot);
    });

    [Fact]
    public void Every_invariant_has_a_planted_bug()
    {
        IEnumerable<int> tested = typeof(InvariantObserverTests).GetMethods()
            .Where(method => method.IsDefined(typeof(FactAttribute), inherit: true) && method.Name.Contains("_break", StringComparison.Ordinal))
            .Select(method => int.Parse(method.Name.Split('_')[^1])).Distinct().Order();
        Assert.Equal(Invariant.All.Select(invariant => invariant.Number), tested);
    }

    [Fact]
    public void The_message_names_what_is_needed_to_repeat_it()
    {
        InvariantViolationException broken = Breaks(Invariant.Mirror, FactKind.PodStarted, (run, _) => run.ViewState.FreeMemoryBytes[2]--, nth: 7);
        Assert.Equal(TimeSpan.FromSeconds(5), broken.At);
        Assert.Equal(1UL, broken.Seed);
        Assert.Equal(
            $"Invariant 10 is broken ({Invariant.Mirror.Text}): node 'n2', view against store, free bytes of memory: expected 17179869184, found 17179869183; at 00:00:05, event {broken.EventNumber}, seed 1.",
            broken.Message);
    }

    [Fact]
    public void The_observer_is_attached_once_and_before_the_run()
    {
        Assert.Throws<InvalidOperationException>(() => Run.Before(run => InvariantObserver.Attach(run)).Go());
        Assert.Throws<InvalidOperationException>(() => InvariantObserver.Attach(Run.Judged(0).Go().Run));
        Assert.Throws<ArgumentOutOfRangeException>(() => InvariantObserver.Attach(new ClusterRun(Run.Options(), new VirtualClock()), 0));
    }

    [Fact]
    public void Judging_changes_nothing() => Law.Holds(WorldTraits.All, world =>
        Assert.Equal(world.Run("best-fit").Judged(0).Go().Fingerprint, world.Run("best-fit").Judged(1).Go().Fingerprint));

    /// <summary>A watch that carries nothing to the scheduler once pods run.</summary>
    private sealed class DeafWatch : IPodWatch
    {
        public void OnPodCreated(PodIndex pod)
        {
        }

        public void OnPodEnded(PodIndex pod, PodRemovalReason reason)
        {
        }
    }

    /// <summary>Two pods of the first node leave, or too few, too many, the wrong ones.</summary>
    private sealed class WrongPreemptor(string how) : IPreemptor
    {
        public Preemption? Preempt(in PreemptionRequest request) => new(
            new NodeIndex(how == "elsewhere" ? 1 : 0), [.. Enumerable.Range(0, how == "room" ? 1 : how == "too many" ? 3 : 2).Select(slot => new PodIndex(slot))], 0);

        public void Evict(PodIndex victim, PodIndex preemptor)
        {
        }
    }

    /// <summary>Changes the entry of a pod in the shape table.</summary>
    private static void Forget(ClusterRun run, Fact fact, Func<PodShape, PodShape> change)
    {
        ref PodShape shape = ref Unsafe.AsRef(in run.Shapes[run.Store[fact.Pod].Shape]);
        shape = change(shape);
    }

    private static ushort HandlerOf(ClusterRun run) => Saboteur.Get<ushort>(run.Scheduler, "_handler");

    private static InvariantViolationException Breaks(Invariant invariant, FactKind on, Action<ClusterRun, Fact> strike, int nth = 1) =>
        Breaks(invariant, run => Saboteur.In(run, on, fact => strike(run, fact), nth));

    private static InvariantViolationException Breaks(Invariant invariant, Action<ClusterRun> plant, RunBuilder? builder = null, int sampling = 1)
    {
        InvariantViolationException broken = Assert.Throws<InvariantViolationException>(() => (builder ?? Run).Judged(sampling).Before(plant).Go());
        Assert.Equal(invariant, broken.Invariant);
        return broken;
    }
}
