using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Scheduling;

/// <summary>What Node objects say reaches the scheduler through its watch.</summary>
public class NodesSeenBySchedulerTests
{
    [Fact]
    public void A_taint_of_a_node_object_keeps_pods_away_until_it_goes()
    {
        OrchestratedRun run = Fleet(1)
            .Do(1, run => run.Store.Update(run.Find<Node>("node-000")! with { Taints = [new Taint("k", "", TaintEffect.NoSchedule)] }))
            .Apply(2, Some.Pod("p"))
            .Do(30, run => run.Store.Update(run.Find<Node>("node-000")! with { Taints = default }))
            .Build(out _);
        run.Run();
        Assert.Equal(30, run.Find<Pod>("p")!.Status.ScheduledAt!.Value.TotalSeconds);
    }

    [Fact]
    public void A_node_whose_object_is_gone_takes_no_pods()
    {
        OrchestratedRun run = Fleet(1)
            .Do(1, run => run.Store.Delete(new ObjectKey(ResourceKind.Node, "", "node-000")))
            .Apply(2, Some.Pod("p"))
            .With(o => o with { Until = TimeSpan.FromSeconds(600) })
            .Build(out _);
        run.Run();
        Assert.False(run.Find<Pod>("p")!.Node.IsNode);
    }

    [Fact]
    public void A_node_that_is_unreachable_takes_no_pods()
    {
        OrchestratedRun run = Fleet(2)
            .Do(1, run => run.Health!.Crash(0))
            .Apply(100, ReplicaSet("a", 4))
            .With(o => o with { Until = TimeSpan.FromSeconds(200) })
            .BuildWithAgents();
        run.Run();
        Assert.All(Pods(run), pod => Assert.Equal(1, pod.Node.Value));
    }
}
