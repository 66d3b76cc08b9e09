using SchedBench.Core.Recording;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Runs;

/// <summary>A run is a pure function of its options.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void Equal_runs_have_equal_fingerprints() => Law.Holds(WorldTraits.All, world =>
    {
        foreach (string strategy in new[] { "random", "best-fit", "swarm-spread" })
            Assert.Equal(world.Run(strategy).Go().Fingerprint, world.Run(strategy).Go().Fingerprint);
    });

    [Fact]
    public void Runs_in_parallel_do_not_see_one_another()
    {
        World[] worlds = [.. Enumerable.Range(0, 40).Select(i => WorldGenerator.World((ulong)i, WorldTraits.All))];
        ulong[] alone = [.. worlds.Select(world => world.Run("random").Go().Fingerprint)];
        ulong[] together = new ulong[worlds.Length];
        Parallel.For(0, worlds.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = worlds[i].Run("random").Go().Fingerprint);
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Another_observer_changes_nothing() => Law.Holds(WorldTraits.All, world =>
        Assert.Equal(world.Run("random").Go().Fingerprint, world.Run("random").Before(run => run.Facts.Subscribe(new FactRecorder())).Go().Fingerprint));

    [Fact]
    public void Two_strategies_under_one_seed_meet_the_same_arrivals() => Law.Holds(WorldTraits.All, world =>
    {
        IEnumerable<(TimeSpan, int)> Arrivals(string strategy) => world.Run(strategy).Go().Of(FactKind.PodArrived).Select(fact => (fact.At, fact.Uid));
        Assert.Equal(Arrivals("random"), Arrivals("best-fit"));
    });

    [Fact]
    public void Seeds_matter_where_something_is_drawn()
    {
        RunBuilder Run(ulong seed) => A.Run("random").On(A.Cluster().Nodes(20)).Of(A.Workload().Pods(50, A.Pod("p").Cpu("100m"))).Seed(seed);
        Assert.NotEqual(Run(1).Go().Fingerprint, Run(2).Go().Fingerprint);
    }

    [Fact]
    public void The_fingerprint_sees_every_part_of_a_fact()
    {
        var fact = new Fact(FactKind.PodBound, TimeSpan.FromSeconds(1), new(3), 4, new(5), 6);
        ulong[] prints =
        [
            Print(fact), Print(fact with { Kind = FactKind.PodAdmitted }), Print(fact with { At = TimeSpan.FromSeconds(2) }), Print(fact with { Uid = 5 }),
            Print(fact with { Node = new(6) }), Print(fact with { Detail = 7 }), Print(fact, fact), Print(),
        ];
        Assert.Equal(prints.Length, prints.Distinct().Count());
        // The slot is where a pod happens to lie, no part of what happened.
        Assert.Equal(Print(fact), Print(fact with { Pod = new(9) }));

        static ulong Print(params Fact[] facts)
        {
            var observer = new FingerprintObserver();
            foreach (Fact f in facts) observer.Observe(in f);
            return observer.Value;
        }
    }

    [Fact]
    public void Memory_is_bounded_by_live_pods()
    {
        // 20,000 pods pass through, never more than 20 at once (the invariant observer checks slots against the peak, too).
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < 20_000; i++) workload.Pod(A.Pod($"p{i}").Cpu("100m").At(i / 10.0).For(2));
        RunResult result = A.Run("least-allocated").On(A.Cluster().Nodes(4)).Of(workload).Judged(2_000).Go();
        Assert.Equal(20_000, result.Count(FactKind.PodSucceeded));
        Assert.InRange(result.Run.Store.SlotCount, 1, 21);
        Assert.Equal(0, result.Run.Store.Count);
    }
}
