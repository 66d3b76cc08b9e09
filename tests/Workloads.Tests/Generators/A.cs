using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Workloads.Generators;

namespace SchedBench.Workloads.Tests.Generators;

/// <summary>Options of synthetic traces in few words.</summary>
internal static class A
{
    public static SyntheticTraceOptions Trace(int pods = 1000, ArrivalOptions? arrivals = null, BoundedDistribution? lifetime = null, params DemandClassOptions[] classes) => new()
    {
        Name = "test",
        Pods = pods,
        Fleet = [new NodePoolOptions("node", 10, new NodeSpec { Name = "node", CpuMilli = 16_000, MemoryBytes = 64L << 30, GpuCount = 4, GpuModel = "M32" }, [])],
        Arrivals = arrivals ?? Every(10),
        Lifetime = lifetime,
        Classes = classes.Length > 0 ? classes : [Class("small")],
    };

    public static ArrivalOptions Every(double seconds, ArrivalProcess process = ArrivalProcess.Poisson, double shape = 1) =>
        new() { Process = process, Shape = shape, MeanInterarrival = TimeSpan.FromSeconds(seconds) };

    public static DemandClassOptions Class(string name, double weight = 1, long cpuMilli = 1000, long memoryMib = 1024, int gpus = 0) => new()
    {
        Name = name,
        Weight = weight,
        CpuMilli = Demand.Exactly(cpuMilli),
        MemoryBytes = Demand.Exactly(memoryMib << 20),
        Template = new PodSpec { GpuCount = gpus, GpuMilliPerDevice = gpus == 0 ? 0 : 1000 },
    };

    public static BoundedDistribution Drawn(string text, double atLeast = 0, double atMost = 1e9) =>
        new(DistributionCatalog.TryParse(text, out _) ?? throw new ArgumentException(text), atLeast, atMost);
}
