using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling;

/// <summary>The strategy proposes, the core disposes: every wrong answer is refused and counted, and changes nothing. The invariant observer looks on.</summary>
public sealed class RefusalTests
{
    private static readonly ClusterBuilder TwoNodes = A.Cluster().Nodes(2, gpus: 2, gpuModel: "A10");

    [Theory]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void An_unknown_node_is_refused(int node) =>
        Refused(RefusalReason.UnknownNode, new Chosen((_, _) => new NodeIndex(node)), A.Pod("p"));

    [Fact]
    public void A_negative_node_other_than_none_is_refused() =>
        Refused(RefusalReason.UnknownNode, new Chosen((_, _) => new NodeIndex(-7)), A.Pod("p"));

    [Fact]
    public void A_node_without_room_is_refused()
    {
        // The first pod fills node 0; the strategy goes on naming it.
        RunResult result = A.Run(new Chosen((_, _) => new NodeIndex(0))).On(TwoNodes).Of(A.Workload().Pods(2, A.Pod("p").Cpu("4"))).Go();
        Assert.Equal([RefusalReason.DoesNotFit], result.Refusals);
        Assert.Equal(("n0", "-"), (result["p-0"], result["p-1"]));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(0b11UL)]
    [InlineData(0b100UL)]
    [InlineData(1UL << 63)]
    public void A_device_set_that_is_not_what_the_pod_needs_is_refused(ulong devices)
    {
        Refused(RefusalReason.InvalidDevices, new Scored((_, _) => 0, () => new DeviceSet(devices)), A.Pod("p").Gpus(1));
        Refused(RefusalReason.InvalidDevices, new Chosen((feasible, _) => feasible.Nth(0), () => new DeviceSet(devices)), A.Pod("p").GpuShare(500));
    }

    [Fact]
    public void Devices_for_a_pod_without_gpu_are_refused() =>
        Refused(RefusalReason.InvalidDevices, new Scored((_, _) => 0, () => DeviceSet.Of(0)), A.Pod("p"));

    [Fact]
    public void A_device_without_room_is_refused()
    {
        RunResult result = A.Run(new Scored((_, _) => 0, () => DeviceSet.Of(0))).On(A.Cluster().Nodes(1, gpus: 2)).Of(A.Workload().Pods(2, A.Pod("p").GpuShare(600))).Go();
        Assert.Equal([RefusalReason.InvalidDevices], result.Refusals);
        Assert.Equal("0", result.DevicesOf["p-0"]);
    }

