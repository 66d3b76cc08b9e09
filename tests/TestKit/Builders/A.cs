using SchedBench.Core.Scheduling;
using SchedBench.Schedulers.Catalog;

namespace SchedBench.TestKit;

/// <summary>The door to the builders: <c>A.Pod("web").Cpu("500m")</c>, <c>A.Cluster().Nodes(3, cpu: "4")</c>, <c>A.Run("best-fit")</c>.</summary>
public static class A
{
    /// <summary>A pod that asks for nothing, arrives at 0 and runs on.</summary>
    public static PodBuilder Pod(string name = "pod") => new(name);

    /// <summary>A node of 4 CPU and 16 GiB.</summary>
    public static NodeBuilder Node(string name = "node") => new(name);

    /// <summary>A cluster without nodes.</summary>
    public static ClusterBuilder Cluster() => new();

    /// <summary>A workload without pods.</summary>
    public static WorkloadBuilder Workload() => new();

    /// <summary>A run of a strategy object.</summary>
    public static RunBuilder Run(SchedulingStrategy strategy) => new(() => strategy);

    /// <summary>A run of a built-in strategy with its default options.</summary>
    public static RunBuilder Run(string strategy) =>
        new(() => (StrategyCatalog.BuiltIn().Find(strategy) ?? throw new ArgumentException($"There is no strategy {strategy}.", nameof(strategy))).Build());
}
