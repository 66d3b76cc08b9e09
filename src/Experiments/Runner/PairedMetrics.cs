using SchedBench.Experiments.Plan;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Runner;

/// <summary>Metrics that are differences to the paired run without the update (REFERENCE §1.6 failed.req, slow.req): known when both cells are.</summary>
public static class PairedMetrics
{
    private static readonly (string Metric, string Above)[] Differences =
    [
        ("request_failures_per_million", "request_failures_above_pair_per_million"),
        ("slow_requests_per_million", "slow_requests_above_pair_per_million"),
    ];

    /// <summary>The results, those of cells with a pair with their differences. A pair that failed leaves them empty.</summary>
    /// <param name="plan">The cells.</param>
    /// <param name="results">Their results, in the same order.</param>
    public static IReadOnlyList<CellResult> Add(IReadOnlyList<PlannedCell> plan, IReadOnlyList<CellResult> results)
    {
        if (plan.All(cell => cell.Pair is null)) return results;
        return [.. results.Select((result, i) => plan[i].Pair is { } pair && result.Status == CellStatus.Ok ? With(result, results[pair]) : result)];
    }

    /// <summary>The result of one cell that ran again, with its differences to the recorded result of its pair.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="result">Its result.</param>
    /// <param name="pair">The result of its pair; null when it has none.</param>
    public static CellResult Add(PlannedCell cell, CellResult result, CellResult? pair) =>
        cell.Pair is not null && pair is not null && result.Status == CellStatus.Ok ? With(result, pair) : result;

    private static CellResult With(CellResult result, CellResult pair) => result with
    {
        Metrics =
        [
            .. result.Metrics.Concat(Differences.Select(difference => new MetricValue(difference.Above, Minus(result, pair, difference.Metric))))
                .OrderBy(metric => MetricCatalog.PositionOf(metric.Metric)),
        ],
    };

    private static double? Minus(CellResult result, CellResult pair, string metric) => Of(result, metric) - Of(pair, metric);

    private static double? Of(CellResult result, string metric) => result.Status != CellStatus.Ok ? null : result.Metrics.FirstOrDefault(value => value.Metric == metric).Value;
}