    [Fact]
    public void A_strategy_that_throws_is_counted_and_the_run_goes_on()
    {
        var strategy = new Chosen((feasible, pod) => pod == 0 ? throw new NotSupportedException("no idea") : feasible.Nth(0));
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pods(3, A.Pod("p"))).Go();
        Assert.Equal(1, result.Count(FactKind.StrategyError));
        Assert.Equal(["-", "n0", "n0"], new[] { "p-0", "p-1", "p-2" }.Select(pod => result[pod]));
        Assert.Equal("NotSupportedException: no idea", result.Run.Scheduler.FirstStrategyError);
    }

    [Fact]
    public void A_strategy_whose_device_choice_throws_is_counted()
    {
        RunResult result = A.Run(new Scored((_, _) => 0, () => throw new NotSupportedException())).On(TwoNodes).Of(A.Workload().Pod(A.Pod("p").Gpus(1))).Go();
        Assert.Equal(1, result.Count(FactKind.StrategyError));
    }

    [Fact]
    public void A_reserved_score_is_an_error_of_the_strategy()
    {
        RunResult result = A.Run(new Scored((_, node) => node.Value == 1 ? long.MinValue : 3)).On(TwoNodes).Of(A.Workload().Pods(5, A.Pod("p"))).Go();
        Assert.Equal(5, result.Count(FactKind.StrategyError));
        Assert.Empty(result.Bindings);
    }

    [Fact]
    public void A_score_that_threw_once_does_not_poison_the_table()
    {
        // The first pod scans eight nodes, the second fills a table, and its fourth score throws. What was never filled would look like a score of 0.
        int calls = 0;
        var strategy = new Scored((_, node) => ++calls == 12 ? throw new NotSupportedException() : node.Value - 100);
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(8)).Of(A.Workload().Pods(6, A.Pod("p").Cpu("100m"))).Go();
        Assert.Equal(1, result.Count(FactKind.StrategyError));
        Assert.Equal(5, result.Bindings.Count());
        Assert.All(result.Bindings, binding => Assert.Equal(7, binding.Node));
    }

    [Fact]
    public void An_impure_score_ends_the_run()
    {
        // The score depends on how often it was asked: after 1,024 decisions the audit sees it.
        int asked = 0;
        RunBuilder run = A.Run(new Scored((_, _) => asked++)).On(A.Cluster().Nodes(4, cpu: "64", pods: 100_000)).Of(A.Workload().Pods(5_000, A.Pod("p")));
        ImpureScoreException error = Assert.Throws<ImpureScoreException>(() => run.Judged(0).Go());
        Assert.Contains("although the node did not change", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pure_score_passes_every_audit()
    {
        RunResult result = A.Run(new Scored((pod, node) => node.Value + pod.PodsOnNode)).On(A.Cluster().Nodes(4, pods: 100_000)).Of(A.Workload().Pods(5_000, A.Pod("p"))).Judged(0).Go();
        Assert.Equal(5_000, result.Bindings.Count());
    }

    [Fact]
    public void An_empty_fleet_survives_the_audit()
    {
        RunResult result = A.Run("best-fit").On(A.Cluster()).Of(A.Workload().Pods(3_000, A.Pod("p"))).Judged(500).Go();
        Assert.Equal(0, result.Count(FactKind.StrategyError));
        Assert.Equal(3_000, result.Count(FactKind.PodUnschedulable));
    }

    [Fact]
    public void A_strategy_that_waits_for_ever_ends_with_pending_pods()
    {
        RunResult result = A.Run(new Chosen((_, _) => NodeIndex.None)).On(TwoNodes).Of(A.Workload().Pods(3, A.Pod("p").For(5))).Go();
        Assert.Equal((0, 3, 0), (result.Bindings.Count(), result.Count(FactKind.PodUnschedulable), result.Count(FactKind.DecisionRefused)));
    }

    [Fact]
    public void A_strategy_that_waits_and_depends_on_time_is_asked_again_after_five_minutes()
    {
        // Unschedulable for five minutes, looked for every thirty seconds (REFERENCE §2.1); back-off is long over then.
        int asked = 0;
        var strategy = new Chosen((feasible, _) => ++asked < 3 ? NodeIndex.None : feasible.Nth(0), dependsOnTime: true);
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(A.Pod("p"))).Go();
        Assert.Equal(600, result.BoundAt["p"]);
        Assert.Equal([0, 300], result.Of(FactKind.PodUnschedulable).Select(fact => fact.At.TotalSeconds));
    }

    [Fact]
    public void A_strategy_that_waits_for_ever_and_depends_on_time_is_given_up_in_bounded_time()
    {
        RunResult result = A.Run(new Chosen((_, _) => NodeIndex.None, dependsOnTime: true)).On(TwoNodes).Of(A.Workload().Pod(A.Pod("p"))).Go();
        Assert.InRange(result.Run.Loop.EventsHandled, 3, 100);
        Assert.InRange(result.Run.Loop.Now.TotalMinutes, 5, 30);
    }

    [Fact]
    public void In_a_single_try_replay_a_refused_pod_is_skipped_for_good()
    {
        RunResult result = A.Run(new Chosen((_, pod) => new NodeIndex(pod == 0 ? 9 : 0))).On(TwoNodes).Of(A.Workload().Pods(2, A.Pod("p"))).Saturated().Go();
        Assert.Equal(1, result.Count(FactKind.PodUnplaced));
        Assert.Equal("n0", result["p-1"]);
    }

    [Fact]
    public void Hooks_tell_every_placement_and_every_end()
    {
        var strategy = new Chosen((feasible, _) => feasible.Nth(feasible.Count - 1));
        A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(A.Pod("a").For(1)).Pod(A.Pod("b").For(2).Fails()))
            .Before(run => run.Scheduler.SetSchedulable(new NodeIndex(1), schedulable: false)).Judged(0).Go();
        Assert.Equal(["~1", "+0@0", "+1@0", "-0@0 Succeeded", "-1@0 Failed"], strategy.Hooks);
    }

    private static void Refused(RefusalReason reason, SchedulingStrategy strategy, PodBuilder pod)
    {
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(pod)).Go();
        Assert.Equal([reason], result.Refusals);
        Assert.Empty(result.Bindings);
        Assert.Equal(1, result.Count(FactKind.PodUnschedulable));
    }
}
