using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Statistics;
using Interval = SchedBench.Results.Statistics.Interval;

namespace SchedBench.Results.Tests.Statistics;

public sealed class BcaBootstrapTests
{
    /// <summary>The spatial test data (A) of Efron and Tibshirani (1993), table 14.1: BCa interval of the variance (divisor n) at 90 %: (115.8, 259.6). At 95 % it is wider on both sides.</summary>
    private static readonly double[] SpatialA =
        [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

    [Fact]
    public void Interval_of_the_spatial_variance_contains_the_published_90_percent_one()
    {
        Interval interval = BcaBootstrap.Confidence95(SpatialA, Variance, replicates: 20_000)!.Value;
        Assert.InRange(interval.Low, 95, 115.8);
        Assert.InRange(interval.High, 259.6, 310);
    }

    [Fact]
    public void Interval_of_a_mean_is_close_to_the_t_interval_when_the_sample_is_symmetric()
    {
        double[] sample = [.. Enumerable.Range(-20, 41).Select(i => i / 4.0)];
        Interval bootstrap = BcaBootstrap.Mean95(sample)!.Value, t = StudentT.Confidence95(sample)!.Value;
        Assert.Equal(t.Low, bootstrap.Low, 0.15);
        Assert.Equal(t.High, bootstrap.High, 0.15);
    }

    [Fact]
    public void Same_seed_gives_the_same_interval_and_another_seed_another()
    {
        Assert.Equal(BcaBootstrap.Confidence95(SpatialA, Variance, seed: 42), BcaBootstrap.Confidence95(SpatialA, Variance, seed: 42));
        Assert.NotEqual(BcaBootstrap.Confidence95(SpatialA, Variance, seed: 42), BcaBootstrap.Confidence95(SpatialA, Variance, seed: 43));
    }

    [Theory]
    [InlineData(0.025)]
    [InlineData(0.975)]
    public void The_last_bits_of_a_quantile_decide_nothing(double share)
    {
        // 2,000 replicates × 0.025 is a whole number: without bias, one bit more would be the next replicate.
        foreach (double bit in (double[])[-4e-16, 0, 4e-16]) Assert.Equal(share, BcaBootstrap.Level(bit, bit, share));
    }

    [Fact]
    public void Equal_values_have_an_interval_of_no_width() => Assert.Equal(new Interval(7, 7), BcaBootstrap.Median95([7, 7, 7, 7]));

    [Fact]
    public void One_value_has_no_interval() => Assert.Null(BcaBootstrap.Median95([7]));

    [Fact]
    public void Interval_lies_within_the_sample_whatever_its_order() => Prop.ForAll(Generators.Sample, sample =>
    {
        if (BcaBootstrap.Median95(sample) is not { } interval) return sample.Length < 2;
        return interval.Low <= interval.High && interval.Low >= sample.Min() && interval.High <= sample.Max()
            && interval == BcaBootstrap.Median95([.. sample.Reverse()]);
    }).Check(Generators.Pinned.WithMaxTest(40));

    private static double Variance(ReadOnlySpan<double> values)
    {
        double mean = Sample.Mean(values)!.Value, squares = 0;
        foreach (double value in values) squares += (value - mean) * (value - mean);
        return squares / values.Length;
    }
}
