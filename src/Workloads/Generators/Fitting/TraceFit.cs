using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Inspection;

namespace SchedBench.Workloads.Generators.Fitting;

/// <summary>How a trace is fitted.</summary>
public sealed record TraceFitOptions
{
    /// <summary>Name of the options that come out.</summary>
    public required string Name { get; init; }

    /// <summary>Most demand classes; rarer requests are left out and the report says what share of the jobs that is. Default 200.</summary>
    public int MostClasses { get; init; } = 200;

    /// <summary>A class with at least this many ended jobs gets a lifetime of its own; the others take the whole trace's. Default 200.</summary>
    public int JobsForOwnLifetime { get; init; } = 200;
}

/// <summary>Generator options estimated from a trace, and how well they fit.</summary>
/// <param name="Options">Options that <see cref="SyntheticTrace"/> takes; with the trace's number of pods and the seed 1.</param>
/// <param name="Report">Figures of the fit.</param>
public sealed record TraceFitResult(SyntheticTraceOptions Options, TraceFitReport Report);

/// <summary>Figures of a fit.</summary>
public sealed record TraceFitReport
{
    /// <summary>Jobs of the trace: single pods and groups.</summary>
    public required int Jobs { get; init; }

    /// <summary>Time between the first and the last arrival.</summary>
    public required TimeSpan Span { get; init; }

    /// <summary>Fits of the gaps between jobs, with the daily cycle taken out and a mean of 1; nothing when all jobs arrive together.</summary>
    public required SampleFit? Gaps { get; init; }

    /// <summary>Half the distance between the busiest and the quietest hour over the mean rate; nothing below two days.</summary>
    public required double? DailyAmplitude { get; init; }

    /// <summary>Fits of the lifetimes in seconds of jobs that end; nothing when none ends.</summary>
    public required SampleFit? Lifetimes { get; init; }

    /// <summary>Jobs that run on; their lifetimes are not in the fit, which therefore errs towards short ones when there are many.</summary>
    public required int Censored { get; init; }

    /// <summary>Share of the jobs whose request is among the classes.</summary>
    public required double ClassCoverage { get; init; }

    /// <summary>Offered load by resource: in the trace, and as the options give it in the long run; empty without a fleet.</summary>
    public required IReadOnlyList<(string Resource, double Recorded, double Modelled)> Loads { get; init; }
}

/// <summary>Estimates generator options from a trace: arrival process and daily cycle, lifetimes, demand classes, groups, fleet.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Daily cycle: arrivals in 24 equal parts of the day, from two days on. Gaps: on the clock that the cycle drives, so that it is not counted twice;
/// Poisson, gamma and Weibull by maximum likelihood, the best by Akaike's criterion. Gaps below half the trace's time step count as half of it.</item>
/// <item>Lifetimes: exponential, Weibull and log-normal likewise, bounded by the shortest and longest seen.</item>
/// <item>Classes: the distinct requests by frequency, each with its share of groups, their sizes as they occur, its share of failures.
/// A group is one job, with the request of its first member.</item>
/// </list>
/// </remarks>
public static class TraceFit
{
    private const int DayParts = 24;

    /// <summary>Fits a trace.</summary>
    /// <param name="workload">Pods and groups.</param>
    /// <param name="fleet">Nodes; may be empty.</param>
    /// <param name="options">How to fit.</param>
    /// <exception cref="InputException">The trace has no pods, or holds what options cannot say (models or apps that are no label values, amounts above 2⁵⁰).</exception>
    public static TraceFitResult Fit(Workload workload, IReadOnlyList<NodeSpec> fleet, TraceFitOptions options)
    {
        if (workload.Pods.Length == 0) throw new InputException(new InputProblem(options.Name, 0, 0, "", null, "expected a trace with pods"));
        List<FittedJob> jobs = FittedJob.Of(workload);
        TimeSpan first = jobs[0].Arrival, span = jobs[^1].Arrival - first;
        double[]? daily = span < TimeSpan.FromDays(2) ? null : DailyWeights(jobs);
        SampleFit? gaps = span == TimeSpan.Zero ? null : MaximumLikelihood.Fit(Gaps(jobs, daily), "exponential", "gamma", "weibull");
        SampleFit? lifetimes = Lifetimes(jobs, out BoundedDistribution? lifetime);
        List<DemandClassOptions> classes = FittedClasses.Of(jobs, lifetime, options, out double coverage);
        var fitted = new SyntheticTraceOptions
        {
            Name = options.Name,
            Pods = workload.Pods.Length,
            Fleet = FittedClasses.Pools(fleet),
            Arrivals = Arrivals(gaps, daily, span, jobs.Count),
            Lifetime = lifetime,
            Classes = classes,
        };
        IReadOnlyList<InputProblem> problems = SyntheticTraceRules.Check(fitted, options.Name);
        if (problems.Count > 0) throw new InputException(problems);
        var report = new TraceFitReport
        {
            Jobs = jobs.Count,
            Span = span,
            Gaps = gaps,
            DailyAmplitude = daily is null ? null : (daily.Max() - daily.Min()) / 2,
            Lifetimes = lifetimes,
            Censored = jobs.Count(job => job.Duration is null),
            ClassCoverage = coverage,
            Loads = Loads(fitted, TraceInspection.Of(workload, fleet)),
        };
        return new TraceFitResult(fitted, report);
    }

