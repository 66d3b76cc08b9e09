using SchedBench.Core.Recording;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling;

/// <summary>Time between decision, binding, start, and what the scheduler knows.</summary>
public sealed class LatencyTests
{
    [Fact]
    public void A_binding_takes_its_time_and_the_room_is_taken_at_once()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2, cpu: "1")).Of(A.Workload().Pods(2, A.Pod("p").Cpu("1").For(5))).BindLatency(0.5).StartLatency(2).Go();
        Assert.Equal(["n0", "n1"], result.Placements.Values);
        Assert.Equal([0.5, 0.5], result.BoundAt.Values);
        Assert.Equal([2.5, 2.5], result.Of(FactKind.PodStarted).Select(fact => fact.At.TotalSeconds));
        Assert.Equal([7.5, 7.5], result.Of(FactKind.PodSucceeded).Select(fact => fact.At.TotalSeconds));
    }

    [Fact]
    public void Decisions_go_on_while_bindings_are_under_way()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1)).Of(A.Workload().Pods(50, A.Pod("p"))).BindLatency(3).Until(2).Go();
        Assert.Equal((50, 50L, 0), (result.Run.Scheduler.BindsInFlight, result.Run.Scheduler.Decisions, result.Bindings.Count()));
    }

    [Fact]
    public void Decisions_that_take_time_follow_one_another()
    {
        // 10 ms a decision and 16 ms a node, of which sixteen are looked at at a time: 12 ms on two nodes.
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(2)).Of(A.Workload().Pods(100, A.Pod("p"))).BindLatency(0.5)
            .Scheduler(o => o with { Cost = new DecisionCost { PerDecision = TimeSpan.FromMilliseconds(10), PerNode = TimeSpan.FromMilliseconds(16) } }).Go();
        Assert.Equal(Enumerable.Range(1, 100).Select(i => Math.Round(0.5 + (0.012 * i), 6)), result.BoundAt.Values.Select(at => Math.Round(at, 6)));
    }

    [Fact]
    public void Devices_are_kept_until_the_binding_is_written()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, gpus: 4)).Of(A.Workload().Pods(3, A.Pod("p").GpuShare(600))).BindLatency(1).Go();
        Assert.Equal(["0", "1", "2"], result.DevicesOf.Values);
    }

    [Fact]
    public void A_late_view_learns_late_of_arrivals_and_of_room()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1")).Of(A.Workload().Pod(A.Pod("a").Cpu("1").For(20)).Pod(A.Pod("b").Cpu("1").At(5))).CacheDelay(3).Go();
        Assert.Equal((3.0, 26.0), (result.BoundAt["a"], result.BoundAt["b"]));
    }

    [Fact]
    public void No_latency_ever_binds_twice_or_rejects() => Law.Holds(WorldTraits.All, world =>
    {
        RunResult result = (world with { BindLatency = 0.75, StartLatency = 0.5, CacheDelay = 1.25 }).Run("least-allocated").Go();
        Assert.Equal(result.Bindings.Count(), result.Bindings.Select(binding => binding.Uid).Distinct().Count());
        Assert.Equal(0, result.Count(FactKind.PodRejected));
    });
}
