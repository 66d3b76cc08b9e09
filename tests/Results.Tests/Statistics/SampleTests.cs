using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class SampleTests
{
    [Fact]
    public void Summary_of_a_known_sample_is_the_textbook_one()
    {
        // Mean 5, Σ(x−5)² = 32, so sd = √(32/7); t(7; 0.975) = 2.36462425.
        var summary = SampleSummary.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal(8, summary.Count);
        Assert.Equal(5, summary.Mean);
        Assert.Equal(2.13808994, summary.StandardDeviation!.Value, 8);
        Assert.Equal(5 - 1.78748762, summary.Confidence95!.Value.Low, 6);
        Assert.Equal(1.78748762, summary.Confidence95!.Value.HalfWidth, 6);
        Assert.Equal(2, summary.Minimum);
        Assert.Equal(4, summary.P50);
        Assert.Equal(9, summary.Maximum);
    }

    [Fact]
    public void Empty_sample_has_no_figures() => Assert.Equal(new SampleSummary(0, null, null, null, null, null, null), SampleSummary.Of([]));

    [Fact]
    public void One_value_has_a_mean_but_no_spread()
    {
        var summary = SampleSummary.Of([3.5]);
        Assert.Equal((3.5, 3.5, 3.5, 3.5), (summary.Mean, summary.Minimum, summary.P50, summary.Maximum));
        Assert.Null(summary.StandardDeviation);
        Assert.Null(summary.Confidence95);
    }

    [Theory]
    [InlineData(1, 12.7062047362)]
    [InlineData(2, 4.30265272991)]
    [InlineData(4, 2.77644510520)]
    [InlineData(9, 2.26215716274)]
    [InlineData(29, 2.04522964213)]
    [InlineData(100, 1.98397151852)]
    public void Quantile_of_t_agrees_with_the_tables(int degreesOfFreedom, double expected) =>
        Assert.Equal(expected, StudentT.Quantile975(degreesOfFreedom), 9);

    [Theory]
    [InlineData(0.05, 15)]
    [InlineData(0.3, 20)]
    [InlineData(0.4, 20)]
    [InlineData(0.5, 35)]
    [InlineData(1, 50)]
    public void Nearest_rank_takes_a_value_of_the_sample(double share, double expected) =>
        Assert.Equal(expected, Sample.NearestRank([40, 15, 50, 20, 35], share));

    [Fact]
    public void Equal_values_have_their_own_value_as_mean_and_no_spread()
    {
        double[] tenth = [.. Enumerable.Repeat(0.1, 1000)];
        Assert.Equal(0.1, Sample.Mean(tenth));
        Assert.Equal(0, Sample.StandardDeviation(tenth));
    }

    [Fact]
    public void Mean_below_the_rounding_error_of_its_summands_is_zero() => Assert.Equal(0, Sample.Mean([0.1, 0.2, -0.3]));

    [Fact]
    public void Small_summands_survive_beside_a_large_one() => Assert.Equal(1e16 / 3 + 4, Sample.Mean([1e16, 6, 6])!.Value, 0.5);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Values_that_are_not_finite_are_refused(double value) => Assert.Throws<ArgumentException>(() => SampleSummary.Of([1, value]));

    [Fact]
    public void Shifting_a_sample_shifts_location_and_keeps_spread() => Prop.ForAll(Generators.Sample, sample =>
    {
        var plain = SampleSummary.Of(sample);
        var shifted = SampleSummary.Of(Array.ConvertAll(sample, x => x + 64));
        return Close(plain.Mean + 64, shifted.Mean) && Close(plain.StandardDeviation, shifted.StandardDeviation) && Close(plain.P50 + 64, shifted.P50);
    }).Check(Generators.Pinned);

    [Fact]
    public void Order_of_the_values_does_not_matter() => Prop.ForAll(Generators.Sample, sample =>
    {
        var forward = SampleSummary.Of(sample);
        var backward = SampleSummary.Of([.. sample.Reverse()]);
        return Close(forward.Mean, backward.Mean) && Close(forward.StandardDeviation, backward.StandardDeviation)
            && forward.P50 == backward.P50 && forward.Minimum == backward.Minimum && forward.Maximum == backward.Maximum;
    }).Check(Generators.Pinned);

    [Fact]
    public void Median_of_an_even_sample_lies_between_the_middle_values()
    {
        Assert.Equal(2.5, Sample.Median([4, 1, 3, 2]));
        Assert.Equal(3, Sample.Median([9, 3, 1]));
        Assert.Null(Sample.Median([]));
    }

    private static bool Close(double? a, double? b) => a is null ? b is null : Math.Abs(a.Value - b!.Value) < 1e-9;
}
