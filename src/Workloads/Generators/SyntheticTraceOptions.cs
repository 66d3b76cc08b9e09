using SchedBench.Core.Objects;

namespace SchedBench.Workloads.Generators;

/// <summary>Everything a synthetic trace is made from. A plain value: equal options give equal traces, on every machine.</summary>
/// <remarks>Checked by <see cref="SyntheticTraceRules"/>, read from and written to YAML by <see cref="SyntheticTraceFile"/>, turned into pods by
/// <see cref="SyntheticTrace"/>. Draws are keyed by the job's ordinal, one stream for each property: adding a class moves no arrival and no lifetime
/// (unless the arrival rate is derived from the load, which the classes are part of).</remarks>
public sealed record SyntheticTraceOptions
{
    /// <summary>Name of the trace.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of all draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of pods, 1 to 20 million; the last group is cut to fit.</summary>
    public required int Pods { get; init; }

    /// <summary>Arrivals and lifetimes are whole multiples of this (arrivals rounded down, lifetimes to the nearest, at least one step).</summary>
    public TimeSpan TimeStep { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The nodes, pool by pool; may be empty when the arrival rate is given.</summary>
    public IReadOnlyList<NodePoolOptions> Fleet { get; init; } = [];

    /// <summary>When jobs arrive.</summary>
    public required ArrivalOptions Arrivals { get; init; }

    /// <summary>How long jobs run, in seconds, for classes that say nothing else; nothing: they run on.</summary>
    public BoundedDistribution? Lifetime { get; init; }

    /// <summary>The kinds of jobs, at least one.</summary>
    public required IReadOnlyList<DemandClassOptions> Classes { get; init; }
}

/// <summary>A number of equal nodes.</summary>
/// <param name="Name">Name of the pool; node k is called <c>name-k</c>, padded with zeros so that names sort like numbers.</param>
/// <param name="Count">Number of nodes, ≥ 1.</param>
/// <param name="Template">One of them; its name is not used, and its zone only where <paramref name="Zones"/> is empty.</param>
/// <param name="Zones">Zones that the nodes are dealt to in turn.</param>
public sealed record NodePoolOptions(string Name, int Count, NodeSpec Template, IReadOnlyList<string> Zones);

/// <summary>The shape of the arrival process.</summary>
public enum ArrivalProcess
{
    /// <summary>Independent arrivals: exponential gaps.</summary>
    Poisson,

    /// <summary>Renewal process with gamma gaps; a shape below 1 clusters, above 1 evens out.</summary>
    Gamma,

    /// <summary>Renewal process with Weibull gaps; a shape below 1 clusters, above 1 evens out.</summary>
    Weibull,

    /// <summary>All at time 0.</summary>
    Together,
}

/// <summary>When jobs arrive: a renewal process whose clock runs faster and slower with the daily cycle and bursts. Exactly one of
/// <see cref="MeanInterarrival"/> and <see cref="OfferedLoad"/> is set, unless all arrive together.</summary>
public sealed record ArrivalOptions
{
    /// <summary>Distribution of the gaps.</summary>
    public ArrivalProcess Process { get; init; }

    /// <summary>Shape of gamma and Weibull gaps, 0.05 to 1,000.</summary>
    public double Shape { get; init; } = 1;

    /// <summary>Mean time between jobs (not pods).</summary>
    public TimeSpan? MeanInterarrival { get; init; }

    /// <summary>The load from which the mean time between jobs is derived.</summary>
    public OfferedLoadOptions? OfferedLoad { get; init; }

    /// <summary>Daily cycle, or nothing.</summary>
    public DailyCycleOptions? Daily { get; init; }

