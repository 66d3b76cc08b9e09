using System.Globalization;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;

namespace SchedBench.Workloads.Generators.Fitting;

/// <summary>Demand classes and node pools as they occur in a trace.</summary>
internal static class FittedClasses
{
    /// <summary>The most frequent requests, most frequent first; equal counts by first appearance.</summary>
    public static List<DemandClassOptions> Of(List<FittedJob> jobs, BoundedDistribution? lifetime, TraceFitOptions options, out double coverage)
    {
        List<IGrouping<PodSpec, FittedJob>> kinds = [.. jobs.GroupBy(job => job.Spec).OrderByDescending(kind => kind.Count()).Take(options.MostClasses)];
        coverage = (double)kinds.Sum(kind => kind.Count()) / jobs.Count;
        return [.. kinds.Select((kind, i) => Class(kind, Numbered("class", i, kinds.Count), lifetime, options))];
    }

    /// <summary>Equal nodes together, in order of first appearance.</summary>
    public static List<NodePoolOptions> Pools(IReadOnlyList<NodeSpec> fleet)
    {
        List<IGrouping<NodeSpec, NodeSpec>> pools = [.. fleet.GroupBy(node => node with { Name = "" })];
        return [.. pools.Select((pool, i) =>
        {
            string name = Numbered("pool", i, pools.Count);
            return new NodePoolOptions(name, pool.Count(), pool.Key with { Name = name }, []);
        })];
    }

    private static DemandClassOptions Class(IGrouping<PodSpec, FittedJob> kind, string name, BoundedDistribution? lifetime, TraceFitOptions options)
    {
        BoundedDistribution? own = null;
        if (lifetime is not null && kind.Count(job => job.Duration is not null) >= options.JobsForOwnLifetime) TraceFit.Lifetimes(kind, out own);
        List<FittedJob> groups = [.. kind.Where(job => job.Members > 1)];
        return new DemandClassOptions
        {
            Name = name,
            Weight = kind.Count(),
            CpuMilli = Demand.Exactly(kind.Key.CpuMilli),
            MemoryBytes = Demand.Exactly(kind.Key.MemoryBytes),
            GpuMilli = Demand.Exactly(kind.Key.GpuCount == 0 ? PodSpec.WholeGpuMilli : kind.Key.GpuMilliPerDevice),
            Template = kind.Key with { CpuMilli = 0, MemoryBytes = 0, GpuMilliPerDevice = kind.Key.GpuCount == 0 ? 0 : PodSpec.WholeGpuMilli },
            Lifetime = own,
            GroupShare = Digits.Six((double)groups.Count / kind.Count()),
            GroupSize = groups.Count == 0 ? null : Sizes(groups),
            FailedShare = Digits.Six((double)kind.Count(job => job.Failed) / kind.Count()),
        };
    }

    private static BoundedDistribution Sizes(List<FittedJob> groups)
    {
        List<IGrouping<int, FittedJob>> sizes = [.. groups.GroupBy(job => Math.Min(job.Members, SyntheticTraceRules.MostMembers)).OrderBy(size => size.Key)];
        var parameters = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal)
        {
            ["values"] = [.. sizes.Select(size => (double)size.Key)],
            ["weights"] = [.. sizes.Select(size => (double)size.Count())],
        };
        Distribution distribution = DistributionCatalog.Create("empirical", parameters, out _) ?? throw new InvalidOperationException("Sizes and counts are above 0.");
        return new BoundedDistribution(distribution, 2, SyntheticTraceRules.MostMembers);
    }

    private static string Numbered(string name, int number, int count) =>
        $"{name}-{(number + 1).ToString(CultureInfo.InvariantCulture).PadLeft(count.ToString(CultureInfo.InvariantCulture).Length, '0')}";
}
