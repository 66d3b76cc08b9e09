using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

/// <summary>From cells to the rows of summary.csv and comparisons.csv.</summary>
public sealed class CellTablesTests
{
    [Fact]
    public void Summary_lists_strategies_in_plan_order_and_metrics_in_catalog_order()
    {
        IReadOnlyList<SummaryRow> rows = SummaryTable.Of(Cells.Study);
        Assert.Equal(["best-fit", "random", "fgd"], rows.Select(r => r.Strategy).Distinct());
        Assert.Equal(
            ["gpu_allocated_percent", "gpu_fragmented_percent", "pods_arrived_total", "wait_seconds_p99"], rows.Take(4).Select(r => r.Metric));
        Assert.Equal(12, rows.Count);
        Assert.Equal(4, rows[0].Sample.Count);
        Assert.Equal(3, rows[3].Sample.Count);
    }

    [Fact]
    public void Failed_and_void_cells_are_left_out_and_n_shows_it()
    {
        CellResult[] cells =
        [
            Cells.Of("a", 1, 10), Cells.Failed("a", 2, "boom"), Cells.Of("a", 3, 30),
            Cells.Failed("b", 1, "boom"), Cells.Failed("b", 2, "boom"), Cells.Failed("b", 3, "nothing arrived", CellStatus.Void),
        ];
        IReadOnlyList<SummaryRow> rows = SummaryTable.Of(cells);
        Assert.Equal((2, 20.0), (rows[0].Sample.Count, rows[0].Sample.Mean));
        Assert.Equal((0, null), (rows[1].Sample.Count, rows[1].Sample.Mean));
    }

    [Fact]
    public void Metrics_of_a_failed_cell_do_not_count()
    {
        CellResult half = Cells.Of("a", 2, 1000) with { Status = CellStatus.Failed, Failure = "an invariant broke" };
        Assert.Equal(10, SummaryTable.Of([Cells.Of("a", 1, 10), half])[0].Sample.Mean);
    }

    [Fact]
    public void Comparison_pairs_by_seed_whatever_the_order_of_the_cells()
    {
        CellResult[] cells =
        [
            Cells.Of("base", 1, 10), Cells.Of("base", 2, 20), Cells.Of("base", 3, 30),
            Cells.Of("other", 3, 33), Cells.Of("other", 1, 11), Cells.Of("other", 4, 99), Cells.Failed("other", 2, "boom"),
        ];
        ComparisonRow row = Assert.Single(ComparisonTable.Of(cells, "base"));
        Assert.Equal(("other", "base"), (row.Strategy, row.Baseline));
        Assert.Equal((2, 0, 2.0, 2.0, 0.5), (row.Figures.Pairs, row.Figures.ZeroPairs, row.Figures.MeanDifference, row.Figures.MedianDifference, row.Figures.SmallestP));
    }

    [Fact]
    public void P_is_adjusted_within_one_metric_and_combination()
    {
        // Six seeds, all differences positive: raw p = 2^(1−6) = 0.03125 everywhere.
        CellResult[] cells =
        [
            .. from workload in (string[])["one", "two"]
               from strategy in (string[])["base", "x", "y", "z"]
               from seed in Enumerable.Range(1, 6)
               select Cells.Of(strategy, (ulong)seed, strategy[0] + (seed * 0.5 * strategy.Length), workload),
        ];
        IReadOnlyList<ComparisonRow> rows = ComparisonTable.Of(cells, "base");
        Assert.Equal(6, rows.Count);
        Assert.All(rows, row => Assert.Equal((0.03125, 0.09375), (row.Figures.WilcoxonP, row.Figures.HolmP)));
    }

    [Fact]
    public void Comparison_without_pairs_keeps_counting_in_the_adjustment()
    {
        CellResult[] cells =
        [
            .. from seed in Enumerable.Range(1, 6) select Cells.Of("base", (ulong)seed, seed),
            .. from seed in Enumerable.Range(1, 6) select Cells.Of("x", (ulong)seed, seed * 2),
            .. from seed in Enumerable.Range(1, 6) select Cells.Failed("y", (ulong)seed, "boom"),
        ];
        IReadOnlyList<ComparisonRow> rows = ComparisonTable.Of(cells, "base");
        Assert.Equal(0.0625, rows[0].Figures.HolmP);
        Assert.Equal(new ComparisonFigures(0, 0, null, null, null, null, null, null, null, null), rows[1].Figures);
    }

    [Fact]
    public void Combination_without_the_baseline_has_rows_that_say_nothing()
    {
        ComparisonRow row = Assert.Single(ComparisonTable.Of([Cells.Of("x", 1)], "base"));
        Assert.Equal(0, row.Figures.Pairs);
        Assert.Empty(ComparisonTable.Of([Cells.Of("base", 1)], "base"));
    }

    [Fact]
    public void Values_enter_as_they_are_printed()
    {
        // The two differ beyond the ninth digit, which cells.csv does not show.
        CellResult[] cells = [Cells.Of("base", 1, 0.1234567891), Cells.Of("x", 1, 0.1234567892)];
        ComparisonFigures figures = ComparisonTable.Of(cells, "base")[0].Figures;
        Assert.Equal((1, 0.0), (figures.ZeroPairs, figures.MeanDifference));
        Assert.Equal(0.123456789, SummaryTable.Of(cells)[0].Sample.Mean);
    }

    [Fact]
    public void Two_sets_of_cells_are_set_side_by_side_seed_by_seed()
    {
        CellResult[] before = [Cells.Of("a", 1, 10), Cells.Of("a", 2, 20), Cells.Of("gone", 1)];
        CellResult[] after = [.. new[] { Cells.Of("new", 1), Cells.Of("a", 2, 23), Cells.Of("a", 1, 11) }.Select(c => c with { Key = c.Key with { Experiment = "later" } })];
        ComparisonRow row = Assert.Single(ComparisonTable.Between(before, after, "before"));
        Assert.Equal(("later", "a", "before"), (row.Combination.Experiment, row.Strategy, row.Baseline));
        Assert.Equal((2, 2.0), (row.Figures.Pairs, row.Figures.MeanDifference));
        Assert.NotNull(row.Figures.Confidence95);
    }
}
