using SchedBench.Core.Objects;
using SchedBench.Core.Runs;
using SchedBench.Core.Recording.Invariants;
using SchedBench.TestKit;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Swarm;

/// <summary>Replicated services: slots, replacements, sizes, history.</summary>
public sealed class SwarmServiceTests
{
    [Fact]
    public void A_replicated_service_comes_up_spread_over_the_nodes_with_one_task_a_slot()
    {
        OrchestratedRun run = SwarmFleet.Of(4).Apply(Deployment("web", 8)).BuildWithAgents(SwarmFleet.Agents());
        run.Run();
        IReadOnlyList<Pod> tasks = SwarmFleet.Running(run);
        Assert.Equal(Enumerable.Range(1, 8), tasks.Select(task => task.Swarm!.Slot).Order());
        Assert.All(tasks.GroupBy(task => task.Node.Value), node => Assert.Equal(2, node.Count()));
        Assert.Empty(run.Store.View.All(ResourceKind.ReplicaSet));
    }

    [Fact]
    public void A_task_that_crashes_is_replaced_after_the_restart_delay_and_stays_as_history()
    {
        OrchestratedRun run = SwarmFleet.Of(2).Apply(Deployment("web", 2)).BuildWithAgents(SwarmFleet.Agents(SwarmFleet.Quick with { CrashAfterSeconds = new Core.Randomness.ConstantDistribution(100) }));
        WriteLog running = WriteLog.Of(run, change => change is { After: Pod { Swarm.State: SwarmTaskState.Running }, Before: Pod { Swarm.State: not SwarmTaskState.Running } });
        run.Run();
        Assert.True(running.Seconds.Count >= 4);
        Assert.InRange(running.Seconds[2] - running.Seconds[0], 100 + 5.5, 100 + 6.0);
        Assert.Contains(Pods(run), pod => pod.Swarm is { Slot: 1, State: SwarmTaskState.Failed, Desired: SwarmTaskState.Shutdown });
        Assert.All(Pods(run).GroupBy(pod => pod.Swarm!.Slot), slot => Assert.InRange(slot.Count(), 2, 5));
    }
}
