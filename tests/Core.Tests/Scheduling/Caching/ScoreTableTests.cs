using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Caching;

public sealed class ScoreTableTests
{
    [Fact]
    public void The_table_answers_as_a_scan_does() => Law.Holds(dice =>
    {
        // Around the borders of blocks (64) and regions (4,096).
        int nodes = dice.Of(1, 2, 63, 64, 65, 130, 4095, 4096, 4097, 9000);
        var table = new ScoreTable(nodes);
        long[] naive = new long[nodes];
        for (int n = 0; n < nodes; n++) table.Raw[n] = naive[n] = Score(dice);
        table.Index();
        Compare();
        for (int change = 0; change < 60; change++)
        {
            int node = dice.Percent(30) ? Array.IndexOf(naive, naive.Max()) : dice.Between(0, nodes - 1);
            long score = Score(dice);
            table.Set(node, score);
            naive[node] = score;
            Compare();
        }

        void Compare()
        {
            long best = naive.Max();
            if (best == ScoreTable.Infeasible)
            {
                Assert.Equal((-1, 0), (table.FirstBest(), table.CountBest()));
                return;
            }

            int[] tied = [.. Enumerable.Range(0, nodes).Where(n => naive[n] == best)];
            Assert.Equal((tied[0], tied.Length), (table.FirstBest(), table.CountBest()));
            int rank = dice.Between(0, tied.Length - 1);
            Assert.Equal(tied[rank], table.NthBest(rank));
        }
    });

    [Fact]
    public void An_empty_table_has_no_best()
    {
        var table = new ScoreTable(0);
        table.Index();
        Assert.Equal((-1, 0), (table.FirstBest(), table.CountBest()));
    }

    /// <summary>Few values, so that ties are the rule; the extremes among them.</summary>
    private static long Score(Dice dice) => dice.Of(ScoreTable.Infeasible, ScoreTable.Infeasible, long.MinValue + 1, -1, 0, 0, 1, 50, 100, long.MaxValue);
}
