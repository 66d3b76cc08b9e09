using FsCheck;
using FsCheck.Fluent;
using SchedBench.Results.Statistics;

namespace SchedBench.Results.Tests.Statistics;

public sealed class RankTests
{
    /// <summary>Hollander and Wolfe (1973), p. 140: rounding first base, 22 players, three ways (R: friedman.test, χ² = 11.1429, df 2, p = 0.003805).</summary>
    [Fact]
    public void Base_running_times_give_the_published_chi_square()
    {
        var test = Friedman.Of(BaseRunning, higherIsBetter: false);
        Assert.Equal(11.1428571, test.Statistic, 7);
        Assert.Equal(0.003805, test.PValue, 6);
    }

    [Fact]
    public void Mid_ranks_share_the_ranks_they_cover()
    {
        Assert.Equal([2, 5, 5], MidRanks.Doubled([5, 7, 7]));
        Assert.Equal([8, 2, 5, 5], MidRanks.Doubled([9, 1, 4, 4]));
        Assert.Equal(6 + 24, MidRanks.TieTerm([1, 1, 2, 3, 3, 3]));
    }

    [Fact]
    public void Blocks_that_tie_entirely_say_nothing()
    {
        var test = Friedman.Of(new double[,] { { 1, 1, 1 }, { 2, 2, 2 } }, higherIsBetter: true);
        Assert.Equal((0, 1), (test.Statistic, test.PValue));
        Assert.Equal([2, 2, 2], test.MeanRanks);
    }

    [Fact]
    public void Mean_ranks_add_up_and_turn_with_the_direction() => Prop.ForAll(Generators.Pairs, pairs =>
    {
        double[,] values = new double[pairs.A.Length, 3];
        for (int block = 0; block < pairs.A.Length; block++)
        {
            (values[block, 0], values[block, 1], values[block, 2]) = (pairs.A[block], pairs.B[block], block);
        }

        var high = Friedman.Of(values, higherIsBetter: true);
        var low = Friedman.Of(values, higherIsBetter: false);
        return Math.Abs(high.MeanRanks.Sum() - 6) < 1e-12
            && high.MeanRanks.Zip(low.MeanRanks).All(pair => Math.Abs(pair.First + pair.Second - 4) < 1e-12)
            && Math.Abs(high.Statistic - low.Statistic) < 1e-9;
    }).Check(Generators.Pinned);

    [Fact]
    public void Ranking_lists_the_best_first_and_separates_the_clear_winner()
    {
        var diagram = CriticalDifference.Of(["slow", "fast", "slower"], ThreeStrategies(seeds: 12), higherIsBetter: false);
        Assert.Equal(["fast", "slow", "slower"], diagram.Ranking.Select(r => r.Name));
        Assert.Equal(1, diagram.Ranking[0].MeanRank);
        Assert.Equal([new Clique(1, 2)], diagram.Cliques);
        Assert.All(diagram.Pairs, pair => Assert.True(pair.HolmP >= pair.WilcoxonP));
        Assert.Equal(0.00048828125, diagram.Pairs[0].WilcoxonP);
    }

    [Fact]
    public void Few_seeds_separate_nothing()
    {
        // Five blocks cannot reach p ≤ 0.05, so one bar joins everybody.
        var diagram = CriticalDifference.Of(["slow", "fast", "slower"], ThreeStrategies(seeds: 5), higherIsBetter: false);
        Assert.Equal([new Clique(0, 2)], diagram.Cliques);
    }

    [Fact]
    public void Overlapping_cliques_are_both_shown()
    {
        // Each strategy is only just behind the one before: neighbours tie in sign, the ends are apart.
        double[,] values = new double[20, 3];
        for (int seed = 0; seed < 20; seed++)
        {
            values[seed, 0] = 10 + (seed * 0.01);
            values[seed, 1] = 10 + (seed * 0.01) + (seed % 10 < 7 ? 0.5 + (seed * 0.001) : -0.9 - (seed * 0.001));
            values[seed, 2] = 11 + (seed * 0.01) + (seed % 20 == 0 ? -1.5 : 0.0);
        }

        var diagram = CriticalDifference.Of(["a", "b", "c"], values, higherIsBetter: false);
        Assert.All(diagram.Cliques, clique => Assert.True(clique.Last > clique.First));
        foreach (TreatmentPair pair in diagram.Pairs)
        {
            bool joined = diagram.Cliques.Any(c => c.First <= pair.First && pair.Second <= c.Last);
            if (pair.HolmP <= 0.05) Assert.False(joined);
            else if (pair.Second == pair.First + 1) Assert.True(joined);
        }
    }

    [Fact]
    public void Names_and_columns_must_agree() =>
        Assert.Throws<ArgumentException>(() => CriticalDifference.Of(["a"], new double[,] { { 1, 2 } }, higherIsBetter: true));

    private static double[,] ThreeStrategies(int seeds)
    {
        double[,] values = new double[seeds, 3];
        for (int seed = 0; seed < seeds; seed++)
        {
            values[seed, 0] = 20 + (seed % 2 == 0 ? 0.1 : 0.2) + (seed * 0.001);
            values[seed, 1] = 10 + (seed * 0.01);
            values[seed, 2] = 20 + (seed % 2 == 0 ? 0.2 + (seed * 0.002) : 0.1);
        }

        return values;
    }

    private static readonly double[,] BaseRunning =
    {
        { 5.40, 5.50, 5.55 }, { 5.85, 5.70, 5.75 }, { 5.20, 5.60, 5.50 }, { 5.55, 5.50, 5.40 }, { 5.90, 5.85, 5.70 }, { 5.45, 5.55, 5.60 },
        { 5.40, 5.40, 5.35 }, { 5.45, 5.50, 5.35 }, { 5.25, 5.15, 5.00 }, { 5.85, 5.80, 5.70 }, { 5.25, 5.20, 5.10 }, { 5.65, 5.55, 5.45 },
        { 5.60, 5.35, 5.45 }, { 5.05, 5.00, 4.95 }, { 5.50, 5.50, 5.40 }, { 5.45, 5.55, 5.50 }, { 5.55, 5.55, 5.35 }, { 5.45, 5.50, 5.55 },
        { 5.50, 5.45, 5.25 }, { 5.65, 5.60, 5.40 }, { 5.70, 5.65, 5.55 }, { 6.30, 6.30, 6.25 },
    };
}
