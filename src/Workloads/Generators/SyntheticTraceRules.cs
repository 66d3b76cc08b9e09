using System.Globalization;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Generators;

/// <summary>What options of a synthetic trace must obey.</summary>
public static class SyntheticTraceRules
{
    internal const int MostPods = 20_000_000, MostNodes = 1_000_000, MostClasses = 10_000, MostWeights = 10_000, MostMembers = 10_000;

    private const int MostPartsInGap = 10_000;
    private const double LongestSeconds = 3_153_600_000;
    private const long LargestAmount = 1L << 50;

    /// <summary>Everything that is wrong, with the field's path as the YAML form writes it (<c>spec.classes[0].groupShare</c>); empty when the options are good.</summary>
    /// <param name="options">The options.</param>
    /// <param name="displayName">The file as the user named it, for the problems.</param>
    public static IReadOnlyList<InputProblem> Check(SyntheticTraceOptions options, string displayName)
    {
        var check = new Checker(displayName);
        check.That(KubernetesName.CheckSubdomain(options.Name) is null, "metadata.name", options.Name, "expected a name of lower-case letters, digits, '-' and '.', at most 253 characters");
        check.That(options.Pods is >= 1 and <= MostPods, "spec.pods", options.Pods, $"expected a whole number from 1 to {MostPods}");
        check.That(options.TimeStep > TimeSpan.Zero && options.TimeStep <= TimeSpan.FromDays(1), "spec.timeStep", null, "expected a duration above 0, at most 1d");
        CheckFleet(options, check);
        CheckArrivals(options, check);
        if (options.Lifetime is not null) CheckLifetime(options.Lifetime, "spec.lifetime", check);
        check.That(options.Classes.Count is >= 1 and <= MostClasses, "spec.classes", options.Classes.Count, $"expected 1 to {MostClasses} classes");
        check.That(options.Classes.Count == 0 || options.Classes.Any(kind => kind.Weight > 0), "spec.classes", null, "expected a class with a weight above 0");
        for (int i = 0; i < options.Classes.Count; i++) CheckClass(options, i, string.Create(CultureInfo.InvariantCulture, $"spec.classes[{i}]"), check);
        if (check.Problems.Count == 0) CheckPace(options, check);
        return check.Problems;
    }

    /// <summary>Parts of a cycle or states of bursts that are far shorter than the gaps cost time and mean nothing.</summary>
    private static void CheckPace(SyntheticTraceOptions options, Checker check)
    {
        double shortest = OfferedLoad.MeanGapSeconds(options) / MostPartsInGap;
        ArrivalOptions arrivals = options.Arrivals;
        const string expected = "expected parts that are not ten thousand times shorter than the mean time between jobs";
        check.That(arrivals.Daily is null || arrivals.Daily.Period.TotalSeconds / arrivals.Daily.Weights.Count >= shortest, "spec.arrivals.daily.period", null, expected);
        check.That(arrivals.Bursts is null || arrivals.Bursts.MeanBurst.TotalSeconds >= shortest, "spec.arrivals.bursts.meanBurst", null, expected);
        check.That(arrivals.Bursts is null || arrivals.Bursts.MeanCalm.TotalSeconds >= shortest, "spec.arrivals.bursts.meanCalm", null, expected);
    }

    private static void CheckFleet(SyntheticTraceOptions options, Checker check)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long nodes = 0;
        for (int i = 0; i < options.Fleet.Count; i++)
        {
            NodePoolOptions pool = options.Fleet[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"spec.fleet[{i}]");
            check.That(names.Add(pool.Name) && pool.Name.Length > 0, path + ".name", pool.Name, "expected a name that no other pool has");
            check.That(pool.Count is >= 1 and <= MostNodes, path + ".count", pool.Count, $"expected a whole number from 1 to {MostNodes}");
            check.That(pool.Template.CpuMilli is >= 0 and <= LargestAmount, path + ".cpu", null, "expected an amount from 0 to 2^50 milli");
            check.That(pool.Template.MemoryBytes is >= 0 and <= LargestAmount, path + ".memory", null, "expected an amount from 0 to 2^50 bytes");
            check.Label(pool.Template.GpuModel, path + ".gpuModel");
            foreach (string zone in pool.Zones.Append(pool.Template.Zone)) check.Label(zone, path + ".zones");
            check.That(pool.Template.Pods >= 0, path + ".pods", pool.Template.Pods, "expected a whole number from 0");
            check.That(pool.Template.GpuCount is >= 0 and <= 64, path + ".gpus", pool.Template.GpuCount, "expected a whole number from 0 to 64");
            check.That(pool.Template.GpuCount > 0 || pool.Template.GpuModel.Length == 0, path + ".gpuModel", pool.Template.GpuModel, "expected gpus of 1 or more beside gpuModel");
            nodes += Math.Max(0, pool.Count);
        }

