using SchedBench.Results.Schema;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class CurveTableTests
{
    [Fact]
    public void Every_x_is_summarised_over_the_seeds()
    {
        IReadOnlyList<CurvePoint> points = CurveTable.Of(
        [
            With(Cells.Of("a", 1), (20, 19), (10, 10)), With(Cells.Of("a", 2), (10, 12)),
            With(Cells.Of("b", 1), (10, 7)), With(Cells.Failed("b", 2, "boom"), (10, 1000)),
        ]);
        Assert.Equal([("a", 10.0, 2, 11.0), ("a", 20, 1, 19), ("b", 10, 1, 7)], points.Select(p => (p.Strategy, p.X, p.Sample.Count, p.Sample.Mean!.Value)));
    }

    private static CellResult With(CellResult cell, params (double X, double Value)[] points) =>
        cell with { Series = [.. points.Select(p => new SeriesPoint("gpu_allocated_percent", "gpu_arrived_percent", p.X, p.Value))] };
}