    /// <summary>Fits the lifetimes of the jobs that end.</summary>
    internal static SampleFit? Lifetimes(IEnumerable<FittedJob> jobs, out BoundedDistribution? lifetime)
    {
        double[] seconds = [.. jobs.Where(job => job.Duration is not null).Select(job => job.Duration!.Value.TotalSeconds)];
        lifetime = null;
        if (seconds.Length == 0) return null;
        SampleFit fit = MaximumLikelihood.Fit(seconds, "exponential", "weibull", "lognormal");
        lifetime = new BoundedDistribution(fit.Best.Distribution, Digits.Six(seconds[0]), Digits.Six(seconds[^1]));
        return fit;
    }

    /// <summary>Arrivals in each part of the day over the mean, to six digits. The day begins with the trace's time 0.</summary>
    private static double[] DailyWeights(List<FittedJob> jobs)
    {
        double[] counts = new double[DayParts];
        foreach (FittedJob job in jobs) counts[job.Arrival.Ticks % TimeSpan.TicksPerDay * DayParts / TimeSpan.TicksPerDay]++;
        return [.. counts.Select(count => Digits.Six(count * DayParts / jobs.Count))];
    }

    /// <summary>Gaps on the clock that the cycle drives, with a mean of 1.</summary>
    private static double[] Gaps(List<FittedJob> jobs, double[]? daily)
    {
        double[] clock = [.. jobs.Select(job => Clock(job.Arrival, daily))];
        double mean = (clock[^1] - clock[0]) / (clock.Length - 1);
        double step = jobs.All(job => job.Arrival.Ticks % TimeSpan.TicksPerSecond == 0) ? 1 : jobs.All(job => job.Arrival.Ticks % TimeSpan.TicksPerMillisecond == 0) ? 1e-3 : 1e-7;
        double[] gaps = new double[clock.Length - 1];
        for (int i = 0; i < gaps.Length; i++) gaps[i] = Math.Max(clock[i + 1] - clock[i], step / 2) / mean;
        return gaps;
    }

    /// <summary>Seconds since time 0, each weighted with the rate of its part of the day.</summary>
    private static double Clock(TimeSpan instant, double[]? daily)
    {
        if (daily is null) return instant.TotalSeconds;
        (long days, long rest) = Math.DivRem(instant.Ticks, TimeSpan.TicksPerDay);
        long partTicks = TimeSpan.TicksPerDay / DayParts;
        int part = (int)(rest / partTicks);
        double parts = (days * daily.Sum()) + daily.Take(part).Sum() + (daily[part] * ((rest % partTicks) / (double)partTicks));
        return parts * partTicks / TimeSpan.TicksPerSecond;
    }

    private static ArrivalOptions Arrivals(SampleFit? gaps, double[]? daily, TimeSpan span, int jobs)
    {
        if (gaps is null) return new ArrivalOptions { Process = ArrivalProcess.Together };
        const long ticksPerMicrosecond = TimeSpan.TicksPerMicrosecond;
        long meanTicks = Math.Max(1, (span.Ticks / (jobs - 1) + (ticksPerMicrosecond / 2)) / ticksPerMicrosecond) * ticksPerMicrosecond;
        return new ArrivalOptions
        {
            Process = gaps.Best.Distribution.Name switch
            {
                "gamma" => ArrivalProcess.Gamma,
                "weibull" => ArrivalProcess.Weibull,
                _ => ArrivalProcess.Poisson,
            },
            Shape = gaps.Best.Distribution.Parameters.FirstOrDefault(parameter => string.Equals(parameter.Key, "shape", StringComparison.Ordinal)).Value?[0] ?? 1,
            MeanInterarrival = new TimeSpan(meanTicks),
            Daily = daily is null ? null : new DailyCycleOptions(TimeSpan.FromDays(1), daily),
        };
    }

    private static List<(string Resource, double Recorded, double Modelled)> Loads(SyntheticTraceOptions fitted, TraceInspection inspection)
    {
        double gap = OfferedLoad.MeanGapSeconds(fitted);
        var loads = new List<(string, double, double)>();
        foreach ((string name, LoadResource resource) in new[] { ("cpu_milli", LoadResource.Cpu), ("memory_bytes", LoadResource.Memory), ("gpu_milli", LoadResource.Gpu) })
        {
            double? recorded = inspection.OfferedLoads.FirstOrDefault(load => string.Equals(load.Resource, name, StringComparison.Ordinal))?.Load;
            if (recorded is double load && gap > 0) loads.Add((name, load, OfferedLoad.MeanJob(fitted, resource) / (gap * OfferedLoad.Capacity(fitted.Fleet, resource))));
        }

        return loads;
    }
}
