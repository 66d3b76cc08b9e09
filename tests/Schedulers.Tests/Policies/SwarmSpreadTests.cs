using SchedBench.TestKit;

namespace SchedBench.Schedulers.Tests.Policies;

/// <summary>Docker Swarm's rule and its failure memory (REFERENCE §2.2).</summary>
public sealed class SwarmSpreadTests
{
    [Fact]
    public void Tasks_of_the_service_come_before_tasks_at_all()
    {
        // n0 holds three others, n1 one of the service: n0 is chosen although it is fuller.
        RunResult result = A.Run("swarm-spread").On(A.Cluster().Nodes(2)).Of(A.Workload()
            .Pods(3, A.Pod("other").On("disk", "none").App("x")).Pod(A.Pod("w1").App("web")).Pod(A.Pod("w2").App("web"))).Go();
        Assert.Equal(("n0", "n1"), (result["w1"], result["w2"]));
        RunResult spread = A.Run("swarm-spread").On(A.Cluster().Nodes(2)).Of(A.Workload()
            .Pod(A.Pod("a").App("x")).Pod(A.Pod("b").App("web")).Pod(A.Pod("c").App("x")).Pod(A.Pod("d").App("web"))).Go();
        Assert.Equal("n0 n1 n1 n0", string.Join(' ', "abcd".Select(pod => spread[$"{pod}"])));
    }

    [Fact]
    public void Pods_without_service_go_where_the_fewest_tasks_are()
    {
        RunResult result = A.Run("swarm-spread").On(A.Cluster().Nodes(3)).Of(A.Workload().Pods(6, A.Pod("p"))).Go();
        Assert.Equal(["n0", "n1", "n2", "n0", "n1", "n2"], result.Placements.Values);
    }

    [Theory]
    // Five failures on n0 within five minutes send the service elsewhere, four do not.
    [InlineData(5, 60, "n1")]
    [InlineData(4, 60, "n0")]
    // The last of them is five minutes old at 9 + 300 s and counts; a second later the first four still... only it counts.
    [InlineData(5, 305, "n1")]
    [InlineData(5, 306, "n0")]
    [InlineData(5, 1000, "n0")]
    public void Five_failures_in_five_minutes_are_remembered_and_forgotten(int failures, int at, string node)
    {
        WorkloadBuilder workload = A.Workload();
        // Failures at 5, 6, 7, … s, on n0 alone; the load on n1 makes n0 the better node for everybody else.
        for (int i = 0; i < failures; i++) workload.Pod(A.Pod($"f{i}").App("web").On("here", "yes").At(4 + i).For(1).Fails());
        workload.Pods(5, A.Pod("load").App("other").On("there", "yes"));
        workload.Pod(A.Pod("new").App("web").At(at));
        RunResult result = A.Run("swarm-spread")
            .On(A.Cluster().Node(A.Node("n0").Label("here", "yes")).Node(A.Node("n1").Label("there", "yes"))).Of(workload).Go();
        Assert.Equal(node, result["new"]);
    }

    [Fact]
    public void Failures_of_another_service_do_not_matter()
    {
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < 9; i++) workload.Pod(A.Pod($"f{i}").App("other").On("here", "yes").For(1).Fails());
        workload.Pod(A.Pod("load").App("web").On("there", "yes")).Pod(A.Pod("new").App("web").At(10));
        RunResult result = A.Run("swarm-spread").On(A.Cluster().Node(A.Node("n0").Label("here", "yes")).Node(A.Node("n1").Label("there", "yes"))).Of(workload).Go();
        Assert.Equal("n0", result["new"]);
    }

    [Fact]
    public void Among_nodes_that_failed_too_often_the_one_with_fewer_failures_wins()
    {
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < 7; i++) workload.Pod(A.Pod($"f{i}").App("web").On("here", "yes").For(1).Fails());
        for (int i = 0; i < 6; i++) workload.Pod(A.Pod($"g{i}").App("web").On("there", "yes").For(1).Fails());
        workload.Pod(A.Pod("new").App("web").At(10));
        RunResult result = A.Run("swarm-spread").On(A.Cluster().Node(A.Node("n0").Label("here", "yes")).Node(A.Node("n1").Label("there", "yes"))).Of(workload).Go();
        Assert.Equal("n1", result["new"]);
    }

    [Fact]
    public void Failures_that_are_forgotten_take_no_memory()
    {
        // A thousand services that fail once each, over hours: what is remembered is five minutes of them.
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < 1_000; i++) workload.Pod(A.Pod($"p{i}").App($"job-{i}").At(i * 10).For(1).Fails());
        var strategy = new Spreading.SwarmSpread();
        A.Run(strategy).On(A.Cluster().Nodes(2)).Of(workload).Judged(500).Go();
        Assert.InRange(strategy.Remembered, 1, 31);
    }

    [Fact]
    public void Services_whose_last_task_is_gone_take_no_counters()
    {
        // A thousand services of one task each, never more than three at a time on the nodes and in the scheduler's view, which is a second late.
        WorkloadBuilder workload = A.Workload();
        for (int i = 0; i < 1_000; i++) workload.Pod(A.Pod($"p{i}").App($"job-{i}").At(i * 10).For(15));
        RunResult result = A.Run("swarm-spread").On(A.Cluster().Nodes(4)).Of(workload).CacheDelay(1).Judged(500).Go();
        Assert.InRange(result.Run.View.State.AppCountersMade, 1, 3);
    }
}
