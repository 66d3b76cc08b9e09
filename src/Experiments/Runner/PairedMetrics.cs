using SchedBench.Experiments.Plan;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Runner;

/// <summary>Metrics that are differences to a paired run: to the one without the update (REFERENCE §1.6 failed.req, slow.req), and to the one without faults (§1.5 secondary). Known when both cells are.</summary>
public static class PairedMetrics
{
    private static readonly (string Metric, string Above)[] Differences =
    [
        ("request_failures_per_million", "request_failures_above_pair_per_million"),
        ("slow_requests_per_million", "slow_requests_above_pair_per_million"),
    ];

    private static readonly (string Metric, string Above)[] Secondary =
    [
        ("pods_placed_total", "pods_placed_above_calm_total"),
        ("container_restarts_total", "container_restarts_above_calm_total"),
        ("preemptions_total", "preemptions_above_calm_total"),
        ("request_failures_per_million", "request_failures_above_calm_per_million"),
    ];

    /// <summary>The results, those of cells with a pair with their differences. A pair that failed leaves them empty.</summary>
    /// <param name="plan">The cells.</param>
    /// <param name="results">Their results, in the same order.</param>
    public static IReadOnlyList<CellResult> Add(IReadOnlyList<PlannedCell> plan, IReadOnlyList<CellResult> results)
    {
        if (plan.All(cell => cell.Pair is null && cell.Calm is null)) return results;
        return [.. results.Select((result, i) => Add(plan[i], result, plan[i].Pair is { } pair ? results[pair] : null, plan[i].Calm is { } calm ? results[calm] : null))];
    }

    /// <summary>The result of one cell that ran again, with its differences to the recorded result of its pair.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="result">Its result.</param>
    /// <param name="pair">The result of its pair; null when it has none.</param>
    /// <param name="calm">The result of the same cell without faults; null when there is none.</param>
    public static CellResult Add(PlannedCell cell, CellResult result, CellResult? pair, CellResult? calm = null)
    {
        if (result.Status != CellStatus.Ok) return result;
        if (cell.Pair is not null && pair is not null) result = With(result, pair, Differences);
        // What the cell itself does not know is left out: a workload without requests has no failures.
        if (cell.Calm is not null && calm is not null) result = With(result, calm, [.. Secondary.Where(difference => result.Metrics.Any(metric => metric.Metric == difference.Metric))]);
        return result;
    }

    private static CellResult With(CellResult result, CellResult pair, (string Metric, string Above)[] differences) => result with
    {
        Metrics =
        [
            .. result.Metrics.Concat(differences.Select(difference => new MetricValue(difference.Above, Minus(result, pair, difference.Metric))))
                .OrderBy(metric => MetricCatalog.PositionOf(metric.Metric)),
        ],
    };

    private static double? Minus(CellResult result, CellResult pair, string metric) => Of(result, metric) - Of(pair, metric);

    private static double? Of(CellResult result, string metric) => result.Status != CellStatus.Ok ? null : result.Metrics.FirstOrDefault(value => value.Metric == metric).Value;
}
