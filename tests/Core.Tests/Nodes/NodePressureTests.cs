using SchedBench.Core.Cluster;
using SchedBench.Core.Nodes;
using SchedBench.Core.Objects;
using SchedBench.Core.Recording;
using SchedBench.Core.Runs;
using SchedBench.TestKit;
using static SchedBench.Core.Tests.Nodes.NodeAgentTests;
using static SchedBench.TestKit.OrchestrationBuilder;

namespace SchedBench.Core.Tests.Nodes;

public sealed class NodePressureTests
{
    private const long Gib = 1L << 30;

    [Fact]
    public void A_node_short_of_memory_evicts_who_uses_more_than_it_requested_first()
    {
        // 32 GiB: the honest one and the greedy one use 20 GiB each.
        var images = new ImageCatalog { Default = new ImageBehavior { MemoryBytes = 20 * Gib } };
        (OrchestratedRun run, FactLog facts) = NodeLifecycleTests.Start(
            Fleet(1).Apply(Bare("honest", App() with { MemoryBytes = 20 * Gib }), Bare("greedy", App() with { MemoryBytes = Gib })), 1000, Options(images));
        run.Run();
        Assert.Equal((PodLifePhase.Failed, "Evicted", "TerminationByKubelet"), (Get(run, "greedy").Status.Phase, Get(run, "greedy").Status.Reason, Get(run, "greedy").Status.Disruption));
        Assert.True(Get(run, "honest").Status.IsReady);
        Assert.Single(facts.Of(FactKind.PodEvictedByPressure));
    }

    [Fact]
    public void The_condition_and_its_taint_are_held_for_five_minutes()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { MemoryBytes = 20 * Gib } };
        (OrchestratedRun run, FactLog facts) = NodeLifecycleTests.Start(Fleet(1).Apply(Bare("a"), Bare("b")), 1000, Options(images));
        bool tainted = false;
        At(run, 100, () => tainted = NodeTaints.Has(NodeLifecycleTests.Find(run, 0), NodeTaints.MemoryPressureKey, TaintEffect.NoSchedule));
        run.Run();
        double[] changes = facts.Seconds(FactKind.NodePressureChanged);
        Assert.True(tainted);
        Assert.InRange(changes[0], 0, 10);
        Assert.InRange(changes[1] - changes[0], 300, 310);
        Assert.Equal(0, NodeLifecycleTests.Find(run, 0).Taints.Count);
    }

    [Fact]
    public void A_leak_brings_pressure_at_the_first_look_after_the_memory_is_used_up()
    {
        var images = new ImageCatalog { Default = new ImageBehavior { MemoryBytes = 0, LeakedBytesPerSecond = Gib / 4.0 } };
        (OrchestratedRun run, FactLog facts) = NodeLifecycleTests.Start(Fleet(1).Apply(Bare("a")), 600, Options(images));
        run.Run();
        Assert.InRange(facts.Seconds(FactKind.NodePressureChanged)[0], 128, 138);
    }

    [Fact]
    public void A_node_under_pressure_refuses_pods_that_request_nothing()
    {
        // The scheduler keeps pods off such a node by its taint: this one was bound by somebody else.
        var images = new ImageCatalog { Default = new ImageBehavior { MemoryBytes = 20 * Gib } };
        (OrchestratedRun run, FactLog _) = NodeLifecycleTests.Start(
            Fleet(1).Apply(Bare("a"), Bare("b")).Apply(60, Bare("c", App() with { CpuMilli = 0, MemoryBytes = 0 }) with { Node = new NodeIndex(0) }), 200, Options(images));
        run.Run();
        Assert.Equal((PodLifePhase.Failed, "Evicted"), (Get(run, "c").Status.Phase, Get(run, "c").Status.Reason));
    }

    private static AgentOptions Options(ImageCatalog images) => new() { RelistPeriod = TimeSpan.Zero, ImagesArePresent = true, Images = images };
}
