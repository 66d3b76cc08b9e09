using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace SchedBench.Benchmarks.Suites;

/// <summary>An empty cluster is filled with 10,000 pods by kube-scheduler with its default plugins, every node scored. Operations are pods.</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 3, iterationCount: 10, invocationCount: 1)]
public class KubeSchedulerBenchmarks
{
    private const int Pods = 10_000;
    private KubeSchedulerWorkload _cluster = null!;

    /// <summary>Name and nodes of the workload.</summary>
    [Params("basic/5000", "mixed/5000", "zones/1000")]
    public string Workload { get; set; } = "";

    [IterationSetup]
    public void Empty() => _cluster = KubeSchedulerWorkload.Parse(Workload);

    [Benchmark(OperationsPerInvoke = Pods)]
    public int Fill() => _cluster.Fill(Pods);
}

/// <summary>The same with as many nodes scored as kube-scheduler scores by default (adaptive <c>percentageOfNodesToScore</c>).</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 3, iterationCount: 10, invocationCount: 1)]
public class KubeSchedulerAdaptiveBenchmarks
{
    private const int Pods = 10_000;
    private KubeSchedulerWorkload _cluster = null!;

    /// <summary>Name and nodes of the workload.</summary>
    [Params("basic/5000", "mixed/5000", "zones/1000")]
    public string Workload { get; set; } = "";

    [IterationSetup]
    public void Empty() => _cluster = KubeSchedulerWorkload.Parse(Workload, percentageOfNodesToScore: 0);

    [Benchmark(OperationsPerInvoke = Pods)]
    public int Fill() => _cluster.Fill(Pods);
}

/// <summary>The same, every node scored, with nothing kept from one decision to the next, as under <c>--no-cache</c>: scores of the strategy and feasible nodes of the core alike.</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5, invocationCount: 1)]
public class KubeSchedulerFromScratchBenchmarks
{
    private const int Pods = 10_000;
    private KubeSchedulerWorkload _cluster = null!;

    /// <summary>Name and nodes of the workload.</summary>
    [Params("basic/5000", "mixed/5000", "zones/1000")]
    public string Workload { get; set; } = "";

    [IterationSetup]
    public void Empty() => _cluster = KubeSchedulerWorkload.Parse(Workload, fromScratch: true);

    [Benchmark(OperationsPerInvoke = Pods)]
    public int Fill() => _cluster.Fill(Pods);
}
