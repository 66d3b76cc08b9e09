using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Recording;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Arrivals;

public sealed class ArrivalTests
{
    private static readonly Workload Minute = A.Workload().Add([.. Enumerable.Range(0, 60).Select(i => A.Pod($"p{i}").At(i).For(2).Build())]).Build();

    [Fact]
    public void Pods_arrive_at_their_recorded_instants() =>
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (double)i), Arrivals(workload => new ArrivalPlan(workload)));

    [Fact]
    public void A_window_begins_at_zero_and_ends_before_its_end() =>
        Assert.Equal([0, 1, 2, 3, 4], Arrivals(workload => new ArrivalPlan(workload) { From = TimeSpan.FromSeconds(10), To = TimeSpan.FromSeconds(15) }));

    [Fact]
    public void A_window_does_not_change_who_a_pod_is()
    {
        RunResult windowed = Run(workload => new ArrivalPlan(workload) { From = TimeSpan.FromSeconds(10) });
        Assert.Equal(Enumerable.Range(10, 50), windowed.Of(FactKind.PodArrived).Select(fact => fact.Uid));
    }

    [Fact]
    public void Compression_brings_arrivals_closer_and_leaves_service_times()
    {
        RunResult result = Run(workload => new ArrivalPlan(workload) { Compression = 2 });
        Assert.Equal(Enumerable.Range(0, 60).Select(i => i / 2.0), result.Of(FactKind.PodArrived).Select(fact => fact.At.TotalSeconds));
        Assert.Equal(29.5 + 2, result.Run.Loop.Now.TotalSeconds);
    }

    [Fact]
    public void Pods_of_one_instant_arrive_before_any_of_them_is_decided_on()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1)).Of(A.Workload().Pods(3, A.Pod("p"))).Go();
        Assert.Equal([FactKind.PodArrived, FactKind.PodArrived, FactKind.PodArrived, FactKind.PodBound], result.Facts.Take(4).Select(fact => fact.Kind));
    }

    [Fact]
    public void In_a_saturation_replay_each_pod_is_decided_on_before_the_next_arrives()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster().Nodes(1, cpu: "1")).Of(A.Workload().Pods(2, A.Pod("p").Cpu("1").At(50))).Saturated([1, 0]).Go();
        Assert.Equal(
            [FactKind.PodArrived, FactKind.PodBound, FactKind.PodAdmitted, FactKind.PodStarted, FactKind.PodArrived, FactKind.PodUnplaced],
            result.Facts.Select(fact => fact.Kind));
        Assert.All(result.Facts, fact => Assert.Equal(TimeSpan.Zero, fact.At));
        Assert.Equal(["p-1"], result.Placements.Keys);
    }

    [Fact]
    public void One_event_waits_however_long_the_trace()
    {
        RunResult result = A.Run("first-fit").On(A.Cluster()).Of(Minute).Judged(0).Before(run => run.Loop.Observer = new Pending(run)).Go();
        Assert.Equal(60, result.Count(FactKind.PodArrived));
    }

    [Fact]
    public void The_profile_counts_distinct_requests()
    {
        Workload workload = A.Workload().Pods(3, A.Pod("a").Cpu("1")).Pods(2, A.Pod("b").Gpus(1)).Pods(4, A.Pod("c").Cpu("1")).Build();
        Assert.Equal([7L, 2L], WorkloadProfile.Of(workload.Pods.Span).Entries.Select(entry => entry.Pods));
    }

    private static RunResult Run(Func<Workload, ArrivalPlan> plan) => A.Run("first-fit").On(A.Cluster().Nodes(4)).Of(Minute).Plan(plan).Go();

    private static IEnumerable<double> Arrivals(Func<Workload, ArrivalPlan> plan) => Run(plan).Of(FactKind.PodArrived).Select(fact => fact.At.TotalSeconds);

    private sealed class Pending(Core.Runs.ClusterRun run) : Core.Time.IEventLoopObserver
    {
        // The next arrival, and a cycle of the scheduler.
        public void AfterEvent(Core.Time.EventKey key) => Assert.InRange(run.Loop.Pending, 0, 2);
    }
}
