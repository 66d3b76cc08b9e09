using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling;

/// <summary>Strategies that plan for all pending pods at once.</summary>
public sealed class BatchTests
{
    private static readonly ClusterBuilder TwoNodes = A.Cluster().Nodes(2, cpu: "2");

    [Fact]
    public void A_plan_is_bound_together()
    {
        var strategy = new Batched((pending, plan) =>
        {
            for (int i = 0; i < pending.Count; i++) plan.TryPlace(pending[i], new NodeIndex(i % 2), DeviceSet.Empty);
        });
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pods(4, A.Pod("p").Cpu("1"))).Go();
        Assert.Equal(["n0", "n1", "n0", "n1"], result.Placements.Values);
        Assert.Equal(4, result.Run.Scheduler.Decisions);
    }

    [Fact]
    public void A_pod_is_placed_once_in_a_plan()
    {
        var strategy = new Batched((pending, plan) =>
        {
            Assert.True(plan.TryPlace(pending[0], new NodeIndex(0), DeviceSet.Empty));
            Assert.False(plan.TryPlace(pending[0], new NodeIndex(1), DeviceSet.Empty));
        });
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(A.Pod("p"))).Go();
        Assert.Equal([RefusalReason.PlacedTwice], result.Refusals);
        Assert.Equal("n0", result["p"]);
    }

    [Fact]
    public void A_pod_that_is_not_pending_is_unknown()
    {
        // The strategy keeps a slot from the first round and names it in the second.
        PodIndex? kept = null;
        var strategy = new Batched((pending, plan) =>
        {
            PodRequest pod = pending[0];
            if (kept is { } old) plan.TryPlace(new PodRequest(in pod.Shape, old, 0, 0), new NodeIndex(0), DeviceSet.Empty);
            plan.TryPlace(in pod, new NodeIndex(0), DeviceSet.Empty);
            kept ??= pod.Pod;
        });
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(A.Pod("a").At(0)).Pod(A.Pod("b").At(1))).Go();
        Assert.Equal([RefusalReason.UnknownPod], result.Refusals);
        Assert.Equal(2, result.Bindings.Count());
    }

    [Fact]
    public void Wrong_nodes_and_devices_are_refused()
    {
        var strategy = new Batched((pending, plan) =>
        {
            plan.TryPlace(pending[0], new NodeIndex(5), DeviceSet.Empty);
            plan.TryPlace(pending[0], NodeIndex.None, DeviceSet.Empty);
            plan.TryPlace(pending[0], new NodeIndex(0), DeviceSet.Of(0));
            plan.TryPlace(pending[1], new NodeIndex(0), DeviceSet.Empty);
        });
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(A.Pod("small")).Pod(A.Pod("big").Cpu("3"))).Go();
        Assert.Equal([RefusalReason.UnknownNode, RefusalReason.UnknownNode, RefusalReason.InvalidDevices, RefusalReason.DoesNotFit], result.Refusals);
        Assert.Empty(result.Bindings);
    }

    [Fact]
    public void A_plan_that_is_rolled_back_leaves_no_trace()
    {
        var strategy = new Batched((pending, plan) =>
        {
            long before = plan.View[new NodeIndex(0)].FreeCpuMilli;
            plan.TryPlace(pending[0], new NodeIndex(0), DeviceSet.Empty);
            int mark = plan.Count;
            plan.TryPlace(pending[1], new NodeIndex(0), DeviceSet.Empty);
            Assert.Equal(before - 2000, plan.View[new NodeIndex(0)].FreeCpuMilli);
            plan.RollBackTo(mark);
            Assert.Equal(before - 1000, plan.View[new NodeIndex(0)].FreeCpuMilli);
            Assert.True(plan.TryPlace(pending[1], new NodeIndex(1), DeviceSet.Empty));
        });
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pods(2, A.Pod("p").Cpu("1"))).Go();
        Assert.Equal(["n0", "n1"], result.Placements.Values);
    }

    [Fact]
    public void A_batch_that_throws_is_taken_back()
    {
        var strategy = new Batched((pending, plan) =>
        {
            plan.TryPlace(pending[0], new NodeIndex(0), DeviceSet.Empty);
            throw new NotSupportedException();
        });
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pods(2, A.Pod("p").Cpu("1"))).Go();
        Assert.Equal(1, result.Count(FactKind.StrategyError));
        Assert.Empty(result.Bindings);
    }

    [Fact]
    public void Half_a_group_is_refused_and_taken_back()
    {
        var strategy = new Batched((pending, plan) =>
        {
            for (int i = 0; i < pending.Count - 1; i++) plan.TryPlace(pending[i], new NodeIndex(0), DeviceSet.Empty);
        });
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(A.Pod("alone")).Group("g", 3, 3, A.Pod("m"))).Go();
        Assert.Equal([RefusalReason.GroupIncomplete, RefusalReason.GroupIncomplete], result.Refusals);
        Assert.Equal(["alone"], result.Placements.Keys);
    }

    [Fact]
    public void Members_beyond_the_minimum_go_on_alone()
    {
        // First-fit in batches; two of four members fit, the others follow when there is room.
        var groups = new List<(int, int)>();
        var strategy = new Batched((pending, plan) =>
        {
            for (int i = 0; i < pending.Count; i++)
            {
                groups.Add((pending.GroupOf(i), pending.MinMemberOf(i)));
                for (int n = 0; n < 2 && !plan.TryPlace(pending[i], new NodeIndex(n), DeviceSet.Empty); n++)
                {
                }
            }
        });
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Group("g", 2, 4, A.Pod("m").Cpu("1").For(10))).Go();
        Assert.Equal([0, 0, 10, 10], result.BoundAt.Values);
        Assert.Equal([(0, 2), (0, 2), (0, 2), (0, 2), (-1, 1), (-1, 1)], groups.Take(6));
        Assert.DoesNotContain(RefusalReason.GroupIncomplete, result.Refusals);
    }

    [Fact]
    public void A_plan_that_is_kept_is_closed()
    {
        var strategy = new Hoarder();
        RunResult result = A.Run(strategy).On(TwoNodes).Of(A.Workload().Pod(A.Pod("a").For(5)).Pod(A.Pod("b"))).Go();
        Assert.Equal([RefusalReason.UnknownPod], result.Refusals);
        Assert.Equal(["a"], result.Placements.Keys);
        Assert.Contains("bound", strategy.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_plans_never_break_an_invariant() => Law.Holds(WorldTraits.All, world =>
    {
        var dice = new Dice(world.Seed);
        var strategy = new Batched((pending, plan) =>
        {
            for (int tries = 2 * pending.Count; tries > 0; tries--)
            {
                int i = dice.Between(0, pending.Count - 1);
                var node = new NodeIndex(dice.Between(-1, world.Nodes.Count));
                PodRequest pod = pending[i];
                bool exists = node.Value >= 0 && node.Value < world.Nodes.Count;
                DeviceSet devices = exists && plan.View.Fits(in pod.Shape, node) && dice.Percent(90) ? DeviceChoice.Tightest(in pod.Shape, plan.View[node]) : DeviceSet.Empty;
                plan.TryPlace(in pod, node, devices);
                if (dice.Percent(10)) plan.RollBackTo(dice.Between(0, plan.Count));
                if (dice.Percent(1)) throw new NotSupportedException();
            }
        });
        world.Run(strategy).Go();
    });

    /// <summary>Places the first pod, and once that one ends uses the plan of then for the second.</summary>
    private sealed class Hoarder : BatchStrategy
    {
        private PendingPods? _pending;
        private PlacementPlan? _plan;

        public string Refusal { get; private set; } = "";

        public override void Place(PendingPods pending, PlacementPlan plan)
        {
            if (_plan is not null) return;
            (_pending, _plan) = (pending, plan);
            plan.TryPlace(pending[0], new NodeIndex(0), DeviceSet.Empty);
        }

        public override void OnPodRemoved(in PodRequest pod, NodeIndex node, PodRemovalReason reason)
        {
            Assert.False(_plan!.TryPlace(_pending![1], new NodeIndex(1), DeviceSet.Empty));
            Refusal = Assert.Throws<InvalidOperationException>(() => _plan.RollBackTo(0)).Message;
        }
    }
}