    /// <summary>Bursts, or nothing.</summary>
    public BurstOptions? Bursts { get; init; }
}

/// <summary>A resource that load is measured in.</summary>
public enum LoadResource
{
    /// <summary>CPU.</summary>
    Cpu,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>GPU devices and their shares.</summary>
    Gpu,
}

/// <summary>A load to offer: mean demand of the jobs present at a time, if none had to wait, over the capacity of the fleet.</summary>
/// <param name="Resource">Resource it is measured in.</param>
/// <param name="OfCapacity">Share of the fleet's capacity, above 0, at most 1,000.</param>
public sealed record OfferedLoadOptions(LoadResource Resource, double OfCapacity);

/// <summary>A cycle of the arrival rate that repeats; the mean rate over a period stays what it was.</summary>
/// <param name="Period">Length of the cycle.</param>
/// <param name="Weights">Relative rates of equal parts of the period, 1 to 10,000 of them, ≥ 0, not all 0. The trace begins at the first.</param>
public sealed record DailyCycleOptions(TimeSpan Period, IReadOnlyList<double> Weights)
{
    private const int Parts = 24;

    /// <summary>A smooth wave around the mean in 24 parts, to six decimals: highest at <paramref name="peak"/>, lowest half a period later.</summary>
    /// <param name="period">Length of the cycle.</param>
    /// <param name="amplitude">Height of the wave as a share of the mean rate, 0 to 1.</param>
    /// <param name="peak">Time after the start at which the rate is highest.</param>
    public static DailyCycleOptions Wave(TimeSpan period, double amplitude, TimeSpan peak)
    {
        double[] weights = new double[Parts];
        double peakShare = (double)peak.Ticks / period.Ticks;
        for (int part = 0; part < Parts; part++)
        {
            double distance = ((part + 0.5) / Parts) - peakShare;
            distance = Math.Abs(distance - Math.Floor(distance + 0.5));

            // A cosine made of two parabolas: exact arithmetic, the same on every machine.
            double wave = distance < 0.25 ? 1 - (16 * distance * distance) : (16 * (0.5 - distance) * (0.5 - distance)) - 1;
            weights[part] = Math.Round(1 + (amplitude * wave), 6);
        }

        return new DailyCycleOptions(period, weights);
    }
}

/// <summary>Two states that alternate, each lasting an exponential time: calm, and a burst in which the rate is a multiple. The mean rate stays what it was.</summary>
/// <param name="Factor">Rate in a burst over the rate in calm, above 1, at most 10,000.</param>
/// <param name="MeanBurst">Mean length of a burst.</param>
/// <param name="MeanCalm">Mean length of a calm.</param>
public sealed record BurstOptions(double Factor, TimeSpan MeanBurst, TimeSpan MeanCalm);

/// <summary>A kind of job.</summary>
public sealed record DemandClassOptions
{
    /// <summary>Name, unique among the classes; it does not appear in the trace.</summary>
    public required string Name { get; init; }

    /// <summary>Share of the jobs relative to the other classes' weights, ≥ 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>CPU of a pod, in milli.</summary>
    public required Demand CpuMilli { get; init; }

    /// <summary>Memory of a pod, in bytes.</summary>
    public required Demand MemoryBytes { get; init; }

    /// <summary>Milli of each GPU device, 1 to 1,000; below 1,000 only for one device.</summary>
    public Demand GpuMilli { get; init; } = Demand.Exactly(PodSpec.WholeGpuMilli);

    /// <summary>All other requests of a pod: storage, number of GPUs, models, extended resources, selector, app, limit per node, priority.
    /// Its CPU, memory and GPU milli are not used.</summary>
    public PodSpec Template { get; init; } = new();

    /// <summary>Lifetime in seconds in place of the trace's.</summary>
    public BoundedDistribution? Lifetime { get; init; }

    /// <summary>Share of the class's jobs that are groups, 0 to 1.</summary>
    public double GroupShare { get; init; }

    /// <summary>Pods of a group, rounded to the nearest whole number, 2 to 10,000. Needed when <see cref="GroupShare"/> is above 0.</summary>
    public BoundedDistribution? GroupSize { get; init; }

    /// <summary>Share of the class's jobs that end with an error, 0 to 1.</summary>
    public double FailedShare { get; init; }
}
