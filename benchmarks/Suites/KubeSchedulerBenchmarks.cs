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
    public void Empty() => _cluster = Make(fromScratch: false);

    [Benchmark(OperationsPerInvoke = Pods)]
    public int Fill() => _cluster.Fill(Pods);

    internal KubeSchedulerWorkload Make(bool fromScratch)
    {
        string[] parts = Workload.Split('/');
        return new KubeSchedulerWorkload(parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), fromScratch);
    }
}

/// <summary>The same with nothing kept from one decision to the next (<c>--no-cache</c>), and fewer pods.</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 3, iterationCount: 10, invocationCount: 1)]
public class KubeSchedulerFromScratchBenchmarks
{
    private const int Pods = 500;
    private KubeSchedulerWorkload _cluster = null!;

    /// <summary>Name and nodes of the workload.</summary>
    [Params("basic/5000", "mixed/5000", "zones/1000")]
    public string Workload { get; set; } = "";

    [IterationSetup]
    public void Empty() => _cluster = new KubeSchedulerBenchmarks { Workload = Workload }.Make(fromScratch: true);

    [Benchmark(OperationsPerInvoke = Pods)]
    public int Fill() => _cluster.Fill(Pods);
}