        check.That(nodes <= MostNodes, "spec.fleet", nodes, $"expected at most {MostNodes} nodes in all pools together");
    }

    private static void CheckArrivals(SyntheticTraceOptions options, Checker check)
    {
        const string path = "spec.arrivals";
        ArrivalOptions arrivals = options.Arrivals;
        if (arrivals.Process == ArrivalProcess.Together)
        {
            bool plain = arrivals is { MeanInterarrival: null, OfferedLoad: null, Daily: null, Bursts: null };
            check.That(plain, path, null, "expected no rate, cycle or bursts where all jobs arrive together");
            return;
        }

        check.That(arrivals.Shape is >= 0.05 and <= 1000, path + ".shape", arrivals.Shape, "expected a number from 0.05 to 1000");
        check.That(arrivals.MeanInterarrival is null != arrivals.OfferedLoad is null, path, null, "expected exactly one of meanInterarrival and offeredLoad");
        if (arrivals.MeanInterarrival is TimeSpan mean)
        {
            check.That(mean > TimeSpan.Zero && mean <= TimeSpan.FromDays(36_500), path + ".meanInterarrival", null, "expected a duration above 0, at most 36500d");
        }

        if (arrivals.OfferedLoad is OfferedLoadOptions load)
        {
            check.That(load.OfCapacity is > 0 and <= 1000, path + ".offeredLoad.ofCapacity", load.OfCapacity, "expected a number above 0, at most 1000");
            string resource = path + ".offeredLoad.resource";
            if (options.Classes.Any(kind => kind.Weight > 0 && kind.Lifetime is null) && options.Lifetime is null)
            {
                check.Add("spec.lifetime", null, "expected a lifetime, as the load of jobs that run on has no bound: give one, or meanInterarrival");
            }
            else if (OfferedLoad.Capacity(options.Fleet, load.Resource) <= 0)
            {
                check.Add(resource, load.Resource.ToString(), "expected a resource of which the fleet has some");
            }
            else if (OfferedLoad.MeanJob(options, load.Resource) <= 0)
            {
                check.Add(resource, load.Resource.ToString(), "expected a resource that some class asks for");
            }
        }

        if (arrivals.Daily is DailyCycleOptions daily)
        {
            check.That(daily.Period > TimeSpan.Zero && daily.Period <= TimeSpan.FromDays(366), path + ".daily.period", null, "expected a duration above 0, at most 366d");
            bool sound = daily.Weights.Count is >= 1 and <= MostWeights && daily.Weights.All(weight => weight is >= 0 and <= 1e9) && daily.Weights.Any(weight => weight > 0);
            check.That(sound, path + ".daily.weights", null, $"expected 1 to {MostWeights} numbers from 0 to 1e9, not all 0");
        }

        if (arrivals.Bursts is not BurstOptions bursts) return;
        check.That(bursts.Factor is > 1 and <= 10_000, path + ".bursts.factor", bursts.Factor, "expected a number above 1, at most 10000");
        check.That(bursts.MeanBurst > TimeSpan.Zero && bursts.MeanBurst <= TimeSpan.FromDays(366), path + ".bursts.meanBurst", null, "expected a duration above 0, at most 366d");
        check.That(bursts.MeanCalm > TimeSpan.Zero && bursts.MeanCalm <= TimeSpan.FromDays(366), path + ".bursts.meanCalm", null, "expected a duration above 0, at most 366d");
    }

    private static void CheckClass(SyntheticTraceOptions options, int index, string path, Checker check)
    {
        DemandClassOptions kind = options.Classes[index];
        bool isNew = kind.Name.Length > 0 && !options.Classes.Take(index).Any(other => string.Equals(other.Name, kind.Name, StringComparison.Ordinal));
        check.That(isNew, path + ".name", kind.Name, "expected a name that no other class has");
        check.That(kind.Weight is >= 0 and <= 1e9, path + ".weight", kind.Weight, "expected a number from 0 to 1e9");
        CheckDemand(kind.CpuMilli, LargestAmount, path + (kind.CpuMilli.Drawn is null ? ".cpu" : ".cpuMilli"), check);
        CheckDemand(kind.MemoryBytes, LargestAmount, path + (kind.MemoryBytes.Drawn is null ? ".memory" : ".memoryMib"), check);
        CheckGpus(kind, path, check);
        foreach (string model in kind.Template.GpuModels) check.Label(model, path + ".gpuModels");
        check.Label(kind.Template.App, path + ".app");
        check.That(kind.Template.MaxPerNode >= 0, path + ".maxPerNode", kind.Template.MaxPerNode, "expected a whole number from 0");
        if (kind.Lifetime is not null) CheckLifetime(kind.Lifetime, path + ".lifetime", check);
        check.That(kind.GroupShare is >= 0 and <= 1, path + ".groupShare", kind.GroupShare, "expected a number from 0 to 1");
        check.That(kind.GroupShare == 0 || kind.GroupSize is not null, path + ".groupSize", null, "expected the size of the groups beside groupShare");
        if (kind.GroupSize is not null) CheckBounds(kind.GroupSize, 2, MostMembers, path + ".groupSize", check);
        check.That(kind.FailedShare is >= 0 and <= 1, path + ".failedShare", kind.FailedShare, "expected a number from 0 to 1");
    }

    private static void CheckGpus(DemandClassOptions kind, string path, Checker check)
    {
        check.That(kind.Template.GpuCount is >= 0 and <= 64, path + ".gpus", kind.Template.GpuCount, "expected a whole number from 0 to 64");
        bool whole = kind.GpuMilli.Drawn is null && kind.GpuMilli.Amount == PodSpec.WholeGpuMilli;
        check.That(whole || kind.Template.GpuCount == 1, path + ".gpuMilli", null, "expected gpus of 1 beside a share, as a share never spans devices");
        if (kind.GpuMilli.Drawn is BoundedDistribution share) CheckBounds(share, 1, PodSpec.WholeGpuMilli, path + ".gpuMilli", check);
        else check.That(kind.GpuMilli.Amount is >= 1 and <= PodSpec.WholeGpuMilli, path + ".gpuMilli", kind.GpuMilli.Amount, "expected a whole number from 1 to 1000");
        check.That(kind.Template.GpuCount > 0 || kind.Template.GpuModels.Count == 0, path + ".gpuModels", null, "expected gpus of 1 or more beside gpuModels");
    }

    private static void CheckDemand(Demand demand, long largest, string path, Checker check)
    {
        if (demand.Drawn is BoundedDistribution drawn) CheckBounds(drawn, 0, (double)largest / demand.Unit, path, check);
        else check.That(demand.Amount >= 0 && demand.Amount <= largest, path, demand.Amount, $"expected an amount from 0 to {largest}");
    }

    private static void CheckLifetime(BoundedDistribution lifetime, string path, Checker check) => CheckBounds(lifetime, 0, LongestSeconds, path, check);

    private static void CheckBounds(BoundedDistribution drawn, double least, double most, string path, Checker check)
    {
        bool sound = drawn.AtLeast >= least && drawn.AtLeast <= drawn.AtMost && drawn.AtMost <= most;
        check.That(sound, path, null, string.Create(CultureInfo.InvariantCulture, $"expected bounds atLeast ≤ atMost from {least} to {most}; they are {drawn.AtLeast} and {drawn.AtMost}"));
    }

    private sealed class Checker(string displayName)
    {
        public List<InputProblem> Problems { get; } = [];

        public void That(bool holds, string path, object? value, string expected)
        {
            if (!holds) Add(path, value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture), expected);
        }

        /// <summary>Models, zones and apps are label values, empty where there is none.</summary>
        public void Label(string text, string path)
        {
            if (KubernetesName.CheckLabelValue(text) is TextError error) Add(path, text, error.Expected);
        }

        public void Add(string path, string? value, string expected) => Problems.Add(new InputProblem(displayName, 0, 0, path, value, expected));
    }
}
