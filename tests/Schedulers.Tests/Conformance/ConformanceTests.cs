using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;
using SchedBench.Schedulers.Catalog;
using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Conformance;

/// <summary>The laws that every listed strategy obeys, so that a newcomer is tested the day it is listed. The invariant observer judges every event of every run.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Strategies => [.. StrategyCatalog.BuiltIn().Entries.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Never_decides_what_is_not_feasible(string strategy) => Law.Holds(WorldTraits.All, world => AssertSound(world.Run(strategy).Go()));

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Never_decides_what_is_not_feasible_in_a_saturation_replay(string strategy) =>
        Law.Holds(WorldTraits.Gpus | WorldTraits.Rules | WorldTraits.Groups | WorldTraits.Saturated, world =>
        {
            RunResult result = world.Run(strategy).Go();
            AssertSound(result);
            Assert.Equal(world.Pods.Count, result.Bindings.Count() + result.Count(FactKind.PodUnplaced));
        });

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Is_a_function_of_the_seed(string strategy) => Law.Holds(WorldTraits.All, world =>
    {
        // The second run follows the first in one process; a third object is built between them.
        ulong first = world.Run(strategy).Judged(0).Go().Fingerprint;
        (world with { Seed = world.Seed + 1 }).Run(strategy).Judged(0).Go();
        Assert.Equal(first, world.Run(strategy).Judged(0).Go().Fingerprint);
    }, cases: 100);

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Places_everything_when_there_is_plenty(string strategy) => Law.Holds(WorldTraits.Timed | WorldTraits.Groups, world =>
    {
        World roomy = world with { Nodes = [.. world.Nodes.Select(node => node with { CpuMilli = 1_000_000, MemoryBytes = 1L << 40, Pods = 1000 })] };
        RunResult result = roomy.Run(strategy).Go();
        Assert.Equal(world.Pods.Count, result.Bindings.Count());
        Assert.Equal(0, result.Count(FactKind.PodUnschedulable));
    }, cases: 60);

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Places_everything_on_gpus_when_there_is_plenty(string strategy)
    {
        RunResult result = A.Run(strategy).On(A.Cluster().Nodes(12, cpu: "64", memory: "1Ti", gpus: 8, gpuModel: "A10")).Of(A.Workload()
            .Pods(20, A.Pod("share").Cpu("1").GpuShare(400)).Pods(6, A.Pod("four").Cpu("1").Gpus(4)).Pods(20, A.Pod("cpu").Cpu("1"))).Go();
        Assert.Equal(46, result.Bindings.Count());
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Survives_fleets_at_the_edge(string strategy)
    {
        WorkloadBuilder workload = A.Workload().Pods(3, A.Pod("cpu").Cpu("1").For(5)).Pods(2, A.Pod("share").GpuShare(500).At(1)).Pod(A.Pod("two").Gpus(2).At(2))
            .Pod(A.Pod("nothing").App("web").At(3)).Pod(A.Pod("odd").Extended("example.com/none", 1)).Group("g", 2, 2, A.Pod("m").Cpu("1").At(4));
        var fleets = new Dictionary<string, ClusterBuilder>
        {
            ["no node"] = A.Cluster(),
            ["one node"] = A.Cluster().Nodes(1, cpu: "8", gpus: 2),
            ["no capacity"] = A.Cluster().Nodes(3, cpu: "0", memory: "0", pods: 0),
            ["no pods allowed"] = A.Cluster().Nodes(2, pods: 0, gpus: 4),
            ["no CPU"] = A.Cluster().Nodes(2, cpu: "0", gpus: 4),
            ["no memory"] = A.Cluster().Nodes(2, memory: "0"),
            ["no GPU"] = A.Cluster().Nodes(5),
            ["64 devices"] = A.Cluster().Nodes(1, gpus: 64),
            ["huge"] = A.Cluster().Nodes(2, cpu: "1000000", memory: "3Ei", pods: int.MaxValue, gpus: 64),
        };
        foreach ((string name, ClusterBuilder fleet) in fleets)
        {
            foreach (TieBreak tieBreak in Enum.GetValues<TieBreak>())
            {
                RunResult result = A.Run(strategy).On(fleet).Of(workload).TieBreak(tieBreak).Go();
                AssertSound(result);
                Assert.True(name is not ("one node" or "huge") || result.Bindings.Any(), name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void An_empty_workload_ends_at_once(string strategy) =>
        Assert.Equal((0, 0), (A.Run(strategy).On(A.Cluster().Nodes(2)).Of(A.Workload()).Go().Facts.Count, A.Run(strategy).On(A.Cluster()).Of(A.Workload()).Go().Facts.Count));

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Runs_the_same_on_the_wall_clock(string strategy)
    {
        World world = WorldGenerator.World(11, WorldTraits.All);
        Assert.Equal(world.Run(strategy).Go().Fingerprint, world.Run(strategy).Go(new WallClock(TimeProvider.System, 1e9)).Fingerprint);
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void A_rebuilt_strategy_goes_on(string strategy)
    {
        SchedulingStrategy built = StrategyCatalog.BuiltIn().Find(strategy)!.Build();
        AssertSound(A.Run(built).On(A.Cluster().Nodes(3)).Of(A.Workload().Pods(5, A.Pod("a").Cpu("1").For(2).Fails()).Pods(5, A.Pod("b").Cpu("1").At(10)))
            .Before(run => run.Facts.Subscribe(new Restart(run, built))).Go());
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Its_name_and_options_are_well_formed(string strategy)
    {
        StrategyEntry entry = StrategyCatalog.BuiltIn().Find(strategy)!;
        Assert.Matches("^[a-z]+(-[a-z]+)*$", entry.Name);
        Assert.InRange(entry.Summary.Length, 10, 100);
        Assert.All(entry.Options, option => Assert.Matches("^[a-z][A-Za-z]*$", option.Name));
        // Defaults are values the strategy takes, and stating them changes nothing.
        World world = WorldGenerator.World(3, WorldTraits.All);
        ulong stated = world.Run(entry.Build(entry.Options.Select(option => KeyValuePair.Create(option.Name, option.Default)))).Go().Fingerprint;
        Assert.Equal(world.Run(strategy).Go().Fingerprint, stated);
        Assert.Throws<ArgumentException>(() => entry.Build([KeyValuePair.Create("noSuchOption", "1")]));
    }

    [Fact]
    public void The_catalog_lists_the_strategies_of_the_assembly()
    {
        IEnumerable<string> declared = typeof(StrategyCatalog).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes(typeof(StrategyAttribute), inherit: false))
            .Select(attribute => ((StrategyAttribute)attribute).Name).Order(StringComparer.Ordinal);
        Assert.Equal(declared, StrategyCatalog.BuiltIn().Entries.Select(entry => entry.Name));
        Assert.Equal("best-fit", StrategyCatalog.BuiltIn().Nearest("bestfit"));
        Assert.Null(StrategyCatalog.BuiltIn().Find("bestfit"));
    }

    private static void AssertSound(RunResult result)
    {
        Assert.Empty(result.Refusals);
        Assert.Equal(0, result.Count(FactKind.StrategyError));
        Assert.Equal(0, result.Count(FactKind.PodRejected));
        Assert.Null(result.Run.Scheduler.FirstStrategyError);
    }

    /// <summary>Takes a strategy's memory away after the first pod has ended.</summary>
    private sealed class Restart(ClusterRun run, SchedulingStrategy strategy) : IFactObserver
    {
        private bool _done;

        public void Observe(in Fact fact)
        {
            if (_done || fact.Kind != FactKind.PodFailed) return;
            _done = true;
            strategy.Rebuild(run.View);
        }
    }
}
