using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class PairedDifferencesTests
{
    /// <summary>Student's sleep data (Biometrika, 1908): mean difference −1.58, t interval (−2.4598858, −0.7001142).</summary>
    [Fact]
    public void Students_sleep_data_give_the_published_interval()
    {
        var paired = PairedDifferences.Of(
            [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
            [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
        Assert.Equal(10, paired.Count);
        Assert.Equal(1, paired.Zeros);
        Assert.Equal(-1.58, paired.Mean!.Value, 12);
        Assert.Equal(-2.4598858, paired.Confidence95!.Value.Low, 7);
        Assert.Equal(-0.7001142, paired.Confidence95!.Value.High, 7);
        Assert.Equal(-1.3, paired.Median);

        // All nine non-zero differences are negative: p = 2^(1−9).
        Assert.Equal(0.00390625, paired.Wilcoxon!.PValue);
    }

    [Fact]
    public void Equal_decimal_differences_tie()
    {
        double[] later = [0.3, 95.3], earlier = [0.2, 95.2];
        Assert.NotEqual(later[0] - earlier[0], later[1] - earlier[1]);
        Assert.Equal(0.1, PairedDifferences.Subtract(later[0], earlier[0]));
        Assert.Equal(0.1, PairedDifferences.Subtract(later[1], earlier[1]));
    }

    [Fact]
    public void Numbers_beyond_a_decimal_are_subtracted_in_binary()
    {
        Assert.Equal(1e300, PairedDifferences.Subtract(2e300, 1e300));
        Assert.Equal(1e-30, PairedDifferences.Subtract(2e-30, 1e-30));
    }

    [Fact]
    public void No_pair_gives_no_figures()
    {
        var paired = PairedDifferences.Of([], []);
        Assert.Equal(0, paired.Count);
        Assert.Null(paired.Mean);
        Assert.Null(paired.Wilcoxon);
        Assert.Null(paired.A12);
    }

    [Fact]
    public void Unequal_lengths_are_refused() => Assert.Throws<ArgumentException>(() => PairedDifferences.Of([1, 2], [1]));

    [Fact]
    public void Swapping_the_samples_turns_every_sign() => Prop.ForAll(Generators.Pairs, pairs =>
    {
        var forward = PairedDifferences.Of(pairs.A, pairs.B);
        var backward = PairedDifferences.Of(pairs.B, pairs.A);
        return forward.Mean == -backward.Mean && forward.Median == -backward.Median
            && forward.Confidence95?.Low == -backward.Confidence95?.High
            && forward.Wilcoxon!.PValue == backward.Wilcoxon!.PValue
            && forward.Zeros == backward.Zeros;
    }).Check(Generators.Pinned);

    [Fact]
    public void Mean_difference_is_the_difference_of_the_means() => Prop.ForAll(Generators.Pairs, pairs =>
        Math.Abs(PairedDifferences.Of(pairs.A, pairs.B).Mean!.Value - (pairs.A.Average() - pairs.B.Average())) < 1e-9).Check(Generators.Pinned);
}
