using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class Mser5Tests
{
    [Fact]
    public void Warm_up_is_cut_where_the_level_begins()
    {
        double[] series = [.. Enumerable.Repeat(0.0, 20), .. Enumerable.Range(0, 100).Select(i => 50 + (i % 2))];
        Mser5 cut = Mser5.Of(series)!;
        Assert.Equal(20, cut.CutObservations);
        Assert.Equal(50.5, cut.Mean, 0.11);
        Assert.False(cut.IsTooShort);
    }

    [Fact]
    public void Steady_series_is_not_cut()
    {
        Mser5 cut = Mser5.Of([.. Enumerable.Repeat(3.0, 60)])!;
        Assert.Equal((0, 3.0, false), (cut.CutObservations, cut.Mean, cut.IsTooShort));
    }

    [Fact]
    public void Series_that_keeps_rising_is_too_short()
    {
        Mser5 cut = Mser5.Of([.. Enumerable.Range(0, 200).Select(i => (double)i)])!;
        Assert.Equal(100, cut.CutObservations);
        Assert.True(cut.IsTooShort);
    }

    [Fact]
    public void Fewer_than_two_batches_have_no_answer() => Assert.Null(Mser5.Of([1, 2, 3, 4, 5, 6, 7, 8, 9]));

    [Fact]
    public void Cut_equals_the_definition_evaluated_plainly()
    {
        double[] series = [.. Enumerable.Range(0, 237).Select(i => (40 * Math.Pow(0.9, i)) + ((i * 7919 % 101) / 50.0))];
        double[] batches = [.. series.Chunk(5).Where(b => b.Length == 5).Select(b => b.Average())];
        int best = Enumerable.Range(0, (batches.Length / 2) + 1).MinBy(d =>
        {
            double[] tail = batches[d..];
            return tail.Sum(x => Math.Pow(x - tail.Average(), 2)) / Math.Pow(tail.Length, 2);
        });
        Mser5 cut = Mser5.Of(series)!;
        Assert.Equal(best * 5, cut.CutObservations);
        Assert.True(best > 0);
        Assert.Equal(batches[best..].Average(), cut.Mean, 12);
    }
}
