namespace SchedBench.Workloads.Generators;

/// <summary>The arithmetic between load and arrival rate: load = (mean demand × lifetime of a job) / (mean gap between jobs × capacity).</summary>
internal static class OfferedLoad
{
    /// <summary>Capacity of the fleet in milli, bytes, or milli of GPU.</summary>
    public static double Capacity(IReadOnlyList<NodePoolOptions> fleet, LoadResource resource)
    {
        double capacity = 0;
        foreach (NodePoolOptions pool in fleet)
        {
            capacity += pool.Count * (double)(resource switch
            {
                LoadResource.Cpu => pool.Template.CpuMilli,
                LoadResource.Memory => pool.Template.MemoryBytes,
                _ => pool.Template.GpuCount * 1000L,
            });
        }

        return capacity;
    }

    /// <summary>Mean over jobs of pods × request × lifetime, in resource-seconds. Within a class, size, request and lifetime are drawn independently.</summary>
    public static double MeanJob(SyntheticTraceOptions options, LoadResource resource)
    {
        double sum = 0, weights = 0;
        foreach (DemandClassOptions kind in options.Classes)
        {
            if (kind.Weight <= 0 || (kind.Lifetime ?? options.Lifetime) is not BoundedDistribution lifetime) continue;
            double request = resource switch
            {
                LoadResource.Cpu => kind.CpuMilli.Mean(),
                LoadResource.Memory => kind.MemoryBytes.Mean(),
                _ => kind.Template.GpuCount * kind.GpuMilli.Mean(),
            };
            double pods = kind.GroupShare > 0 && kind.GroupSize is BoundedDistribution size ? 1 + (kind.GroupShare * (size.Mean(Math.Round) - 1)) : 1;
            sum += kind.Weight * request * pods * lifetime.Mean(seconds => seconds);
            weights += kind.Weight;
        }

        return weights > 0 ? sum / weights : 0;
    }

    /// <summary>Mean seconds between jobs: as given, or what offers the load; 0 when all arrive together.</summary>
    public static double MeanGapSeconds(SyntheticTraceOptions options) => options.Arrivals switch
    {
        { Process: ArrivalProcess.Together } => 0,
        { MeanInterarrival: TimeSpan mean } => mean.TotalSeconds,
        { OfferedLoad: OfferedLoadOptions load } => MeanJob(options, load.Resource) / (load.OfCapacity * Capacity(options.Fleet, load.Resource)),
        _ => 0,
    };
}
