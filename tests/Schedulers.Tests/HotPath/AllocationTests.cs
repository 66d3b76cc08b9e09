using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.Core.Scheduling;
using SchedBench.Core.Time;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Schedulers.Tests.HotPath;

/// <summary>The whole way of a pod in steady state (arrival, decision, binding, start, end, and the events between) allocates nothing on the managed heap.</summary>
/// <remarks>Pods come one a second and live 500 to 999 s by a pattern that repeats every 500 pods, so the most pods and events at a time are met long before anything is counted: whatever
/// grows with a run's peak has grown, and one byte more is one too many.</remarks>
public sealed class AllocationTests
{
    private const int Pods = 20_000;
    private const int CountedFrom = 8_000;
    private const int CountedTo = 18_000;
    private const int Shapes = 30;
    private const int Nodes = 200;

    public static TheoryData<string> Strategies => [.. StrategyCatalog.BuiltIn().Entries.Where(entry => entry.Build() is not BatchStrategy).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Ten_thousand_decisions_in_steady_state_allocate_nothing(string strategy) =>
        Assert.All(Enum.GetValues<TieBreak>(), tieBreak => Assert.Equal(0, AllocatedBytes(StrategyCatalog.BuiltIn().Find(strategy)!.Build(), tieBreak)));

    [Fact]
    public void A_strategy_that_allocates_is_seen() => Assert.NotEqual(0, AllocatedBytes(new Wasteful(), TieBreak.FirstInOrder));

    private static long AllocatedBytes(SchedulingStrategy strategy, TieBreak tieBreak)
    {
        var workload = new Workload([.. Enumerable.Range(0, Pods).Select(Arrival)], []);
        var run = new ClusterRun(
            new ClusterRunOptions
            {
                Fleet = new FleetLayout([.. Enumerable.Range(0, Nodes).Select(Node)]),
                Arrivals = new ArrivalPlan(workload),
                Strategy = strategy,
                TieBreak = tieBreak,
                Seed = 1,
                Profile = WorkloadProfile.Of(workload.Pods.Span),
            },
            new VirtualClock());
        var meter = new Meter();
        run.Facts.Subscribe(meter);
        run.Run();
        Assert.Equal(Pods, meter.Bound);
        return meter.AllocatedBytes;
    }

    private static PodArrival Arrival(int i) => new($"pod-{i}", Specs[i * 7 % Shapes], TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(500 + (i * 37 % 500)));

    /// <summary>Pods without GPU, sharing one, and with one or two whole ones.</summary>
    private static readonly PodSpec[] Specs = [.. Enumerable.Range(0, Shapes).Select(s => new PodSpec
    {
        CpuMilli = 100 * (1 + (s % 10)),
        MemoryBytes = (1L + (s % 7)) << 28,
        GpuCount = (s % 4) switch { 0 => 0, 3 => 2, _ => 1 },
        GpuMilliPerDevice = (s % 4) switch { 0 => 0, 1 => 100 + (10 * s), _ => PodSpec.WholeGpuMilli },
    })];

    private static NodeSpec Node(int n) => new() { Name = $"node-{n:D3}", CpuMilli = 32_000, MemoryBytes = 128L << 30, GpuCount = 8, GpuModel = "A100", Zone = n % 2 == 0 ? "a" : "b" };

    private sealed class Wasteful : ScoringStrategy
    {
        private object _kept = "";

        public override long Score(in PodShape pod, in NodeState node)
        {
            _kept = new object();
            return _kept is null ? 1 : 0;
        }
    }

    /// <summary>Counts bindings, and what this thread allocated between two of them.</summary>
    private sealed class Meter : IFactObserver
    {
        private long _before;

        public int Bound { get; private set; }

        public long AllocatedBytes { get; private set; } = -1;

        public void Observe(in Fact fact)
        {
            if (fact.Kind != FactKind.PodBound) return;
            Bound++;
            if (Bound == CountedFrom) _before = GC.GetAllocatedBytesForCurrentThread();
            if (Bound == CountedTo) AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - _before;
        }
    }
}
