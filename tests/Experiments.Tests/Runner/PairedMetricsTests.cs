using SchedBench.Experiments.Plan;
using SchedBench.Experiments.Runner;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Tests.Runner;

public sealed class PairedMetricsTests
{
    private const string Failures = "request_failures_per_million";
    private const string Slow = "slow_requests_per_million";
    private const string FailuresAbove = "request_failures_above_pair_per_million";
    private const string SlowAbove = "slow_requests_above_pair_per_million";

    [Fact]
    public void A_cell_gets_what_it_has_above_its_pair_and_the_pair_nothing()
    {
        IReadOnlyList<CellResult> results = PairedMetrics.Add([Planned(0, 1), Planned(1, null)], [Result(120, 7), Result(20, 10)]);
        Assert.Equal((100.0, -3.0), (Of(results[0], FailuresAbove), Of(results[0], SlowAbove)));
        Assert.DoesNotContain(results[1].Metrics, metric => metric.Metric == FailuresAbove);
        Assert.Equal(results[0].Metrics.OrderBy(metric => MetricCatalog.PositionOf(metric.Metric)), results[0].Metrics);
    }

    [Fact]
    public void Nothing_is_known_above_a_pair_that_failed()
    {
        CellResult failed = CellRunner.Failed(Planned(1, null).Key, "oops");
        CellResult result = PairedMetrics.Add([Planned(0, 1), Planned(1, null)], [Result(120, 7), failed])[0];
        Assert.Null(result.Metrics.Single(metric => metric.Metric == FailuresAbove).Value);
    }

    [Fact]
    public void A_cell_that_failed_stays_as_it_is()
    {
        CellResult failed = CellRunner.Failed(Planned(0, 1).Key, "oops");
        Assert.Same(failed, PairedMetrics.Add([Planned(0, 1), Planned(1, null)], [failed, Result(1, 1)])[0]);
    }

    [Fact]
    public void Without_requests_there_is_no_difference()
    {
        CellResult quiet = Result(1, 1) with { Metrics = [] };
        Assert.Null(PairedMetrics.Add([Planned(0, 1), Planned(1, null)], [quiet, quiet])[0].Metrics.Single(metric => metric.Metric == SlowAbove).Value);
    }

    [Fact]
    public void A_single_cell_gets_the_same_from_the_result_of_its_pair()
    {
        PlannedCell[] plan = [Planned(0, 1), Planned(1, null)];
        CellResult[] results = [Result(120, 7), Result(20, 10)];
        Assert.Equal(PairedMetrics.Add(plan, results)[0].Metrics, PairedMetrics.Add(plan[0], results[0], results[1]).Metrics);
        Assert.Same(results[1], PairedMetrics.Add(plan[1], results[1], null));
    }

    private static double? Of(CellResult result, string metric) => result.Metrics.Single(value => value.Metric == metric).Value;

    private static PlannedCell Planned(int index, int? pair) => new(index, new CellKey("e", "f", $"w{index}", "none", "s", 1), null!, null!, null!, RecordsTimeline: false, pair);

    private static CellResult Result(double failures, double slow) => new() { Key = new CellKey("e", "f", "w", "none", "s", 1), Metrics = [new(Failures, failures), new(Slow, slow)] };
}
