using SchedBench.Core.Input;
using SchedBench.Core.Nodes;
using SchedBench.Experiments.Fidelity;
using SchedBench.Experiments.Files;
using SchedBench.Results.Schema;

namespace SchedBench.Experiments.Tests.Fidelity;

/// <summary>How far a simulation is off, and whether it ranks strategies as real machines do.</summary>
public sealed class FidelityTableTests
{
    private const string Metric = "rollout_duration_seconds";

    [Fact]
    public void The_error_is_that_of_the_medians_over_seeds_that_have_both()
    {
        CellResult[] real = [.. Cells("a", 2, 2.2, 2.4), Cell("a", 4, null), Cell("b", 1, 5)], simulated = [.. Cells("a", 1.9, 2.09, 2.3), Cell("a", 4, 7)];
        FidelityRow row = Assert.Single(FidelityTable.Rows(real, simulated, [Metric]));
        Assert.Equal((3, 2.2, 2.09), (row.Count, row.Real, row.Simulated));
        Assert.Equal(-5, row.ErrorPercent!.Value, 9);
        Assert.True(row.ErrorInterval!.Value.Low < -5 && row.ErrorInterval.Value.High > -5);
    }

    [Fact]
    public void A_real_median_of_nothing_has_an_error_only_when_the_simulated_one_is_something()
    {
        Assert.Equal(0, Assert.Single(FidelityTable.Rows(Cells("a", 0, 0), Cells("a", 0, 0), [Metric])).ErrorPercent);
        Assert.Null(Assert.Single(FidelityTable.Rows(Cells("a", 0, 0), Cells("a", 1, 1), [Metric])).ErrorPercent);
    }

    [Theory]
    [InlineData(1, 2, 10, 20, true, "a < b")]
    [InlineData(1, 2, 20, 10, false, "b < a")]
    // The intervals of the simulation overlap: their order says nothing.
    [InlineData(1, 2, 10.5, 10, true, "b = a")]
    public void Strategies_are_ranked_against_each_other_only_where_intervals_are_apart(double realA, double realB, double simulatedA, double simulatedB, bool agrees, string order)
    {
        CellResult[] Both(double a, double b, double spread) => [.. Cells("a", a - spread, a, a + spread), .. Cells("b", b - spread, b, b + spread)];
        FidelityRanking ranking = Assert.Single(FidelityTable.Rankings(FidelityTable.Rows(Both(realA, realB, 0.1), Both(simulatedA, simulatedB, 1), [Metric])));
        Assert.Equal((agrees, "a < b", order), (ranking.Agrees, ranking.Real, ranking.Simulated));
    }

    [Fact]
    public void A_calibration_is_written_as_quantiles_and_read_back()
    {
        using var files = new TestExperiments();
        files.Write("c.yaml", CalibrationFile.Write("somewhere", [.. Enumerable.Range(1, 1000).Select(n => (n % 5, (n / 1000.0) + (n % 5 * 0.2)))], [-0.001, 0.5], []));
        RuntimeDelays delays = CalibrationFile.Read(Path.Combine(files.Folder, "c.yaml"));
        Assert.Equal(0.2, delays.StartForEachOther, 2);
        Assert.Equal(0.5, delays.Start.Mean, 1);
        Assert.Equal(0.25, delays.Stop.Mean, 9);
        Assert.Equal(0, delays.Kill.Mean);
    }

    [Theory]
    [InlineData("kind: FleetCalibration\nstart: [1]\nstop: [1]\nkill: [1]\n", "expected this key")]
    [InlineData("apiVersion: schedbench/v1\nkind: FleetCalibration\nstart: [-1]\nstop: [1]\nkill: [1]\n", "start[0]: '-1'")]
    [InlineData("apiVersion: schedbench/v1\nkind: FleetCalibration\nstart: []\nstop: [1]\nkill: [1]\n", "start")]
    [InlineData("apiVersion: schedbench/v1\nkind: FleetCalibration\nstart: [1]\nstop: [1]\nkill: [1]\nkil: [1]\n", "kill")]
    public void A_bad_calibration_is_named_by_its_place(string text, string expected)
    {
        using var files = new TestExperiments();
        files.Write("c.yaml", text);
        InputException error = Assert.Throws<InputException>(() => CalibrationFile.Read(Path.Combine(files.Folder, "c.yaml")));
        Assert.Contains(error.Problems, problem => $"{problem}".Contains(expected, StringComparison.Ordinal));
    }

    private static CellResult[] Cells(string strategy, params double[] values) => [.. values.Select((value, n) => Cell(strategy, (ulong)n + 1, value))];

    private static CellResult Cell(string strategy, ulong seed, double? value) => new() { Key = new CellKey("e", "f", "w", "none", strategy, seed), Metrics = [new MetricValue(Metric, value)] };
}
