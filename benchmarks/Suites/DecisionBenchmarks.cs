using BenchmarkDotNet.Attributes;
using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.Benchmarks.Suites;

/// <summary>One decision in steady state: place a pod, take another away. The parameters are columns of the result table.</summary>
public abstract class DecisionBenchmarks
{
    private const int Steps = 1_000;
    private SteadyChurn _churn = null!;

    [Params(1, 30, 150)]
    public int Shapes { get; set; }

    protected void Fill(string strategy, int nodes)
    {
        _churn = new SteadyChurn(strategy, nodes, Shapes);
        // Most pods of the filling have left before anything is measured: what is left is the churn's own pattern.
        for (int i = 0; i < 2 * _churn.Pods; i++) _churn.Step();
    }

    [Benchmark(OperationsPerInvoke = Steps)]
    public long PlaceOneRemoveOne()
    {
        long sum = 0;
        for (int i = 0; i < Steps; i++) sum += _churn.Step();
        return sum;
    }

    /// <summary>Strategies of the catalog that decide pod by pod, of one contract.</summary>
    protected static IEnumerable<string> Strategies<TContract>()
        where TContract : SchedulingStrategy => StrategyCatalog.BuiltIn().Entries.Where(entry => entry.Build() is TContract).Select(entry => entry.Name);
}

/// <summary>Strategies whose scores are cached: a score of shape and node alone.</summary>
public class CachedDecisionBenchmarks : DecisionBenchmarks
{
    public static IEnumerable<string> Names => Strategies<ScoringStrategy>();

    [ParamsSource(nameof(Names))]
    public string Strategy { get; set; } = "";

    [Params(1_000, 5_000, 10_000, 100_000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Fill() => Fill(Strategy, Nodes);
}

/// <summary>Strategies that choose among the feasible nodes themselves: feasibility is cached, the choice is not.</summary>
public class WholeClusterDecisionBenchmarks : DecisionBenchmarks
{
    public static IEnumerable<string> Names => Strategies<ClusterStrategy>();

    [ParamsSource(nameof(Names))]
    public string Strategy { get; set; } = "";

    [Params(1_000, 5_000, 10_000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Fill() => Fill(Strategy, Nodes);
}
