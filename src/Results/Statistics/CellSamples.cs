using SchedBench.Results.Schema;

namespace SchedBench.Results.Statistics;

/// <summary>Cells arranged for statistics: combination → strategy → seed, each in the order of first appearance.</summary>
/// <remarks>
/// Only cells that ended well take part. Values are taken as <c>cells.csv</c> prints them (<see cref="ResultNumber.Round"/>), so everything derived here can be recomputed from that file.
/// </remarks>
internal sealed class CellSamples
{
    private readonly List<CombinationSamples> _combinations = [];

    public CellSamples(IReadOnlyList<CellResult> cells)
    {
        Metrics = MetricColumns.Of(cells);
        var byCombination = new Dictionary<Combination, CombinationSamples>();
        foreach (CellResult cell in cells)
        {
            var combination = Combination.Of(cell.Key);
            if (!byCombination.TryGetValue(combination, out CombinationSamples? samples))
            {
                byCombination.Add(combination, samples = new CombinationSamples(combination));
                _combinations.Add(samples);
            }

            samples.Add(cell);
        }
    }

    /// <summary>Metrics that occur in any cell, in catalog order.</summary>
    public IReadOnlyList<string> Metrics { get; }

    public IReadOnlyList<CombinationSamples> Combinations => _combinations;

    /// <summary>The strategies of one combination.</summary>
    internal sealed class CombinationSamples(Combination combination)
    {
        private readonly List<StrategySamples> _strategies = [];

        public Combination Combination => combination;

        public IReadOnlyList<StrategySamples> Strategies => _strategies;

        public StrategySamples? Find(string strategy) => _strategies.Find(s => s.Strategy == strategy);

        public void Add(CellResult cell)
        {
            if (Find(cell.Key.Strategy) is not { } samples) _strategies.Add(samples = new StrategySamples(cell.Key.Strategy));
            samples.Add(cell);
        }
    }

    /// <summary>The values of one strategy within a combination.</summary>
    internal sealed class StrategySamples(string strategy)
    {
        private readonly List<(ulong Seed, Dictionary<string, double> Values)> _seeds = [];

        public string Strategy => strategy;

        public void Add(CellResult cell)
        {
            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            if (cell.Status == CellStatus.Ok)
            {
                foreach (MetricValue metric in cell.Metrics)
                {
                    if (metric.Value is { } value) values.Add(metric.Metric, ResultNumber.Round(value));
                }
            }

            _seeds.Add((cell.Key.Seed, values));
        }

        /// <summary>The values of a metric in the order of the seeds, without the seeds that have none.</summary>
        public double[] Values(string metric) => [.. _seeds.Where(s => s.Values.ContainsKey(metric)).Select(s => s.Values[metric])];

        /// <summary>The values of both strategies under every seed that has both, in the order of this strategy's seeds.</summary>
        public (double[] Mine, double[] Theirs) Pairs(StrategySamples other, string metric)
        {
            List<double> mine = [], theirs = [];
            var theirValues = other._seeds.ToDictionary(s => s.Seed, s => s.Values);
            foreach ((ulong seed, Dictionary<string, double> values) in _seeds)
            {
                if (!values.TryGetValue(metric, out double a) || !theirValues.TryGetValue(seed, out Dictionary<string, double>? there)) continue;
                if (!there.TryGetValue(metric, out double b)) continue;
                mine.Add(a);
                theirs.Add(b);
            }

            return ([.. mine], [.. theirs]);
        }
    }
}
