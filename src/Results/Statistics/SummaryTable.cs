using SchedBench.Results.Schema;

namespace SchedBench.Results.Statistics;

/// <summary>The rows of <c>summary.csv</c>: mean, spread and interval of every metric over the seeds.</summary>
public static class SummaryTable
{
    /// <summary>One row for every strategy of every combination and every metric that occurs in any cell. Combinations and strategies stand in the order of their first cell, metrics in catalog order.
    /// Failed and void cells take no part, so n is below the number of seeds where some failed, and 0 where all did.</summary>
    /// <param name="cells">The cells in plan order.</param>
    /// <exception cref="ArgumentException">A metric is not in the catalog.</exception>
    public static IReadOnlyList<SummaryRow> Of(IReadOnlyList<CellResult> cells)
    {
        var samples = new CellSamples(cells);
        var rows = new List<SummaryRow>();
        foreach (CellSamples.CombinationSamples combination in samples.Combinations)
        {
            foreach (CellSamples.StrategySamples strategy in combination.Strategies)
            {
                foreach (string metric in samples.Metrics)
                {
                    rows.Add(new SummaryRow(combination.Combination, strategy.Strategy, metric, SampleSummary.Of(strategy.Values(metric))));
                }
            }
        }

        return rows;
    }
}
