using System.Globalization;
using SchedBench.Core.Arrivals;
using SchedBench.Core.Input;
using SchedBench.Core.Objects;
using SchedBench.Core.Randomness;
using SchedBench.Workloads.Readers.Rows;

namespace SchedBench.Workloads.Generators;

/// <summary>A generated trace: pods, groups and nodes.</summary>
/// <param name="Workload">Pods by arrival, and groups.</param>
/// <param name="Nodes">Nodes, pool by pool.</param>
public sealed record SyntheticTraceContents(Workload Workload, IReadOnlyList<NodeSpec> Nodes);

/// <summary>Makes traces from <see cref="SyntheticTraceOptions"/>: a function of the options, the same bits on every machine. About 0.6 µs a pod.</summary>
/// <remarks>Job k draws its gap, class, lifetime, group, outcome and demands from streams of their own, each keyed by k.
/// Pods are called <c>pod-n</c> (n counts pods), groups <c>job-k</c>, padded with zeros so that names sort like numbers.</remarks>
public static class SyntheticTrace
{
    /// <summary>Generates the trace.</summary>
    /// <exception cref="InputException">The options break a rule of <see cref="SyntheticTraceRules"/>.</exception>
    public static SyntheticTraceContents Generate(SyntheticTraceOptions options)
    {
        IReadOnlyList<InputProblem> problems = SyntheticTraceRules.Check(options, options.Name);
        if (problems.Count > 0) throw new InputException(problems);
        return new SyntheticTraceContents(new Generation(options).Run(), Nodes(options));
    }

    /// <summary>The nodes alone, as <see cref="Generate"/> makes them.</summary>
    public static IReadOnlyList<NodeSpec> Nodes(SyntheticTraceOptions options)
    {
        var nodes = new List<NodeSpec>();
        foreach (NodePoolOptions pool in options.Fleet)
        {
            int digits = Digits(pool.Count);
            for (int k = 0; k < pool.Count; k++)
            {
                string zone = pool.Zones.Count == 0 ? pool.Template.Zone : pool.Zones[k % pool.Zones.Count];
                nodes.Add(pool.Template with { Name = Numbered(pool.Name, k, digits), Zone = zone });
            }
        }

        return nodes;
    }

    private static int Digits(int count) => (count - 1).ToString(CultureInfo.InvariantCulture).Length;

    private static string Numbered(string name, long number, int digits) => $"{name}-{number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')}";

    /// <summary>One run of the generator.</summary>
    private sealed class Generation
    {
        private readonly SyntheticTraceOptions _options;
        private readonly ArrivalTimes _arrivals;
        private readonly DemandSampler[] _demands;
        private readonly EmpiricalDistribution _class;
        private readonly Draw _classes;
        private readonly Draw _lifetimes;
        private readonly Draw _groupShares;
        private readonly Draw _groupSizes;
        private readonly Draw _outcomes;
        private readonly PodArrival[] _pods;
        private readonly List<PodGroupSpec> _groups = [];
        private readonly int _digits;
        private int _count;

        public Generation(SyntheticTraceOptions options)
        {
            _options = options;
            _arrivals = new ArrivalTimes(options.Arrivals, options.Seed, OfferedLoad.MeanGapSeconds(options));
            _class = Choice(options.Classes);
            var pool = new SpecPool();
            _demands = [.. options.Classes.Select(kind => new DemandSampler(kind, options.Seed, pool))];
            _classes = Draw.Stream(options.Seed, "workloads/class");
            _lifetimes = Draw.Stream(options.Seed, "workloads/lifetime");
            _groupShares = Draw.Stream(options.Seed, "workloads/group-share");
            _groupSizes = Draw.Stream(options.Seed, "workloads/group-size");
            _outcomes = Draw.Stream(options.Seed, "workloads/outcome");
            _pods = new PodArrival[options.Pods];
            _digits = Digits(options.Pods);
        }

        public Workload Run()
        {
            for (ulong job = 0; _count < _pods.Length; job++) AddJob(job);
            return new Workload(_pods, [.. _groups]);
        }

        private void AddJob(ulong job)
        {
            int index = (int)_class.Sample(_classes, job, 0);
            DemandClassOptions kind = _options.Classes[index];
            TimeSpan arrival = Floor(_arrivals.Next(job));
            TimeSpan? duration = (kind.Lifetime ?? _options.Lifetime) is BoundedDistribution lifetime ? Nearest(lifetime.Quantile(_lifetimes.Uniform(job, 0))) : null;
            PodOutcome outcome = kind.FailedShare > 0 && _outcomes.Uniform(job, 0) < kind.FailedShare ? PodOutcome.Failed : PodOutcome.Succeeded;
            PodSpec spec = _demands[index].Spec(job);
            int members = Math.Min(Members(kind, job), _pods.Length - _count), group = -1;
            if (members > 1)
            {
                group = _groups.Count;
                _groups.Add(new PodGroupSpec(Numbered("job", (long)job, _digits), members));
            }

            for (int member = 0; member < members; member++)
            {
                _pods[_count] = new PodArrival(Numbered("pod", _count, _digits), spec, arrival, duration, group, outcome);
                _count++;
            }
        }

        private int Members(DemandClassOptions kind, ulong job)
        {
            if (kind.GroupSize is not BoundedDistribution size || !(_groupShares.Uniform(job, 0) < kind.GroupShare)) return 1;
            return (int)Math.Round(size.Quantile(_groupSizes.Uniform(job, 0)));
        }

        private TimeSpan Floor(double seconds) => new((long)Math.Floor(Steps(seconds)) * _options.TimeStep.Ticks);

        private TimeSpan Nearest(double seconds) => new(Math.Max(1, (long)Math.Floor(Steps(seconds) + 0.5)) * _options.TimeStep.Ticks);

        /// <summary>The builder's rules keep instants far below 2⁶³ ticks; a rate that would not is refused here.</summary>
        private double Steps(double seconds) => seconds < 1e11
            ? seconds * TimeSpan.TicksPerSecond / _options.TimeStep.Ticks
            : throw new InputException(new InputProblem(_options.Name, 0, 0, "spec.arrivals", null, "expected a rate at which all jobs arrive within 3,000 years"));

        private static EmpiricalDistribution Choice(IReadOnlyList<DemandClassOptions> classes)
        {
            var parameters = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal)
            {
                ["values"] = [.. Enumerable.Range(0, classes.Count).Select(i => (double)i)],
                ["weights"] = [.. classes.Select(kind => kind.Weight)],
            };
            return (EmpiricalDistribution)(DistributionCatalog.Create("empirical", parameters, out _) ?? throw new InvalidOperationException("The weights were checked."));
        }
    }
}
