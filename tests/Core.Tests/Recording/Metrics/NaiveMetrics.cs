using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Recording.Metrics;

/// <summary>The metrics computed once more from the recorded facts, the slow way: by intervals of pods and by instants, in decimals.</summary>
internal sealed class NaiveMetrics
{
    private readonly World _world;
    private readonly double _end;

    public NaiveMetrics(World world, IReadOnlyList<Fact> facts, double end)
    {
        _world = world;
        _end = end;
        foreach (Fact fact in facts.Where(fact => fact.Uid >= 0))
        {
            Life life = Lives.TryGetValue(fact.Uid, out Life? known) ? known : Lives[fact.Uid] = new Life(world.Pods[fact.Uid].Spec, world.Pods[fact.Uid].Duration?.TotalSeconds);
            double at = fact.At.TotalSeconds;
            switch (fact.Kind)
            {
                case FactKind.PodArrived: life.Arrived = at; break;
                case FactKind.PodBound: life.Bound = at; break;
                case FactKind.PodAdmitted: (life.Held, life.Node) = (at, fact.Node.Value); break;
                case FactKind.PodStarted: life.Started = at; break;
                case FactKind.PodSucceeded or FactKind.PodFailed: life.Ended = at; break;
            }
        }
    }

    public SortedDictionary<int, Life> Lives { get; } = [];

    public sealed class Life(PodSpec spec, double? service)
    {
        public PodSpec Spec { get; } = spec;

        public double? Service { get; } = service;

        public int Node { get; set; } = -1;

        public double Arrived { get; set; }

        public double? Bound { get; set; }

        public double? Held { get; set; }

        public double? Started { get; set; }

        public double? Ended { get; set; }

        public bool HoldsAt(double t) => Held <= t && !(Ended <= t);

        public bool IsPendingAt(double t) => Arrived <= t && !(Bound <= t);
    }

    /// <summary>Instants at which anything changes within [0, window], both ends included.</summary>
    public double[] Instants(double window) =>
    [
        .. Lives.Values.SelectMany(life => new[] { life.Arrived, life.Bound, life.Held, life.Ended }).OfType<double>().Where(t => t < window).Append(0).Append(window).Distinct().Order(),
    ];

    /// <summary>∫ f dt over [from, to], f constant between instants.</summary>
    public double Integral(Func<double, double> f, double from, double to)
    {
        double[] cuts = [.. Instants(to).Where(t => t > from).Prepend(from)];
        return cuts.Zip(cuts.Skip(1), (a, b) => f(a) * (b - a)).Sum();
    }

    public double Held(Func<PodSpec, double> amount, double t) => Lives.Values.Where(life => life.HoldsAt(t)).Sum(life => amount(life.Spec));

    public double Pending(double t) => Lives.Values.Count(life => life.IsPendingAt(t));

    public double ActiveNodes(double t) => Lives.Values.Where(life => life.HoldsAt(t)).Select(life => life.Node).Distinct().Count();

    /// <summary>σ/μ over the nodes that offer the resource; null when nothing is held.</summary>
    public double? Spread(Func<PodSpec, double> amount, Func<NodeSpec, double> offers, double t)
    {
        double[] shares =
        [
            .. _world.Nodes.Select((node, n) => (node, n)).Where(x => offers(x.node) > 0)
                .Select(x => Lives.Values.Where(life => life.Node == x.n && life.HoldsAt(t)).Sum(life => amount(life.Spec)) / offers(x.node)),
        ];
        if (shares.Length == 0 || shares.Sum() == 0) return null;
        double mean = shares.Average();
        return Math.Sqrt(shares.Average(share => (share - mean) * (share - mean))) / mean;
    }

    public double[] Waits => [.. Lives.Values.Select(life => (life.Started ?? _end) - life.Arrived).Order()];

    /// <summary>Turnaround and service time of pods that ended, and of those whose end is known by their service time.</summary>
    public (double Turnaround, double Service)[] Completions =>
    [
        .. Lives.Values.Where(life => life.Ended is not null || life.Service is not null).Select(life => life.Ended is { } ended
            ? (ended - life.Arrived, ended - life.Started!.Value)
            : ((life.Started ?? _end) - life.Arrived + life.Service!.Value, life.Service!.Value)),
    ];

    /// <summary>x(⌈P·n⌉) of the sorted sample.</summary>
    public static double Percentile(IEnumerable<double> values, int percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Max(0, (int)Math.Ceiling(percent * (decimal)sorted.Length / 100) - 1)];
    }
}
