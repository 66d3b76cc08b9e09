using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class WilcoxonSignedRankTests
{
    /// <summary>Darwin's cross- and self-fertilised maize, differences in eighths of an inch (Fisher, The Design of Experiments, 1935): W⁻ = 24, exact two-sided p = 0.0413.</summary>
    [Fact]
    public void Darwins_maize_gives_the_published_p()
    {
        var test = WilcoxonSignedRank.Of([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]);
        Assert.Equal(24, test.NegativeRankSum);
        Assert.Equal(96, test.PositiveRankSum);
        Assert.Equal(0.041259765625, test.PValue, 12);
        Assert.True(test.IsExact);
    }

    /// <summary>Depression scores of Hollander and Wolfe (1973), as in the documentation of R's wilcox.test: V = 40, one-sided p = 0.01953.</summary>
    [Fact]
    public void Hollander_and_Wolfe_depression_scores_give_the_published_p()
    {
        double[] first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        double[] second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        var test = PairedDifferences.Of(first, second).Wilcoxon!;
        Assert.Equal(40, test.PositiveRankSum);
        Assert.Equal(0.0390625, test.PValue, 15);
    }

    /// <summary>Critical values of the two-sided test at 0.05 (Wilcoxon and Wilcox 1964, as printed in most textbooks): the largest W that is significant.</summary>
    [Theory]
    [InlineData(6, 0)]
    [InlineData(7, 2)]
    [InlineData(8, 3)]
    [InlineData(9, 5)]
    [InlineData(10, 8)]
    [InlineData(12, 13)]
    [InlineData(15, 25)]
    [InlineData(20, 52)]
    [InlineData(25, 89)]
    [InlineData(30, 137)]
    [InlineData(50, 434)]
    public void Critical_values_agree_with_the_published_table(int n, int critical)
    {
        Assert.True(WilcoxonSignedRank.Of(WithNegativeRankSum(n, critical)).PValue <= 0.05);
        Assert.True(WilcoxonSignedRank.Of(WithNegativeRankSum(n, critical + 1)).PValue > 0.05);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 0.0625)]
    [InlineData(10, 0.001953125)]
    [InlineData(200, 1.244603055572228e-60)]
    public void All_positive_differences_reach_the_smallest_attainable_p(int n, double expected)
    {
        double[] differences = [.. Enumerable.Range(1, n).Select(i => (double)i)];
        Assert.Equal(expected, WilcoxonSignedRank.Of(differences).PValue, expected * 1e-12);
        Assert.Equal(expected, WilcoxonSignedRank.SmallestAttainableP(n), expected * 1e-12);
    }

    [Fact]
    public void Zeros_are_dropped_and_counted()
    {
        var with = WilcoxonSignedRank.Of([0, 3, -1, 0, 4, 2, 7]);
        var without = WilcoxonSignedRank.Of([3, -1, 4, 2, 7]);
        Assert.Equal(2, with.Zeros);
        Assert.Equal(7, with.Pairs);
        Assert.Equal(without.PValue, with.PValue);
        Assert.Equal(0.125, with.PValue);
    }

    [Fact]
    public void Sample_of_zeros_says_nothing()
    {
        Assert.Equal(1, WilcoxonSignedRank.Of([0, 0, 0]).PValue);
        Assert.Equal(1, WilcoxonSignedRank.Of([]).PValue);
    }

    [Fact]
    public void P_equals_the_share_of_all_sign_patterns_at_least_as_far_from_the_centre() => Prop.ForAll(
        Generators.Sample, sample => Math.Abs(WilcoxonSignedRank.Of(sample).PValue - ByEnumeration(sample)) < 1e-12).Check(Generators.Pinned);

    [Fact]
    public void P_is_symmetric_and_does_not_depend_on_the_order() => Prop.ForAll(Generators.Sample, sample =>
    {
        double p = WilcoxonSignedRank.Of(sample).PValue;
        return p == WilcoxonSignedRank.Of(Array.ConvertAll(sample, d => -d)).PValue
            && p == WilcoxonSignedRank.Of([.. sample.Reverse()]).PValue
            && p == WilcoxonSignedRank.Of(Array.ConvertAll(sample, d => d * 4)).PValue;
    }).Check(Generators.Pinned);

    [Fact]
    public void Rank_sums_add_up_to_the_sum_of_all_ranks() => Prop.ForAll(Generators.Sample, sample =>
    {
        var test = WilcoxonSignedRank.Of(sample);
        int n = test.Pairs - test.Zeros;
        return test.PositiveRankSum + test.NegativeRankSum == n * (n + 1) / 2.0;
    }).Check(Generators.Pinned);

    [Theory]
    [InlineData(501)]
    [InlineData(700)]
    public void Normal_approximation_beyond_the_exact_limit_is_close_to_the_exact_p(int n)
    {
        Assert.True(n > WilcoxonSignedRank.ExactLimit);
        double[] differences = [.. Enumerable.Range(1, n).Select(i => (i * 7 % 15) < 8 ? (double)i : -i)];
        var test = WilcoxonSignedRank.Of(differences);
        Assert.False(test.IsExact);
        double[] chance = new double[(n * (n + 1) / 2) + 1];
        chance[0] = 1;
        for (int rank = 1; rank <= n; rank++)
        {
            for (int sum = chance.Length - 1; sum >= 0; sum--) chance[sum] = (chance[sum] + (sum >= rank ? chance[sum - rank] : 0)) / 2;
        }

        double exact = 2 * chance.Take((int)Math.Min(test.PositiveRankSum, test.NegativeRankSum) + 1).Sum();
        Assert.InRange(exact, 0.01, 0.5);
        Assert.Equal(exact, test.PValue, 0.0005);
    }

    private static double[] WithNegativeRankSum(int n, int sum)
    {
        double[] differences = [.. Enumerable.Range(1, n).Select(i => (double)i)];
        for (int rank = n; rank >= 1; rank--)
        {
            if (rank > sum) continue;
            differences[rank - 1] = -rank;
            sum -= rank;
        }

        Assert.Equal(0, sum);
        return differences;
    }

    /// <summary>The definition itself: every sign pattern over the non-zero differences, 2ⁿ of them.</summary>
    private static double ByEnumeration(double[] sample)
    {
        double[] nonZero = [.. sample.Where(d => d != 0)];
        double[] ranks = [.. nonZero.Select(d => nonZero.Count(o => Math.Abs(o) < Math.Abs(d)) + ((nonZero.Count(o => Math.Abs(o) == Math.Abs(d)) + 1) / 2.0))];
        double centre = ranks.Sum() / 2;
        double observed = Math.Abs(nonZero.Select((d, i) => d > 0 ? ranks[i] : 0).Sum() - centre);
        int atLeast = 0;
        for (int signs = 0; signs < 1 << ranks.Length; signs++)
        {
            double w = ranks.Where((_, i) => (signs >> i & 1) == 1).Sum();
            if (Math.Abs(w - centre) >= observed) atLeast++;
        }

        return (double)atLeast / (1 << ranks.Length);
    }
}
