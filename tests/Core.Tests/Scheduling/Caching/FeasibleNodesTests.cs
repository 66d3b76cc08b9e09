using SchedBench.Core.Arrivals;
using SchedBench.Core.Cluster;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.Scheduling.Caching;

public sealed class FeasibleNodesTests
{
    [Fact]
    public void The_bits_are_the_nodes_that_fit() => Law.Holds(WorldTraits.Gpus | WorldTraits.Rules | WorldTraits.Placement, world =>
    {
        var state = new ClusterState(world.Fleet(), new ShapeTable(world.Fleet(), countsApps: true, world.Workload().AppsWithLimit, world.Workload().HasClusterRules));
        var feasible = new FeasibleNodes(state, TieBreak.FirstInOrder, 1, budgetBytes: world.Seed % 3 == 0 ? 1 : null);
        var dice = new Dice(world.Seed);
        foreach (PodArrival pod in world.Pods)
        {
            ShapeIndex index = state.Shapes.Intern(pod.Spec, pod.Labels, pod.Namespace ?? "");
            ref readonly PodShape shape = ref state.Shapes[index];
            feasible.Load(in shape);
            int[] expected = [.. Naive.Feasible(state, index)];
            Compare(feasible, expected, state.Count);
            if (expected.Length == 0) continue;
            int node = dice.Of(expected);
            state.Add(in shape, node, DeviceChoice.Tightest(in shape, new NodeState(state, node)));
            if (dice.Percent(20)) state.SetSchedulable(dice.Between(0, state.Count - 1), dice.Percent(50));
        }
    });

    [Fact]
    public void Many_nodes_are_walked_across_words() => Law.Holds(dice =>
    {
        int nodes = dice.Of(1, 63, 64, 65, 128, 200);
        FleetLayout fleet = A.Cluster().Nodes(nodes).Build();
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
        for (int n = 0; n < nodes; n++) state.SetSchedulable(n, dice.Percent(dice.Of(5, 50, 95)));
        var feasible = new FeasibleNodes(state, TieBreak.FirstInOrder, 1);
        feasible.Load(in state.Shapes[state.Shapes.Intern(A.Pod().Spec())]);
        Compare(feasible, [.. Enumerable.Range(0, nodes).Where(n => state.Schedulable[n])], nodes);
    });

    [Theory]
    [InlineData(TieBreak.FirstInOrder)]
    [InlineData(TieBreak.LowestName)]
    [InlineData(TieBreak.Uniform)]
    public void One_of_the_marked_nodes_is_the_one_that_scores_would_give(TieBreak tieBreak) => Law.Holds(dice =>
    {
        int nodes = dice.Of(1, 63, 64, 65, 200);
        FleetLayout fleet = A.Cluster().Nodes(nodes).Node(A.Node("a")).Build();
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
        var feasible = new FeasibleNodes(state, tieBreak, 1);
        ref readonly PodShape shape = ref state.Shapes[state.Shapes.Intern(A.Pod().Spec())];
        feasible.Load(in shape);
        var request = new PodRequest(in shape, new PodIndex(0), (ulong)dice.Between(0, 1000), dice.Between(0, 3));
        NodeIndex[] all = [.. Enumerable.Range(0, state.Count).Select(n => new NodeIndex(n))];
        long[] scores = [.. all.Select(_ => (long)dice.Between(0, 2))];
        ulong[] tied = new ulong[feasible.Bits.Length];
        foreach (NodeIndex node in all)
        {
            if (scores[node.Value] == scores.Max()) tied[node.Value / 64] |= 1UL << node.Value;
        }

        Assert.Equal(feasible.BestOf(in request, all, scores), feasible.OneOf(in request, tied));
    });

    [Theory]
    [InlineData(TieBreak.FirstInOrder, "n0")]
    [InlineData(TieBreak.LowestName, "a")]
    public void The_best_of_equals_goes_by_the_tie_break(TieBreak tieBreak, string winner)
    {
        FleetLayout fleet = A.Cluster().Nodes(2).Node(A.Node("a")).Node(A.Node("b")).Build();
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
        var feasible = new FeasibleNodes(state, tieBreak, 1);
        var request = new PodRequest(in state.Shapes[state.Shapes.Intern(A.Pod().Spec())], new PodIndex(0), 5, 0);
        BestNode best = feasible.Best(in request);
        Assert.False(best.Node.IsNode);
        foreach (int n in new[] { 3, 1, 2, 0 }) best.Offer(new NodeIndex(n), 7);
        best.Offer(new NodeIndex(1), 6);
        Assert.Equal((winner, 7L), (fleet.Nodes[best.Node.Value].Name, best.Score));
    }

    [Fact]
    public void Uniform_ties_are_uniform()
    {
        FleetLayout fleet = A.Cluster().Nodes(5).Build();
        var state = new ClusterState(fleet, new ShapeTable(fleet, countsApps: false));
        var feasible = new FeasibleNodes(state, TieBreak.Uniform, 1);
        ref readonly PodShape shape = ref state.Shapes[state.Shapes.Intern(A.Pod().Spec())];
        int[] wins = new int[5];
        for (ulong pod = 0; pod < 10_000; pod++)
        {
            var request = new PodRequest(in shape, new PodIndex(0), pod, 0);
            BestNode best = feasible.Best(in request);
            for (int n = 0; n < 5; n++) best.Offer(new NodeIndex(n), n == 2 ? 1 : 3);
            wins[best.Node.Value]++;
        }

        Assert.Equal(0, wins[2]);
        // Each of four: 2,500 ± 4·43.
        Assert.All(wins.Where(count => count > 0), count => Assert.InRange(count, 2_327, 2_673));
    }

    private static void Compare(FeasibleNodes feasible, int[] expected, int nodes)
    {
        Assert.Equal(expected.Length, feasible.Count);
        var walked = new List<int>();
        foreach (NodeIndex node in feasible) walked.Add(node.Value);
        Assert.Equal(expected, walked);
        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(k => feasible.Nth(k).Value));
        Assert.Throws<ArgumentOutOfRangeException>(() => feasible.Nth(expected.Length));
        for (int n = 0; n < nodes; n++)
        {
            Assert.Equal(expected.Contains(n), feasible.Contains(new NodeIndex(n)));
            int next = expected.FirstOrDefault(node => node >= n, expected.FirstOrDefault(-1));
            Assert.Equal(next, feasible.FirstFrom(new NodeIndex(n)).Value);
        }

        Assert.Equal(expected.FirstOrDefault(-1), feasible.FirstFrom(new NodeIndex(nodes)).Value);
    }
}
